# SPDX-License-Identifier: Apache-2.0
"""One part of a message that can be read, in every reading in which things are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


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
