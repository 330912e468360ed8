# SPDX-License-Identifier: Apache-2.0
"""Reports become cases: one a message, shown in the moderators' room with what was said, and with buttons. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Audit, InRoom, LabelRef, Priority, Quote, Remember, Send, Words
from bots.moderation.commands import BUTTONS
from bots.moderation.records import Case, Reporting
from bots.moderation.telling import case_label, tell

# How often one person may report (Red-DiscordBot's limits, which have held for years).
LIMITS = (
    (timedelta(seconds=5), 1),
    (timedelta(minutes=5), 3),
    (timedelta(hours=1), 10),
    (timedelta(days=1), 24),
)
WHY = "moderation.report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report, and what is known already.

    `case` is the one of this message, if there is one; `number` the next free; `earlier` this person's reports.
    `office` is the moderators' room, `room_name` where it happened.
    `at` is when they reported it, not when the bot came to read it: one that was away hears of a whole night at once.
    """

    reporter: str
    room_id: str
    room_name: str
    event_id: str
    target: str | None
    remark: str
    at: datetime
    case: Case | None
    number: int
    earlier: Sequence[Reporting]
    office: str | None
    bots: frozenset[str]


def too_often(earlier: Sequence[Reporting], at: datetime) -> bool:
    """Whether one more report at that time would be over one of `LIMITS`."""
    return any(sum(abs(at - each.at) < within for each in earlier) >= most for within, most in LIMITS)


def reported(at: Reported) -> tuple[Action, ...]:
    """A new case, or one more report of an old one. Whom it is about never learns of it."""
    if at.target is None or at.target in at.bots:
        return (tell(at.reporter, Words("moderation.report.unknown"), why=WHY),)
    if at.office is None:
        return (tell(at.reporter, Words("moderation.report.nobody"), why=WHY),)
    if at.case is not None and any(each.case == at.case.number for each in at.earlier):
        return (tell(at.reporter, Words("moderation.report.again"), why=WHY),)
    if too_often(at.earlier, at.at):
        return (tell(at.reporter, Words("moderation.report.often"), why=WHY),)
    number = at.case.number if at.case else at.number
    return (
        Remember(why=WHY, record=Reporting(reporter=at.reporter, case=number, at=at.at)),
        *(_joined(at.case, at, at.office) if at.case else _opened(at, at.office, at.target)),
        Audit(why=WHY, kind="report", actor=at.reporter, target=at.target, room_id=at.room_id, case=number),
        tell(at.reporter, Words("moderation.report.thanks"), why=WHY),
    )


def _opened(at: Reported, office: str, target: str) -> tuple[Action, ...]:
    case = Case(number=at.number, room_id=at.room_id, event_id=at.event_id, target=target)
    card = Words("moderation.case", {"case": case.number, "who": target, "room": at.room_name})
    return (
        Remember(why=WHY, record=case),
        Send(
            why=WHY,
            priority=Priority.MODERATION,
            place=InRoom(office),
            parts=(card, Quote(at.room_id, at.event_id), *_remark(at), Words("moderation.case.buttons")),
            label=case_label(case.number),
            buttons=BUTTONS,
        ),
    )


def _joined(case: Case, at: Reported, office: str) -> tuple[Action, ...]:
    more = replace(case, reports=case.reports + 1, open=True)
    return (
        Remember(why=WHY, record=more),
        Send(
            why=WHY,
            priority=Priority.MODERATION,
            place=InRoom(office),
            thread=LabelRef(case_label(case.number)),
            parts=(Words("moderation.case.again", {"count": more.reports}), *_remark(at)),
        ),
    )


def _remark(at: Reported) -> tuple[Words, ...]:
    return (Words("moderation.case.remark", {"remark": at.remark}),) if at.remark else ()
