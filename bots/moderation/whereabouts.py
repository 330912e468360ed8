# SPDX-License-Identifier: Apache-2.0
"""Which rooms are moderated, where the moderators are, and where our own list is. Pure."""

from __future__ import annotations

from bots.core.bot import Reader
from bots.core.rooms import RoomRole, RoomView

MEMBERS_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION)


def moderators_room(reader: Reader) -> RoomView | None:
    """Where the moderators hear of everything, if they have a room."""
    return next(iter(reader.rooms(RoomRole.MODERATORS)), None)


def list_room(reader: Reader) -> RoomView | None:
    """The room of the community's own list, if it has one and the bot is in it."""
    room = next(iter(reader.rooms(RoomRole.OWN_LIST)), None)
    return room if room is not None and reader.me in room.joined() else None


def members_rooms(reader: Reader) -> tuple[RoomView, ...]:
    """The rooms that are moderated."""
    return tuple(room for role in MEMBERS_ROOMS for room in reader.rooms(role))
