# SPDX-License-Identifier: Apache-2.0
"""`!status`: what is unprotected and why, then room by room what the bot can do and read, and what waits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bots.core.actions import Action, EventRef, InRoom, Send, Words
from bots.core.bot import Reader
from bots.core.community import Community, Mode
from bots.core.events import Message
from bots.core.records import CommunityRoom, Readability
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.authority import power
from bots.moderation.commands import Status
from bots.moderation.policy_lists.records import PolicyList
from bots.moderation.standing.asked import answered, may_ask, office_command
from bots.moderation.standing.lacks import Standing, standings
from bots.moderation.standing.watching import unprotected
from bots.moderation.telling import list_line
from bots.moderation.whereabouts import list_room

WEEK, DAY = timedelta(days=7), timedelta(days=1)
# Below so many messages a share says more about somebody than about the room.
FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Of a room's encrypted messages of the last days, how many could be read and how many could not."""

    read: int = 0
    unread: int = 0

    @property
    def together(self) -> int:
        """All of them."""
        return self.read + self.unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the answer depends on. `waiting` is how many actions wait to be carried out; `lists` are those read.

    `own` is the room of the list that we publish.
    `blind` are the rooms where something since yesterday could not be read.
    """

    asked: bool = False
    may: bool = False
    me: str = ""
    office: RoomView | None = None
    rooms: tuple[Standing, ...] = ()
    read: Mapping[str, Read] = field(default_factory=dict)
    blind: frozenset[str] = frozenset()
    waiting: int = 0
    lists: tuple[str, ...] = ()
    own: RoomView | None = None
    mode: Mode = Mode.ACT
    observed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers `!status` in this community."""

    community: Community

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """How things stand, if that is asked."""
        if not isinstance(office_command(event, reader), Status):
            return Facts()
        known = await reader.find(CommunityRoom)
        days = await reader.find(Readability)
        lately = counted(days, (reader.now - DAY).date().isoformat())
        return Facts(
            asked=True,
            may=may_ask(event, reader),
            me=reader.me,
            lists=tuple(each.name for each in await reader.find(PolicyList) if each.active and not each.gone),
            own=list_room(reader),
            office=next(iter(reader.rooms(RoomRole.MODERATORS)), None),
            rooms=standings(known, reader.room, reader.me, reader.bots),
            read=counted(days, (reader.now - WEEK).date().isoformat()),
            blind=frozenset(room_id for room_id, read in lately.items() if read.unread),
            waiting=await reader.waiting(),
            mode=self.community.mode,
            observed=self.community.observe,
        )

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """The answer, in the moderators' room, wherever it was asked."""
        if not facts.asked:
            return ()
        return answered(event, facts.office, may=facts.may, answer=lambda: _answer(event, facts))


def _answer(event: Message, facts: Facts) -> Sequence[Action]:
    if facts.office is None:
        return ()
    office = facts.office.room_id
    thread = EventRef(event.thread) if event.room_id == office and event.thread else None
    return (Send(why="moderation.status", place=InRoom(office), thread=thread, parts=told(facts)),)


def counted(days: Sequence[Readability], since: str) -> Mapping[str, Read]:
    """The days since `since`, together, by room."""
    read: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    for day in days:
        if day.day >= since:
            read[day.room_id] += day.read
            unread[day.room_id] += day.unread
    return {room_id: Read(read=read[room_id], unread=unread[room_id]) for room_id in read.keys() | unread.keys()}


def told(facts: Facts) -> tuple[Words, ...]:
    """The answer: what is wrong first, so that whoever listens to it need not hear all of it."""
    lacking = [room for room in facts.rooms if room.lacks]
    first = unprotected(lacking) if lacking else Words("moderation.status.well")
    lines = tuple(
        Words(
            "moderation.status.room",
            {
                "room": room.name,
                "power": f"{power(room.view, facts.me):g}",
                "readable": readable(facts.read.get(room.room_id, Read())),
            },
        )
        for room in facts.rooms
        if room.view is not None
    )
    blind = ", ".join(room.name for room in facts.rooms if room.room_id in facts.blind)
    parts = [first, Words("moderation.status.rooms", {"rooms": lines})]
    if blind:
        parts.insert(1, Words("moderation.status.blind", {"rooms": blind}))
    if facts.mode is Mode.OBSERVE:
        parts.append(Words("moderation.status.observe"))
    elif facts.observed:
        parts.append(Words("moderation.status.observed", {"names": ", ".join(facts.observed)}))
    if facts.lists:
        parts.append(Words("moderation.status.lists", {"lists": ", ".join(facts.lists)}))
    if facts.own is not None:
        parts.append(list_line(facts.own))
    waiting = {"count": facts.waiting}
    parts.append(Words("moderation.status.waiting", waiting) if facts.waiting else Words("moderation.status.idle"))
    return tuple(parts)


def readable(read: Read) -> Words:
    """How much can be read in a room."""
    if read.together < FEWEST:
        return Words("moderation.status.few")
    if not read.unread:
        return Words("moderation.status.all", {"count": read.together})
    percent = max(1, round(100 * read.unread / read.together))
    return Words("moderation.status.some", {"count": read.together, "percent": percent})
