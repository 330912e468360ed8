# SPDX-License-Identifier: Apache-2.0
"""Being taken aside: the bot comes to a chat with a member, and says hello there."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.actions import Action, InRoom, Join, Leave, Send, Words
from bots.core.bot import Reader
from bots.core.events import Membership, Outcome
from bots.core.records import SpokenLanguage
from bots.core.rooms import MembershipState, RoomRole
from bots.resources.people import is_private

_SHARED_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION, RoomRole.MODERATORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """Who is asked in, and whether the inviter is one of us.

    `inside`: the bot has come already, and reads in the room's past how it was invited.
    """

    for_me: bool
    inside: bool
    from_a_member: bool


async def gather_invitation(event: Membership, reader: Reader) -> InvitationFacts:
    """See who invites."""
    known = any(event.sender in room.joined() for role in _SHARED_ROOMS for room in reader.rooms(role))
    return InvitationFacts(
        for_me=event.user == reader.me, inside=reader.room(event.room_id) is not None, from_a_member=known
    )


def decide_invitation(event: Membership, facts: InvitationFacts) -> tuple[Action, ...]:
    """Come to a private chat with a member; kindly stay away from strangers."""
    if facts.inside or not (facts.for_me and event.now is MembershipState.INVITE and event.direct):
        return ()
    if not facts.from_a_member:
        return (Leave(why="resources.stranger", room_id=event.room_id),)
    return (Join(why="resources.private", room_id=event.room_id, follow_up=True),)


async def gather_arrival(event: Outcome, reader: Reader) -> str | None:
    """The language that the other one in a new private chat has chosen."""
    room = reader.room(event.action.room_id) if isinstance(event.action, Join) else None
    for user in sorted(room.joined() - {reader.me}) if room is not None and is_private(room) else ():
        if (chosen := await reader.get(SpokenLanguage, user)) is not None:
            return chosen.language
    return None


def decide_arrival(event: Outcome, spoken: str | None) -> tuple[Action, ...]:
    """Say hello in a new private chat."""
    match event.action:
        case Join(room_id=room_id) if event.ok:
            hello = Words("resources.hello", language=spoken)
            return (Send(why="resources.private", place=InRoom(room_id), parts=(hello,)),)
        case _:
            return ()
