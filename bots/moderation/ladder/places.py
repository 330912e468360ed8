# SPDX-License-Identifier: Apache-2.0
"""What a decision changes in each of its rooms, and what stands in its way there. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bots.core.rooms import MembershipState, RoomView
from bots.core.rooms.authority import Act, can, outranks
from bots.moderation.ladder.steps import LIFTS, MUTED, MUTES, SAID_ONLY, level_of
from bots.moderation.records import Decision, Kind

# What the bot itself must be able to do there.
_NEEDS = {
    Kind.MUTE: Act.SET_POWER,
    Kind.HOLD: Act.SET_POWER,
    Kind.UNMUTE: Act.SET_POWER,
    Kind.REMOVE: Act.KICK,
    Kind.BAN: Act.BAN,
    Kind.UNBAN: Act.BAN,
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: the last part of a catalogue key, `moderation.refused.<why>`; and where, if it is about one room.

    `role` is what somebody is there who may not ask for it.
    """

    why: str
    room_id: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One room of an order: the entries in its power levels, whose place it takes, and who was in (see `Decision`).

    `over` is a hold that is over for good, since somebody has looked: to take this back is to let go.
    """

    room_id: str
    before: int | None = None
    after: int | None = None
    rest: int | None = None
    of: int | None = None
    was_in: bool = False
    over: int | None = None


def hindrance(kind: Kind, target: str, room: RoomView, me: str) -> Refused | None:
    """What keeps the bot from doing it there: it lacks the power, or they have as much as it has."""
    if kind in SAID_ONLY:
        return None
    if not can(room, me, _NEEDS[kind]):
        return Refused("powerless", room.room_id)
    return None if outranks(room, me, target) else Refused("outranks", room.room_id)


def places(kind: Kind, target: str, rooms: Sequence[RoomView], decisions: Sequence[Decision]) -> tuple[Place, ...]:
    """Where there is something to do, and what; first where the person is.

    A mute can come before they come back. Nobody can be taken out of where they are not.
    """
    if kind in SAID_ONLY:
        return (Place(rooms[0].room_id),)
    if kind in LIFTS:
        return tuple(
            _lift(room, target, lasting) for room in rooms for lasting in latest(LIFTS[kind], room.room_id, decisions)
        )
    here = sorted(rooms, key=lambda room: _state(room, target) is not MembershipState.JOIN)
    if kind is Kind.BAN:
        return tuple(_ban(room, target, latest((Kind.BAN,), room.room_id, decisions)) for room in here)
    if kind in MUTES:
        known = [room for room in here if _state(room, target) not in (None, MembershipState.BAN)]
        return tuple(_mute(kind, room, target, latest(MUTES, room.room_id, decisions)) for room in known)
    return tuple(Place(room.room_id) for room in here if _state(room, target) is MembershipState.JOIN)


def latest(kinds: Collection[Kind], room_id: str, decisions: Sequence[Decision]) -> list[Decision]:
    """The last decision of these kinds in the room, if there is one."""
    return [each for each in decisions if each.kind in kinds and each.room_id == room_id][-1:]


def _mute(kind: Kind, room: RoomView, target: str, earlier: Sequence[Decision]) -> Place:
    """A mute, or a longer or shorter one in place of the one in force."""
    level = level_of(room, target)
    if not earlier:
        return Place(room.room_id, level, MUTED, level)
    (last,) = earlier
    # The one in force may not have come to be done yet; what was set by hand since is how it should be after.
    rest = last.level_rest if level in (MUTED, last.level_rest) else level
    if last.kind is Kind.HOLD and kind is not Kind.HOLD:
        return Place(room.room_id, rest, MUTED, rest, over=last.number)
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
    before = MUTED if lasting.kind in MUTES else level
    return Place(room.room_id, before, rest, rest, lasting.number, lasting.was_in)


def _state(room: RoomView, user: str) -> MembershipState | None:
    member = room.members.get(user)
    return member.state if member else None
