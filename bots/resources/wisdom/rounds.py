# SPDX-License-Identifier: Apache-2.0
"""Once a day the library is looked through for what is to be read again soon; once a month its news are told. Pure.

Whoever reviewed an entry hears of it before its day, once: in private, if the entry names them by their Matrix name,
else by name in the moderators' room; a tip's reviewer under its card. The news go to rooms that have some, if the
organiser switched them on, with what people looked for and did not find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bots.core.actions import (
    Action,
    BotName,
    InPrivateChat,
    InRoom,
    LabelRef,
    Priority,
    Remember,
    Schedule,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.commands import parse_user
from bots.core.community import Community, in_language
from bots.core.events import Outcome, Started, Tick
from bots.core.library import Resource
from bots.core.rooms import RoomRole, RoomView
from bots.core.tips import WHY, card_label
from bots.resources.records import MissingWord
from bots.resources.wisdom.facts import office
from bots.resources.wisdom.judging import SOON
from bots.resources.wisdom.records import LibraryRound, ReviewAsked, SharedTip
from bots.resources.wisdom.shelf import Shelf, id_of
from bots.resources.wisdom.telling import title_of

DAILY, NEWS = "resources.reviews", "resources.news"
_AT_HOUR = 9
# Two or three at a time; a librarian who wants all of them asks `kithroom library check`.
MOST_TOLD = 3
MOST_WORDS = 5
# A word that fewer looked for could point at somebody.
FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round finds.

    `due` are entries to be read again that nobody was asked about yet, `tips` the same of tips. `new` are the tips that
    came in the month before, `missing` the words that were looked for in it and how often.
    """

    name: str
    now: datetime
    office: str | None
    rooms: tuple[RoomView, ...] = ()
    due: tuple[Resource, ...] = ()
    tips: tuple[SharedTip, ...] = ()
    new: tuple[SharedTip, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rounds:
    """The rounds, for one community. `shelf` is read anew at each: what was erased meanwhile is in no file then."""

    community: Community
    shelf: Shelf

    async def gather_start(self, _event: Started, reader: Reader) -> tuple[str, ...]:
        """The rounds that were never put by. The tips are read for the search."""
        await self.shelf.follow(reader, anew=True)
        wanted = (DAILY, NEWS) if self.community.library_news else (DAILY,)
        return tuple([name for name in wanted if await reader.get(LibraryRound, name) is None])

    def decide_start(self, event: Started, missing: tuple[str, ...]) -> tuple[Action, ...]:
        """Put them by."""
        return tuple(action for name in missing for action in _put_by(name, event.at))

    async def gather(self, event: Tick, reader: Reader) -> Round | None:
        """Look through the library."""
        if event.kind not in (DAILY, NEWS):
            return None
        await self.shelf.follow(reader, anew=True)
        found = Round(name=event.kind, now=reader.now, office=await office(reader))
        tips = await reader.find(SharedTip)
        if event.kind == NEWS:
            return await self._with_news(found, tips, event.due_at, reader)
        soon = (reader.now + SOON).date()
        # What another community shares is for its own reviewers, and its update tells when they have read it.
        ours = [each for each in self.community.library if each.shared_by is None and each.reviewed_by]
        entries = [each for each in ours if each.review_by < soon]
        due = [each for each in entries if not await _asked(each.id, each.review_by, reader)]
        old = [tip for tip in tips if tip.review_by < soon and not await _asked(self._id(tip), tip.review_by, reader)]
        return replace(found, due=tuple(due[:MOST_TOLD]), tips=tuple(old[:MOST_TOLD]))

    async def _with_news(self, found: Round, tips: Sequence[SharedTip], due_at: datetime, reader: Reader) -> Round:
        first, end = month_before(due_at)
        words = await reader.find(MissingWord, month=first.strftime("%Y-%m"))
        return replace(
            found,
            rooms=reader.rooms(RoomRole.CONDITION) or reader.rooms(RoomRole.LOBBY),
            new=tuple(tip for tip in tips if first <= tip.added < end),
            missing={each.word: each.count for each in words if each.count >= FEWEST},
        )

    def decide(self, _event: Tick, found: Round | None) -> tuple[Action, ...]:
        """Tell what was found, and put the next round by."""
        if found is None:
            return ()
        if found.name == NEWS:
            told = self._news(found) if self.community.library_news else ()
        else:
            told = self._reviews(found)
        return (*told, *_put_by(found.name, found.now))

    async def gather_outcome(self, event: Outcome, reader: Reader) -> str | None:
        """The moderators' room, for a reminder that could not be said in private."""
        reminded = isinstance(event.action, Send) and event.action.memo == DAILY
        return await office(reader) if reminded and not event.ok else None

    def decide_outcome(self, event: Outcome, office_id: str | None) -> tuple[Action, ...]:
        """Say it there instead."""
        if office_id is None or not isinstance(event.action, Send):
            return ()
        return (_in_the_office(office_id, *(part for part in event.action.parts if isinstance(part, Words))),)

    # What is to be read again.

    def _id(self, tip: SharedTip) -> str:
        return id_of(tip.number, self.community.slug)

    def _reviews(self, found: Round) -> tuple[Action, ...]:
        actions: list[Action] = []
        for entry in found.due:
            actions += self._entry_due(entry, found.office)
        for tip in found.tips:
            if found.office is None:
                break
            words = Words("wisdom.review.tip", {"title": title_of(tip), "day": _midnight(tip.review_by)})
            actions += (_asked_now(self._id(tip), tip.review_by), _under_its_card(found.office, tip, words))
        return tuple(actions)

    def _entry_due(self, entry: Resource, office_id: str | None) -> tuple[Action, ...]:
        title = in_language(entry.title, self.community.default_language, self.community.default_language)
        words = Words(
            "wisdom.review.entry",
            {"title": title, "id": entry.id, "day": _midnight(entry.review_by), "who": entry.reviewed_by or ""},
        )
        reviewer = _user(entry.reviewed_by or "")
        if reviewer is not None:
            private = Send(
                why=DAILY,
                priority=Priority.BACKGROUND,
                place=InPrivateChat(reviewer),
                parts=(words,),
                memo=DAILY,
                follow_up=True,
            )
            return (_asked_now(entry.id, entry.review_by), private)
        if office_id is None:
            return ()
        return (_asked_now(entry.id, entry.review_by), _in_the_office(office_id, words))

    # News.

    def _news(self, found: Round) -> tuple[Action, ...]:
        missing = sorted(found.missing, key=lambda word: (-found.missing[word], word))[:MOST_WORDS]
        return tuple(said for room in found.rooms if (said := self._news_for(room, found, missing)) is not None)

    def _news_for(self, room: RoomView, found: Round, missing: Sequence[str]) -> Send | None:
        """Nothing, for a room that has no news: what is still looked for is asked beside something that came."""
        new = [tip for tip in found.new if tip.condition in (None, room.condition)]
        if not new:
            return None
        lines = tuple(Words("wisdom.news.line", {"title": title_of(tip)}) for tip in new[:MOST_TOLD])
        parts = [Words("wisdom.news", {"tips": lines})]
        if len(new) > MOST_TOLD:
            parts.append(Words("wisdom.news.more", {"count": len(new) - MOST_TOLD}))
        if missing:
            parts.append(Words("wisdom.news.missing", {"words": ", ".join(missing)}))
        return Send(
            why=NEWS, priority=Priority.BACKGROUND, place=InRoom(room.room_id), parts=(*parts, Words("wisdom.news.end"))
        )


def month_before(at: datetime) -> tuple[datetime, datetime]:
    """The month before the one that `at` is in: its beginning and its end."""
    end = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1)).replace(day=1), end


