# SPDX-License-Identifier: Apache-2.0
"""The picture of an account: whether its file says where it was taken, or by whose camera. What it shows is not seen.

It is asked of the picture with which somebody comes into the private chat, and told with what else the account shows.
"""

from __future__ import annotations

from dataclasses import replace

from bots.core.actions import Action, Examine, Remember
from bots.core.bot import Reader
from bots.core.events import Membership, Outcome
from bots.core.metadata import ERRCODES, examine
from bots.core.rooms import MembershipState, RoomRole
from bots.welcome.records import Conversation

WHY = "welcome.picture"
_FOUND = {errcode: tells.value for tells, errcode in ERRCODES.items()}


async def gather_entry(event: Membership, reader: Reader) -> bool:
    """Whether somebody comes into their private chat, with a picture."""
    room = reader.room(event.room_id)
    came = event.now is MembershipState.JOIN and event.previous is not MembershipState.JOIN
    if not came or room is None or room.role is not RoomRole.PRIVATE or room.private_with != event.user:
        return False
    return event.user in room.members and room.members[event.user].avatar


def decide_entry(event: Membership, facts: bool) -> tuple[Action, ...]:
    """Ask the file."""
    return (examine(event, WHY),) if facts else ()


async def gather_found(event: Outcome, reader: Reader) -> Conversation | None:
    """Whose picture it was."""
    if not isinstance(event.action, Examine) or event.action.why != WHY:
        return None
    return await reader.get(Conversation, event.action.sender)


def decide_found(event: Outcome, facts: Conversation | None) -> tuple[Action, ...]:
    """Remember what the file says, until they come with another. That it could not be fetched says nothing."""
    if facts is None or not (event.ok or event.errcode in _FOUND):
        return ()
    told = _FOUND.get(event.errcode or "", "")
    return (Remember(why=WHY, record=replace(facts, picture=told)),) if told != facts.picture else ()
