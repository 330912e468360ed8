# SPDX-License-Identifier: Apache-2.0
"""The ladder: note, warn, mute, remove, ban, each decided by a person, each with its way back. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bots.core import actions as do
from bots.core.actions import Action, BotName, Priority
from bots.core.rooms import RoomView
from bots.core.rooms.authority import Act, power, required
from bots.moderation.records import Decision, Kind

MUTED = -1
EXPIRY = "moderation.expire"
UNDO = "moderation.undo"
# Reading without writing: for a time that somebody named, or until somebody has looked.
MUTES = frozenset({Kind.MUTE, Kind.HOLD})
# A hold that nobody looks at is said again, and is over the next day: waiting must not become a punishment.
HELD = "moderation.held"
LOOK_AGAIN = timedelta(hours=2)
HELD_FOR = timedelta(hours=24)
# Nobody else's decision ends by itself: these are for a while, or until somebody lifts them.
LASTING = MUTES | {Kind.BAN}
# What is done by being told.
SAID_ONLY = frozenset({Kind.NOTE, Kind.WARN})
LIFTS = {Kind.UNMUTE: MUTES, Kind.UNBAN: frozenset({Kind.BAN})}
# What changes the same thing about somebody: of these, the last one is taken back first.
FAMILIES = (MUTES | {Kind.UNMUTE}, frozenset({Kind.REMOVE, Kind.BAN, Kind.UNBAN}))
_MARK = "#"


def level_of(room: RoomView, user: str) -> int | None:
    """The user's own entry in the power levels, if there is one."""
    return room.power_levels.users.get(user) if room.power_levels else None


def has_moderator_power(room: RoomView, user: str) -> bool:
    """Whether the user stands as high as a moderator there, in the room at the moment or not."""
    return all(power(room, user) >= required(room, act) for act in (Act.KICK, Act.BAN, Act.REDACT))


def without_words(decision: Decision) -> Decision:
    """Without what waited only until the member was told: the reason, and which message it is about."""
    return replace(decision, reason=None, event_id=None)


def expiry_id(number: int) -> str:
    """The tick at which a decision ends."""
    return f"{EXPIRY}:{number}"


def rule_and_number(why: str) -> tuple[str, int | None]:
    """Which rule asked for a deed, and for which decision: a mute and its end are the same action otherwise."""
    rule, _, number = why.partition(_MARK)
    return rule, int(number) if number else None


def carried_out(decision: Decision) -> tuple[Action, ...]:
    """What a decision does in its room, and when it ends. A note or a warning does nothing there."""
    deeds = _deed(decision.kind, decision, decision.level_after, f"moderation.{decision.kind}")
    if decision.until is None or decision.kind not in LASTING:
        return deeds
    look = (_look_again(decision),) if decision.kind is Kind.HOLD else ()
    return (*deeds, _end(decision, decision.until), *look)


def _look_again(decision: Decision) -> Action:
    return do.Schedule(
        why=HELD,
        id=f"{HELD}:{decision.number}",
        kind=HELD,
        at=decision.at + LOOK_AGAIN,
        payload={"number": decision.number},
    )


def ends_again(decision: Decision, now: datetime) -> tuple[Action, ...]:
    """The tick of a decision that is in force again; at once if its time is over."""
    if decision.until is None:
        return ()
    return (_end(decision, max(decision.until, now)),)


def _end(decision: Decision, at: datetime) -> Action:
    return do.Schedule(
        why=f"moderation.{decision.kind}",
        id=expiry_id(decision.number),
        kind=EXPIRY,
        at=at,
        payload={"number": decision.number},
    )


def ended(decision: Decision, room: RoomView | None) -> tuple[Action, ...]:
    """What happens when its time is over: nothing to somebody who has become a moderator meanwhile."""
    if room is not None and has_moderator_power(room, decision.target):
        return ()
    if decision.kind in MUTES:
        return _deed(decision.kind, decision, _level_back(decision, decision.level_rest, room), EXPIRY)
    return _deed(Kind.UNBAN, decision, None, EXPIRY) if decision.kind is Kind.BAN else ()


def lifted(decision: Decision, room: RoomView | None) -> tuple[Action, ...]:
    """The room as it was before the decision, and no tick any more.

    Somebody who was removed is invited again, by the bot that may invite. A note can't be unread.
    """
    match decision.kind:
        case Kind.MUTE | Kind.HOLD | Kind.UNMUTE:
            deeds = _deed(decision.kind, decision, _level_back(decision, decision.level_before, room), UNDO)
        case Kind.BAN:
            # One that took the place of another leaves that one in force.
            deeds = _deed(Kind.UNBAN if decision.of is None else Kind.BAN, decision, None, UNDO)
        case Kind.UNBAN:
            deeds = _deed(Kind.BAN, decision, None, UNDO)
        case Kind.REMOVE:
            deeds = (invited_again(decision, UNDO),)
        case Kind.NOTE | Kind.WARN:
            deeds = ()
    return (*deeds, do.Cancel(why=UNDO, id=expiry_id(decision.number)))


def invited_again(decision: Decision, rule: str) -> Action:
    """The way back in, from the bot whose invitations people know."""
    return do.Invite(
        why=f"{rule}{_MARK}{decision.number}",
        voice=BotName.WELCOME,
        priority=Priority.MODERATION,
        follow_up=True,
        room_id=decision.room_id,
        user=decision.target,
    )


def _level_back(decision: Decision, level: int | None, room: RoomView | None) -> int | None:
    """The level to go back to; but what somebody has set by hand meanwhile stays."""
    if room is None:
        return level
    here = level_of(room, decision.target)
    return level if here in (decision.level_after, decision.level_rest) else here


def _deed(kind: Kind, decision: Decision, level: int | None, rule: str) -> tuple[Action, ...]:
    room_id, user = decision.room_id, decision.target
    first = Priority.MODERATION
    why = f"{rule}{_MARK}{decision.number}"
    match kind:
        case Kind.MUTE | Kind.HOLD | Kind.UNMUTE:
            return (do.SetPower(why=why, priority=first, follow_up=True, room_id=room_id, user=user, level=level),)
        case Kind.REMOVE:
            return (do.Remove(why=why, priority=first, follow_up=True, room_id=room_id, user=user),)
        case Kind.BAN:
            return (do.Ban(why=why, priority=first, follow_up=True, room_id=room_id, user=user),)
        case Kind.UNBAN:
            return (do.Unban(why=why, priority=first, follow_up=True, room_id=room_id, user=user),)
        case Kind.NOTE | Kind.WARN:
            return ()
