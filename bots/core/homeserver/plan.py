# SPDX-License-Identifier: Apache-2.0
"""What differs between the rooms that the settings ask for and the rooms there are. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bots.core.authority import creators_are_unlimited
from bots.core.homeserver.desired import MARKER, DesiredRoom, power_levels, server_acl


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualRoom:
    """A room that carries a community's mark, as the homeserver says it is.

    `state` is keyed by event type and state key.
    """

    room_id: str
    key: str
    created: int
    state: Mapping[tuple[str, str], Mapping[str, Any]]

    def content(self, event_type: str) -> Mapping[str, Any] | None:
        """The content of the state event of this type with the empty state key."""
        return self.state.get((event_type, ""))

    @property
    def creators_unlimited(self) -> bool:
        """Whether its version puts creators above every power level."""
        return creators_are_unlimited(str((self.content("m.room.create") or {}).get("room_version", "1")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """What the homeserver has: the community's rooms by key, and rooms that carry a mark that another one has."""

    rooms: Mapping[str, ActualRoom] = field(default_factory=dict)
    doubles: tuple[ActualRoom, ...] = ()
    default_version: str = "12"


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """Make the room; `body` is the request's."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PutState:
    """Set a state event with the empty state key."""

    room_id: str
    event_type: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PutPowerLevels:
    """Set the power levels, from what they are at that very moment: a mute may have come between."""

    room_id: str
    room: DesiredRoom
    creators_unlimited: bool


@dataclass(frozen=True, slots=True)
class InviteUser:
    """Invite somebody whom the settings name."""

    room_id: str
    user: str


Step = CreateRoom | PutState | PutPowerLevels | InviteUser


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as the settings say. `step` puts it right; None: only a person can; `wanted` says how."""

    room: str
    what: str
    found: str
    wanted: str
    step: Step | None = None


def plan(desired: Sequence[DesiredRoom], actual: Actual) -> tuple[Difference, ...]:
    """Everything that differs, in the order in which it is put right. Empty: nothing does."""
    differences: list[Difference] = []
    for room in desired:
        found = actual.rooms.get(room.key)
        if found is None:
            differences.append(_missing(room, actual.default_version))
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


def _missing(room: DesiredRoom, version: str) -> Difference:
    state = [{"type": kind, "state_key": "", "content": content} for kind, content in room.state.items()]
    if (acl := server_acl(room, None)) is not None:
        state.append({"type": "m.room.server_acl", "state_key": "", "content": acl})
    body = {
        "preset": "private_chat",
        "visibility": "private",
        "creation_content": {"m.federate": room.federate, MARKER: room.marker},
        "initial_state": state,
        "power_level_content_override": power_levels(room, {}, creators_unlimited=creators_are_unlimited(version)),
    }
    return Difference(room=room.key, what="room missing", found="–", wanted=room.name, step=CreateRoom(body))


def _room_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    return [
        *_create_differences(room, found),
        *_power_differences(room, found),
        *_state_differences(room, found),
        *_acl_differences(room, found),
        *_member_differences(room, found),
    ]


def _create_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    federate = (found.content("m.room.create") or {}).get("m.federate", True) is not False
    if federate == room.federate:
        return []
    return [
        Difference(
            room=room.key,
            what="federation",
            found="open to other servers" if federate else "this server only",
            wanted=f"{'open to other servers' if room.federate else 'this server only'}: a room can't change that",
        )
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


def _acl_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    current = found.content("m.room.server_acl")
    wanted = server_acl(room, current)
    if wanted is None or wanted == current:
        return []
    return [
        Difference(
            room=room.key,
            what="servers let in",
            found="every server" if current is None else ", ".join(map(str, current.get("allow") or ["none"])),
            wanted=", ".join(wanted["allow"]),
            step=PutState(found.room_id, "m.room.server_acl", wanted),
        )
    ]


def _member_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    differences: list[Difference] = []
    for user in room.members:
        membership = found.state.get(("m.room.member", user), {}).get("membership", "leave")
        if membership in ("join", "invite"):
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
