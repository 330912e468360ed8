# SPDX-License-Identifier: Apache-2.0
"""What the resources bot keeps: which entries it showed to whom, for a month, and never what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bots.core.records import Duty, Hashed, Record, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingWord(Record):
    """A word that somebody looked for and the library does not have, and how often in that month ("2026-11").

    Kept only if the organiser switched it on. Nothing says who asked, where, or with which other words.
    """

    word: str
    month: str
    count: int

    key: ClassVar[tuple[str, ...]] = ("word", "month")
    duty: ClassVar[Duty] = Duty(
        purpose="lets the organiser add what people look for and do not find; one word at a time, without a person",
        keep=timedelta(days=400),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Record):
    """That a question was answered: its event id, and the ids of the entries that were found, best first.

    What was asked is nowhere. `pages` is how many times three of the entries were shown.
    """

    question: str
    room_id: str
    asker: Hashed
    found: Sealed = ""
    pages: int = 1

    key: ClassVar[tuple[str, ...]] = ("question",)
    duty: ClassVar[Duty] = Duty(
        purpose="shows the next entries, and changes or takes back an answer along with its question",
        keep=timedelta(days=30),
        subject="asker",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion(Record):
    """How many people said in a quarter of a year ("2026-4") that an entry helped, and how many that it did not."""

    entry: str
    quarter: str
    helped: int = 0
    unhelpful: int = 0

    key: ClassVar[tuple[str, ...]] = ("entry", "quarter")
    duty: ClassVar[Duty] = Duty(
        purpose="shows sooner what helped people; counts, without anybody",
        keep=timedelta(days=200),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot(Record):
    """That somebody said in a quarter of a year what they think of an entry, so that it counts once.

    `of` is one keyed hash of the person, the entry and the quarter together (`ballot_of`): no two show that they
    are one person's, and none shows whose it is or what it is about.
    """

    of: str
    helped: bool

    key: ClassVar[tuple[str, ...]] = ("of",)
    duty: ClassVar[Duty] = Duty(
        purpose="counts one opinion a person, entry and quarter of a year; a hash that neither names nor links anybody",
        keep=timedelta(days=92),
        subject=None,
    )
