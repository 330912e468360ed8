# SPDX-License-Identifier: Apache-2.0
"""The community's library as policies see it: entries, topics, and how old an entry may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Texts = Mapping[str, str]


class Kind(StrEnum):
    """What an entry is."""

    ARTICLE = "article"
    ORGANISATION = "organisation"
    HELPLINE = "helpline"
    TOOL = "tool"
    LIFE_HACK = "life-hack"
    COPING_CARD = "coping-card"
    QUESTION_LIST = "question-list"


class Evidence(StrEnum):
    """What an entry rests on."""

    GUIDELINE = "guideline"
    STUDY = "study"
    EXPERIENCE = "experience"


class Audience(StrEnum):
    """Whom an entry is written for, if not for everybody."""

    NEWLY_DIAGNOSED = "newly-diagnosed"
    CARERS = "carers"
    YOUNG_PEOPLE = "young-people"
    PARTNERS = "partners"


class Standing(StrEnum):
    """How far an entry can be relied on today."""

    UNCHECKED = "unchecked"
    CHECKED = "checked"
    DUE = "due"
    EXPIRED = "expired"


# In characters, of each text. An answer shows three entries, or a card: more fits no message, and no phone.
LONGEST: Mapping[str, int] = {"title": 300, "summary": 2_000, "text": 6_000, "source": 500}


# Past their day, these lead somebody to a number that nobody answers: they are not shown.
HIDDEN_WHEN_DUE = frozenset({Kind.HELPLINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What entries are about, whatever the condition: money, work, love. `words` are what people call it."""

    id: str
    name: Texts
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """An entry of the library: where it is or what it says, what it is, who checked it and when (None: nobody yet).

    `url` is where it leads; `text` (Markdown) what it says itself, with or without a link. One of them is there,
    except for a life-hack, which is said in its summary. `source` is who is behind it.
    `languages` are those of what it leads to, `countries` where it is of use (ISO 3166-1 alpha-2, lower case; none:
    anywhere), `audience` whom it is for (none: everybody), `licence` under which its text stands.
    `shared_by` is the community that it comes from, as that calls itself (None: it is our own).
    """

    id: str
    title: Texts
    summary: Texts
    url: str | None = None
    text: Texts = field(default_factory=dict)
    source: Texts
    kind: Kind
    languages: tuple[str, ...]
    countries: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    audience: tuple[Audience, ...] = ()
    keywords: tuple[str, ...] = ()
    evidence: Evidence | None = None
    licence: str | None = None
    review_by: date
    reviewed: date | None = None
    reviewed_by: str | None = None
    shared_by: str | None = None

    def standing(self, today: date) -> Standing:
        """How far it can be relied on: an entry past its day is shown with its age, or not at all, by its kind."""
        if today > self.review_by:
            return Standing.EXPIRED if self.kind in HIDDEN_WHEN_DUE else Standing.DUE
        return Standing.UNCHECKED if self.reviewed is None else Standing.CHECKED


def says_more(summary: str, title: str) -> bool:
    """Whether a summary says more than its title does: a tip of one sentence is both, and nobody reads it twice."""
    return _bare(summary) != _bare(title)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".!")
