# SPDX-License-Identifier: Apache-2.0
"""The rooms there are, what can be done about them, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bots.core.homeserver.desired import DesiredRoom
from bots.core.rooms.authority import creators_are_unlimited


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
    def federates(self) -> bool:
        """Whether other homeservers can be in it at all. It was said when the room was made, and never changes."""
        return (self.content("m.room.create") or {}).get("m.federate", True) is not False

    @property
    def predecessor(self) -> str | None:
        """The id of the room that it was made to replace."""
        before = (self.content("m.room.create") or {}).get("predecessor")
        room_id = before.get("room_id") if isinstance(before, dict) else None
        return room_id if isinstance(room_id, str) else None

    def members(self, *memberships: str) -> tuple[str, ...]:
        """The users with one of these memberships, in order."""
        return tuple(
            sorted(
                user
                for (kind, user), content in self.state.items()
                if kind == "m.room.member" and content.get("membership") in memberships
            )
        )

    @property
    def creators_unlimited(self) -> bool:
        """Whether its version puts creators above every power level."""
        return creators_are_unlimited(str((self.content("m.room.create") or {}).get("room_version", "1")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """What the homeserver has: the community's rooms by key, and rooms that carry a mark that another one has.

    `replaced` are rooms whose successor is there already (it is the one in `rooms`), and that are not closed yet.
    """

    rooms: Mapping[str, ActualRoom] = field(default_factory=dict)
    doubles: tuple[ActualRoom, ...] = ()
    replaced: Mapping[str, ActualRoom] = field(default_factory=dict)
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


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """Invite, remove ("kick") or ban these users, one after the other. No reason is given: it would be in clear."""

    room_id: str
    act: Literal["invite", "kick", "ban"]
    users: tuple[str, ...]


Step = CreateRoom | PutState | PutPowerLevels | InviteUser | ChangeMembers


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as the settings say. `step` puts it right; None: only a person can; `wanted` says how."""

    room: str
    what: str
    found: str
    wanted: str
    step: Step | None = None
