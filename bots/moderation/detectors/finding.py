# SPDX-License-Identifier: Apache-2.0
"""What a detector is given, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Whose(StrEnum):
    """Whom what was found belongs to. Somebody else's data weighs more than one's own."""

    OWN = "own"
    ANOTHERS = "anothers"
    UNKNOWN = "unknown"


class Field(StrEnum):
    """Which part of a message a passage was."""

    BODY = "body"
    CAPTION = "caption"
    FORMATTED = "formatted"
    FILENAME = "filename"


@dataclass(frozen=True, slots=True)
class View:
    """A text made for comparing; `origin[i]` is where in the passage's `text` the character `folded[i]` came from."""

    folded: str
    origin: Sequence[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the passage's `text` the piece from `start` to `end` (at least one character) stands."""
        places = self.origin[start:end]
        return min(places), max(places) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One readable part of a message, without what it quotes.

    `text` is what a person sees. `folded` is the same for comparing: lower case, without accents, look-alike letters,
    zero-width and bidi characters undone; `origin[i]` is where in `text` the character `folded[i]` came from, so that
    a finding in either can be shown in `text`.
    `unmasked` is a second reading, for words only: spaced-out letters run together, leetspeak undone; None where the
    words wear no mask. `quoted` are the places in `text` of lines that quote somebody (`> …`).
    """

    text: str
    folded: str
    origin: Sequence[int]
    field: Field = Field.BODY
    unmasked: View | None = None
    quoted: tuple[tuple[int, int], ...] = ()

    def views(self) -> tuple[View, ...]:
        """Each reading in which words are looked for: the plain one, and the one behind the masks, if there is one."""
        plain = View(self.folded, self.origin)
        return (plain,) if self.unmasked is None else (plain, self.unmasked)

    def is_quoted(self, place: int) -> bool:
        """Whether the character at this place in `text` is in a line that quotes somebody."""
        return any(start <= place < end for start, end in self.quoted)


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
    `start` and `end` are places in the passage's `text`; `confidence` is between 0 and 1.
    """

    detector: str
    guideline: str
    start: int
    end: int
    confidence: float
    field: Field = Field.BODY
    whose: Whose = Whose.UNKNOWN


class Detector(Protocol):
    """A pure function of one passage: the same words in the same setting are the same findings, always.

    It takes time linear in the passage's length, whatever stands there.
    """

    @property
    def name(self) -> str:
        """The first part of the names of its findings: `identity`."""

    def find(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """What it sees, in the order of the text."""
