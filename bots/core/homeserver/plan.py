# SPDX-License-Identifier: Apache-2.0
"""What differs between the rooms that the settings ask for and the rooms there are. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bots.core.homeserver.desired import DesiredRoom, power_levels, server_acl
from bots.core.homeserver.reach import is_let_in, not_let_in, reach_differences
from bots.core.homeserver.replacing import replaced_differences
from bots.core.homeserver.steps import (
    Actual,
    ActualRoom,
    ChangeMembers,
    CreateRoom,
    Difference,
    InviteUser,
    PutPowerLevels,
    PutState,
    Step,
)
from bots.core.rooms.authority import creators_are_unlimited
from bots.core.rooms.policies import SHORT_NAME_EVENT

__all__ = [
    "Actual", "ActualRoom", "ChangeMembers", "CreateRoom", "Difference", "InviteUser", "PutPowerLevels", "PutState",
    "Step", "plan",
]  # fmt: skip


def plan(desired: Sequence[DesiredRoom], actual: Actual, replace: Collection[str] = ()) -> tuple[Difference, ...]:
    """Everything that differs, in the order in which it is put right. Empty: nothing does.

    `replace` has the keys of rooms for which a new one is to be made.
    """
    differences: list[Difference] = []
    for room in desired:
        found = actual.rooms.get(room.key)
        if found is None:
            differences.append(_missing(room, actual.default_version))
            continue
        if room.key in actual.replaced:
            differences.extend(_room_differences(room, found))
            differences.extend(replaced_differences(room, actual.replaced[room.key], found))
        elif room.key in replace:
            differences.append(_missing(room, actual.default_version, before=found))
        else:
            differences.extend(_room_differences(room, found))
    keys = {room.key for room in desired}
    differences.extend(
        Difference(
            room=key,
            what="room no longer in the settings",
            found=found.room_id,
            wanted="left alone: tell its members, and close it yourself",
        )
        for key, found in actual.rooms.items()
        if key not in keys
    )
    differences.extend(
        Difference(room=double.key, what="second room with this mark", found=double.room_id, wanted="left alone")
        for double in actual.doubles
    )
    return tuple(differences)


def _missing(room: DesiredRoom, version: str, before: ActualRoom | None = None) -> Difference:
    """The room is to be made; `before` is the one that it replaces. Who is muted there, is muted here."""
    state = [{"type": kind, "state_key": "", "content": content} for kind, content in room.state.items()]
    if room.federate and (acl := server_acl(room, None)) is not None:
        state.append({"type": "m.room.server_acl", "state_key": "", "content": acl})
    muted = {} if before is None else {"users": (before.content("m.room.power_levels") or {}).get("users")}
    origin = {} if before is None else {"predecessor": {"room_id": before.room_id}}
    body = {
        "preset": "private_chat",
        "visibility": "private",
        "creation_content": {**room.creation, **origin},
        "initial_state": state,
        "power_level_content_override": power_levels(room, muted, creators_unlimited=creators_are_unlimited(version)),
    }
    if before is None:
        return Difference(room=room.key, what="room missing", found="–", wanted=room.name, step=CreateRoom(body))
    return Difference(
        room=room.key,
        what="room to be replaced",
        found=before.room_id,
        wanted="a new one; everybody in this one is invited, and it is closed",
        step=CreateRoom(body),
    )


def _room_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    return [
        *_power_differences(room, found),
        *_state_differences(room, found),
        *reach_differences(room, found),
        *_member_differences(room, found),
    ]


def _power_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    current = found.content("m.room.power_levels") or {}
    wanted = power_levels(room, current, creators_unlimited=found.creators_unlimited)
    wrong = _flat_differences(current, wanted)
    if not wrong:
        return []
    return [
        Difference(
            room=room.key,
            what="power levels drifted",
            found=", ".join(f"{name}: {_short(was)}" for name, was, _ in wrong),
            wanted=", ".join(f"{name}: {_short(new)}" for name, _, new in wrong),
            step=PutPowerLevels(found.room_id, room, found.creators_unlimited),
        )
    ]


def _flat_differences(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(name, found, wanted) of every entry that differs; None for one that is not there."""
    differences: list[tuple[str, Any, Any]] = []
    for name in sorted(current.keys() | wanted.keys()):
        was, new = current.get(name), wanted.get(name)
        if isinstance(new, dict):
            inner = was if isinstance(was, dict) else {}
            differences.extend(
                (key, inner.get(key), new.get(key))
                for key in sorted(inner.keys() | new.keys())
                if inner.get(key) != new.get(key)
            )
        elif was != new and new is not None:
            differences.append((name, was, new))
    return differences


def _short(value: Any) -> str:
    return "–" if value is None else str(value)


_NAMES = {
    "m.room.encryption": "encryption off",
    "m.room.join_rules": "who may join",
    "m.room.history_visibility": "who may read what was said before",
    "m.room.guest_access": "guests",
    "m.room.name": "name changed",
    "m.room.topic": "topic changed",
    SHORT_NAME_EVENT: "short name changed",
}


def _state_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    differences: list[Difference] = []
    for kind, wanted in room.state.items():
        current = found.content(kind) or {}
        if all(current.get(key) == value for key, value in wanted.items()):
            continue
        ((key, value),) = wanted.items()
        # A topic has a second, richer form that would contradict the first; what else stands there stays.
        kept = {} if kind == "m.room.topic" else current
        differences.append(
            Difference(
                room=room.key,
                what=_NAMES[kind],
                found=_short(current.get(key)),
                wanted=str(value),
                step=PutState(found.room_id, kind, {**kept, **wanted}),
            )
        )
    return differences


def _member_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    differences: list[Difference] = []
    for user in room.members:
        membership = found.state.get(("m.room.member", user), {}).get("membership", "leave")
        if membership in ("join", "invite"):
            continue
        if not is_let_in(room, user):
            differences.append(not_let_in(room, f"{user}: not invited"))
            continue
        banned = membership == "ban"
        differences.append(
            Difference(
                room=room.key,
                what="member missing",
                found=f"{user}: {'banned' if banned else 'not invited'}",
                wanted="unban them yourself, if that is meant" if banned else "invited",
                step=None if banned else InviteUser(found.room_id, user),
            )
        )
    return differences
