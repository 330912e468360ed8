# SPDX-License-Identifier: Apache-2.0
"""Words as they were meant: "dieeee", "sucidal", "hopless", "k*ll".

A word is only ever bent to one of a table's own, of five letters or more (of four, if two neighbours only changed
places), that begins with the same letter (or has its first two swapped) and is one slip away.
What the table calls `ordinary` stays what it is.
It is looked for among those whose first letters or whose last ones are the same, since one slip leaves one of them
whole: these are few, and the lists cost no memory to speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
SHORTEST_SWAP = 4
_LONGEST = 20
_LONG = 8
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_TWICE = re.compile(r"([^\W\d_])\1+")


class Spelling:
    """Knows the words of one table: `known` are those."""

    def __init__(self, known: Iterable[str], ordinary: Iterable[str] = ()) -> None:
        self.known = frozenset(known)
        self._ordinary = frozenset(ordinary)
        near: dict[str, list[str]] = {}
        for word in sorted(self.known):
            if SHORTEST <= len(word) <= _LONGEST and word.isalpha():
                # Looked for by words of its length, of one letter more, and of one less.
                for same in sorted({_same(len(word) + slip) for slip in (-1, 0, 1)}):
                    for part in _parts(word, same):
                        near.setdefault(part, []).append(word)
        self._near = {part: tuple(words) for part, words in near.items()}

    def meant(self, word: str) -> str:
        """The table's word that this one is or nearly is; else the word itself."""
        if word in self.known or word in self._ordinary:
            return word
        if _DRAWN_OUT.search(word):
            for shorter in (_DRAWN_OUT.sub(r"\1\1", word), _DRAWN_OUT.sub(r"\1", word), _TWICE.sub(r"\1", word)):
                if shorter in self.known:
                    return shorter
        if not SHORTEST_SWAP <= len(word) <= _LONGEST:
            return word
        near = filter(None, map(self._near.get, _parts(word, _same(len(word)))))
        found = [one for some in near if (one := process.extractOne(word, some, scorer=OSA.distance, score_cutoff=1))]
        # Two that changed places are one slip of those, too: only a short word or its first two are still to be tried.
        swaps = _with_two_swapped(word) if found or len(word) < SHORTEST else (word[1] + word[0] + word[2:],)
        for swapped in swaps:
            if swapped in self.known and swapped.isalpha():
                return swapped
        return min(found)[0] if found else word


def _same(length: int) -> int:
    """How many letters are whole on one side of a slip in a word of this length, whichever slip it is."""
    return 3 if length >= _LONG else 2


def _parts(word: str, same: int) -> tuple[str, str]:
    """How the word begins, and its first letter and how it ends: whatever is one slip away has one of the two."""
    return word[:same], f"{word[0]}…{word[-same:]}"


def _with_two_swapped(word: str) -> Iterator[str]:
    """The word with each two of its neighbouring letters swapped in turn."""
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
