# SPDX-License-Identifier: Apache-2.0
"""What is done in a room, and to the people in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bots.core.actions.base import BaseAction, BotName
from bots.core.rooms.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(BaseAction):
    """Take `event_id` out of the room. `sender` is who must have sent it: the performer checks before it acts.

    `asked_by_sender`: it is a command, whose sender wants it gone; then it does not matter who has more power.
    `after` is the label of a `Send` that quotes it, and is waited for: for half a minute, if it can't be said.
    It is that of `after_voice`, if another bot says it.
    No reason is sent: redaction reasons are not encrypted.
    """

    room_id: str
    event_id: str
    sender: str
    asked_by_sender: bool = False
    after: str | None = None
    after_voice: BotName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(BaseAction):
    """Invite `user`. Already invited or joined counts as done."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareHistory(BaseAction):
    """Give `user`, whom the bot invited, the keys of what the room shares of what was said since `since` (UTC).

    The performer refuses it for a room that shares nothing, and for whoever came in another way or left.
    It fails with `KITHROOM_NO_SIGNED_DEVICE` where there is no device yet that could be trusted with them.
    """

    room_id: str
    user: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(BaseAction):
    """Kick `user`, without a reason (it would be readable by every server). Not in the room counts as done."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban(BaseAction):
    """Ban `user`, without a reason."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unban(BaseAction):
    """Lift the ban of `user`. Not banned counts as done."""

    room_id: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPower(BaseAction):
    """Give `user` the power `level` in the room (−1 mutes; None takes the entry away: the room's default)."""

    room_id: str
    user: str
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor(BaseAction):
    """Let anybody join the room, or (not `open`) nobody but who is invited.

    The performer refuses to open any room but the lobby: a condition's room is never anybody's to walk into.
    """

    room_id: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutOut(BaseAction):
    """Put these homeservers (globs) on the room's access list as shut out, and take those off; the rest of it stays.

    The performer refuses what fits our own homeserver.
    """

    room_id: str
    shut: tuple[str, ...] = ()
    let_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRule(BaseAction):
    """Put a rule on the community's own policy list, under `state_key`; it is public, and others act upon it.

    `hidden`: with the hash of the name in place of the name.
    The performer refuses every other room, reasons that are none of ours, and what fits the bots or our own homeserver.
    """

    room_id: str
    state_key: str
    policy: Policy
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRule(BaseAction):
    """Take a rule off the community's own policy list, and what it said with it. Not there counts as done.

    `type` is the event's. `name` is what people call whom it is about, and comes back with the outcome.
    The performer refuses every other room.
    """

    room_id: str
    type: str
    state_key: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(BaseAction):
    """The bot accepts an invitation, or comes into a room that anybody may enter; `via` are servers that know it.

    The organiser's invitations are accepted without asking.
    """

    room_id: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(BaseAction):
    """The bot leaves the room and forgets it, or declines an invitation."""

    room_id: str
