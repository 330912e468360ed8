# SPDX-License-Identifier: Apache-2.0
"""Somebody's first message in a room: when nobody answers it for some hours, volunteers hear of it, without a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import (
    Action,
    BotName,
    Forget,
    InPrivateChat,
    InRoom,
    Place,
    Remember,
    Schedule,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.events import Message, MessageKind, Reaction, Tick
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole, RoomView, permalink
from bots.welcome.records import Conversation, FirstWords

UNANSWERED = "welcome.unanswered"
ANSWERED_WITHIN = timedelta(hours=4)
_WHY = "welcome.first_words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The room, what waits for an answer in it, and where the conversation with the one who writes stands."""

    now: datetime
    room: RoomView
    sender: str
    is_bot: bool
    waiting: Sequence[FirstWords]
    conversation: Conversation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """The message, if nobody has answered it, its room, and the moderators' room."""

    message: FirstWords
    room: RoomView
    server: str
    office: str | None


@dataclass(frozen=True)
class FirstWordsWatch:
    """The decisions about first messages, for one community."""

    community: Community

    async def gather(self, event: Message | Reaction, reader: Reader) -> Facts | None:
        """Only in the rooms of conditions."""
        room = reader.room(event.room_id)
        if room is None or room.role is not RoomRole.CONDITION:
            return None
        return Facts(
            now=reader.now,
            room=room,
            sender=reader.pseudonym(event.sender),
            is_bot=event.sender in reader.bots,
            waiting=await reader.find(FirstWords, room_id=event.room_id),
            conversation=await reader.get(Conversation, event.sender) if isinstance(event, Message) else None,
        )

    def decide(self, event: Message | Reaction, facts: Facts | None) -> tuple[Action, ...]:
        """Anything from somebody else is an answer; a first message waits for one."""
        if facts is None or facts.is_bot:
            return ()
        return (*self._answered(facts), *self._first(event, facts))

    def _answered(self, facts: Facts) -> Iterator[Action]:
        for each in facts.waiting:
            if each.user != facts.sender:
                yield Forget(why=_WHY, record=FirstWords, key=(each.room_id, each.user))

    def _first(self, event: Message | Reaction, facts: Facts) -> Iterator[Action]:
        known, condition = facts.conversation, facts.room.condition or ""
        if known is None or condition not in known.unheard.split():
            return
        if not isinstance(event, Message) or event.kind is MessageKind.NOTICE:
            return
        left = " ".join(i for i in known.unheard.split() if i != condition)
        yield Remember(why=_WHY, record=replace(known, unheard=left))
        yield Remember(why=_WHY, record=FirstWords(room_id=event.room_id, user=event.sender, event_id=event.event_id))
        yield Schedule(
            why=_WHY,
            id=f"{UNANSWERED}:{event.room_id}:{event.sender}",
            kind=UNANSWERED,
            at=facts.now + ANSWERED_WITHIN,
            payload={"room_id": event.room_id, "user": event.sender},
        )

    async def gather_tick(self, event: Tick, reader: Reader) -> Unanswered | None:
        """Whether it still waits."""
        if event.kind != UNANSWERED:
            return None
        room_id, user = str(event.payload["room_id"]), str(event.payload["user"])
        message, room = await reader.get(FirstWords, room_id, user), reader.room(room_id)
        offices = await reader.find(CommunityRoom, role=RoomRole.MODERATORS)
        if message is None or room is None:
            return None
        server = reader.me.partition(":")[2]
        return Unanswered(message=message, room=room, server=server, office=offices[0].room_id if offices else None)

    def decide_tick(self, event: Tick, facts: Unanswered | None) -> tuple[Action, ...]:
        """Tell the room's greeters; where it has none, the moderators."""
        if facts is None:
            return ()
        condition = self.community.condition(facts.room.condition or "")
        greeters = condition.greeters if condition else ()
        link = permalink(facts.room.room_id, facts.message.event_id, facts.server)
        words = Words("welcome.first_words", {"room": condition.room_name if condition else "", "link": link})
        told: list[Action] = [_send(InPrivateChat(user, open=True), words) for user in greeters]
        if not greeters and facts.office:
            told = [_send(InRoom(facts.office), words, BotName.MODERATION)]
        key = (str(event.payload["room_id"]), str(event.payload["user"]))
        return (*told, Forget(why=_WHY, record=FirstWords, key=key))


def _send(place: Place, words: Words, voice: BotName | None = None) -> Send:
    return Send(why=_WHY, place=place, parts=(words,), voice=voice)
