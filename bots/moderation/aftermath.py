# SPDX-License-Identifier: Apache-2.0
"""What comes after a decision: telling people, what did not work, its end, and somebody who comes back.

And what nobody decided: messages that can't be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bots.core import actions as do
from bots.core.actions import Action, EventRef, InRoom, Priority, Words
from bots.core.bot import Reader
from bots.core.events import Membership, MembershipState, Outcome, Tick, Unreadable
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.cases import tell
from bots.moderation.handlers import HELP_LABEL, MEMBERS_ROOMS, TOLD_LABEL, say_in_office, told
from bots.moderation.ladder import EXPIRY, MUTED, UNDO, ended, expiry_id, level_of
from bots.moderation.records import Decision, Kind

_DEEDS: Mapping[type[Action], tuple[Kind, ...]] = {
    do.SetPower: (Kind.MUTE, Kind.UNMUTE),
    do.Remove: (Kind.REMOVE,),
    do.Ban: (Kind.BAN, Kind.UNBAN),
    do.Unban: (Kind.BAN, Kind.UNBAN),
}
# Why the homeserver, or an invariant of ours, said no: the last part of `moderation.failed.<why>`.
_CAUSES = {"M_FORBIDDEN": "no_power", "M_NOT_FOUND": "gone", "KITHROOM_REFUSED": "no_power"}
_SAID_ONLY = (Kind.NOTE, Kind.WARN)
# What clients say when they keep a key back (m.room_key.withheld); anything else is told as unknown.
_WITHHELD = {"m.unverified": "unverified", "m.blacklisted": "blocked", "m.no_olm": "no_olm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the decisions here depend on: the moderators' room, the room it is about, and the decision, if any."""

    now: datetime
    office: RoomView | None
    room: RoomView | None = None
    decision: Decision | None = None


async def gather_outcome(event: Outcome, reader: Reader) -> Aftermath:
    """The decision that an action belonged to."""
    facts = Aftermath(now=reader.now, office=next(iter(reader.rooms(RoomRole.MODERATORS)), None))
    match event.action:
        case do.Send(label=str(label)) if label.startswith(TOLD_LABEL):
            decision = await reader.get(Decision, int(label.removeprefix(TOLD_LABEL)))
            room = reader.room(decision.room_id) if decision else None
            return replace(facts, decision=decision, room=room)
        case do.SetPower() | do.Remove() | do.Ban() | do.Unban() as deed:
            about = await reader.find(Decision, room_id=deed.room_id, target=deed.user)
            kinds = _DEEDS[type(deed)]
            # A new decision is in force; one that was undone or is over is not.
            fitting = [each for each in about if each.kind in kinds and each.active == (deed.why not in (UNDO, EXPIRY))]
            return replace(facts, decision=fitting[-1] if fitting else None, room=reader.room(deed.room_id))
    return facts


def decide_outcome(event: Outcome, facts: Aftermath) -> tuple[Action, ...]:
    """Tell the member and the moderators what was done, or the moderators why it was not."""
    match event.action:
        case do.Send(label=str(label), parts=parts) if label.startswith(HELP_LABEL) and not event.ok:
            event_id, _, room_id = label.removeprefix(HELP_LABEL).partition("|")
            return (do.Send(why="moderation.help", place=InRoom(room_id), thread=EventRef(event_id), parts=parts),)
        case do.Send() if facts.decision is not None:
            return _was_told(event, facts, facts.decision)
        case do.SetPower() | do.Remove() | do.Ban() | do.Unban() as deed if facts.decision is not None:
            if not event.ok:
                return _failed(event, facts, facts.decision)
            if deed.why in (UNDO, EXPIRY):
                return _is_over(deed.why, facts, facts.decision)
            if deed.why == f"moderation.{facts.decision.kind}":
                return _was_done(facts, facts.decision)
    return ()


async def gather_tick(event: Tick, reader: Reader) -> Aftermath:
    """The decision whose time is over."""
    number = event.payload.get("number")
    decision = await reader.get(Decision, number) if event.kind == EXPIRY else None
    return Aftermath(now=reader.now, office=None, decision=decision)


