# SPDX-License-Identifier: Apache-2.0
"""Words as the pieces that a model knows: byte-pair encoding, as Llama's tokenizer does it, from its vocabulary alone.

`tokenizers` does the same and takes 15 MB more of the bot's memory, for a table of all pairs that may be joined.
Which of them is joined first follows from the vocabulary: whatever gives the piece with the lowest number. A test
compares the two: every pair of that table, and some nine thousand words in many scripts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

# Stands before each word.
_SPACE = "\u2581"
_BYTE = "<0x"
# Nothing that long is a word, and time grows with the square of it.
_LONGEST = 64
# More numbers than there are; a rank that no pair has.
_NUMBERS, _NEVER = 1 << 20, 1 << 60


class Pieces:
    """Knows a vocabulary, with a number for each piece. Words are lower-case and without spaces and punctuation."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._numbers = {piece: number for piece, number in vocabulary.items() if _can_come(piece)}

    def of(self, texts: Iterable[Sequence[str]]) -> Iterator[list[int]]:
        """For each text, the numbers of the pieces of its words, one after the other."""
        known: dict[str, list[int]] = {}
        for words in texts:
            for word in words:
                if word not in known:
                    known[word] = self._of(word[:_LONGEST])
            yield [number for word in words for number in known[word]]

    def _of(self, word: str) -> list[int]:
        parts = [part for letter in _SPACE + word for part in self._begun(letter)]
        ranks = [self._rank(*pair) for pair in pairwise(parts)]
        while (first := min(ranks, default=_NEVER)) < _NEVER:
            at = ranks.index(first)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            del ranks[at]
            for beside in (at - 1, at):
                if 0 <= beside < len(ranks):
                    ranks[beside] = self._rank(*parts[beside : beside + 2])
        return [self._numbers[part] for part in parts]

    def _begun(self, letter: str) -> list[str]:
        """A letter that is no piece is spelt in bytes, which all are."""
        return [letter] if letter in self._numbers else [f"{_BYTE}{byte:02X}>" for byte in letter.encode()]

    def _rank(self, left: str, right: str) -> int:
        """The lower, the sooner these two are joined."""
        whole = self._numbers.get(left + right)
        return _NEVER if whole is None else whole * _NUMBERS + self._numbers[left]


def _can_come(piece: str) -> bool:
    """Whether it can be part of a word: a quarter of them can't, and are left out for the sake of memory."""
    letters = piece.removeprefix(_SPACE)
    if letters.isascii():
        return not letters or (letters.isalnum() and letters == letters.lower()) or piece.startswith(_BYTE)
    return True
