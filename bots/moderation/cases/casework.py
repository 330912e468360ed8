# SPDX-License-Identifier: Apache-2.0
"""What moderators do with a case itself: close it, look after it, ask the others for a second opinion. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Audit, Remember, Words
from bots.core.rooms import RoomView
from bots.moderation.commands import Close, OnACase, Second, Take
from bots.moderation.records import Case
from bots.moderation.telling import in_office, say_in_office

# Two who tap at the same moment: the first has it, and the second is told so.
JUST_NOW = timedelta(minutes=2)
WHY = "moderation.case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who wants something done with a case, when, and who else is there.

    `pseudonym` is what the one who asks is called in a `Case`; `others` are the moderators besides them.
    """

    now: datetime
    by: str
    pseudonym: str
    office: RoomView | None
    others: tuple[str, ...] = ()


def work_on(command: OnACase, case: Case, at: Desk) -> tuple[Action, ...]:
    """Do with the case what a moderator asked for."""
    match command:
        case Close():
            return _closed(case, at)
        case Take():
            return _taken(case, at)
        case Second():
            return _second_opinion(case, at)


def _closed(case: Case, at: Desk) -> tuple[Action, ...]:
    said = say_in_office(at.office, case.number, Words("moderation.case.closed"))
    return (Remember(why=f"{WHY}.close", record=replace(case, open=False)), _audit("close", case, at), *said)


def _taken(case: Case, at: Desk) -> tuple[Action, ...]:
    who = {"who": at.by}
    if case.taken_by == at.pseudonym:
        free = replace(case, taken_by=None, taken_at=None)
        said = say_in_office(at.office, case.number, Words("moderation.case.given_back", who))
        return (Remember(why=f"{WHY}.take", record=free), _audit("give_back", case, at), *said)
    if case.taken_by is not None and case.taken_at is not None and at.now - case.taken_at < JUST_NOW:
        return tuple(say_in_office(at.office, case.number, Words("moderation.refused.taken", who)))
    key = "moderation.case.taken" if case.taken_by is None else "moderation.case.taken_over"
    theirs = replace(case, taken_by=at.by, taken_at=at.now, open=True)
    said = say_in_office(at.office, case.number, Words(key, who))
    return (Remember(why=f"{WHY}.take", record=theirs), _audit("take", case, at), *said)


def _second_opinion(case: Case, at: Desk) -> tuple[Action, ...]:
    """The others are notified: a thread that they never wrote in stays silent otherwise."""
    if at.office is None:
        return ()
    key = "moderation.case.second" if at.others else "moderation.case.second.nobody"
    words = Words(key, {"who": at.by})
    ask = in_office(at.office.room_id, case.number, words, why=f"{WHY}.second", mentions=at.others)
    return (_audit("second", case, at), ask)


def _audit(kind: str, case: Case, at: Desk) -> Audit:
    return Audit(why=f"{WHY}.{kind}", kind=kind, actor=at.by, room_id=case.room_id, case=case.number)
