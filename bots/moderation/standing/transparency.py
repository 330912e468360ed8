# SPDX-License-Identifier: Apache-2.0
"""Once a month the moderators' room hears what was done in numbers, which may be shown to anybody.

No number below ten is told: in a small community it would point at somebody. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bots.core.actions import Action, InRoom, Priority, Remember, Schedule, Send, Words
from bots.core.bot import Reader
from bots.core.events import Event, Tick
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.standing.records import NextSummary
from bots.moderation.telling import list_line
from bots.moderation.whereabouts import list_room

SUMMARY = "moderation.summary"
# Below this no number is told.
FEWEST = 10
# What is counted: kinds of lines of the audit log, in this order.
COUNTED = (
    *("report", "notice", "note", "warn", "hold", "mute", "remove", "ban"),
    *("undo", "appeal", "granted", "kept"),
)
# And these, from the first time on that anything was put on a list of our own: that list is public.
_LISTED = ("publish", "unpublish")
_AT_HOUR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The numbers of a month, by kind, and the end of the audit log at the time.

    `own` is the room of the list that we publish, if we do.
    """

    first: datetime
    counts: Mapping[str, int]
    office: str | None
    log_end: str
    now: datetime
    own: RoomView | None = None


def month_before(at: datetime) -> tuple[datetime, datetime]:
    """The month before the one that `at` is in: its beginning and its end."""
    end = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = (end.year - 1, 12) if end.month == 1 else (end.year, end.month - 1)
    return end.replace(year=year, month=month), end


def next_summary(now: datetime) -> datetime:
    """The morning of the first of the next month."""
    first = now.astimezone(UTC).replace(day=1, hour=_AT_HOUR, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)


def lines(counts: Mapping[str, int]) -> tuple[Words, ...]:
    """A line for each kind, small numbers as "fewer than ten"."""
    return tuple(
        Words("moderation.summary.line", {"what": name(kind), "number": told(times(counts, kind))})
        for kind in kinds(counts)
    )


def kinds(*months: Mapping[str, int]) -> tuple[str, ...]:
    """What is counted in these months, in the order in which it is told."""
    return (*COUNTED, *_LISTED) if any(times(counts, "publish") for counts in months) else COUNTED


def times(counts: Mapping[str, int], kind: str) -> int:
    """How often: a list's rule is about a user, a homeserver or a room, and all of them count."""
    if kind not in _LISTED:
        return counts.get(kind, 0)
    return sum(count for each, count in counts.items() if each.partition(".")[0] == kind)


def name(kind: str) -> Words:
    """What is counted, in words."""
    return Words(f"moderation.summary.{kind}")


def told(count: int) -> Words:
    """A number that may be told."""
    return Words("moderation.summary.number", {"count": count}) if count >= FEWEST else Words("moderation.summary.few")


async def gather_start(event: Event, reader: Reader) -> datetime | None:
    """When the first summary is due, if none was ever put by. Asked in the moderators' room only."""
    room = reader.room(event.room_id)
    if room is None or room.role is not RoomRole.MODERATORS:
        return None
    known = await reader.get(NextSummary, SUMMARY)
    return None if known is not None else next_summary(reader.now)


def decide_start(_event: Event, due: datetime | None) -> tuple[Action, ...]:
    """Put the first one by."""
    return _put_by(due) if due is not None else ()


async def gather(event: Tick, reader: Reader) -> Month | None:
    """The numbers of the month that is over."""
    if event.kind != SUMMARY:
        return None
    first, end = month_before(event.due_at)
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    return Month(
        first=first,
        counts=await reader.audit_counts(first, end),
        office=office.room_id if office else None,
        log_end=await reader.audit_end(),
        now=reader.now,
        own=list_room(reader),
    )


def decide(_event: Tick, month: Month | None) -> tuple[Action, ...]:
    """Tell them, and put the next by."""
    if month is None:
        return ()
    next_one = _put_by(next_summary(month.now))
    if month.office is None:
        return next_one
    parts = (
        Words("moderation.summary", {"month": month.first, "lines": lines(month.counts)}),
        *((list_line(month.own, told),) if month.own is not None else ()),
        Words("moderation.summary.log", {"end": month.log_end}),
    )
    return (Send(why=SUMMARY, priority=Priority.BACKGROUND, place=InRoom(month.office), parts=parts), *next_one)


def _put_by(due: datetime) -> tuple[Action, ...]:
    return (
        Remember(why=SUMMARY, record=NextSummary(name=SUMMARY, due=due)),
        Schedule(why=SUMMARY, id=SUMMARY, kind=SUMMARY, at=due),
    )