def next_round(name: str, now: datetime) -> datetime:
    """The next morning, or that of the first of the next month."""
    morning = now.astimezone(UTC).replace(hour=_AT_HOUR, minute=0, second=0, microsecond=0)
    if name == DAILY:
        return morning if morning > now else morning + timedelta(days=1)
    return (morning.replace(day=28) + timedelta(days=4)).replace(day=1)


def _put_by(name: str, now: datetime) -> tuple[Action, ...]:
    due = next_round(name, now)
    return (
        Remember(why=WHY, record=LibraryRound(name=name, due=due)),
        Schedule(why=WHY, id=name, kind=name, at=due),
    )


async def _asked(entry: str, review_by: date, reader: Reader) -> bool:
    return await reader.get(ReviewAsked, entry, review_by) is not None


def _asked_now(entry: str, review_by: date) -> Remember:
    return Remember(why=DAILY, record=ReviewAsked(entry=entry, review_by=review_by))


def _user(reviewer: str) -> str | None:
    """The Matrix name that a reviewer is named by; None for any other name."""
    try:
        return parse_user(reviewer.strip())
    except ValueError:
        return None


def _in_the_office(office_id: str, *parts: Words) -> Send:
    return Send(why=DAILY, voice=BotName.MODERATION, priority=Priority.BACKGROUND, place=InRoom(office_id), parts=parts)


def _under_its_card(office_id: str, tip: SharedTip, words: Words) -> Send:
    """A tap on it means the same as one on the card."""
    return Send(
        why=DAILY,
        voice=BotName.MODERATION,
        priority=Priority.BACKGROUND,
        place=InRoom(office_id),
        thread=LabelRef(card_label(tip.number)),
        parts=(words,),
        label=card_label(tip.number, tip.review_by.toordinal()),
        buttons=("✅",),
        mentions=(tip.reviewer,),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
