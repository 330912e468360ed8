# SPDX-License-Identifier: Apache-2.0
"""Words that no entry has, mended by the words that entries have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words are too often something else; in those below seven letters one slip, in longer ones two.
_SHORTEST = 4
_TWO_SLIPS_FROM = 7


class Spelling:
    """Knows `vocabulary`, and how many entries have each word."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._entries_with = vocabulary
        self._of_length: dict[int, list[str]] = defaultdict(list)
        for word in vocabulary:
            if _is_plain(word):
                self._of_length[len(word)].append(word)

    def mended(self, word: str, never: Collection[str] = ()) -> str | None:
        """The nearest word that is known, of equally near ones the most frequent; None if nothing is near enough.

        What is in `never` is meant as it is written, and is not what anything is mended to.
        """
        if not _is_plain(word) or word in never:
            return None
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        best: tuple[int, bool, int, str] | None = None
        for length in range(len(word) - slips, len(word) + slips + 1):
            near = process.extract_iter(word, self._of_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips)
            for candidate, distance, _ in near:
                same_start = candidate[0] == word[0]
                # In a short word another first letter makes another word: "kill" is not "fill".
                if candidate in never or (slips == 1 and not same_start):
                    continue
                key = (int(distance), not same_start, -self._entries_with[candidate], candidate)
                best = key if best is None else min(best, key)
        return best[-1] if best else None


def _is_plain(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()
