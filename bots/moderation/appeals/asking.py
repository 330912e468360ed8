# SPDX-License-Identifier: Apache-2.0
"""Somebody asks for a second look at a decision about them: a thread in the moderators' room. Pure.

There is one second look for each decision, in the time that the organiser gives for it.
How it is answered is in `answering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bots.core.actions import Action, Audit, InRoom, LabelRef, Priority, Remember, Schedule, Send, Words
from bots.core.bot import Reader
from bots.core.events import Outcome, Tick
from bots.core.passed_on import PassedAppeal, appeal_in, passed_on
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.commands import Grant
from bots.moderation.ladder.roles import Roles
from bots.moderation.records import Answer, Appeal, Decision
from bots.moderation.telling import appeal_label, appeal_number, tell

WHY = "moderation.appeal"
# Under every appeal; the thread's first message names both in words.
APPEAL_BUTTONS = ("🤝", "📌")
_SHOW_AGAIN_AFTER = timedelta(minutes=5)
# Whoever could answer is called when it has waited so long, and again, so many times.
UNANSWERED = "moderation.appeal.unanswered"
CALL_AFTER, MOST_CALLS = timedelta(days=2), 5


class Looks(StrEnum):
    """Who there is to look again: the last part of a catalogue key."""

    SOMEBODY_ELSE = "somebody_else"
    ORGANISER = "organiser"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, and what is known of the decision. `known` is the appeal that there is already."""

    now: datetime
    appeal: PassedAppeal
    decision: Decision | None = None
    known: Appeal | None = None
    office: str | None = None
    room_name: str | None = None
    looks: Looks = Looks.SOMEBODY_ELSE


def others(decision: Decision, roles: Roles, reader: Reader) -> tuple[list[str], list[str]]:
    """The moderators and the organisers who could look again: in the moderators' room, and not the one who decided.

    Moderators only where the settings let them take a decision back.
    """
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    room = reader.room(decision.room_id)
    if office is None or room is None:
        return [], []
    able = [
        user
        for user in sorted(office.joined() - reader.bots)
        if roles.allow(room, user, Grant()) and reader.pseudonym(user) != decision.by
    ]
    return [user for user in able if user not in room.creators], [user for user in able if user in room.creators]


async def gather_asked(roles: Roles, event: Tick, reader: Reader) -> Asked | None:
    """The decision that somebody does not agree with."""
    appeal = appeal_in(event)
    if appeal is None:
        return None
    facts = Asked(now=reader.now, appeal=appeal)
    about_them = [each for each in await reader.find(Decision, target=appeal.who) if each.appeal_until is not None]
    named = [each for each in about_them if appeal.number in (None, each.number)]
    if not named:
        return facts
    decision = named[-1]
    office: RoomView | None = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    moderators, organisers = others(decision, roles, reader)
    room = reader.room(decision.room_id)
    together = await reader.find(Decision, order=decision.order)
    return replace(
        facts,
        decision=decision,
        known=await reader.get(Appeal, decision.order),
        office=office.room_id if office else None,
        room_name=room.name if room and len(together) == 1 else None,
        looks=Looks.SOMEBODY_ELSE if moderators else Looks.ORGANISER if organisers else Looks.SAME,
    )


def decide_asked(event: Tick, facts: Asked | None) -> tuple[Action, ...]:
    """Bring it to the moderators, or say why not."""
    if facts is None:
        return ()
    who = facts.appeal.who
    decision = facts.decision
    if (refused := _refused(facts)) is not None or decision is None:
        return (tell(who, refused or Words("moderation.appeal.unknown"), why=WHY),)
    first_time = facts.known is None
    record = facts.known or Appeal(decision=decision.order, target=who, at=facts.now)
    if facts.office is None:
        later = passed_on(facts.appeal, event.id, facts.now + _SHOW_AGAIN_AFTER)
        kept = (tell(who, Words("moderation.appeal.waits"), why=WHY),) if first_time else ()
        return (Remember(why=WHY, record=replace(record, shown=False)), replace(later, id=event.id), *kept)
    said = Words(f"moderation.appeal.sent.{facts.looks}")
    return (
        Remember(why=WHY, record=replace(record, shown=True)),
        _thread(facts, decision, facts.office),
        _look_again(record, facts.now, 1),
        *((_audit(decision, who, "appeal"),) if first_time else ()),
        tell(who, said, why=WHY),
    )


def _refused(facts: Asked) -> Words | None:
    decision, known = facts.decision, facts.known
    if decision is None:
        return Words("moderation.appeal.unknown")
    if known is not None and known.answer is not None:
        return Words("moderation.appeal.answered")
    if known is not None and known.shown:
        return Words("moderation.appeal.again.words" if facts.appeal.words else "moderation.appeal.again")
    if not decision.stands:
        return Words("moderation.appeal.taken_back")
    if known is None and decision.appeal_until is not None and facts.now > decision.appeal_until:
        return Words("moderation.appeal.too_late", {"until": decision.appeal_until})
    return None


