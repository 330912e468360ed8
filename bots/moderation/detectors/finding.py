# SPDX-License-Identifier: Apache-2.0
"""What a detector is given, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bots.moderation.passages.passage import Field, Passage


class Whose(StrEnum):
    """Whom what was found belongs to. Somebody else's data weighs more than one's own."""

    OWN = "own"
    ANOTHERS = "anothers"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a detector may know beside the words.

    `languages` are those spoken in the room, the likeliest first. `regions` are ISO 3166-1 alpha-2 codes (upper case)
    for telephone numbers and the like. `known` are the numbers and hosts (lower case, numbers as digits only) of the
    community's own helplines and library, which nobody gives away by naming them. `new_here`: the sender has written
    few messages in this community, or came a short while ago. `replies` says that it answers somebody.
    `slang` are phrases that mean no harm where this is said.
    """

    now: datetime
    languages: tuple[str, ...] = ("en",)
    regions: tuple[str, ...] = ()
    condition: str | None = None
    known: frozenset[str] = field(default_factory=frozenset)
    new_here: bool = False
    replies: bool = False
    slang: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a detector saw.

    `detector` is its dotted name (`identity.email`), `guideline` the id of the rule that it watches for.
    `start` and `end` are places in the passage's `text`; `confidence` is between 0 and 1. `weighed`: no rule says so,
    only its words do together, and people are told of it and nothing more.
    """

    detector: str
    guideline: str
    start: int
    end: int
    confidence: float
    field: Field = Field.BODY
    whose: Whose = Whose.UNKNOWN
    weighed: bool = False


class Detector(Protocol):
    """A pure function of one passage: the same words in the same setting are the same findings, always.

    It takes time linear in the passage's length, whatever stands there.
    """

    @property
    def name(self) -> str:
        """The first part of the names of its findings: `identity`."""

    def find(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """What it sees, in the order of the text."""
