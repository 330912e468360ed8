# SPDX-License-Identifier: Apache-2.0
"""What comes after a decision: telling people, what did not work, and its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.core import actions as do
from bots.core.actions import Action, EventRef, InRoom, Words
from bots.core.bot import Reader
from bots.core.events import OBSERVED, Outcome, Tick
from bots.core.rooms import RoomView
from bots.moderation.handlers import HELP_MEMO
from bots.moderation.ladder.carrying_out import audit
from bots.moderation.ladder.many_rooms import What, begun, counted, only_watched
from bots.moderation.ladder.steps import (
    EXPIRY,
    HELD,
    LASTING,
    MUTES,
    SAID_ONLY,
    UNDO,
    ended,
    ends_again,
    expiry_id,
    invited_again,
    rule_and_number,
    without_words,
)
from bots.moderation.policy_lists.records import ListMatch
from bots.moderation.records import Decision, Kind, Progress
from bots.moderation.telling import done_line, line, say_in_office, tell, told, told_number
from bots.moderation.whereabouts import members_rooms, moderators_room

# Why the homeserver, or an invariant of ours, said no: the last part of `moderation.failed.<why>`.
_CAUSES = {
    "M_FORBIDDEN": "no_power",
    "M_NOT_FOUND": "gone",
    "KITHROOM_REFUSED": "no_power",
    "M_INVITE_BLOCKED": "no_invitations",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the decisions here depend on: the moderators' room, the decision in question, and what belongs to it.

    `rule` is what asked for the deed whose outcome this is; `together` the decisions of the same order, in several
    rooms; `earlier` the decision whose place this one took, `progress` how far an order in many rooms has come.
    `rooms` are the members' rooms by id; `number` is the new decision's, where one is made.
    `by_itself`: the bot decided it, by a rule or by a list. `for_a_list`: a list brought it about, whoever decided.
    """

    now: datetime
    me: str
    office: RoomView | None
    rooms: Mapping[str, RoomView] = field(default_factory=dict)
    rule: str = ""
    decision: Decision | None = None
    together: tuple[Decision, ...] = ()
    earlier: Decision | None = None
    progress: Progress | None = None
    number: int = 0
    by_itself: bool = False
    for_a_list: bool = False

    def name(self, decision: Decision) -> str | None:
        """What the room of a decision is called."""
        room = self.rooms.get(decision.room_id)
        return room.name if room else None


async def gather_outcome(event: Outcome, reader: Reader) -> Aftermath:
    """The decision that an action belonged to."""
    facts = around(reader)
    match event.action:
        case do.Send(label=label):
            number = told_number(label)
        case do.SetPower() | do.Remove() | do.Ban() | do.Unban() | do.Invite() as deed:
            rule, number = rule_and_number(deed.why)
            facts = replace(facts, rule=rule)
        case _:
            number = None
    if number is None:
        return facts
    facts = await _about(facts, number, reader)
    if facts.decision is None:
        return facts
    what = {UNDO: What.UNDONE, EXPIRY: What.OVER}.get(facts.rule, What.DONE)
    return replace(facts, progress=await reader.get(Progress, facts.decision.order, what))


def decide_outcome(event: Outcome, facts: Aftermath) -> tuple[Action, ...]:
    """Tell the member and the moderators what was done, or the moderators why it was not."""
    action, decision = event.action, facts.decision
    if isinstance(action, do.Send):
        if action.memo is not None and action.memo.startswith(HELP_MEMO) and not event.ok and not _observed(event):
            event_id, _, room_id = action.memo.removeprefix(HELP_MEMO).partition("|")
            return (
                do.Send(why="moderation.help", place=InRoom(room_id), thread=EventRef(event_id), parts=action.parts),
            )
        return _was_told(event, facts, decision) if decision is not None else ()
    if decision is None:
        return ()
    if isinstance(action, do.Invite) and decision.kind is not Kind.REMOVE:
        # The way back in after a ban: nobody needs to hear that it worked, nor a hundred times that it did not.
        said = event.ok or len(facts.together) > 1
        return () if said else tuple(_could_not(event, facts, decision))
    if facts.rule in (UNDO, EXPIRY):
        came = _is_over(facts, decision) if event.ok else _goes_on(event, facts, decision)
    else:
        came = _was_done(facts, decision) if event.ok else _was_not_done(event, facts, decision)
    if facts.progress is None:
        return came
    if _observed(event):
        return (*came, *only_watched(facts.progress, facts.office))
    cause = None if event.ok else _CAUSES.get(event.errcode or "", "other")
    return (*came, *counted(facts.progress, decision.room_id, cause, facts.office, facts.rooms))


