# SPDX-License-Identifier: Apache-2.0
"""Who may do what in a room, by the homeserver's state and nothing else.

The rules are the specification's event authorisation rules
(room versions 1 to 12, https://spec.matrix.org/latest/rooms/v12/#authorization-rules),
as far as bots act: invite, kick, ban, redact, set a power level, send.
All functions are pure.
"""

from __future__ import annotations

import math
from enum import StrEnum

from bots.core.rooms.view import PowerLevels, RoomView

# Room version 12 (MSC4289): creators stand in no power-levels event and are above every number that does.
UNLIMITED = math.inf
_FIRST_VERSION_WITH_UNLIMITED_CREATORS = 12
_UNSTABLE_WITH_UNLIMITED_CREATORS = frozenset({"org.matrix.hydra.11"})
# Without a power-levels event, creators have 100 and everybody else 0 (all versions).
_CREATOR_WITHOUT_POWER_LEVELS = 100
_POWER_LEVELS = "m.room.power_levels"


class Act(StrEnum):
    """What a bot or a moderator may want to do."""

    INVITE = "invite"
    KICK = "kick"
    BAN = "ban"
    REDACT = "redact"
    SET_POWER = "set_power"
    SEND = "send"


def creators_are_unlimited(version: str) -> bool:
    """Whether this room version puts creators above every power level."""
    if version in _UNSTABLE_WITH_UNLIMITED_CREATORS:
        return True
    return version.isdecimal() and int(version) >= _FIRST_VERSION_WITH_UNLIMITED_CREATORS


def power(room: RoomView, user: str) -> float:
    """The user's power level in the room: an integer, or `UNLIMITED`. Not being in the room changes nothing here."""
    if user in room.creators and creators_are_unlimited(room.version):
        return UNLIMITED
    if room.power_levels is None:
        return _CREATOR_WITHOUT_POWER_LEVELS if user in room.creators else 0
    return room.power_levels.users.get(user, room.power_levels.users_default)


def required(room: RoomView, act: Act) -> int:
    """The power level that `act` asks for in the room."""
    levels = room.power_levels or PowerLevels(state_default=0)
    match act:
        case Act.INVITE:
            return levels.invite
        case Act.KICK:
            return levels.kick
        case Act.BAN:
            return levels.ban
        case Act.REDACT:
            return levels.redact
        case Act.SET_POWER:
            return levels.events.get(_POWER_LEVELS, levels.state_default)
        case Act.SEND:
            return levels.events.get("m.room.encrypted" if room.encrypted else "m.room.message", levels.events_default)


def can(room: RoomView, user: str, act: Act) -> bool:
    """Whether the user is in the room and has the power for `act`, whoever it may be aimed at."""
    return user in room.joined() and power(room, user) >= required(room, act)


def outranks(room: RoomView, actor: str, target: str) -> bool:
    """Whether the actor stands strictly above the target: nobody acts on a peer, and nobody on themselves."""
    return actor != target and power(room, actor) > power(room, target)


def can_on(room: RoomView, actor: str, act: Act, target: str) -> bool:
    """Whether the actor may do `act` to the target, by power and by rank (rank does not matter for an invitation)."""
    return can(room, actor, act) and (act is Act.INVITE or outranks(room, actor, target))


def is_moderator(room: RoomView, user: str) -> bool:
    """Whether the user is in the room and could kick, ban and redact there by hand: then they may ask the bot to."""
    return all(can(room, user, act) for act in (Act.KICK, Act.BAN, Act.REDACT))


def may_set_level(room: RoomView, actor: str, target: str, level: int) -> bool:
    """Whether the actor may give the target this level: above the target as it is, and not above themselves."""
    return can_on(room, actor, Act.SET_POWER, target) and level <= power(room, actor)
