# SPDX-License-Identifier: Apache-2.0
"""What a librarian has to look after: reviews that run out, doubles, helplines that nobody has called.

Pure: the day is handed in. What the pages answer is judged in `addresses.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bots.core.community import Country
from bots.core.helplines import NOT_SHOWN_AFTER, SAY_THE_DATE_AFTER, age
from bots.core.library import HIDDEN_WHEN_DUE, Resource
from bots.core.pages import folded

# So long before an entry runs out, its reviewer hears of it.
SOON = timedelta(days=30)


class Weight(StrEnum):
    """How much a finding matters: `WRONG` is seen by members, `SOON` will be, `KNOW` is good to know."""

    WRONG = "wrong"
    SOON = "soon"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look after: `where` is the id of an entry or of a helpline, `sentence` what to do about it."""

    weight: Weight
    where: str
    sentence: str


def reviews(library: Iterable[Resource], today: date) -> Iterator[Finding]:
    """Entries whose day has come, or comes soon."""
    for entry in library:
        who = entry.reviewed_by or "nobody yet"
        if today > entry.review_by:
            hidden = " Members don't see it any more." if entry.kind in HIDDEN_WHEN_DUE else ""
            yield Finding(Weight.WRONG, entry.id, f"To be read again since {entry.review_by} (last by: {who}).{hidden}")
        elif today > entry.review_by - SOON:
            yield Finding(Weight.SOON, entry.id, f"To be read again by {entry.review_by} (last by: {who}).")


def unread(library: Sequence[Resource]) -> Iterator[Finding]:
    """How many entries nobody has read."""
    count = sum(entry.reviewed is None for entry in library)
    if count:
        yield Finding(Weight.KNOW, "library", f"{count} of {len(library)} entries were read by nobody here yet.")


def doubles(library: Iterable[Resource]) -> Iterator[Finding]:
    """Entries that lead to the same page, or are called the same."""
    by: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in library:
        if entry.url is not None:
            by["the same page", page_of(entry.url)].append(entry.id)
        for text in sorted({folded(text) for text in entry.title.values()}):
            by["the same title", text].append(entry.id)
    for (what, _), ids in by.items():
        for later in ids[1:]:
            yield Finding(Weight.SOON, later, f"It has {what} as `{ids[0]}`. Keep one, or say how they differ.")


def uncalled(countries: Iterable[Country], today: date) -> Iterator[Finding]:
    """Helplines that nobody has checked for a year (told with their date), or for two (not shown)."""
    never = 0
    for country in countries:
        for line in country.helplines:
            where = f"{country.code}/{line.id}"
            checked = line.verified_at is not None
            told = (
                f"Last checked {line.verified_at}" if checked else f"Written down {line.noted}, and checked by nobody"
            )
            never += not checked
            if age(line, today) > NOT_SHOWN_AFTER:
                yield Finding(Weight.WRONG, where, f"{told}: members don't see it any more.")
            elif age(line, today) > SAY_THE_DATE_AFTER:
                yield Finding(Weight.SOON, where, f"{told}: members are told so.")
    if never:
        yield Finding(Weight.KNOW, "helplines", f"{never} helplines were checked by nobody here yet.")


def page_of(url: str) -> str:
    """An address as it would be the same page: without its scheme, `www.`, a slash at its end, and what is after #."""
    parts = urlsplit(url)
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")
