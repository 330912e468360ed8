# SPDX-License-Identifier: Apache-2.0
"""A policy list has a new room, since its old one was upgraded: it is read there from now on. Pure.

Whether the new room is the old one's heir has been asked before, as of every room (`bots.core.following`).
An upgrade takes no rules along, so an empty new list must not let everybody go whom the old one named:
what came of that one stays, until a moderator takes it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bots.core.actions import Action, Forget, Leave, Remember, Schedule, Words
from bots.core.bot import Reader
from bots.core.events import Tick
from bots.core.following import Move
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.policy_lists.records import ListMatch, PolicyList
from bots.moderation.telling import say_in_office

WHY = MOVED = "moderation.lists.moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The list as it was, whom it has touched, where its rules are now, and the moderators' room."""

    list: PolicyList
    matches: Sequence[ListMatch]
    to: str
    office: RoomView | None


def list_moved(move: Move) -> Schedule:
    """What there is to do about it, which takes what is known of the list."""
    payload: dict[str, object] = {"old": move.place.room_id, "new": move.to}
    return Schedule(why=WHY, id=f"{MOVED}:{move.place.room_id}", kind=MOVED, at=move.now, payload=payload)


async def gather(event: Tick, reader: Reader) -> Moved | None:
    """The list that has moved."""
    if event.kind != MOVED:
        return None
    old = await reader.get(PolicyList, str(event.payload["old"]))
    if old is None:
        return None
    return Moved(
        list=old,
        matches=await reader.find(ListMatch, list_id=old.room_id),
        to=str(event.payload["new"]),
        office=next(iter(reader.rooms(RoomRole.MODERATORS)), None),
    )


def decide(_event: Tick, moved: Moved | None) -> tuple[Action, ...]:
    """It may go there as far as it might before."""
    if moved is None:
        return ()
    old = moved.list.room_id
    return (
        Forget(why=WHY, record=PolicyList, key=(old,)),
        Remember(why=WHY, record=replace(moved.list, room_id=moved.to, gone=False)),
        *(Forget(why=WHY, record=ListMatch, key=(old, match.user)) for match in moved.matches),
        Leave(why=WHY, room_id=old),
        *say_in_office(moved.office, None, Words("moderation.lists.moved", {"list": moved.list.name})),
    )
