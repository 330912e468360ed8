# SPDX-License-Identifier: Apache-2.0
"""What becomes of a case when it is there: its message is edited or deleted, the person leaves, or nobody could see it.

The thread says so, so that nobody decides on what is not so any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bots.core.actions import Action, Part, Quote, Remember, Send, Words
from bots.core.bot import Reader
from bots.core.events import Membership, Message, Outcome, Redaction, Tick
from bots.core.rooms import MembershipState, RoomRole
from bots.moderation.cases.opening import SHOW, Subject, card, joined, named, place_words, show_later, subject
from bots.moderation.cases.reporting import first_words
from bots.moderation.records import Case
from bots.moderation.telling import case_number, in_office

WHY = "moderation.case"
# After so many edits of one message the thread stays silent: the last line says so.
MOST_EDITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The cases that something which happened is about, and the moderators' room."""

    cases: Sequence[Case] = ()
    office: str | None = None


async def gather_edit(event: Message, reader: Reader) -> Since:
    """The case of the message that its sender edited."""
    if event.replaces is None:
        return Since()
    found = await _open_cases(reader, event.room_id, target=event.sender)
    return replace(found, cases=[case for case in found.cases if case.is_about(event.replaces)])


def decide_edit(event: Message, facts: Since) -> tuple[Action, ...]:
    """Say that it reads differently now, and how."""
    actions: list[Action] = []
    for case in facts.cases:
        if event.replaces is not None and case.edits < MOST_EDITS:
            key = "moderation.case.edited" + (".last" if case.edits + 1 == MOST_EDITS else "")
            actions.append(Remember(why=WHY, record=replace(case, edits=case.edits + 1)))
            quote = Quote(event.room_id, event.replaces)
            actions += _say(case, facts, Words(key), quote, *_which(case, event.room_id, event.replaces))
    return tuple(actions)


async def gather_redaction(event: Redaction, reader: Reader) -> Since:
    """The case of the message that was deleted."""
    found = await _open_cases(reader, event.room_id)
    return replace(found, cases=[case for case in found.cases if case.is_about(event.target)])


def decide_redaction(event: Redaction, facts: Since) -> tuple[Action, ...]:
    """Say that the message is gone; what was shown of it stays in the thread."""
    actions: list[Action] = []
    for case in facts.cases:
        which = _which(case, event.room_id, event.target)
        actions += _say(case, facts, Words("moderation.case.deleted"), *which)
    return tuple(actions)


async def gather_departure(event: Membership, reader: Reader) -> Since:
    """The cases about somebody who left the room by themselves."""
    if event.now is not MembershipState.LEAVE or event.sender != event.user:
        return Since()
    return await _open_cases(reader, event.room_id, target=event.user)


def decide_departure(event: Membership, facts: Since) -> tuple[Action, ...]:
    """Say so: what can be done about a case depends on it."""
    words = Words("moderation.case.left", {"who": event.user})
    return tuple(each for case in facts.cases for each in _say(case, facts, words))


async def _open_cases(reader: Reader, room_id: str, **where: object) -> Since:
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    found = await reader.find(Case, room_id=room_id, open=True, **where)
    return Since(cases=[each for each in found if each.shown], office=office.room_id if office else None)


def _say(case: Case, facts: Since, *parts: Part) -> tuple[Action, ...]:
    if facts.office is None:
        return ()
    return (in_office(facts.office, case.number, *parts, why=WHY),)


def _which(case: Case, room_id: str, event_id: str) -> tuple[Words, ...]:
    """The way to the message, where its case has several."""
    return (place_words(room_id, event_id),) if case.others else ()


# A case that could not be shown when it was opened.


@dataclass(frozen=True, slots=True, kw_only=True)
class Unshown:
    """A case that waits, and what is known of what it is about."""

    case: Case
    about: Subject


async def gather_show(event: Tick, reader: Reader) -> Unshown | None:
    """The case that a tick is about."""
    number = event.payload.get("case")
    return await _unshown(reader, number) if event.kind == SHOW and isinstance(number, int) else None


async def _unshown(reader: Reader, number: int) -> Unshown | None:
    case = await reader.get(Case, number)
    if case is None:
        return None
    room = reader.room(case.room_id) if case.room_id else None
    about = await subject(reader, room, event_id=case.event_id, target=case.target, case=case)
    return Unshown(case=case, about=about)


def decide_show(event: Tick, facts: Unshown | None) -> tuple[Action, ...]:
    """Show it, or what was added to it since; or go on waiting."""
    if facts is None:
        return ()
    case, about = facts.case, facts.about
    text = str(event.payload.get("remark") or "")
    remark = (Words("moderation.case.remark", {"remark": text}),) if text else ()
    if about.office is None:
        return (replace(show_later(case, about.now, text), id=event.id),)
    if case.shown:
        return joined(case, about, remark, why=SHOW) if remark else ()
    again = (Words("moderation.case.again", {"count": case.reports}),) if case.reports > 1 else ()
    late = Words("moderation.case.late", {"when": case.opened_at})
    by_itself = bool(case.guidelines) and not case.reports
    first = Words("moderation.case.noticed", named(about)) if by_itself else first_words(case, about)
    gone = () if case.reports or by_itself else (Words("moderation.case.withdrawn"),)
    shown = replace(case, shown=True)
    return (
        Remember(why=SHOW, record=shown),
        card(shown, about, about.office, first, (*remark, *again, *gone, late), why=SHOW),
    )


async def gather_not_shown(event: Outcome, reader: Reader) -> Unshown | None:
    """The case whose card could not be sent."""
    number = case_number(event.action.label) if isinstance(event.action, Send) and not event.ok else None
    return await _unshown(reader, number) if number is not None else None


def decide_not_shown(_event: Outcome, facts: Unshown | None) -> tuple[Action, ...]:
    """It waits, and is tried again."""
    if facts is None:
        return ()
    return (Remember(why=SHOW, record=replace(facts.case, shown=False)), show_later(facts.case, facts.about.now))
