# SPDX-License-Identifier: Apache-2.0
"""From a command to an order: about whom, in which rooms, and whether the one who asks may. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.authority import is_moderator, outranks
from bots.core.events import MembershipState
from bots.core.rooms import RoomView
from bots.moderation.commands import Aimed, Ban, Mute, Note, Remove, Unban, Undo, Unmute, Warn
from bots.moderation.ladder import LIFTS, MUTED, level_of
from bots.moderation.records import Case, Decision, Kind

_KINDS: dict[type[Aimed], Kind] = {
    Note: Kind.NOTE,
    Warn: Kind.WARN,
    Mute: Kind.MUTE,
    Unmute: Kind.UNMUTE,
    Remove: Kind.REMOVE,
    Ban: Kind.BAN,
    Unban: Kind.UNBAN,
}
_SAID_ONLY = frozenset({Kind.NOTE, Kind.WARN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an order depends on.

    `here` is the community's room in which it was given (None: the moderators' room), `rooms` all that are moderated.
    `pointed_at` is whom the reply or the mention means. `decisions` are the active ones about that person,
    `own` those of the one who asks; both oldest first.
    """

    me: str
    bots: frozenset[str]
    asker: str
    here: RoomView | None
    rooms: Sequence[RoomView]
    case: Case | None = None
    pointed_at: str | None = None
    decisions: Sequence[Decision] = ()
    own: Sequence[Decision] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: the last part of a catalogue key, `moderation.refused.<why>`."""

    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """One room of an order: the entries in its power levels, and whose place it takes (see `Decision`)."""

    room_id: str
    before: int | None = None
    after: int | None = None
    rest: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A new decision, in each of `places`."""

    kind: Kind
    target: str
    places: tuple[Place, ...]
    case: int | None
    lasts: timedelta | None
    reason: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Earlier decisions are undone."""

    decisions: tuple[Decision, ...]


def target_of(command: Aimed, case: Case | None, pointed_at: str | None) -> str | None:
    """Whom a command is about: the one it names, else the one of the case, else the one pointed at."""
    return command.user or (case.target if case else None) or pointed_at


def resolve(command: Aimed, at: Situation) -> Order | TakeBack | Refused:
    """What the command means here, or why it can't be."""
    target = target_of(command, at.case, at.pointed_at)
    if not any(is_moderator(room, at.asker) for room in ([at.here] if at.here else at.rooms)):
        return Refused("not_moderator")
    if target is None:
        return _own_last(at) if isinstance(command, Undo) else Refused("who")
    if (refused := _untouchable(target, at)) is not None:
        return refused
    rooms = _rooms(command, target, at)
    if not rooms:
        return Refused("no_power")
    if isinstance(command, Undo):
        return _last_about(rooms, at, everywhere=command.everywhere)
    kind = _KINDS[type(command)]
    places = _places(kind, target, rooms, at.decisions)
    if not places:
        return Refused("nothing" if kind in LIFTS else "gone")
    return Order(
        kind=kind,
        target=target,
        places=places,
        case=at.case.number if at.case else None,
        lasts=command.duration if isinstance(command, Mute | Ban) else None,
        reason=command.reason,
    )


def decided(order: Order, place: Place, number: int, by: str, now: datetime, *, first: bool) -> Decision:
    """The decision for one room of an order; only the first one is told to the member."""
    return Decision(
        number=number,
        kind=order.kind,
        room_id=place.room_id,
        target=order.target,
        by=by,
        at=now,
        case=order.case,
        level_before=place.before,
        level_after=place.after,
        level_rest=place.rest,
        until=None if order.lasts is None else now + order.lasts,
        of=place.of,
        tell=first,
        reason=order.reason if first and order.reason else None,
    )


def _untouchable(target: str, at: Situation) -> Refused | None:
    if target in at.bots or target == at.me:
        return Refused("bot")
    if target == at.asker:
        return Refused("self")
    relevant = [room for room in at.rooms if target in room.members]
    if any(is_moderator(room, target) or not outranks(room, at.me, target) for room in relevant):
        return Refused("rank")
    return None


def _rooms(command: Aimed, target: str, at: Situation) -> list[RoomView]:
    """Where it is to be done: here or in the case's room, or everywhere; and only where the asker has the power."""
    if command.everywhere:
        chosen = list(at.rooms)
    elif at.here is not None:
        chosen = [at.here]
    elif at.case is not None:
        chosen = [room for room in at.rooms if room.room_id == at.case.room_id]
    else:
        # Named in the moderators' room without a case: wherever the person is known.
        chosen = [room for room in at.rooms if target in room.members]
    return [room for room in chosen if is_moderator(room, at.asker)]


def _places(kind: Kind, target: str, rooms: Sequence[RoomView], decisions: Sequence[Decision]) -> tuple[Place, ...]:
    if kind in _SAID_ONLY:
        return (Place(rooms[0].room_id),)
    if kind in LIFTS:
        return tuple(
            Place(room.room_id, level_of(room, target), lasting.level_rest, lasting.level_rest, lasting.number)
            for room in rooms
            for lasting in _latest(LIFTS[kind], room.room_id, decisions)
        )
    here = [room for room in rooms if kind is Kind.BAN or _state(room, target) is MembershipState.JOIN]
    if kind is Kind.MUTE:
        return tuple(_mute(room, target, _latest(Kind.MUTE, room.room_id, decisions)) for room in here)
    return tuple(Place(room.room_id) for room in here if _state(room, target) is not MembershipState.BAN)


def _mute(room: RoomView, target: str, earlier: Sequence[Decision]) -> Place:
    """A mute, or a longer or shorter one in place of the one in force."""
    level = level_of(room, target)
    if earlier:
        return Place(room.room_id, level, MUTED, earlier[0].level_rest, earlier[0].number)
    return Place(room.room_id, level, MUTED, level)


def _latest(kind: Kind, room_id: str, decisions: Sequence[Decision]) -> list[Decision]:
    return [each for each in decisions if each.kind is kind and each.room_id == room_id][-1:]


def _state(room: RoomView, user: str) -> MembershipState | None:
    member = room.members.get(user)
    return member.state if member else None


def _own_last(at: Situation) -> TakeBack | Refused:
    here = at.here.room_id if at.here else None
    mine = [each for each in at.own if here in (None, each.room_id)]
    return TakeBack((mine[-1],)) if mine else Refused("nothing")


def _last_about(rooms: Sequence[RoomView], at: Situation, *, everywhere: bool) -> TakeBack | Refused:
    ids = {room.room_id for room in rooms}
    about = [each for each in at.decisions if each.room_id in ids]
    if not about:
        return Refused("nothing")
    last = about[-1]
    if not everywhere:
        return TakeBack((last,))
    return TakeBack(tuple(each for each in about if each.kind is last.kind))
