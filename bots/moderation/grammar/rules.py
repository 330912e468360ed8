# SPDX-License-Identifier: Apache-2.0
"""A rule is a row of classes, and this finds such rows, in time linear in the number of words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# How many words that say little ("just", "really") may stand between two of a row.
_MOST_FILLERS = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """What a table says of some rows: their id, what they mark (a tier, a kind of finding), and how sure that is.

    Around a row, as far as its sentence goes or a "but", nothing of the classes `unless` may stand, and something of
    the classes `only` must, if there are any. Something of the classes `despite` outweighs the `unless`.
    `ways` say how a match is read: "plain" (no idiom has those words), "firm" (no "not" before them denies them),
    "opens" (nothing but words that say little stands before it, as far back as a pause), "across" (its parts may stand
    in different sentences), and others that whoever asks for matches knows.
    """

    id: str
    mark: str
    confidence: float
    ways: frozenset[str] = frozenset()
    unless: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    despite: tuple[str, ...] = ()

    @property
    def around(self) -> tuple[str, ...]:
        """Every class that may be asked for around a row."""
        return (*self.unless, *self.only, *self.despite)


IDIOM = Rule("idiom", "", 1.0)
"""The rule of rows that only sound like something."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule was found: words `start` to `end`, the last not included."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One place in a row: the class that stands there, and how many words of any kind may come before it."""

    of: int
    gap: int


@dataclass(frozen=True, slots=True)
class Row:
    """A rule's items in order, the purpose of the table it stands in, and the classes of all items as bits."""

    purpose: str
    rule: Rule
    items: tuple[Item, ...]
    needs: int


Edges = Mapping[int, Mapping[int, Sequence[int]]]
"""For each class: the words at which it begins, and the words before which it may end."""


def matches(
    row: Row, edges: Edges, sentences: Sequence[int], light: Sequence[bool], stops: Sequence[bool]
) -> Iterator[Match]:
    """Where the row stands: within one of the `sentences`, each place as short as it can be.

    `light` words may stand anywhere in it, `stops` (negations) never between two of its items.
    """
    # From the word before which the row so far ends, to where it began: the nearest beginning is the tightest.
    reached: dict[int, int] = {}
    first = edges[row.items[0].of]
    for start, ends in first.items():
        for end in ends:
            reached[end] = max(start, reached.get(end, -1))
    for item in row.items[1:]:
        here = edges[item.of]
        onward: dict[int, int] = {}
        for end, start in reached.items():
            for place in _places(end, item.gap, sentences, light, stops):
                for later in here.get(place, ()):
                    onward[later] = max(start, onward.get(later, -1))
        if not onward:
            return
        reached = onward
    for end, start in sorted(reached.items()):
        yield Match(row.rule, start, end)


def _places(
    end: int, gap: int, sentences: Sequence[int], light: Sequence[bool], stops: Sequence[bool]
) -> Iterator[int]:
    """Where the next item may begin."""
    sentence, fillers, place = sentences[end - 1], 0, end
    while place < len(sentences) and sentences[place] == sentence:
        yield place
        if light[place] and fillers < _MOST_FILLERS:
            fillers += 1
        elif gap and not stops[place]:
            gap -= 1
        else:
            return
        place += 1
