# SPDX-License-Identifier: Apache-2.0
"""What others do: a ban by another bot, or by hand, is told once, and neither done again nor undone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.actions import Action, Remember, Words
from bots.core.bot import Reader
from bots.core.events import Membership
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.moderation.standing.records import BannedByOthers
from bots.moderation.telling import say_in_office

WHY = "moderation.others"
# Another bot bans in all of its rooms, one after the other: that is one thing to hear of.
ONCE_IN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Where it was, and when the moderators last heard of the same person and the same one who banned them."""

    now: datetime
    office: RoomView | None
    room: RoomView
    told: BannedByOthers | None


async def gather(event: Membership, reader: Reader) -> Facts | None:
    """A ban that is none of ours."""
    room = reader.room(event.room_id)
    if event.now is not MembershipState.BAN or event.sender in reader.bots or room is None:
        return None
    if room.role not in (RoomRole.LOBBY, RoomRole.CONDITION):
        return None
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    told = await reader.get(BannedByOthers, event.user, event.sender)
    return Facts(now=reader.now, office=office, room=room, told=told)


def decide(event: Membership, facts: Facts | None) -> tuple[Action, ...]:
    """Say so, the first time."""
    if facts is None or (facts.told is not None and timedelta() <= facts.now - facts.told.at < ONCE_IN):
        return ()
    words = Words("moderation.others.banned", {"who": event.user, "room": facts.room.name or "", "by": event.sender})
    return (
        Remember(why=WHY, record=BannedByOthers(user=event.user, by=event.sender, at=facts.now)),
        *say_in_office(facts.office, None, words),
    )