async def gather_tick(event: Tick, reader: Reader) -> Aftermath:
    """The decision whose time is over, with those of the same order."""
    number = event.payload.get("number")
    if event.kind not in (EXPIRY, HELD) or not isinstance(number, int):
        return around(reader)
    return await _about(around(reader), number, reader)


def decide_tick(event: Tick, facts: Aftermath) -> tuple[Action, ...]:
    """End it in all of its rooms, where nobody did before; or say that somebody still waits."""
    decision = facts.decision
    if decision is None or not decision.active:
        return ()
    if event.kind == HELD:
        return tuple(say_in_office(facts.office, decision.case, line("waits", decision, facts.name(decision))))
    over = [each for each in facts.together if each.active and each.until == decision.until]
    changed = [each for each in over if ended(each, facts.rooms.get(each.room_id))]
    actions: list[Action] = [*begun(What.OVER, changed, facts.office, facts.now)] if changed else []
    for each in over:
        actions.append(do.Remember(why=EXPIRY, record=without_words(replace(each, active=False, tell=not each.tell))))
        actions += [*ended(each, facts.rooms.get(each.room_id)), do.Cancel(why=EXPIRY, id=expiry_id(each.number))]
        actions.append(audit("expire", each, facts.me))
    return tuple(actions)


def around(reader: Reader) -> Aftermath:
    """The part that is the same whatever happened."""
    return Aftermath(
        now=reader.now,
        me=reader.me,
        office=moderators_room(reader),
        rooms={room.room_id: room for room in members_rooms(reader)},
    )


async def _about(facts: Aftermath, number: int, reader: Reader) -> Aftermath:
    decision = await reader.get(Decision, number)
    if decision is None:
        return facts
    together = await reader.find(Decision, order=decision.order)
    earlier = await reader.get(Decision, decision.of) if decision.of is not None else None
    listed = await reader.find(ListMatch, user=decision.target)
    return replace(
        facts,
        decision=decision,
        together=tuple(together),
        earlier=earlier,
        by_itself=decision.by == reader.pseudonym(reader.me),
        for_a_list=any(match.order == decision.order for match in listed),
    )


def _observed(event: Outcome) -> bool:
    """Whether it was held back, and the moderators told of it: then it never was, and there is no more to say."""
    return event.errcode == OBSERVED


