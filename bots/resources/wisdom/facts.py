# SPDX-License-Identifier: Apache-2.0
"""What decisions about tips depend on, and how it is gathered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.crisis.hearing import Where
from bots.core.records import CommunityRoom, SpokenLanguage, TipAsked
from bots.core.rooms import RoomRole, RoomView
from bots.resources.people import is_somebody_awake
from bots.resources.wisdom.records import OfferedTip, SharedTip, TipShelf
from bots.resources.wisdom.telling import Listener

NUMBERS = "tips"
SHELF = "tips"
MEMBERS_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION)


class GivesAway(Protocol):
    """What in somebody's words may tell who they are, or who somebody else is: kinds, such as "phone" or "name"."""

    def __call__(self, text: str, where: Where) -> tuple[str, ...]:
        """The kinds that are in it, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What there is to know about somebody and their tips.

    `offered` and `shared` are theirs, `asked` what they were asked last. `number` is the next tip's.
    `nickname` is what others here see them called, `awake` whether somebody is on duty who looks after the rooms.
    `changes` is how often the shelf has changed. `of_message` is set where a message is to be kept: who sent it,
    whether it was offered before, and how many others' wishes its author has heard of lately.
    """

    now: datetime
    who: str
    spoken: str | None
    nickname: str
    office: str | None
    awake: bool
    changes: int
    number: int = 0
    offered: tuple[OfferedTip, ...] = ()
    shared: tuple[SharedTip, ...] = ()
    asked: TipAsked | None = None
    room: RoomView | None = None
    of_message: OfMessage | None = None

    def listener(self, chat: str = "") -> Listener:
        """To speak with them."""
        return Listener(user=self.who, chat=chat, language=self.spoken)

    def offer(self, number: int | None) -> OfferedTip | None:
        """The tip of theirs that has this number, and is not in the library."""
        return next((tip for tip in self.offered if tip.number == number), None)

    def tip(self, number: int | None) -> SharedTip | None:
        """The tip of theirs that has this number, and is in the library."""
        return next((tip for tip in self.shared if tip.number == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMessage:
    """A message that somebody wants kept: whose it is, and what is known of it."""

    sender: str | None
    by_a_bot: bool
    known: bool
    wishes: int
    wished: int


async def facts_about(who: str, community: Community, reader: Reader, *, new: bool = False) -> Facts:
    """What there is to know; with `new`, a number for another tip is taken."""
    spoken = await reader.get(SpokenLanguage, who)
    shelf = await reader.get(TipShelf, SHELF)
    return Facts(
        now=reader.now,
        who=who,
        spoken=spoken.language if spoken else None,
        nickname=nickname(who, reader),
        office=await office(reader),
        awake=await is_somebody_awake(community, reader),
        changes=shelf.changes if shelf else 0,
        number=await reader.next_number(NUMBERS) if new else 0,
        offered=tuple(await reader.find(OfferedTip, author=who)),
        shared=tuple(await reader.find(SharedTip, author=who)),
        asked=await reader.get(TipAsked, who),
    )


async def about_message(who: str, sender: str | None, event_id: str, reader: Reader) -> OfMessage:
    """What is known of a message that `who` wants kept."""
    offered = await reader.find(OfferedTip, event_id=event_id)
    shared = await reader.find(SharedTip, event_id=event_id)
    theirs = await reader.find(OfferedTip, author=sender) if sender else ()
    return OfMessage(
        sender=sender,
        by_a_bot=sender in reader.bots,
        known=bool(offered or shared),
        wishes=sum(tip.saver is not None for tip in theirs),
        wished=len(await reader.find(OfferedTip, saver=who)),
    )


async def office(reader: Reader) -> str | None:
    """The moderators' room, which this bot is not in."""
    offices = await reader.find(CommunityRoom, role=RoomRole.MODERATORS)
    return offices[0].room_id if offices else None


def nickname(who: str, reader: Reader) -> str:
    """What others here see somebody called."""
    views = (view for role in MEMBERS_ROOMS for view in reader.rooms(role) if who in view.members)
    seen = (view.members[who].display_name for view in views)
    return next((name for name in seen if name), who.partition(":")[0].removeprefix("@"))
