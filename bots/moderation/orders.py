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
from bots.moderation.ladder import FAMILIES, LIFTS, MUTED, SAID_ONLY, has_moderator_power, level_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an order depends on.

    `here` is the community's room in which it was given (None: the moderators' room), `rooms` all that are moderated.
    `about` is the case or the decision that `#12` or the thread means (`unknown`: there is none of that number),
    `pointed_at` whom the reply or the mention means. `decisions` are the active ones about that person,
    `own` those of the one who asks; both oldest first.
    """

    me: str
    bots: frozenset[str]
    asker: str
    here: RoomView | None
    rooms: Sequence[RoomView]
    about: Case | Decision | None = None
    unknown: bool = False
    pointed_at: str | None = None
    decisions: Sequence[Decision] = ()
    own: Sequence[Decision] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: the last part of a catalogue key, `moderation.refused.<why>`."""

    why: str


_WHO = Refused("who")


@dataclass(frozen=True, slots=True)
class Place:
    """One room of an order: the entries in its power levels, whose place it takes, and who was in (see `Decision`)."""

    room_id: str
    before: int | None = None
    after: int | None = None
    rest: int | None = None
    of: int | None = None
    was_in: bool = False


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


def target_of(command: Aimed, about: Case | Decision | None, pointed_at: str | None) -> str | None:
    """Whom a command is about: the one it names, else the one of the case or decision, else the one pointed at."""
    return command.user or (about.target if about else None) or pointed_at


def own_last(asker: str, here: RoomView | None, rooms: Sequence[RoomView], own: Sequence[Decision]) -> Decision | None:
    """The last decision of the one who asks, here or in a room that they moderate."""
    ids = {room.room_id for room in ([here] if here else rooms) if is_moderator(room, asker)}
    return next((each for each in reversed(own) if each.room_id in ids), None)


def resolve(command: Aimed, at: Situation) -> Order | TakeBack | Refused:
    """What the command means here, or why it can't be."""
    if not any(is_moderator(room, at.asker) for room in ([at.here] if at.here else at.rooms)):
        return Refused("not_moderator")
    if at.unknown:
        return Refused("unknown")
    if command.case is not None and command.user is not None and at.about and command.user != at.about.target:
        return Refused("mismatch")
    target = target_of(command, at.about, at.pointed_at)
    if target is None:
        return _take_back(own_last(at.asker, at.here, at.rooms, at.own), at) if isinstance(command, Undo) else _WHO
    if (refused := _untouchable(target, at)) is not None:
        return refused
    known = _rooms(command, target, at)
    rooms = [room for room in known if is_moderator(room, at.asker)]
    if not rooms:
        return Refused("no_power" if known else "gone")
    if isinstance(command, Undo):
        return _undo(command, target, rooms, at)
    kind = _KINDS[type(command)]
    if kind not in SAID_ONLY and not all(outranks(room, at.me, target) for room in rooms):
        return Refused("rank")
    places = _places(kind, target, rooms, at.decisions)
    if not places:
        return Refused("nothing" if kind in LIFTS else "gone")
    return Order(
        kind=kind,
        target=target,
        places=places,
        case=at.about.number if isinstance(at.about, Case) else at.about.case if at.about else None,
        lasts=command.duration if isinstance(command, Mute | Ban) else None,
        reason=command.reason,
    )


def decided(order: Order, place: Place, number: int, by: str, now: datetime, *, first: int) -> Decision:
    """The decision for one room of an order. The first that works is told to the member, for all of them."""
    return Decision(
        number=number,
        order=first,
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
        was_in=place.was_in,
        reason=order.reason or None,
    )


def of_one_order(decision: Decision, others: Sequence[Decision]) -> tuple[Decision, ...]:
    """Those decisions that were made together with this one, itself among them: one order, in several rooms."""
    return tuple(each for each in others if each.order == decision.order)


def _untouchable(target: str, at: Situation) -> Refused | None:
    if target in at.bots or target == at.me:
        return Refused("bot")
    if target == at.asker:
        return Refused("self")
    return Refused("rank") if any(has_moderator_power(room, target) for room in at.rooms) else None


def _rooms(command: Aimed, target: str, at: Situation) -> list[RoomView]:
    """Where it is to be done: everywhere, where the case or decision is about, or here."""
    if command.everywhere:
        return list(at.rooms)
    if at.about is not None:
        return [room for room in at.rooms if room.room_id == at.about.room_id]
    if at.here is not None:
        return [at.here]
    # Named in the moderators' room without a case: wherever the person is known.
    return [room for room in at.rooms if target in room.members]


