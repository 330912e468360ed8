# SPDX-License-Identifier: Apache-2.0
"""What the homeserver is asked for when a room is to change: who is in it, who may do what, its state."""

from __future__ import annotations

from typing import assert_never

from bots.core.actions import (
    Ban,
    Invite,
    Leave,
    OpenDoor,
    PutRule,
    Remove,
    RoomChange,
    SetPower,
    ShareHistory,
    ShutOut,
    TakeRule,
    Unban,
)
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.core.transport import Transport, TransportError

NO_SIGNED_DEVICE = "KITHROOM_NO_SIGNED_DEVICE"
NOBODY_THERE = "KITHROOM_NOBODY_THERE"
HERE = (MembershipState.JOIN, MembershipState.INVITE)


async def change(action: RoomChange, transport: Transport) -> None:
    """Make the room as the action says. Raises TransportError where the homeserver refuses.

    Whether it is so already the homeserver is asked, by the transport: what a sync told of the room may be of a time
    before the bot's own last change.
    """
    match action:
        case Invite(room_id=room_id, user=user):
            await transport.invite(room_id, user)
        case ShareHistory(room_id=room_id, user=user, since=since):
            if await transport.share_history(room_id, user, since) == 0:
                raise TransportError(NO_SIGNED_DEVICE, "the person has no device that their own identity signed")
        case Remove(room_id=room_id, user=user):
            await transport.kick(room_id, user)
        case Ban(room_id=room_id, user=user):
            await transport.ban(room_id, user)
        case Unban(room_id=room_id, user=user):
            await transport.unban(room_id, user)
        case SetPower(room_id=room_id, user=user, level=level):
            await transport.set_power(room_id, user, level)
        case ShutOut() | OpenDoor() | PutRule() | TakeRule() | Leave():
            await _change_room(action, transport)
        case _ as never:
            assert_never(never)


async def _change_room(action: ShutOut | OpenDoor | PutRule | TakeRule | Leave, transport: Transport) -> None:
    match action:
        case ShutOut(room_id=room_id, shut=shut, let_in=let_in):
            await transport.shut_out(room_id, shut, let_in)
        case OpenDoor(room_id=room_id, open=open_):
            await transport.set_join_rule(room_id, "public" if open_ else "invite")
        case PutRule(room_id=room_id, state_key=state_key, policy=policy):
            content = (policy.hidden() if action.hidden else policy).content()
            await transport.put_rule(room_id, policy.kind, state_key, content)
        case TakeRule(room_id=room_id, type=kind, state_key=state_key):
            await transport.take_rule(room_id, kind, state_key)
        case Leave(room_id=room_id):
            await transport.leave(room_id)


def stands(view: RoomView, user: str, *states: MembershipState) -> bool:
    """Whether somebody stands in one of these ways to the room."""
    return user in view.members and view.members[user].state in states


def check_for_listeners(view: RoomView | None, bots: frozenset[str]) -> None:
    """Raise for a chat that everybody but bots has left: what is said there waits for nobody, and nothing for it.

    To the community's own rooms others come.
    """
    if view is None or view.role not in (RoomRole.PRIVATE, RoomRole.OTHER):
        return
    if not any(stands(view, user, *HERE) for user in view.members.keys() - bots):
        raise TransportError(NOBODY_THERE, "everybody has left the chat")
