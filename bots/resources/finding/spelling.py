# SPDX-License-Identifier: Apache-2.0
"""Words that no entry has, mended by the words that entries have, and by those that say nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words are no slips of anything; in those below seven letters one slip, in longer ones two.
_SHORTEST = 3
_TWO_SLIPS_FROM = 7
# In a word this short, another first letter makes another word: "kill" is not "fill".
_SAME_START_TO = 4
# One this short is mended only where letters changed places or one was left out: it may be short for something.
_SHORT = 3
# People seldom get the first letter wrong.
_OTHER_START = 0.25
# Two letters change places, or one is left out or written twice, in as many ways as a word has letters; another letter
# is written in some 25 times as many ways, so each of these is that much less likely.
_LIKELY = 25
# Words that say nothing are written far more often than the number of entries shows.
_OFTEN = 3
# How often a word comes out as a certain other word: of a hundred slips that it has, each in a twentieth of a percent.
_SLIPS = 0.0005


class Spelling:
    """Knows `vocabulary`, and how many entries have each word, and the words that say nothing."""

    def __init__(self, vocabulary: Mapping[str, int], say_nothing: Collection[str] = ()) -> None:
        self._entries_with = vocabulary
        self._say_nothing = say_nothing
        self._of_length: dict[int, list[str]] = defaultdict(list)
        for word in {*vocabulary, *say_nothing}:
            if _is_plain(word):
                self._of_length[len(word)].append(word)

    def mended(self, word: str) -> str | None:
        """The word that was most likely meant, None if nothing is near enough.

        The fewer slips, the likelier; then the likelier the slip is, and the more often the word is written.
        """
        best = min(self._near(word), default=None)
        return best[-1] if best else None

    def rather(self, word: str, entries: int) -> str | None:
        """For a word that `entries` have: the one that it is more likely a slip of ("teh", "fod"), if there is one."""
        if not _is_plain(word):
            return None
        likelier = (
            (-self._entries_with.get(candidate, 0) * self._likely(word, candidate, slips), candidate)
            for candidate, slips in self._within(word, 1)
        )
        most, candidate = min(likelier, default=(0.0, ""))
        return candidate if -most * _SLIPS > entries else None

    def _near(self, word: str) -> Iterator[tuple[int, float, str]]:
        """Words and their places in the order of likelihood."""
        if not _is_plain(word):
            return
        for candidate, slips in self._within(word, 2 if len(word) >= _TWO_SLIPS_FROM else 1):
            often = _OFTEN if candidate in self._say_nothing else 1
            likely = self._likely(word, candidate, slips)
            if likely:
                yield slips, -max(self._entries_with.get(candidate, 0), 1) * often * likely, candidate

    def _likely(self, word: str, candidate: str, slips: int) -> float:
        """How likely a slip it is, beside others; 0 for what is rather another word."""
        swapped = sorted(candidate) == sorted(word)
        likely = slips == 1 and (swapped or len(candidate) > len(word) or _without_doubles(word) == candidate)
        other_start = candidate[0] != word[0] and not swapped
        if candidate not in self._say_nothing and (
            (other_start and len(word) <= _SAME_START_TO)
            or (len(word) <= _SHORT and not likely)
            or (len(candidate) <= _SHORT and not swapped)
        ):
            return 0.0
        return (_LIKELY if likely else 1) * (_OTHER_START if other_start else 1)

    def _within(self, word: str, slips: int) -> Iterator[tuple[str, int]]:
        for length in range(len(word) - slips, len(word) + slips + 1):
            near = process.extract_iter(word, self._of_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips)
            yield from ((candidate, int(distance)) for candidate, distance, _ in near if candidate != word)


def _without_doubles(word: str) -> str:
    return "".join(letter for letter, before in zip(word, f" {word}", strict=False) if letter != before)


def _is_plain(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()
