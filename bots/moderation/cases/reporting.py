# SPDX-License-Identifier: Apache-2.0
"""What a member reports becomes a case, or one more report of an old one. Whom it is about never learns of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Audit, Remember, Words
from bots.core.bot import Reader
from bots.moderation.cases.opening import Subject, joined, named, new_case, opened, place_words, show_later
from bots.moderation.records import Case, Reporting
from bots.moderation.telling import in_office, tell

# How often one person may report (Red-DiscordBot's limits, which have held for years, but for its one in five seconds:
# who flags a few adverts does it one tap after the other).
LIMITS = (
    (timedelta(minutes=5), 3),
    (timedelta(hours=1), 10),
    (timedelta(days=1), 24),
)
# So many reports about one person in so short a time are told of themselves: they may be a pack.
FLOOD, FLOOD_WITHIN = 5, timedelta(hours=1)
WHY = "moderation.report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report, and what is known already.

    `about` is what is reported, `earlier` what this person reported before, `against` the times of the reports about
    the same person lately. `words` says what somebody described in private, where there is no message to show.
    `at` is when they reported it, not when the bot came to read it: one that was away hears of a whole night at once.
    `flag` is the tap by which they did. `show_reporter` is the organiser's switch: moderators see who reported.
    """

    reporter: str
    about: Subject
    remark: str
    at: datetime
    earlier: Sequence[Reporting]
    against: Sequence[datetime]
    bots: frozenset[str]
    described: bool = False
    flag: str | None = None
    show_reporter: bool = False


async def gather_report(
    reader: Reader, reporter: str, about: Subject, remark: str, sent_at: datetime, *, described: bool = False
) -> Reported:
    """What it takes to decide on a report."""
    at = min(sent_at, reader.now)
    return Reported(
        reporter=reporter,
        about=about,
        remark=remark,
        at=at,
        earlier=await reader.find(Reporting, reporter=reporter),
        against=await _against(reader, about.target, at),
        bots=reader.bots,
        described=described,
    )


async def _against(reader: Reader, target: str | None, at: datetime) -> Sequence[datetime]:
    cases = await reader.find(Case, target=target) if target is not None else ()
    lately = [case for case in cases if abs(at - case.opened_at) < timedelta(days=1)]
    reports = [each for case in lately for each in await reader.find(Reporting, case=case.number)]
    return [each.at for each in reports if not each.withdrawn and abs(at - each.at) < FLOOD_WITHIN]


def too_often(earlier: Sequence[Reporting], at: datetime) -> bool:
    """Whether one more report at that time would be over one of `LIMITS`."""
    return any(sum(abs(at - each.at) < within for each in earlier) >= most for within, most in LIMITS)


def reported(at: Reported) -> tuple[Action, ...]:
    """A new case, or one more report of an old one."""
    about, case = at.about, at.about.case
    if about.target in at.bots or (about.target is None and not at.described):
        return (tell(at.reporter, Words("moderation.report.unknown"), why=WHY),)
    before = next((each for each in at.earlier if case is not None and each.case == case.number), None)
    if before is not None and not before.withdrawn:
        return (tell(at.reporter, Words("moderation.report.again"), why=WHY),)
    if too_often(at.earlier, at.at):
        return (tell(at.reporter, Words("moderation.report.often"), why=WHY),)
    more = replace(case or new_case(about), reports=(case.reports if case else 0) + 1, open=True)
    waits = about.office is None or (case is not None and not case.shown)
    # What was taken back once and is reported again stays: nobody calls and dismisses people all day.
    flag = at.flag if before is None else None
    return (
        Remember(why=WHY, record=Reporting(reporter=at.reporter, case=more.number, at=at.at, flag=flag)),
        *(_one_more(more, at) if case else opened(more, about, first_words(more, about), _added(at), why=WHY)),
        *((show_later(more, about.now, at.remark),) if waits else ()),
        *_flood(at),
        Audit(why=WHY, kind="report", actor=at.reporter, target=about.target, room_id=about.room_id, case=more.number),
        tell(at.reporter, Words("moderation.report.kept" if waits else "moderation.report.thanks"), why=WHY),
    )


def first_words(case: Case, about: Subject) -> Words:
    """How the card of a case begins that a member asked for."""
    if case.event_id is not None:
        return Words("moderation.case", named(about))
    return Words("moderation.case.told" if case.target is None else "moderation.case.person", named(about))


def _one_more(more: Case, at: Reported) -> tuple[Action, ...]:
    # The first one joins what the bot saw by itself.
    again = (
        Words("moderation.case.again", {"count": more.reports}) if more.reports > 1 else Words("moderation.case.too")
    )
    about = at.about
    which = (
        (place_words(about.room_id, about.event_id),)
        if about.room_id is not None and about.event_id is not None and about.event_id != more.event_id
        else ()
    )
    return joined(more, about, (again, *which, *_added(at)), why=WHY)


def _added(at: Reported) -> tuple[Words, ...]:
    """What the reporter added, and who they are where the organiser wants that shown."""
    remark = (Words("moderation.case.remark", {"remark": at.remark}),) if at.remark else ()
    return (*remark, Words("moderation.case.reporter", {"who": at.reporter})) if at.show_reporter else remark


def _flood(at: Reported) -> tuple[Action, ...]:
    """Many reports about one person are worth a look themselves: said once, when there are so many."""
    about = at.about
    if about.office is None or about.target is None or len(at.against) + 1 != FLOOD:
        return ()
    flood = Words("moderation.case.flood", {"who": about.target, "number": FLOOD})
    return (in_office(about.office, about.number, flood, why=WHY),)
