# SPDX-License-Identifier: Apache-2.0
"""A room as the homeserver says it is: a frozen view that policies may look at.

Made from unencrypted state events only. What somebody says inside an encrypted event never changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bots.core.rooms.policies import Policies


class RoomRole(StrEnum):
    """What a room is for, in a community.

    LIST: a policy list of others that its moderators asked the bot to read. OWN_LIST: the one that it publishes.
    """

    LOBBY = "lobby"
    MODERATORS = "moderators"
    CONDITION = "condition"
    PRIVATE = "private"
    LIST = "list"
    OWN_LIST = "own_list"
    OTHER = "other"


class MembershipState(StrEnum):
    """The values of `membership` in `m.room.member`."""

    JOIN = "join"
    INVITE = "invite"
    LEAVE = "leave"
    BAN = "ban"
    KNOCK = "knock"


@dataclass(frozen=True, slots=True)
class Member:
    """One user's `m.room.member`. `avatar` says whether there is a picture."""

    state: MembershipState
    display_name: str | None = None
    avatar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLevels:
    """`m.room.power_levels`, the specification's defaults filled in; what is not an integer counts as the default."""

    users: Mapping[str, int] = field(default_factory=dict)
    users_default: int = 0
    events: Mapping[str, int] = field(default_factory=dict)
    events_default: int = 0
    state_default: int = 50
    ban: int = 50
    kick: int = 50
    redact: int = 50
    invite: int = 0
    notifications_room: int = 50


def permalink(room_id: str, event_id: str, server: str) -> str:
    """A link to an event that opens in whatever client somebody has; `server` knows the room."""
    return f"https://matrix.to/#/{room_id}/{event_id}?via={server}"


def place_of(role: RoomRole, condition: str | None) -> str | None:
    """What the settings call a room of the community: "lobby", "moderators", or its condition's id; None for others."""
    return condition if condition or role not in (RoomRole.LOBBY, RoomRole.MODERATORS) else role.value


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """The state that policies need. `creators` have unlimited power from room version 12 on (see `authority`).

    `tombstone` is the room that a closed one points to, `tombstone_by` who closed it;
    `predecessor` the room whose place this one takes, as was said when it was made.
    `policies` are what the room recommends, if it is a policy list.
    `condition` is the condition's id when `role` is CONDITION; `private_with` the member's user id when it is PRIVATE.
    """

    room_id: str
    role: RoomRole = RoomRole.OTHER
    condition: str | None = None
    private_with: str | None = None
    version: str = "1"
    creators: frozenset[str] = frozenset()
    power_levels: PowerLevels | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    encrypted: bool = False
    history_visibility: str = "shared"
    join_rule: str = "invite"
    federate: bool = True
    name: str | None = None
    tombstone: str | None = None
    tombstone_by: str | None = None
    predecessor: str | None = None
    policies: Policies = field(default_factory=dict)

    def joined(self) -> frozenset[str]:
        """The user ids that are in the room."""
        return frozenset(u for u, m in self.members.items() if m.state is MembershipState.JOIN)
