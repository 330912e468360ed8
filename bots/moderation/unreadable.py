# SPDX-License-Identifier: Apache-2.0
"""Messages that can't be read: told to the moderators now and then, and never held against anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.actions import Action, Remember, Words
from bots.core.bot import Reader
from bots.core.events import Unreadable
from bots.core.rooms import RoomView
from bots.moderation.records import NotReadable
from bots.moderation.telling import say_in_office
from bots.moderation.whereabouts import members_rooms, moderators_room

# What clients say when they keep a key back (m.room_key.withheld); anything else is told as unknown.
_WITHHELD = {"m.unverified": "unverified", "m.blacklisted": "blocked", "m.no_olm": "no_olm"}
# How long nobody is told again that somebody's messages in a room can't be read.
QUIET = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the moderators know already (`told`), where they are, and the room (None: no room of members)."""

    now: datetime
    office: RoomView | None
    room: RoomView | None
    told: NotReadable | None


async def gather_unreadable(event: Unreadable, reader: Reader) -> Known:
    """Whether the moderators know already."""
    return Known(
        now=reader.now,
        office=moderators_room(reader),
        room=next((room for room in members_rooms(reader) if room.room_id == event.room_id), None),
        told=await reader.get(NotReadable, event.sender, event.room_id),
    )


def decide_unreadable(event: Unreadable, facts: Known) -> tuple[Action, ...]:
    """Tell the moderators that something can't be read, and that this is nobody's fault: once a day, with the count."""
    room, known = facts.room, facts.told
    if room is None:
        return ()
    counted = (known.count if known else 0) + 1
    if known is not None and facts.now - known.told_at < QUIET:
        return (Remember(why="moderation.unreadable", record=_not_readable(event, counted, known.told_at)),)
    cause = "unknown" if event.withheld is None else _WITHHELD.get(event.withheld, "unknown")
    words = Words(
        "moderation.unreadable",
        {
            "who": event.sender,
            "room": room.name or "",
            "count": counted,
            "cause": Words(f"moderation.unreadable.{cause}"),
        },
    )
    return (
        Remember(why="moderation.unreadable", record=_not_readable(event, 0, facts.now)),
        *say_in_office(facts.office, None, words),
    )


def _not_readable(event: Unreadable, count: int, told_at: datetime) -> NotReadable:
    return NotReadable(sender=event.sender, room_id=event.room_id, count=count, told_at=told_at)
