# SPDX-License-Identifier: Apache-2.0
"""Messages that can't be read: told to the moderators now and then, room by room, and never held against anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Log, Remember, Words
from bots.core.bot import Reader
from bots.core.events import Unreadable
from bots.core.rooms import RoomView
from bots.moderation.standing.records import BlindRoom, NotReadable
from bots.moderation.telling import say_in_office
from bots.moderation.whereabouts import members_rooms, moderators_room

_WHY = "moderation.unreadable"
# What clients say when they keep a key back (m.room_key.withheld); anything else is told as unknown.
_WITHHELD = {"m.unverified": "unverified", "m.blacklisted": "blocked", "m.no_olm": "no_olm"}
# The ways to keep a key back that somebody has chosen, and that a look at their app would end.
_CHOSEN = frozenset({"unverified", "blocked"})
# How long nobody is told again of the same room, or of the same person in it.
QUIET = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the moderators know already, of the person and of the room; where they are; and the room.

    `room` is None for what is no room of members.
    """

    now: datetime
    office: RoomView | None
    room: RoomView | None
    told: NotReadable | None
    blind: BlindRoom | None


async def gather_unreadable(event: Unreadable, reader: Reader) -> Known:
    """Whether the moderators know already."""
    return Known(
        now=reader.now,
        office=moderators_room(reader),
        room=next((room for room in members_rooms(reader) if room.room_id == event.room_id), None),
        told=await reader.get(NotReadable, event.sender, event.room_id),
        blind=await reader.get(BlindRoom, event.room_id),
    )


def decide_unreadable(event: Unreadable, facts: Known) -> tuple[Action, ...]:
    """Tell the moderators that something can't be read, and that this is nobody's fault: once a day for each room.

    Of others in the same room they hear only where it is their app that keeps the key back.
    """
    if facts.room is None:
        return ()
    person, room = facts.told, facts.blind
    of_the_room = room is None or not _lately(room.told_at, facts.now)
    cause = _WITHHELD.get(event.withheld or "", "unknown")
    of_the_person = (person is None or not _lately(person.told_at, facts.now)) and (of_the_room or cause in _CHOSEN)
    counted = (person.count if person else 0) + 1
    parts = (
        *((Words("moderation.unreadable.room", {"room": facts.room.name or ""}),) if of_the_room else ()),
        *((_of_a_person(event, facts.room, counted, cause),) if of_the_person else ()),
    )
    if of_the_person:
        person = NotReadable(sender=event.sender, room_id=event.room_id, count=0, told_at=facts.now)
    elif person is not None:
        person = replace(person, sender=event.sender, count=counted)
    if of_the_room:
        room = BlindRoom(room_id=event.room_id, told_at=facts.now)
    return (
        *(Remember(why=_WHY, record=record) for record in (room, person) if record is not None),
        *(say_in_office(facts.office, None, *parts) if parts else ()),
        *((_alarm(event),) if of_the_room and facts.office is None else ()),
    )


def _lately(told_at: datetime, now: datetime) -> bool:
    """A clock that was set back silences nobody until it comes round again."""
    return timedelta() <= now - told_at < QUIET


def _of_a_person(event: Unreadable, room: RoomView, count: int, cause: str) -> Words:
    why = Words(f"moderation.unreadable.{cause}")
    return Words("moderation.unreadable", {"who": event.sender, "room": room.name or "", "count": count, "cause": why})


def _alarm(event: Unreadable) -> Log:
    sentence = "the crisis watch is blind in a room"
    return Log(why=_WHY, sentence=sentence, fields={"room": event.room_id}, alarm=True)
