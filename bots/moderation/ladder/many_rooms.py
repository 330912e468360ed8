# SPDX-License-Identifier: Apache-2.0
"""One order in many rooms: the liveliest first, and one line in the moderators' room that says how far it has come."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bots.core.actions import Action, Edit, Forget, LabelRef, Param, Priority, Remember, Words
from bots.core.bot import Reader
from bots.core.events import Message
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.records import Decision, Progress, RoomLife
from bots.moderation.telling import UNDO_BUTTON, decision_label, in_office

_WHY = "moderation.many"
# Each word about how far it is takes the place of a deed under a homeserver's limits: so few of them.
_TIMES_TOLD = 4
# A quiet week halves how lively a room counts.
_HALF = timedelta(days=7)
_AGAIN = timedelta(minutes=1)


class What(StrEnum):
    """What is done in many rooms: an order, its being taken back, or its end."""

    DONE = "done"
    UNDONE = "undone"
    OVER = "over"


def begun(
    what: What, decisions: Sequence[Decision], office: RoomView | None, now: datetime, left_out: Sequence[str] = ()
) -> tuple[Action, ...]:
    """The line that says what is begun, where it is one order in more than one room.

    `left_out` are rooms where it can't be.
    """
    one_order = len({each.order for each in decisions}) == 1
    if not one_order or len(decisions) + len(left_out) < 2 or office is None:
        return ()
    first = decisions[0]
    done = what is What.DONE
    label = decision_label(first.order) if done else f"moderation.{what}:{first.order}:{now.timestamp():.0f}"
    progress = Progress(
        order=first.order,
        what=what,
        kind=first.kind,
        target=first.target,
        label=label,
        total=len(decisions) + len(left_out),
        failed=tuple(f"no_power {room_id}" for room_id in left_out),
    )
    undo = (UNDO_BUTTON,) if done else ()
    line = in_office(office.room_id, first.case, _how_far(progress), why=_WHY, label=label, buttons=undo)
    return (Remember(why=_WHY, record=progress), line)


def counted(
    progress: Progress, room_id: str, cause: str | None, office: RoomView | None, rooms: Mapping[str, RoomView]
) -> tuple[Action, ...]:
    """One room more, in which it worked or (for this cause) did not: told now and then, and at the end with names."""
    failed = progress.failed if cause is None else (*progress.failed, f"{cause} {room_id}")
    after = replace(progress, done=progress.done + (cause is None), failed=failed)
    told = after.done + len(after.failed)
    if told >= after.total:
        return (_forgotten(after), *_edited(after, office, _summary(after, rooms)))
    often = max(2, after.total // _TIMES_TOLD)
    changed = _edited(after, office, (_how_far(after),)) if after.total >= 2 * _TIMES_TOLD and told % often == 0 else ()
    return (Remember(why=_WHY, record=after), *changed)


def only_watched(progress: Progress, office: RoomView | None) -> tuple[Action, ...]:
    """It was held back: nothing was done anywhere, and the line says so."""
    words = Words("moderation.many.watched", {"what": _what(progress)})
    return (_forgotten(progress), *_edited(progress, office, (words,)))


def liveliest_first(rooms: Sequence[RoomView], lives: Sequence[RoomLife], now: datetime) -> tuple[RoomView, ...]:
    """The rooms, those first in which most was written of late."""
    lively = {life.room_id: _now(life, now) for life in lives}
    return tuple(sorted(rooms, key=lambda room: -lively.get(room.room_id, 0.0)))


@dataclass(frozen=True, slots=True)
class Written:
    """Something was written: how lively its room was (None: not known), and whether it is a room of members."""

    life: RoomLife | None
    now: datetime
    ours: bool


async def gather_life(event: Message, reader: Reader) -> Written:
    """How lively the room has been."""
    room = reader.room(event.room_id)
    ours = room is not None and room.role in (RoomRole.LOBBY, RoomRole.CONDITION)
    return Written(await reader.get(RoomLife, event.room_id) if ours else None, reader.now, ours)


def decide_life(event: Message, facts: Written) -> tuple[Action, ...]:
    """One lively minute more. Who wrote, and what, does not matter."""
    life, now = facts.life, facts.now
    if not facts.ours or (life is not None and timedelta() <= now - life.at < _AGAIN):
        return ()
    minutes = 1.0 + (_now(life, now) if life is not None else 0.0)
    return (Remember(why="moderation.life", record=RoomLife(room_id=event.room_id, minutes=minutes, at=now)),)


def _now(life: RoomLife, now: datetime) -> float:
    """What the lively minutes of the past still count for."""
    return life.minutes * math.pow(0.5, max(timedelta(), now - life.at) / _HALF)


def _forgotten(progress: Progress) -> Action:
    return Forget(why=_WHY, record=Progress, key=(progress.order, progress.what))


def _edited(progress: Progress, office: RoomView | None, parts: tuple[Words, ...]) -> tuple[Action, ...]:
    if office is None:
        return ()
    edit = Edit(
        why=_WHY, priority=Priority.MODERATION, room_id=office.room_id, target=LabelRef(progress.label), parts=parts
    )
    return (edit,)


def _what(progress: Progress) -> Words:
    done = Words(f"moderation.many.{progress.kind}", {"who": progress.target})
    return done if progress.what == What.DONE else Words(f"moderation.many.{progress.what}", {"what": done})


def _how_far(progress: Progress) -> Words:
    return Words("moderation.many.going", _numbers(progress))


def _numbers(progress: Progress) -> Mapping[str, Param]:
    return {"what": _what(progress), "done": progress.done, "total": progress.total}


def _summary(progress: Progress, rooms: Mapping[str, RoomView]) -> tuple[Words, ...]:
    if not progress.failed:
        return (Words("moderation.many.all", _numbers(progress)),)
    by_cause: dict[str, list[str]] = {}
    for failure in progress.failed:
        cause, _, room_id = failure.partition(" ")
        room = rooms.get(room_id)
        by_cause.setdefault(cause, []).append((room.name if room else None) or room_id)
    return (
        Words("moderation.many.some", _numbers(progress)),
        *(
            Words(f"moderation.failed.{cause}", {"who": progress.target, "room": ", ".join(names)})
            for cause, names in by_cause.items()
        ),
    )