def _was_told(event: Outcome, facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    if _observed(event):
        why = f"moderation.{decision.kind}"
        never = do.Forget(why=why, record=Decision, key=(decision.number,))
        return (never,) if decision.kind in SAID_ONLY else ()
    if not event.ok:
        return tuple(say_in_office(facts.office, decision.case, Words("moderation.not_told", {"who": decision.target})))
    return tuple(done_line(facts.office, decision, facts.name(decision))) if decision.kind in SAID_ONLY else ()


def _was_done(facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    """The first room in which it worked tells the member of it, for all of them."""
    if not decision.active:
        # Taken back, or another in its place, before anybody heard of it.
        return ()
    room = facts.rooms.get(decision.room_id)
    away = decision.kind in MUTES and (room is None or decision.target not in room.joined())
    lines = () if facts.progress else done_line(facts.office, decision, facts.name(decision), away=away)
    actions = [*lines, *_way_back(decision, Kind.UNBAN, facts)]
    if any(each.active and not each.tell for each in facts.together):
        # Told already: by another room of the same order.
        return tuple(actions)
    name = facts.name(decision) if len(facts.together) == 1 else None
    actions.append(told(decision, name, by_itself=facts.by_itself, for_a_list=facts.for_a_list))
    actions += _nothing_left_to_tell(facts.together, f"moderation.{decision.kind}")
    return tuple(actions)


def _is_over(facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    why = facts.rule
    in_force_again = why == UNDO and decision.of is not None and decision.kind in LASTING
    if in_force_again:
        about = {"who": decision.target, "room": facts.name(decision) or Words("moderation.our_rooms")}
        words = Words("moderation.undone.replaced", about)
    else:
        words = line("undone" if why == UNDO else "over", decision, facts.name(decision))
    actions = [] if facts.progress else [*say_in_office(facts.office, decision.case, words)]
    if not in_force_again:
        actions += _way_back(decision, Kind.BAN, facts)
    if decision.tell:
        actions.append(tell(decision.target, _news(why, decision), why=why))
        actions += _nothing_left_to_tell([each for each in facts.together if not each.active], why)
    return tuple(actions)


def _news(why: str, decision: Decision) -> Words:
    if why == EXPIRY:
        return Words("moderation.tell.over")
    if decision.of is not None:
        # What it had lifted, or taken the place of, holds again: no good news, and a reason to appeal.
        return Words("moderation.tell.undo.before", {"number": decision.of})
    return Words("moderation.tell.undo.hold" if decision.kind is Kind.HOLD else "moderation.tell.undo")


def _way_back(decision: Decision, kind: Kind, facts: Aftermath) -> tuple[Action, ...]:
    """Who was in the room when a ban took them out of it is invited again when it ends."""
    if decision.kind is not kind or not decision.was_in:
        return ()
    return (invited_again(decision, facts.rule),)


def _nothing_left_to_tell(decisions: Sequence[Decision], why: str) -> list[Action]:
    return [do.Remember(why=why, record=without_words(replace(each, tell=False))) for each in decisions]


def _was_not_done(event: Outcome, facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    """It never was; what it should have taken the place of is in force as before."""
    why = f"moderation.{decision.kind}"
    failed = do.Remember(why=why, record=without_words(replace(decision, active=False, stands=False, tell=False)))
    actions: list[Action] = [
        do.Forget(why=why, record=Decision, key=(decision.number,)) if _observed(event) else failed,
        do.Cancel(why=why, id=expiry_id(decision.number)),
    ]
    if decision.active and facts.earlier is not None:
        actions.append(do.Remember(why=why, record=replace(facts.earlier, active=True)))
        actions += ends_again(facts.earlier, facts.now)
    return (*actions, *_could_not(event, facts, decision))


def _goes_on(event: Outcome, facts: Aftermath, decision: Decision) -> tuple[Action, ...]:
    """It could not be ended, so it is in force as before, until somebody ends it by hand."""
    why = facts.rule
    in_force = replace(decision, active=True, stands=True, tell=False, until=decision.until if why == UNDO else None)
    actions: list[Action] = [do.Remember(why=why, record=in_force)]
    if why == UNDO:
        actions += ends_again(in_force, facts.now)
        if facts.earlier is not None:
            actions.append(do.Remember(why=why, record=replace(facts.earlier, active=False)))
            actions.append(do.Cancel(why=why, id=expiry_id(facts.earlier.number)))
    return (*actions, *_could_not(event, facts, decision))


def _could_not(event: Outcome, facts: Aftermath, decision: Decision) -> Sequence[Action]:
    if _observed(event) or facts.progress is not None:
        return ()
    cause = _CAUSES.get(event.errcode or "", "other")
    if isinstance(event.action, do.Invite) and cause == "no_power":
        cause = "no_invitations"
    about = {"who": decision.target, "room": facts.name(decision) or Words("moderation.our_rooms")}
    what = "undo" if facts.rule == UNDO else "expiry" if facts.rule == EXPIRY else decision.kind
    parts = (Words(f"moderation.could_not.{what}", about), Words(f"moderation.failed.{cause}", about))
    return say_in_office(facts.office, decision.case, *parts)
