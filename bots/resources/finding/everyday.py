# SPDX-License-Identifier: Apache-2.0
"""The words of everyday English, and how often each is written: what a library's own words can't tell of a question.

A library has few of the words in which people tell a story: "my husbnad is scared" names nobody that it writes about.
`word_pieces.txt`, which ships for the sentence encoder, begins with the most frequent words and ends with the rarest,
so a word's place tells about how often it is written (Zipf). The list is kept as text and taken apart where it is
looked at: as a table it would take ten times the memory.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from io import StringIO
from itertools import dropwhile
from math import log

_FIRST = "the"
_SHORTEST = 2
# The very first are written less often than one over their place.
_FLAT = 3


class Everyday:
    """Knows `words`, the most frequent first. Without any, it knows of no word how often it is written."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        of_length: dict[int, StringIO] = defaultdict(StringIO)
        places: dict[int, array[int]] = defaultdict(lambda: array("H"))
        self._count = 0
        for word in words:
            of_length[len(word)].write(f" {word}")
            places[len(word)].append(self._count)
            self._count += 1
        self._of_length = {length: f"{among.getvalue()} " for length, among in of_length.items()}
        self._places = dict(places)

    def __len__(self) -> int:
        return self._count

    def get(self, length: int, otherwise: Sequence[str] = ()) -> Sequence[str]:
        """Those of so many letters."""
        return self._of_length[length].split() if length in self._of_length else otherwise

    def share(self, word: str) -> float:
        """Which share of all that is written is this word: 0 for one that is not known."""
        among = self._of_length.get(len(word), "")
        at = among.find(f" {word} ")
        if at < 0:
            return 0.0
        place = self._places[len(word)][among.count(" ", 0, at)]
        return 1 / ((place + _FLAT) * (log(self._count) + 1))


@cache
def everyday_english() -> Everyday:
    """The list that ships."""
    return Everyday(_shipped())


def _shipped() -> Iterator[str]:
    with (resources.files("bots.resources.finding") / "word_pieces.txt").open(encoding="utf-8") as pieces:
        for piece in dropwhile(lambda each: each.strip() != _FIRST, pieces):
            word = piece.strip()
            if len(word) >= _SHORTEST and word.isascii() and word.isalpha():
                yield word


NONE = Everyday()
