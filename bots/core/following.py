# SPDX-License-Identifier: Apache-2.0
"""When a room of the community is upgraded, or one of a policy list that it reads, the bots go along. Pure.

Each bot follows by itself, and whichever is first in the new room writes down that it is the community's now.
What a tombstone says is believed of nobody who had not the power for it,
and a room is taken over only if it says itself, in the event that made it, whose place it takes,
if whoever closed the old one made it, and if it is as closed and as encrypted as the old one.
Until then the old room stays the community's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bots.core.actions import Action, BotName, Forget, Invite, Join, Leave, Priority, Remember, Schedule
from bots.core.bot import Handler, Reader
from bots.core.events import Membership, RoomStateChanged, Started, Tick
from bots.core.records import CommunityRoom, Record
from bots.core.rooms import MembershipState, PowerLevels, RoomRole, RoomView
from bots.core.rooms.authority import power

WHY = "core.follow"
LOOK = "core.follow.look"
_TOMBSTONE = "m.room.tombstone"
_FIRST_LOOK = timedelta(seconds=5)
_LONGEST_BREAK = timedelta(hours=1)
# A room that nobody let the bots into for so long is not coming.
PATIENCE = timedelta(days=7)
# After so many looks in vain, somebody is told: it takes a person's invitation.
TOLD_AFTER = 4


class Refusal(StrEnum):
    """Why a room is not taken over: the last part of `core.follow.refused.<refusal>`."""

    NO_POWER = "no_power"
    NOWHERE = "nowhere"
    FORGED = "forged"
    STRANGER = "stranger"
    OPEN = "open"
    PUBLIC = "public"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A room of the community (`place`) is closed in favour of the room `to`.

    `old` is the room as it is now (None: the bot has left it); `new` the other, if the bot is in it.
    """

    now: datetime
    me: str
    bots: frozenset[str]
    place: CommunityRoom
    to: str
    by: str
    old: RoomView | None = None
    new: RoomView | None = None
    office: RoomView | None = None

    @property
    def name(self) -> str:
        """What the room is called."""
        return (self.old.name if self.old else None) or (self.new.name if self.new else None) or self.place.room_id


@dataclass(frozen=True, slots=True)
class Following:
    """What else one bot does about a move: when it is in the new room, when it is refused, when nobody lets it in.

    `records` are what it has about the old room and needs for that; they are handed to `moved`.
    """

    moved: Callable[[Move, Sequence[Record]], tuple[Action, ...]] = lambda _move, _records: ()
    refused: Callable[[Move, Refusal], tuple[Action, ...]] = lambda _move, _refusal: ()
    waiting: Callable[[Move], tuple[Action, ...]] = lambda _move: ()
    records: type[Record] | None = None

    @property
    def handlers(self) -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each has its own event
        """What a bot needs to go along."""
        return (
            Handler(RoomStateChanged, _gather_closed, self._closed),
            Handler(Membership, _gather_let_in, self._let_in),
            Handler(Started, _gather_all, self._all_closed),
            Handler(Tick, self._gather_look, self._look),
        )

    def _closed(self, _event: RoomStateChanged, move: Move | None) -> tuple[Action, ...]:
        return self._begin(move) if move is not None else ()

    def _let_in(self, _event: Membership, move: Move | None) -> tuple[Action, ...]:
        """Somebody opens the new room to the bot: nobody is to wait for its next look, which may be an hour away."""
        if move is None or refused_at_once(move) is not None:
            return ()
        return (_join(move), _look_again(move, tries=0, since=move.now))

    def _all_closed(self, _event: Started, moves: Sequence[Move]) -> tuple[Action, ...]:
        """What was closed while the bot did not run."""
        return tuple(action for move in moves for action in self._begin(move))

    def _begin(self, move: Move) -> tuple[Action, ...]:
        if (refusal := refused_at_once(move)) is not None:
            return self.refused(move, refusal)
        return (_join(move), _look_again(move, tries=0, since=move.now))

    async def _gather_look(self, event: Tick, reader: Reader) -> tuple[Move, Sequence[Record], bool] | None:
        if event.kind != LOOK:
            return None
        move = _move(event.payload, reader)
        known = await reader.get(CommunityRoom, move.to)
        records = await reader.find(self.records, room_id=move.place.room_id) if self.records else ()
        return move, records, known is not None and known.role is not move.place.role

    def _look(self, event: Tick, gathered: tuple[Move, Sequence[Record], bool] | None) -> tuple[Action, ...]:
        if gathered is None:
            return ()
        move, records, taken = gathered
        if move.new is None or move.me not in move.new.joined():
            return self._still_outside(event, move)
        refusal = Refusal.TAKEN if taken else refused_inside(move, event.payload)
        if refusal is not None:
            left = () if taken else (Leave(why=WHY, room_id=move.to),)
            return (*self.refused(move, refusal), *left)
        return (
            Remember(why=WHY, record=_in_new_room(move)),
            Forget(why=WHY, record=CommunityRoom, key=(move.place.room_id,)),
            *self.moved(move, records),
        )

    def _still_outside(self, event: Tick, move: Move) -> tuple[Action, ...]:
        tries, since = int(str(event.payload["tries"])) + 1, datetime.fromisoformat(str(event.payload["since"]))
        told = self.waiting(move) if tries == TOLD_AFTER else ()
        # A clock that was set back makes the wait longer, and never endless: the tries are counted.
        if move.now - since > PATIENCE or tries > PATIENCE / _LONGEST_BREAK:
            return told
        return (*told, _join(move), _look_again(move, tries=tries, since=since, was=event.payload))


