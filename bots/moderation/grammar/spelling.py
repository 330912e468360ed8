# SPDX-License-Identifier: Apache-2.0
"""Words as they were meant: "dieeee", "sucidal", "hopless", "k*ll".

A word is only ever bent to one of a table's own, of five letters or more (of four, if two neighbours only changed
places), that begins with the same letter (or has its first two swapped) and is one slip away.
What the table calls `ordinary` stays what it is.
It is looked for among those that begin alike and are about as long: that costs no memory to speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
SHORTEST_SWAP = 4
_LONGEST = 20
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_TWICE = re.compile(r"([^\W\d_])\1+")


class Spelling:
    """Knows the words of one table: `known` are those."""

    def __init__(self, known: Iterable[str], ordinary: Iterable[str] = ()) -> None:
        self.known = frozenset(known)
        self._ordinary = frozenset(ordinary)
        self._near: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self.known):
            if SHORTEST <= len(word) <= _LONGEST and word.isalpha():
                for length in range(len(word) - 1, len(word) + 2):
                    self._near.setdefault((word[0], length), []).append(word)

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
        near = self._near.get((word[0], len(word)), ())
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=1)
        # Two that changed places are one slip of those, too: only a short word or its first two are still to be tried.
        swaps = _with_two_swapped(word) if found or len(word) < SHORTEST else (word[1] + word[0] + word[2:],)
        for swapped in swaps:
            if swapped in self.known and swapped.isalpha():
                return swapped
        return found[0] if found else word


def _with_two_swapped(word: str) -> Iterator[str]:
    """The word with each two of its neighbouring letters swapped in turn."""
    return (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
