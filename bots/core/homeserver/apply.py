# SPDX-License-Identifier: Apache-2.0
"""Look at the homeserver, and make it as the settings say.

All that is known about a room is on the homeserver itself: its create event carries the community's mark.
So a run that was stopped anywhere, also between making a room and writing that down, is healed by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bots.core.homeserver.desired import MARKER, DesiredRoom, power_levels
from bots.core.homeserver.plan import (
    Actual,
    ActualRoom,
    ChangeMembers,
    CreateRoom,
    Difference,
    InviteUser,
    PutPowerLevels,
    PutState,
    Step,
    plan,
)
from bots.core.matrix.http import Http, path
from bots.core.transport import TokenRevokedError, TransportError

# Told to wait, we wait; this often for one request, and at most this long (seconds) at a time.
_TRIES = 6
_LONGEST_WAIT = 60.0
# A first look, a second once there are rooms to look into, a third to see that nothing is left.
_LOOKS = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What `apply` did, what is left for a person, what the homeserver refused and why, and the rooms by key."""

    done: tuple[Difference, ...]
    left: tuple[Difference, ...]
    refused: tuple[tuple[Difference, str], ...]
    rooms: dict[str, str]


async def observe(http: Http, organiser: str, community: str) -> Actual:
    """The community's rooms as the homeserver has them: those that the organiser made, is in, and marked.

    Raises TransportError.
    """
    capabilities = (await _request(http, "GET", path("capabilities"))).get("capabilities", {})
    versions = capabilities.get("m.room_versions", {})
    joined = (await _request(http, "GET", path("joined_rooms")))["joined_rooms"]
    states: dict[str, Sequence[Any]] = {}
    for room_id in joined:
        states[room_id] = await _patiently(partial(http.request_list, "GET", path("rooms", room_id, "state")))
    found = [
        room
        for room_id, events in states.items()
        if (room := _read(room_id, events, organiser, community, _marks(states, organiser))) is not None
    ]
    rooms: dict[str, ActualRoom] = {}
    doubles: list[ActualRoom] = []
    replaced: dict[str, ActualRoom] = {}
    # The oldest is the one, or the one that was made to replace it: any other with its mark was made by mistake,
    # and nobody was told of it.
    for room in sorted(found, key=lambda room: (room.created, room.room_id)):
        current = rooms.get(room.key)
        if current is None:
            rooms[room.key] = room
        elif room.predecessor == current.room_id and room.key not in replaced:
            replaced[room.key] = current
            rooms[room.key] = room
        else:
            doubles.append(room)
    default = str(versions.get("default", "1"))
    return Actual(rooms=rooms, doubles=tuple(doubles), replaced=replaced, default_version=default)


async def apply(
    http: Http,
    organiser: str,
    desired: Sequence[DesiredRoom],
    *,
    replace: Collection[str] = (),
    progress: Callable[[Difference], None] = lambda _: None,
) -> Applied:
    """Make the homeserver as `desired` says; `progress` is told of each thing before it is done.

    `replace` has the keys of rooms in whose place new ones are made.

    Safe to stop anywhere and to repeat; nothing that the settings do not name is touched.
    Raises TransportError when the homeserver can't be reached, or the organiser's token is no longer good.
    """
    done: list[Difference] = []
    refused: dict[str, tuple[Difference, str]] = {}
    to_replace = set(replace)
    for _ in range(_LOOKS):
        actual = await observe(http, organiser, desired[0].community)
        differences = plan(desired, actual, to_replace)
        todo = [d for d in differences if d.step is not None and repr(d.step) not in refused]
        if not todo:
            break
        for difference in todo:
            assert difference.step is not None
            progress(difference)
            try:
                await _perform(http, difference.step)
            except TokenRevokedError:
                raise
            except TransportError as error:
                if error.retryable:
                    raise
                refused[repr(difference.step)] = (difference, str(error))
            else:
                done.append(difference)
        # Once is enough: the next look finds the new rooms.
        to_replace.clear()
    return Applied(
        done=tuple(done),
        left=tuple(d for d in differences if d.step is None),
        refused=tuple(refused.values()),
        rooms={key: room.room_id for key, room in actual.rooms.items()},
    )