def _places(kind: Kind, target: str, rooms: Sequence[RoomView], decisions: Sequence[Decision]) -> tuple[Place, ...]:
    if kind in SAID_ONLY:
        return (Place(rooms[0].room_id),)
    if kind in LIFTS:
        return tuple(
            _lift(room, target, lasting) for room in rooms for lasting in _latest(LIFTS[kind], room.room_id, decisions)
        )
    here = [room for room in rooms if kind is Kind.BAN or _state(room, target) is MembershipState.JOIN]
    if kind is Kind.BAN:
        return tuple(_ban(room, target, _latest(Kind.BAN, room.room_id, decisions)) for room in here)
    if kind is Kind.MUTE:
        return tuple(_mute(room, target, _latest(Kind.MUTE, room.room_id, decisions)) for room in here)
    return tuple(Place(room.room_id) for room in here if _state(room, target) is not MembershipState.BAN)


def _mute(room: RoomView, target: str, earlier: Sequence[Decision]) -> Place:
    """A mute, or a longer or shorter one in place of the one in force."""
    level = level_of(room, target)
    if not earlier:
        return Place(room.room_id, level, MUTED, level)
    (last,) = earlier
    # The one in force may not have come to be done yet; what was set by hand since is how it should be after.
    rest = last.level_rest if level in (MUTED, last.level_rest) else level
    return Place(room.room_id, MUTED, MUTED, rest, last.number)


def _ban(room: RoomView, target: str, earlier: Sequence[Decision]) -> Place:
    """A ban, or a longer or shorter one in place of the one in force."""
    inside = _state(room, target) is MembershipState.JOIN
    if not earlier:
        return Place(room.room_id, was_in=inside)
    return Place(room.room_id, of=earlier[0].number, was_in=inside or earlier[0].was_in)


def _lift(room: RoomView, target: str, lasting: Decision) -> Place:
    """What is in force ends; a level that was set by hand since stays."""
    level = level_of(room, target)
    rest = lasting.level_rest if level == MUTED else level
    return Place(
        room.room_id, MUTED if lasting.kind is Kind.MUTE else level, rest, rest, lasting.number, lasting.was_in
    )


def _latest(kind: Kind, room_id: str, decisions: Sequence[Decision]) -> list[Decision]:
    return [each for each in decisions if each.kind is kind and each.room_id == room_id][-1:]


def _state(room: RoomView, user: str) -> MembershipState | None:
    member = room.members.get(user)
    return member.state if member else None


def _undo(command: Undo, target: str, rooms: Sequence[RoomView], at: Situation) -> TakeBack | Refused:
    """The decision that was named, else the last of the case, else the last about somebody."""
    ids = {room.room_id for room in rooms}
    about = [each for each in at.decisions if each.room_id in ids]
    if at.about is not None and at.about.target == target and not command.everywhere:
        number = at.about.number
        if isinstance(at.about, Decision):
            about = [each for each in about if each.number == number]
        else:
            about = [each for each in about if each.case == number]
    return _take_back(about[-1] if about else None, at, everywhere=rooms if command.everywhere else ())


def _take_back(last: Decision | None, at: Situation, *, everywhere: Sequence[RoomView] = ()) -> TakeBack | Refused:
    """A decision and what was ordered with it in other rooms; with `everywhere`, the last of its kind in each."""
    if last is None:
        return Refused("nothing")
    if (refused := _untouchable(last.target, at)) is not None:
        return refused
    if everywhere:
        lasts = [_latest(last.kind, room.room_id, at.decisions) for room in everywhere]
        together = [each for found in lasts for each in found]
    else:
        theirs = {room.room_id for room in at.rooms if is_moderator(room, at.asker)}
        together = [each for each in of_one_order(last, at.decisions) if each.room_id in theirs]
    free = tuple(each for each in together if not _something_later(each, at.decisions))
    return TakeBack(free) if free else Refused("later" if together else "no_power")


def _something_later(decision: Decision, others: Sequence[Decision]) -> bool:
    """Whether the same thing about the same person was decided again since: then that is taken back first."""
    family = next((kinds for kinds in FAMILIES if decision.kind in kinds), frozenset())
    return any(
        each.kind in family and each.room_id == decision.room_id and each.number > decision.number for each in others
    )
