# SPDX-License-Identifier: Apache-2.0
"""The tips among the library's entries: what they look like there, and how the search follows their table.

A tip is found as soon as it is on the table, and is not shown from the moment on at which it is not.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Forget, Param, Remember, Words
from bots.core.bot import Reader
from bots.core.community import in_language
from bots.core.library import Evidence, Kind, Resource
from bots.core.tips import WHY
from bots.resources.library import Answer, Library
from bots.resources.wisdom.facts import SHELF
from bots.resources.wisdom.records import OfferedTip, SharedTip, TipShelf
from bots.resources.wisdom.telling import title_and_rest

# After so long, a tip is to be read again.
GOOD_FOR = timedelta(days=365)
_ID = re.compile(r"tip-([a-z0-9-]+)-([0-9]+)")


def id_of(number: int, slug: str) -> str:
    """What a tip of the community with this slug is called among the entries, here and wherever it is taken to."""
    return f"tip-{slug}-{number}"


def resource_of(tip: SharedTip, slug: str, source: str = "") -> Resource:
    """The tip as an entry. Without a `source`, its nickname is one, if it has one."""
    title, rest = title_and_rest(tip.words, tip.why, tip.link_title)
    return Resource(
        id=id_of(tip.number, slug),
        title={tip.language: title},
        summary={tip.language: rest},
        url=tip.link or None,
        source={tip.language: said_by} if (said_by := source or tip.name) else {},
        kind=Kind.LIFE_HACK,
        languages=(tip.language,),
        conditions=(tip.condition,) if tip.condition else (),
        evidence=Evidence.EXPERIENCE,
        review_by=tip.review_by,
        reviewed=tip.reviewed,
    )


def number_of(entry_id: str, slug: str) -> int | None:
    """The tip of this community that an entry is; None for every other, another community's tips among them."""
    found = _ID.fullmatch(entry_id)
    return int(found[2]) if found is not None and found[1] == slug else None


def source_of(entry: Resource, language: str, default: str) -> Param:
    """Whom an entry is from, in words: a tip says that it is a member's, and whose only if they wished it.

    One that was printed and taken into a folder says so itself, and who has read it.
    """
    if not entry.source:
        return Words("wisdom.source")
    source = in_language(entry.source, language, default)
    is_a_tip = _ID.fullmatch(entry.id) is not None and entry.reviewed_by is None
    return Words("wisdom.source.named", {"name": source}) if is_a_tip else source


def put_in(tip: OfferedTip, reviewer: str, now: datetime, changes: int) -> tuple[Action, ...]:
    """The tip goes from the offered ones to the library."""
    kept = SharedTip(
        number=tip.number,
        author=tip.author,
        language=tip.language,
        added=now,
        reviewed=now.date(),
        review_by=(now + GOOD_FOR).date(),
        reviewer=reviewer,
        event_id=tip.event_id,
        condition=tip.condition,
        words=tip.words,
        why=tip.why,
        link=tip.link,
        link_title=tip.link_title,
        name=tip.name,
    )
    return (
        Remember(why=WHY, record=kept),
        Forget(why=WHY, record=OfferedTip, key=(tip.number,)),
        _changed(changes),
    )


def take_out(tip: SharedTip, changes: int) -> tuple[Action, ...]:
    """The tip is in the library no more."""
    return (Forget(why=WHY, record=SharedTip, key=(tip.number,)), _changed(changes))


def read_again(tip: SharedTip, reviewer: str, now: datetime, changes: int) -> tuple[Action, ...]:
    """Somebody has read it again, and it is still good."""
    again = replace(tip, reviewer=reviewer, reviewed=now.date(), review_by=(now + GOOD_FOR).date())
    return (Remember(why=WHY, record=again), _changed(changes))


def _changed(changes: int) -> Remember:
    return Remember(why=WHY, record=TipShelf(name=SHELF, changes=changes + 1))


class Shelf:
    """The library, with the tips of the table among its entries: those of the community with the slug `slug`."""

    def __init__(self, library: Library, slug: str) -> None:
        self._library = library
        self._slug = slug
        self._changes = 0
        self._there: dict[str, SharedTip] = {}

    async def follow(self, reader: Reader, *, anew: bool = False) -> None:
        """Have the library as the table is: looked at where a change was noted, or in any case if `anew`."""
        noted = await reader.get(TipShelf, SHELF)
        changes = noted.changes if noted else 0
        if changes == self._changes and not anew:
            return
        there = {id_of(tip.number, self._slug): tip for tip in await reader.find(SharedTip)}
        gone = [name for name in self._there if name not in there]
        new = [resource_of(tip, self._slug) for name, tip in there.items() if self._there.get(name) != tip]
        await reader.aside(lambda: self._change(new, gone))
        self._there, self._changes = there, changes

    async def still_there(self, answer: Answer, reader: Reader) -> Answer:
        """The answer without tips that were taken back, or erased, since the library was read."""
        gone = []
        for found in answer.found:
            number = number_of(found.resource.id, self._slug)
            if number is not None and await reader.get(SharedTip, number) is None:
                gone.append(found.resource.id)
        if not gone:
            return answer
        await reader.aside(lambda: self._change([], gone))
        self._there = {name: tip for name, tip in self._there.items() if name not in gone}
        return replace(answer, found=tuple(found for found in answer.found if found.resource.id not in gone))

    def _change(self, new: list[Resource], gone: list[str]) -> None:
        self._library.put(*new)
        self._library.take_out(*gone)