async def _perform(http: Http, step: Step) -> None:
    match step:
        case CreateRoom(body):
            await _request(http, "POST", path("createRoom"), dict(body))
        case PutState(room_id, event_type, content):
            await _request(http, "PUT", path("rooms", room_id, "state", event_type, ""), dict(content))
        case PutPowerLevels(room_id, room, creators_unlimited):
            where = path("rooms", room_id, "state", "m.room.power_levels", "")
            wanted = power_levels(room, await _current(http, where), creators_unlimited=creators_unlimited)
            await _request(http, "PUT", where, wanted)
        case InviteUser(room_id, user):
            await _request(http, "POST", path("rooms", room_id, "invite"), {"user_id": user})
        case ChangeMembers():
            await _change(http, step)


async def _change(http: Http, step: ChangeMembers) -> None:
    """One after the other; somebody about whom the homeserver refuses it does not hold up the others."""
    refusals: list[TransportError] = []
    for user in step.users:
        try:
            await _request(http, "POST", path("rooms", step.room_id, step.act), {"user_id": user})
        except TransportError as error:
            if error.retryable or isinstance(error, TokenRevokedError):
                raise
            refusals.append(error)
    if refusals:
        first = refusals[0]
        raise TransportError(
            first.errcode, f"{len(refusals)} of {len(step.users)}: {first.message}", status=first.status
        )


async def _current(http: Http, where: str) -> dict[str, Any]:
    try:
        return await _request(http, "GET", where)
    except TransportError as error:
        if error.errcode == "M_NOT_FOUND":
            return {}
        raise


async def _request(http: Http, method: str, where: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return await _patiently(partial(http.request, method, where, body))


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """The call's answer; where the homeserver asks for patience, once more after the time that it names.

    A request that got no answer is not sent again: it may have been carried out, and the next run will see.
    """
    for _ in range(_TRIES - 1):
        try:
            return await call()
        except TransportError as error:
            if error.retry_after is None or error.retry_after > _LONGEST_WAIT:
                raise
            await asyncio.sleep(error.retry_after)
    return await call()


def _marks(states: Mapping[str, Sequence[Any]], organiser: str) -> Mapping[str, Mapping[str, Any]]:
    """The mark of each room that the organiser made: its own, or, for a room that an app upgraded, the old one's.

    An upgrade does not take the mark along. So a room has that of its predecessor, if that one says in its tombstone
    that this is where it went.
    """
    marks: dict[str, Mapping[str, Any]] = {}
    before: dict[str, str] = {}
    after: dict[str, object] = {}
    for room_id, events in states.items():
        for event in events:
            content = event["content"]
            if event["type"] == "m.room.tombstone" and event["state_key"] == "":
                after[room_id] = content.get("replacement_room")
            if event["type"] != "m.room.create" or event["sender"] != organiser:
                continue
            if isinstance(mark := content.get(MARKER), dict):
                marks[room_id] = mark
            elif isinstance(predecessor := content.get("predecessor"), dict):
                before[room_id] = str(predecessor.get("room_id"))
    for _ in before:
        for room_id, old in before.items():
            if old in marks and after.get(old) == room_id:
                marks.setdefault(room_id, marks[old])
    return marks


def _read(
    room_id: str, events: Sequence[Any], organiser: str, community: str, marks: Mapping[str, Mapping[str, Any]]
) -> ActualRoom | None:
    """The room, if it is the community's own: made by the organiser, marked, and not replaced by another."""
    state: dict[tuple[str, str], dict[str, Any]] = {}
    created = 0
    for event in events:
        state[event["type"], event["state_key"]] = event["content"]
        if event["type"] == "m.room.create" and event["sender"] == organiser:
            created = event["origin_server_ts"]
    mark = marks.get(room_id, {})
    key = mark.get("key")
    if mark.get("community") != community or not isinstance(key, str) or ("m.room.tombstone", "") in state:
        return None
    return ActualRoom(room_id=room_id, key=key, created=created, state=state)