def others_called(move: Move, *others: BotName) -> tuple[Schedule, ...]:
    """The other bots look at the new room in a moment: who waited long for an invitation looks once an hour."""
    return tuple(replace(_look_again(move, tries=0, since=move.now), voice=each) for each in others)


def invited_along(move: Move, users: Collection[str]) -> tuple[Invite, ...]:
    """Those of `users` who are in the old room are invited, once: who has left the new one is not asked in again."""
    assert move.new is not None
    if move.old is None or move.new.join_rule == "public":
        return ()
    wanted = move.old.joined() & frozenset(users) - move.new.members.keys()
    return tuple(Invite(why=WHY, priority=Priority.BACKGROUND, room_id=move.to, user=user) for user in sorted(wanted))


def refused_at_once(move: Move) -> Refusal | None:
    """Whether there is nothing to follow: a tombstone without power behind it, or one that leads nowhere."""
    assert move.old is not None  # its tombstone was read in it
    levels = move.old.power_levels or PowerLevels(state_default=0)
    if power(move.old, move.by) < levels.events.get(_TOMBSTONE, levels.state_default):
        return Refusal.NO_POWER
    if not move.to.startswith("!") or move.to == move.place.room_id:
        return Refusal.NOWHERE
    return None


def refused_inside(move: Move, was: Mapping[str, object]) -> Refusal | None:
    """Why the room that the bot has come to does not take the old one's place. `was` is how the old one was."""
    new = move.new
    assert new is not None
    if new.predecessor != move.place.room_id:
        return Refusal.FORGED
    if not new.creators & {move.by, *_texts(was.get("creators"))}:
        return Refusal.STRANGER
    if was.get("encrypted") and not new.encrypted:
        return Refusal.OPEN
    if not was.get("public") and new.join_rule == "public":
        return Refusal.PUBLIC
    return None


async def _gather_closed(event: RoomStateChanged, reader: Reader) -> Move | None:
    if event.type != _TOMBSTONE or event.state_key != "":
        return None
    place = await reader.get(CommunityRoom, event.room_id)
    return _of(place, reader) if place is not None else None


async def _gather_let_in(event: Membership, reader: Reader) -> Move | None:
    if event.user != reader.me or event.now is not MembershipState.INVITE:
        return None
    return next((move for move in await _gather_all(event, reader) if move.to == event.room_id), None)


async def _gather_all(_event: Started | Membership, reader: Reader) -> Sequence[Move]:
    moves = [_of(place, reader) for place in await reader.find(CommunityRoom)]
    return [move for move in moves if move is not None]


def _of(place: CommunityRoom, reader: Reader) -> Move | None:
    old = reader.room(place.room_id)
    if old is None or old.tombstone is None or old.tombstone_by is None or place.role is RoomRole.OTHER:
        return None
    return Move(
        now=reader.now,
        me=reader.me,
        bots=reader.bots,
        place=place,
        to=old.tombstone,
        by=old.tombstone_by,
        old=old,
        office=next(iter(reader.rooms(RoomRole.MODERATORS)), None),
    )


def _move(payload: Mapping[str, Any], reader: Reader) -> Move:
    place = CommunityRoom(
        room_id=payload["old"],
        role=RoomRole(payload["role"]),
        condition=payload["condition"],
        position=payload["position"],
    )
    return Move(
        now=reader.now,
        me=reader.me,
        bots=reader.bots,
        place=place,
        to=payload["new"],
        by=payload["by"],
        old=reader.room(place.room_id),
        new=reader.room(payload["new"]),
        office=next(iter(reader.rooms(RoomRole.MODERATORS)), None),
    )


def _in_new_room(move: Move) -> CommunityRoom:
    place = move.place
    return CommunityRoom(room_id=move.to, role=place.role, condition=place.condition, position=place.position)


def _join(move: Move) -> Join:
    return Join(why=WHY, room_id=move.to, via=(move.by.partition(":")[2],))


def _look_again(move: Move, *, tries: int, since: datetime, was: Mapping[str, object] | None = None) -> Schedule:
    old = move.old
    payload: dict[str, object] = {
        "old": move.place.room_id,
        "new": move.to,
        "by": move.by,
        "role": move.place.role.value,
        "condition": move.place.condition,
        "position": move.place.position,
        "creators": sorted(old.creators) if old else [],
        "encrypted": old.encrypted if old else True,
        "public": old.join_rule == "public" if old else False,
        # What the old room was when it was closed is what the new one is held against.
        **{key: value for key, value in (was or {}).items() if key in ("creators", "encrypted", "public")},
        "tries": tries,
        "since": since.isoformat(),
    }
    wait = min(_FIRST_LOOK * 2 ** min(tries, 20), _LONGEST_BREAK)
    return Schedule(why=WHY, id=f"{LOOK}:{move.place.room_id}", kind=LOOK, at=move.now + wait, payload=payload)


def _texts(value: object) -> Sequence[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []
