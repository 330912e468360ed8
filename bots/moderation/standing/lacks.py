# SPDX-License-Identifier: Apache-2.0
"""What is missing in a room for it to be protected. Pure, and asked of what the homeserver says at that moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.authority import Act, can


class Lack(StrEnum):
    """What does not work in a room: the last part of `moderation.lack.<lack>`."""

    ABSENT = "absent"
    CLOSED = "closed"
    OPEN = "open"
    KICK = "kick"
    BAN = "ban"
    REDACT = "redact"
    MUTE = "mute"
    INVITE = "invite"
    SEND = "send"


_POWERS = {Act.KICK: Lack.KICK, Act.BAN: Lack.BAN, Act.REDACT: Lack.REDACT, Act.SET_POWER: Lack.MUTE}
_OURS = (RoomRole.LOBBY, RoomRole.CONDITION, RoomRole.MODERATORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one room of the community stands: what is lacking there, if anything. `view` None: the bot is not in it.

    `place` is what the settings call it: the condition's id, or the room's role.
    """

    room_id: str
    role: RoomRole
    place: str
    view: RoomView | None
    lacks: tuple[Lack, ...] = ()

    @property
    def name(self) -> str:
        """What the room is called; what the settings call it, and its id, where the bot can't see more."""
        return (self.view.name if self.view else None) or f"{self.place} ({self.room_id})"


def standings(
    known: Sequence[CommunityRoom], view: Callable[[str], RoomView | None], me: str, bots: Collection[str]
) -> tuple[Standing, ...]:
    """Every room that the community should have protected, in the order of the settings."""
    ours = sorted((room for room in known if room.role in _OURS), key=lambda room: room.position)
    return tuple(_standing(room, view(room.room_id), me, bots) for room in ours)


def _standing(room: CommunityRoom, view: RoomView | None, me: str, bots: Collection[str]) -> Standing:
    place = room.condition or room.role.value
    if view is None or me not in view.joined():
        return Standing(room_id=room.room_id, role=room.role, place=place, view=None, lacks=(Lack.ABSENT,))
    lacks = [Lack.CLOSED] if view.tombstone is not None else []
    lacks += [] if view.encrypted else [Lack.OPEN]
    if room.role is RoomRole.MODERATORS:
        lacks += [] if can(view, me, Act.SEND) else [Lack.SEND]
    else:
        lacks += [lack for act, lack in _POWERS.items() if not can(view, me, act)]
    if room.role is RoomRole.CONDITION and not any(can(view, bot, Act.INVITE) for bot in bots if bot != me):
        lacks.append(Lack.INVITE)
    return Standing(room_id=room.room_id, role=room.role, place=place, view=view, lacks=tuple(lacks))
