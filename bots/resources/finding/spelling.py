# SPDX-License-Identifier: Apache-2.0
"""Words that no entry has, mended by the words that entries have, and by those that say nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words are too often something else; in those below seven letters one slip, in longer ones two.
_SHORTEST = 4
_TWO_SLIPS_FROM = 7
# In a word this short, another first letter makes another word: "kill" is not "fill".
_SAME_START_TO = 4
# People seldom get the first letter wrong.
_OTHER_START = 0.25


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
        """The nearest word that is known, None if nothing is near enough.

        Of equally near ones that which says nothing ("whta" is not "wheat"), and then the most frequent.
        """
        best = min(self._near(word), default=None)
        return best[-1] if best else None

    def _near(self, word: str) -> Iterator[tuple[int, bool, float, str]]:
        """Words and their places in the order of likelihood."""
        if not _is_plain(word):
            return
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        for length in range(len(word) - slips, len(word) + slips + 1):
            near = process.extract_iter(word, self._of_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips)
            for candidate, distance, _ in near:
                other_start = candidate[0] != word[0]
                if other_start and len(word) <= _SAME_START_TO:
                    continue
                entries = self._entries_with.get(candidate, 0) * (_OTHER_START if other_start else 1)
                yield int(distance), candidate not in self._say_nothing, -entries, candidate


def _is_plain(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()
