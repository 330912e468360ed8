# SPDX-License-Identifier: Apache-2.0
"""Who may ask for what: a table. Pure.

A role is never power: a moderator or an organiser is who the homeserver's room says, at that moment.
The settings name the greeters, who have none, and say what each role may ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bots.core.actions import Param, Words
from bots.core.community import Community, Deed
from bots.core.rooms import RoomView
from bots.core.rooms.authority import is_moderator, power
from bots.moderation.commands import (
    Ban,
    Close,
    Command,
    Confirm,
    Grant,
    Hold,
    Keep,
    Lock,
    Mute,
    Note,
    Remove,
    Second,
    Slow,
    Take,
    Unban,
    Undo,
    Unlock,
    Unmute,
    Warn,
)
from bots.moderation.ladder.places import Refused


class Role(StrEnum):
    """What somebody is, in one room."""

    MEMBER = "member"
    GREETER = "greeter"
    MODERATOR = "moderator"
    ORGANISER = "organiser"


# What has no line here is for everybody.
ASKS_FOR: Mapping[type[Command], Deed] = {
    Note: Deed.NOTE,
    Warn: Deed.WARN,
    Hold: Deed.HOLD,
    Mute: Deed.MUTE,
    Unmute: Deed.MUTE,
    Remove: Deed.REMOVE,
    Ban: Deed.BAN,
    Unban: Deed.BAN,
    Confirm: Deed.BAN,
    Undo: Deed.UNDO,
    Grant: Deed.UNDO,
    Keep: Deed.UNDO,
    Close: Deed.CLOSE,
    Take: Deed.CLOSE,
    Slow: Deed.SLOW,
    Lock: Deed.LOCK,
    Unlock: Deed.LOCK,
    Second: Deed.CLOSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The settings' part of it: the greeters by condition, and what each role may.

    `bans_by_two_after` is how long somebody has to have been here for a ban to take two people (None: never).
    """

    may: Mapping[Role, frozenset[Deed]]
    greeters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bans_by_two_after: timedelta | None = None

    def of(self, room: RoomView, user: str) -> Role:
        """What the user is there."""
        if is_moderator(room, user):
            levels = room.power_levels
            return Role.ORGANISER if power(room, user) >= (levels.state_default if levels else 0) else Role.MODERATOR
        greets = user in self.greeters.get(room.condition or "", frozenset()) and user in room.joined()
        return Role.GREETER if greets else Role.MEMBER

    def allow(self, room: RoomView, user: str, command: Command) -> bool:
        """Whether the user may ask for it there."""
        deed = ASKS_FOR.get(type(command))
        return deed is None or deed in self.may[self.of(room, user)]

    def refusal(self, rooms: Sequence[RoomView], user: str, command: Command) -> Refused | None:
        """Why the user may ask for it in none of these rooms; None where they may."""
        if any(self.allow(room, user, command) for room in rooms):
            return None
        found = {self.of(room, user): room.room_id for room in rooms}
        highest = next((role for role in reversed(Role) if role in found), Role.MEMBER)
        if highest is Role.MEMBER:
            return Refused("not_moderator")
        return Refused("role", found[highest], highest)


def refusal_words(refused: Refused, room_name: str | None) -> Words:
    """Why somebody may not have what they asked for, in a sentence. `room_name` is of the room that it is about."""
    about: dict[str, Param] = {"room": room_name or Words("moderation.our_rooms")}
    if refused.role is not None:
        about["role"] = Words(f"moderation.role.{refused.role}")
    return Words(f"moderation.refused.{refused.why}", about)


def roles_in(community: Community) -> Roles:
    """The table of a community."""
    return Roles(
        may={
            Role.MEMBER: frozenset(),
            Role.GREETER: community.greeters_may,
            Role.MODERATOR: community.moderators_may,
            Role.ORGANISER: frozenset(Deed),
        },
        greeters={condition.id: frozenset(condition.greeters) for condition in community.conditions},
        bans_by_two_after=community.bans_by_two_after,
    )