def _thread(facts: Asked, decision: Decision, office: str) -> Send:
    what = Words(
        f"moderation.appeal.about.{decision.kind}",
        {"room": facts.room_name or Words("moderation.our_rooms"), "at": decision.at},
    )
    said = facts.appeal.words or Words("moderation.appeal.no_words")
    first = Words("moderation.appeal", {"who": decision.target, "number": decision.number, "what": what, "words": said})
    in_case = (Words("moderation.appeal.case", {"case": decision.case}),) if decision.case else ()
    parts = (first, *in_case, Words(f"moderation.appeal.looks.{facts.looks}"), Words("moderation.appeal.buttons"))
    return Send(
        why=WHY,
        priority=Priority.MODERATION,
        follow_up=True,
        place=InRoom(office),
        parts=parts,
        label=appeal_label(decision.order),
        buttons=APPEAL_BUTTONS,
    )


def _audit(decision: Decision, actor: str, kind: str) -> Audit:
    return Audit(
        why=WHY,
        kind=kind,
        actor=actor,
        target=decision.target,
        room_id=decision.room_id,
        case=decision.case,
    )


async def gather_not_shown(event: Outcome, reader: Reader) -> tuple[Appeal, datetime] | None:
    """The appeal whose thread could not be begun, and when it is tried again."""
    action = event.action
    number = appeal_number(action.label) if isinstance(action, Send) and not event.ok else None
    appeal = await reader.get(Appeal, number) if number is not None else None
    return (appeal, reader.now + _SHOW_AGAIN_AFTER) if appeal else None


def decide_not_shown(event: Outcome, facts: tuple[Appeal, datetime] | None) -> tuple[Action, ...]:
    """It waits, with its words, and is tried again."""
    if facts is None or not isinstance(event.action, Send) or not isinstance(first := event.action.parts[0], Words):
        return ()
    appeal, again_at = facts
    words = first.params["words"]
    passed = PassedAppeal(who=appeal.target, number=appeal.decision, words=words if isinstance(words, str) else "")
    return (Remember(why=WHY, record=replace(appeal, shown=False)), passed_on(passed, event.id, again_at))


# An appeal that nobody answers is no appeal.


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """An appeal that waits, who could answer it, and how often that was said."""

    now: datetime
    appeal: Appeal
    office: str | None
    able: tuple[str, ...]
    times: int


async def gather_unanswered(roles: Roles, event: Tick, reader: Reader) -> Unanswered | None:
    """The appeal that a tick is about, if it still waits."""
    number, times = event.payload.get("decision"), event.payload.get("times")
    if event.kind != UNANSWERED or not isinstance(number, int) or not isinstance(times, int):
        return None
    appeal, decision = await reader.get(Appeal, number), await reader.get(Decision, number)
    if appeal is None or decision is None or appeal.answer is not None:
        return None
    moderators, organisers = others(decision, roles, reader)
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    return Unanswered(
        now=reader.now,
        appeal=appeal,
        office=office.room_id if office else None,
        able=tuple(moderators or organisers),
        times=times,
    )


def decide_unanswered(_event: Tick, facts: Unanswered | None) -> tuple[Action, ...]:
    """Call those who could answer, a few times."""
    if facts is None:
        return ()
    again = (_look_again(facts.appeal, facts.now, facts.times + 1),) if facts.times < MOST_CALLS else ()
    if facts.office is None:
        return again
    line = in_thread(facts.appeal, facts.office, Words("moderation.appeal.unanswered", {"since": facts.appeal.at}))
    return (replace(line, mentions=facts.able), *again)


def _look_again(appeal: Appeal, now: datetime, times: int) -> Schedule:
    return Schedule(
        why=UNANSWERED,
        id=f"{UNANSWERED}:{appeal.decision}",
        kind=UNANSWERED,
        at=now + CALL_AFTER,
        payload={"decision": appeal.decision, "times": times},
    )


def settled(appeals: Sequence[Appeal], by: str, office: RoomView | None) -> tuple[Action, ...]:
    """What was appealed against was taken back without that: there is nothing left to look at."""
    actions: list[Action] = []
    for each in appeals:
        if each.answer is not None:
            continue
        actions.append(Remember(why=WHY, record=replace(each, answer=Answer.GRANTED, answered_by=by)))
        if office is not None and each.shown:
            actions.append(in_thread(each, office.room_id, Words("moderation.appeal.done.settled")))
    return tuple(actions)


def in_thread(appeal: Appeal, office: str, words: Words) -> Send:
    """A line in an appeal's thread."""
    thread = LabelRef(appeal_label(appeal.decision))
    return Send(why=WHY, priority=Priority.MODERATION, place=InRoom(office), thread=thread, parts=(words,))
