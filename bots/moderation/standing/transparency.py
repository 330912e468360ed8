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
from bots.core.rooms import RoomRole
from bots.moderation.standing.records import NextSummary

SUMMARY = "moderation.summary"
# Below this no number is told.
FEWEST = 10
# What is counted: kinds of lines of the audit log, in this order.
COUNTED = (
    *("report", "notice", "note", "warn", "hold", "mute", "remove", "ban"),
    *("undo", "appeal", "granted", "kept"),
)
_AT_HOUR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The numbers of a month, by kind, and the end of the audit log at the time."""

    first: datetime
    counts: Mapping[str, int]
    office: str | None
    log_end: str
    now: datetime


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
        Words("moderation.summary.line", {"what": name(kind), "number": told(counts.get(kind, 0))}) for kind in COUNTED
    )


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
        Words("moderation.summary.log", {"end": month.log_end}),
    )
    return (Send(why=SUMMARY, priority=Priority.BACKGROUND, place=InRoom(month.office), parts=parts), *next_one)


def _put_by(due: datetime) -> tuple[Action, ...]:
    return (
        Remember(why=SUMMARY, record=NextSummary(name=SUMMARY, due=due)),
        Schedule(why=SUMMARY, id=SUMMARY, kind=SUMMARY, at=due),
    )
