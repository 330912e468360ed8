# SPDX-License-Identifier: Apache-2.0
"""From a room's unencrypted state events to a `RoomView`. Pure: nothing that was encrypted gets in here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bots.core.matrix.text import is_identifier
from bots.core.rooms import Member, MembershipState, PowerLevels, RoomView
from bots.core.rooms.authority import creators_are_unlimited
from bots.core.rooms.policies import POLICY_TYPES, Policy, policy_of

Json = Mapping[str, Any]

# From version 11 on the creator is the sender of the create event, and `content.creator` means nothing.
_FIRST_VERSION_WITHOUT_CREATOR_FIELD = 11
_USER_ID = re.compile(r"@[^:\s]*:\S+\Z")
_LONGEST_NAME = 1_000
_LONGEST_VERSION = 32


def view_from_state(room_id: str, events: Iterable[object], *, encrypted: bool = False) -> RoomView:
    """The view that these state events make. `encrypted` says that the room was so before: that never ends."""
    return with_state(RoomView(room_id=room_id, encrypted=encrypted), events)


def with_state(view: RoomView, events: Iterable[object]) -> RoomView:
    """The view after these events, in order. What is not a state event, or malformed, changes nothing."""
    members = dict(view.members)
    policies: dict[tuple[str, str], Policy | None] | None = None
    for event in events:
        if not isinstance(event, Mapping):
            continue
        content, kind, state_key = event.get("content"), event.get("type"), event.get("state_key")
        if not isinstance(content, Mapping) or not isinstance(state_key, str):
            continue
        if kind == "m.room.member":
            # An invitation can name anything; asking a homeserver for the devices of what is no user would fail.
            if not is_user_id(state_key):
                continue
            _set_member(members, state_key, content)
        elif isinstance(kind, str) and kind in POLICY_TYPES:
            # A list of tens of thousands is copied when one of its rules changes, and not otherwise.
            policies = dict(view.policies) if policies is None else policies
            if content:
                policies[kind, state_key] = policy_of(kind, content)
            else:
                policies.pop((kind, state_key), None)
        elif state_key == "" and isinstance(kind, str):
            view = _with_one(view, kind, event, content)
    return replace(view, members=members, policies=view.policies if policies is None else policies)


def _with_one(view: RoomView, kind: str, event: Json, content: Json) -> RoomView:
    match kind:
        case "m.room.create":
            version = (_string(content.get("room_version")) or "1")[:_LONGEST_VERSION]
            return replace(
                view,
                version=version,
                creators=_creators(version, event, content),
                federate=content.get("m.federate") is not False,
                predecessor=_predecessor(content),
            )
        case "m.room.power_levels":
            return replace(view, power_levels=power_levels(content))
        case "m.room.encryption":
            return replace(view, encrypted=True)
        case "m.room.history_visibility":
            return replace(view, history_visibility=_string(content.get("history_visibility")) or "shared")
        case "m.room.join_rules":
            return replace(view, join_rule=_string(content.get("join_rule")) or "invite")
        case "m.room.name":
            return replace(view, name=_string(content.get("name")))
        case "m.room.tombstone":
            return replace(
                view,
                tombstone=_string(content.get("replacement_room")) or "",
                tombstone_by=_string(event.get("sender")),
            )
    return view


def is_user_id(value: str) -> bool:
    """Whether this can be a user id at all; who it names need not be there."""
    return is_identifier(value) and _USER_ID.match(value) is not None


def power_levels(content: Json) -> PowerLevels:
    """`m.room.power_levels` with the specification's defaults; what is not an integer counts as the default."""
    notifications = content.get("notifications")
    return PowerLevels(
        users=_levels(content.get("users")),
        users_default=_level(content, "users_default", 0),
        events=_levels(content.get("events")),
        events_default=_level(content, "events_default", 0),
        state_default=_level(content, "state_default", 50),
        ban=_level(content, "ban", 50),
        kick=_level(content, "kick", 50),
        redact=_level(content, "redact", 50),
        invite=_level(content, "invite", 0),
        notifications_room=_level(notifications if isinstance(notifications, Mapping) else {}, "room", 50),
    )


def _creators(version: str, event: Json, content: Json) -> frozenset[str]:
    sender, named = _string(event.get("sender")), _string(content.get("creator"))
    old = version.isdecimal() and int(version) < _FIRST_VERSION_WITHOUT_CREATOR_FIELD
    first = (named or sender) if old else sender
    creators = {first} if first else set()
    additional = content.get("additional_creators")
    if creators_are_unlimited(version) and isinstance(additional, list):
        creators.update(user for user in additional if isinstance(user, str))
    return frozenset(creators)


def _predecessor(content: Json) -> str | None:
    before = content.get("predecessor")
    room_id = before.get("room_id") if isinstance(before, Mapping) else None
    return room_id if isinstance(room_id, str) and is_identifier(room_id) else None


def _set_member(members: dict[str, Member], user: str, content: Json) -> None:
    membership, name = content.get("membership"), _string(content.get("displayname"))
    if isinstance(membership, str) and membership in list(MembershipState):
        avatar = bool(_string(content.get("avatar_url")))
        members[user] = Member(MembershipState(membership), name[:_LONGEST_NAME] if name else None, avatar)


def _levels(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        return {}
    return {name: level for name, level in value.items() if isinstance(name, str) and _is_level(level)}


def _level(content: Json, name: str, default: int) -> int:
    level = content.get(name)
    return level if isinstance(level, int) and _is_level(level) else default


def _is_level(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
