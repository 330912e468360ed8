# SPDX-License-Identifier: Apache-2.0
"""A room that takes the place of another: what was made when a room was made can't be changed afterwards. Pure.

The new room names the old one as its predecessor, and so a run that was stopped anywhere is completed by the next.
"""

from __future__ import annotations

from bots.core.homeserver.desired import DesiredRoom
from bots.core.homeserver.reach import is_let_in
from bots.core.homeserver.steps import ActualRoom, ChangeMembers, Difference, PutState

CLOSED = "This room has moved. You have an invitation to the new one."


def replaced_differences(room: DesiredRoom, old: ActualRoom, new: ActualRoom) -> list[Difference]:
    """What is left to do: who was banned stays banned, who was there is invited once, and the old room is closed."""
    differences: list[Difference] = []
    known = set(new.members("join", "invite", "knock", "leave", "ban"))
    banned = tuple(user for user in old.members("ban") if user not in new.members("ban"))
    if banned:
        differences.append(
            Difference(
                room=room.key,
                what="bans of the old room",
                found=f"{len(banned)} are missing",
                wanted="banned here, too",
                step=ChangeMembers(new.room_id, "ban", banned),
            )
        )
    invited = tuple(
        user
        for user in old.members("join")
        if user not in known and user not in room.members and user != room.organiser and is_let_in(room, user)
    )
    if invited:
        differences.append(
            Difference(
                room=room.key,
                what="members of the old room",
                found=f"{len(invited)} are not here",
                wanted="invited",
                step=ChangeMembers(new.room_id, "invite", invited),
            )
        )
    differences.append(
        Difference(
            room=room.key,
            what="old room not closed",
            found=old.room_id,
            wanted=f"closed, with the way to {new.room_id}",
            step=PutState(old.room_id, "m.room.tombstone", {"body": CLOSED, "replacement_room": new.room_id}),
        )
    )
    return differences
