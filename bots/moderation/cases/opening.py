# SPDX-License-Identifier: Apache-2.0
"""A case: something for moderators to look at, as a thread in their room. Opened, or joined where there is one. Pure.

The card says what was written (fetched when it is shown, and kept nowhere), where, what there was before,
and what can be done. Members' reports come here (`reporting`), and so does what a detector saw.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bots.core.actions import Action, Audit, InRoom, Part, Priority, Quote, Remember, Schedule, Send, Words
from bots.core.bot import Reader
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.cases.history import before
from bots.moderation.commands import BUTTONS
from bots.moderation.detectors.finding import Finding, Whose
from bots.moderation.passages.passage import Field
from bots.moderation.records import Case, Decision
from bots.moderation.telling import case_label, in_office, more_label

# Cases and decisions are counted together, so that `#12` is one thing.
NUMBERS = "moderation"
# The tick at which a case is shown that could not be shown before.
SHOW = "moderation.show"
SHOW_AGAIN_AFTER = timedelta(minutes=5)
NOTICE = "moderation.notice"
# What detectors are called begins with one of these: what each looks for has a sentence, `moderation.seen.<family>`.
FAMILIES = frozenset({"identity", "selling", "instructing", "harm", "noise", "words"})
# What one person writes against one guideline in one room joins a case of so short a while ago;
# after so many the thread stays silent, and the last line says so.
JOINS_FOR = timedelta(hours=1)
MOST_OTHERS = 5
_IN_THE_TEXT = frozenset({Field.BODY, Field.CAPTION})


class Does(StrEnum):
    """What the bot does by itself about what it saw: the end of a key, `moderation.case.noticed…`."""

    NOTHING = ""
    REMIND = ".remind"
    HOLD = ".hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What moderators are to look at, and what is known of it already.

    A message (`event_id`, in the room `room_id`), or without one a person, or what somebody told in private.
    `target` is whom it is about. `case` is the one there is of it, `number` the next free.
    `before` says what was decided about the person in the past. `office` is the moderators' room:
    without one a case is kept, and shown when there is one.
    """

    now: datetime
    me: str
    number: int
    before: Words
    office: str | None
    room_id: str | None = None
    room_name: str = ""
    event_id: str | None = None
    target: str | None = None
    case: Case | None = None


async def subject(
    reader: Reader,
    room: RoomView | None,
    *,
    event_id: str | None,
    target: str | None,
    case: Case | None = None,
    like: Collection[str] = (),
) -> Subject:
    """Look up what is known of a message or of a person; of a case's, if one is named.

    `like` are the guidelines that a message touches which may join the case of another.
    """
    case = case or await _case_of(reader, room, event_id, target)
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    if case is None and like and office is not None and room is not None and target is not None:
        found = await reader.find(Case, room_id=room.room_id, target=target, open=True)
        case = next((each for each in reversed(found) if takes_in(each, like, reader.now)), None)
    return Subject(
        now=reader.now,
        me=reader.me,
        number=case.number if case else await reader.next_number(NUMBERS),
        before=before(await reader.find(Decision, target=target) if target else (), reader.now),
        office=office.room_id if office else None,
        room_id=room.room_id if room else None,
        room_name=(room.name if room else None) or "",
        event_id=event_id,
        target=target,
        case=case,
    )


async def _case_of(reader: Reader, room: RoomView | None, event_id: str | None, target: str | None) -> Case | None:
    if event_id is not None and room is not None:
        found = await reader.find(Case, room_id=room.room_id, event_id=event_id)
        if not found and target is not None:
            theirs = await reader.find(Case, room_id=room.room_id, target=target)
            found = [each for each in theirs if each.is_about(event_id)]
        return found[-1] if found else None
    about_them = await reader.find(Case, target=target, event_id=None) if target is not None else ()
    return next((each for each in reversed(about_them) if each.open), None)


def takes_in(case: Case, guidelines: Collection[str], now: datetime) -> bool:
    """Whether one more message of the same person belongs to this case, by the guidelines that it touches.

    What the thread shows no more of is only what it has told of already.
    """
    if not case.open or not case.shown or now - case.opened_at >= JOINS_FOR:
        return False
    known = set(case.guidelines)
    return not known.isdisjoint(guidelines) and (len(case.others) < MOST_OTHERS or known.issuperset(guidelines))


