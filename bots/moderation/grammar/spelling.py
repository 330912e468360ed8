# SPDX-License-Identifier: Apache-2.0
"""Words as they were meant: "dieeee", "sucidal", "hopless", "k*ll".

A word is only ever bent to one of a table's own, of five letters or more (of four, if two neighbours only changed
places), that begins with the same letter (or has its first two swapped) and is one slip away.
What the table calls `ordinary` stays what it is.
It takes the same time for every word, however many a table has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

SHORTEST = 5
SHORTEST_SWAP = 4
_LONGEST = 20
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_TWICE = re.compile(r"([^\W\d_])\1+")


class Spelling:
    """Knows the words of one table."""

    def __init__(self, known: Iterable[str], ordinary: Iterable[str] = ()) -> None:
        self._known = frozenset(known)
        self._ordinary = frozenset(ordinary)
        near: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if SHORTEST_SWAP <= len(word) <= _LONGEST and word.isalpha():
                for shorter in _with_one_less(word):
                    near.setdefault(shorter, []).append(word)
        self._near = {shorter: tuple(words) for shorter, words in near.items()}

    def meant(self, word: str) -> str:
        """The table's word that this one is or nearly is; else the word itself."""
        if word in self._known or word in self._ordinary:
            return word
        if _DRAWN_OUT.search(word):
            for shorter in (_DRAWN_OUT.sub(r"\1\1", word), _DRAWN_OUT.sub(r"\1", word), _TWICE.sub(r"\1", word)):
                if shorter in self._known:
                    return shorter
        if not SHORTEST_SWAP <= len(word) <= _LONGEST:
            return word
        for shorter in _with_one_less(word):
            for known in self._near.get(shorter, ()):
                same_start = known[0] == word[0] or known[:2] == word[1::-1]
                short = len(known) < SHORTEST and sorted(word) != sorted(known)
                if same_start and not short and OSA.distance(word, known, score_cutoff=1) <= 1:
                    return known
        return word


def _with_one_less(word: str) -> list[str]:
    """The word, and it without each of its letters in turn."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]
