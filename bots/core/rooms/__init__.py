# SPDX-License-Identifier: Apache-2.0
"""A room as the homeserver says it is, who may do what in it, whom it shuts out, and what it says of others. Pure."""

from bots.core.rooms.view import Member, MembershipState, PowerLevels, RoomRole, RoomView, permalink, place_of

__all__ = ["Member", "MembershipState", "PowerLevels", "RoomRole", "RoomView", "permalink", "place_of"]