def noticed(
    findings: Sequence[Finding], rules: Mapping[str, str], about: Subject, does: Does = Does.NOTHING
) -> tuple[Action, ...]:
    """A case of what detectors saw in a message: which guideline, and what it looks like.

    `rules` are the guidelines' sentences by id, in the language of the moderators' room.
    The places that they saw are set off in the quotation, by the performer: no word of the message is in here.
    `does` is what happens by itself besides.
    A case that tells of the same guideline already stays as it is, but for one more message like its own.
    """
    known = about.case.guidelines if about.case else ()
    new = [each for each in findings if each.guideline not in known]
    one_more = about.case is not None and not about.case.is_about(about.event_id)
    if not new and not one_more:
        return ()
    strongest = max(new or findings, key=lambda each: each.confidence)
    guidelines = (*known, *dict.fromkeys(each.guideline for each in new))
    lines = tuple(
        dict.fromkeys((family_of(each.detector), each.guideline, each.whose is Whose.ANOTHERS) for each in new)
    )
    says = tuple(_seen(family, rules.get(rule, rule), of_another) for family, rule, of_another in lines)
    if new and all(each.weighed for each in new):
        says = (*says, Words("moderation.case.weighed"))
    audit = Audit(
        why=strongest.detector,
        kind="notice",
        actor=about.me,
        target=about.target,
        room_id=about.room_id,
        case=about.number,
    )
    if about.case is not None and one_more:
        record = replace(about.case, guidelines=guidelines)
        return (*_one_more(record, about, says, _marks(findings)), audit)
    if about.case is not None:
        again = Words("moderation.case.noticed.again")
        record = replace(about.case, guidelines=guidelines, open=True)
        return (*joined(record, about, (again, *says), why=NOTICE), audit)
    record = replace(new_case(about), guidelines=guidelines)
    first = Words(f"moderation.case.noticed{does}", named(about))
    later = (show_later(record, about.now),) if about.office is None else ()
    return (*opened(record, about, first, says, marks=_marks(new), why=NOTICE), *later, audit)


def _one_more(
    case: Case, about: Subject, says: tuple[Words, ...], marks: tuple[tuple[int, int], ...]
) -> tuple[Action, ...]:
    """The next message of the same kind, in the thread: it is quoted as the first was, until there are too many."""
    if len(case.others) >= MOST_OTHERS or about.room_id is None or about.event_id is None:
        return ()
    more = replace(case, others=(*case.others, about.event_id))
    last = ".last" if len(more.others) == MOST_OTHERS else ""
    first = Words(f"moderation.case.more{last}", named(about))
    return joined(
        more,
        about,
        (first, Quote(about.room_id, about.event_id, marks), place_words(about.room_id, about.event_id), *says),
        why=NOTICE,
        label=more_label(case.number, len(more.others)),
    )


def _marks(findings: Sequence[Finding]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(each.start, each.end) for each in findings if each.field in _IN_THE_TEXT}))


def new_case(about: Subject) -> Case:
    """A case that nobody has reported yet."""
    return Case(
        number=about.number,
        opened_at=about.now,
        room_id=about.room_id,
        event_id=about.event_id,
        target=about.target,
    )


def opened(
    case: Case,
    about: Subject,
    first: Words,
    more: tuple[Words, ...] = (),
    *,
    marks: tuple[tuple[int, int], ...] = (),
    why: str,
) -> tuple[Action, ...]:
    """The record and the card: `first` says what this is, `more` what there is to say of it."""
    if about.office is None:
        return (Remember(why=why, record=replace(case, shown=False)),)
    return (Remember(why=why, record=case), card(case, about, about.office, first, more, marks=marks, why=why))


def card(
    case: Case,
    about: Subject,
    office: str,
    first: Words,
    more: tuple[Words, ...] = (),
    *,
    marks: tuple[tuple[int, int], ...] = (),
    why: str,
) -> Send:
    """What begins the thread, with the buttons under it."""
    parts: list[Part] = [first]
    if case.room_id is not None and case.event_id is not None:
        parts += [
            Quote(case.room_id, case.event_id, marks),
            place_words(case.room_id, case.event_id),
        ]
    parts += more
    if case.target is not None:
        parts.append(about.before)
    parts.append(Words("moderation.case.buttons"))
    return Send(
        why=why,
        priority=Priority.MODERATION,
        follow_up=True,
        place=InRoom(office),
        parts=tuple(parts),
        label=case_label(case.number),
        buttons=BUTTONS,
    )


def joined(
    case: Case, about: Subject, says: tuple[Part, ...], *, why: str, label: str | None = None
) -> tuple[Action, ...]:
    """The record as it is now, and a line in the thread. What was not shown yet tells it when it is."""
    if about.office is None or not case.shown:
        return (Remember(why=why, record=case),)
    return (Remember(why=why, record=case), in_office(about.office, case.number, *says, why=why, label=label))


def place_words(room_id: str, event_id: str) -> Words:
    """The way to a message in its room."""
    return Words("moderation.case.place", {"room": room_id, "event": event_id})


def show_later(case: Case, now: datetime, remark: str = "") -> Schedule:
    """The case, and what its last reporter added, wait (sealed) until there is a room to show them in."""
    return Schedule(
        why=SHOW,
        id=f"{SHOW}:{case.number}:{case.reports}",
        kind=SHOW,
        at=now + SHOW_AGAIN_AFTER,
        payload={"case": case.number, "remark": remark},
    )


def named(about: Subject) -> dict[str, str | int]:
    """What the first sentence of a card is told."""
    return {"case": about.number, "who": about.target or "", "room": about.room_name}


def family_of(detector: str) -> str:
    """What it looks for: the last part of a key, `moderation.seen.<family>`."""
    family = detector.partition(".")[0]
    return family if family in FAMILIES else "other"


def _seen(family: str, rule: str, of_another: bool) -> Words:
    key = "moderation.seen.identity.another" if family == "identity" and of_another else f"moderation.seen.{family}"
    return Words("moderation.case.seen", {"seen": Words(key), "rule": rule})