def decide_tick(_event: Tick, facts: Aftermath) -> tuple[Action, ...]:
    """End it, if nobody did before."""
    decision = facts.decision
    if decision is None or not decision.active:
        return ()
    return (do.Remember(why=EXPIRY, record=replace(decision, active=False)), *ended(decision))


async def gather_membership(event: Membership, reader: Reader) -> Aftermath:
    """The mute that somebody who comes back is under."""
    room = reader.room(event.room_id)
    if room is None or room.role not in MEMBERS_ROOMS or event.now is not MembershipState.JOIN:
        return Aftermath(now=reader.now, office=None)
    mutes = await reader.find(Decision, room_id=event.room_id, target=event.user, kind=Kind.MUTE, active=True)
    return Aftermath(now=reader.now, office=None, room=room, decision=mutes[-1] if mutes else None)


def decide_membership(event: Membership, facts: Aftermath) -> tuple[Action, ...]:
    """A mute does not end by leaving and coming back."""
    if facts.decision is None or facts.room is None or level_of(facts.room, event.user) == MUTED:
        return ()
    return (
        do.SetPower(
            why="moderation.rejoin",
            priority=Priority.MODERATION,
            room_id=event.room_id,
            user=event.user,
            level=MUTED,
        ),
    )


async def gather_unreadable(event: Unreadable, reader: Reader) -> Aftermath:
    """Where it was said."""
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    return Aftermath(now=reader.now, office=office, room=reader.room(event.room_id))


def decide_unreadable(event: Unreadable, facts: Aftermath) -> tuple[Action, ...]:
    """Tell the moderators that something can't be read, and that this is nobody's fault."""
    if facts.room is None or facts.room.role not in MEMBERS_ROOMS:
        return ()
    cause = "unknown" if event.withheld is None else _WITHHELD.get(event.withheld, "unknown")
    words = Words(
        "moderation.unreadable",
        {"who": event.sender, "room": facts.room.name or "", "cause": Words(f"moderation.unreadable.{cause}")},
    )
    return tuple(say_in_office(facts.office, None, words))


def _was_told(event: Outcome, facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    blanked = do.Remember(why=f"moderation.{decision.kind}", record=replace(decision, reason=None, tell=False))
    if not event.ok:
        words = Words("moderation.not_told", {"who": decision.target})
        return (blanked, *say_in_office(facts.office, decision.case, words))
    if decision.kind in _SAID_ONLY:
        return (blanked, *say_in_office(facts.office, decision.case, _line("done", decision, facts)))
    return (blanked,)


def _was_done(facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    said = say_in_office(facts.office, decision.case, _line("done", decision, facts))
    return (*said, *((told(decision, facts.room.name if facts.room else None),) if decision.tell else ()))


def _is_over(why: str, facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    over = "undone" if why == UNDO else "over"
    return (
        *say_in_office(facts.office, decision.case, _line(over, decision, facts)),
        tell(decision.target, Words("moderation.tell.undo" if why == UNDO else "moderation.tell.over"), why=why),
    )


def _failed(event: Outcome, facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    cause = _CAUSES.get(event.errcode or "", "other")
    words = Words(
        f"moderation.failed.{cause}",
        {"who": decision.target, "room": (facts.room.name if facts.room else None) or Words("moderation.our_rooms")},
    )
    why = f"moderation.{decision.kind}"
    return (
        do.Remember(why=why, record=replace(decision, active=False, reason=None)),
        do.Cancel(why=why, id=expiry_id(decision.number)),
        *say_in_office(facts.office, decision.case, words),
    )


def _line(what: str, decision: Decision, facts: Aftermath) -> Words:
    """One line for the moderators: `moderation.done.mute`, `moderation.undone.ban`, `moderation.over.mute`."""
    until = ".until" if what == "done" and decision.until else ""
    return Words(
        f"moderation.{what}.{decision.kind}{until}",
        {
            "who": decision.target,
            "room": (facts.room.name if facts.room else None) or Words("moderation.our_rooms"),
            **({"until": decision.until} if until and decision.until else {}),
        },
    )
