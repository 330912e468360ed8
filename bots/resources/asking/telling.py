# SPDX-License-Identifier: Apache-2.0
"""Entries in words: what each is, why it fits, where it is from, and how old that is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bots.core.actions import Param, Words
from bots.core.community import Community, in_language
from bots.core.library import Resource, Standing, says_more
from bots.resources.asking.cards import cards_of, short_name
from bots.resources.asking.for_whom import fits, language_told
from bots.resources.finding import ANYBODY, MOST_RESULTS, For
from bots.resources.library import Found
from bots.resources.wording import origin_told

# Past this many words, one line finds better (measured: +.09 to +.20 nDCG with a one-line summary).
LONG_QUESTION = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Tells of entries in the language that is spoken at a place, on a day."""

    community: Community
    language: str
    today: date

    def entry(self, entry: Resource, number: int, because: Sequence[str] | None = (), wanted: For = ANYBODY) -> Words:
        """One of several, by its number. `because` are the question's words that are in it; None: nobody asked."""
        default = self.community.default_language
        title, summary = (in_language(texts, self.language, default) for texts in (entry.title, entry.summary))
        params: dict[str, Param] = {
            "number": number,
            "title": title,
            "url": entry.url or "",
            "language": language_told(entry, self.language),
            "because": "" if because is None else self._fits(entry, because, wanted),
            "origin": origin_told(entry, self.today, default, self.language),
            "card": self._card(entry),
        }
        if not says_more(summary, title):
            return Words("resources.entry.short", params)
        return Words("resources.entry", {**params, "summary": summary})

    def entries(self, found: Sequence[Found], wanted: For) -> tuple[Words, ...]:
        """The first few of what was found."""
        numbered = enumerate(found[:MOST_RESULTS], start=1)
        return tuple(self.entry(each.resource, number, each.because, wanted) for number, each in numbered)

    def _card(self, entry: Resource) -> Words | str:
        """How to see it, if it is one."""
        cards = cards_of(self.community)
        return Words("resources.entry.card", {"name": short_name(entry, cards)}) if entry in cards else ""

    def _fits(self, entry: Resource, because: Sequence[str], wanted: For) -> Words:
        reasons = fits(entry, wanted, self.language, self.community)
        by_words = (Words("resources.fits.words", {"words": ", ".join(because)}),) if because else ()
        if not (by_words or reasons):
            return Words("resources.entry.near")
        return Words("resources.because", {"words": (*by_words, *reasons)})


def most_spoken(library: Iterable[Resource]) -> str | None:
    """The language of most of its entries; None for an empty one."""
    counts = Counter(language for entry in library for language in entry.languages)
    return next((language for language, _ in counts.most_common(1)), None)


def may_be_shown(entry: Resource, today: date) -> bool:
    """Whether its day has not come, or it is of a kind that is shown with its age."""
    return entry.standing(today) is not Standing.EXPIRED
