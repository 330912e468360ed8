# SPDX-License-Identifier: Apache-2.0
"""What stands beside a word says what was meant by it: a "lay eye" is a lazy one, a "heat attack" one of the heart.

Where two words stand side by side in entries more often than chance would have it, they belong together. This is all
that the rest of a question is asked for: by its other words, by the entries that it finds and by vectors, readings
were chosen no better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

# So much of it is belief in the pairs that entries have; most that people write stands in none.
_BELIEF = 0.2
# So many times two words come together by chance where hardly anybody writes either: once is little.
_BY_CHANCE = 0.02
_SELDOM = 0.5
# Left of the first word and right of the last.
_NOBODY = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """`entries` have each word, `often` tells in how many one is expected, `whole` is all of these added up.

    `together` counts the entries in which one word stands right before the other.
    """

    entries: Mapping[str, int]
    often: Callable[[str], float]
    whole: int
    together: Callable[[str, str], int]

    def fit(self, meant: str, left: str, right: str) -> float:
        """How much likelier what was meant is made by what stands left and right of it."""
        fit = 1.0
        if left in self.entries:
            fit *= self._drawn(left, meant, self.together(left, meant))
        if right in self.entries:
            fit *= self._drawn(right, meant, self.together(meant, right))
        return fit

    def _drawn(self, to: str, meant: str, together: int) -> float:
        expected = self.entries[to] * max(self.often(meant), _SELDOM) / self.whole
        return 1 - _BELIEF + _BELIEF * together / (expected + _BY_CHANCE)


def in_their_place(
    words: Sequence[str], readings: Mapping[str, Mapping[str, float]], pairs: Pairs
) -> dict[str, Mapping[str, float]]:
    """The readings of a question's words, each as likely as its neighbours make it, where it stands first.

    A neighbour counts as the likeliest of its own readings.
    """
    placed = dict(readings)

    def likeliest(at: int) -> str:
        word = words[at] if 0 <= at < len(words) else _NOBODY
        likely = placed.get(word)
        return max(likely, key=likely.__getitem__) if likely else word

    for word, likely in readings.items():
        if len(likely) > 1:
            at = words.index(word)
            left, right = likeliest(at - 1), likeliest(at + 1)
            placed[word] = {meant: much * pairs.fit(meant, left, right) for meant, much in likely.items()}
    return placed
