# SPDX-License-Identifier: Apache-2.0
"""A text in which a table's classes were found, and what stands around a match: who, whether, when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from bots.moderation.grammar.reading import Reading
from bots.moderation.grammar.rules import Edges, Match, Row, matches

if TYPE_CHECKING:
    from bots.moderation.grammar.tables import Grammar

_IDIOM = "idiom"


class Parsed:
    """Asked for what was found, and then for what surrounds it."""

    def __init__(self, reading: Reading, edges: Edges, rows: Sequence[Row], grammar: Grammar) -> None:
        self.reading = reading
        self._edges = edges
        self._rows = rows
        self._classes = grammar.classes
        self._light_words = grammar.light

    def matches(self) -> Iterator[Match]:
        """Every match of a rule that no idiom overlaps."""
        for row in self._rows:
            if row.rule.id != _IDIOM:
                for match in self._of(row):
                    if not any(self._idiomatic[match.start : match.end]) and self._fits(match):
                        yield match

    def clause(self, match: Match) -> tuple[int, int]:
        """The sentence of a match, as far as a "but" on either side of it."""
        begin, end = self.sentence(match.start)
        turns = self.covered("turns")
        before = (at + 1 for at in range(match.start - 1, begin - 1, -1) if turns[at])
        after = (at for at in range(match.end, end) if turns[at])
        return next(before, begin), next(after, end)

    def _fits(self, match: Match) -> bool:
        rule = match.rule
        if not rule.unless and not rule.only:
            return True
        begin, end = self.clause(match)
        stands = {name for name in (*rule.unless, *rule.only, *rule.despite) if self.has(name, begin, end)}
        if not stands.isdisjoint(rule.unless) and stands.isdisjoint(rule.despite):
            return False
        return not rule.only or not stands.isdisjoint(rule.only)

    def has(self, name: str, start: int, end: int) -> bool:
        """Whether a word of the class stands between two places."""
        return any(self.covered(name)[max(0, start) : end])

    def covered(self, name: str) -> Sequence[bool]:
        """For each word whether it is part of the class."""
        if name not in self._covered:
            covered = [False] * len(self.reading.words)
            for start, ends in self._edges.get(self._classes.get(name, -1), {}).items():
                for end in ends:
                    covered[start:end] = [True] * (end - start)
            self._covered[name] = covered
        return self._covered[name]

    def sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence of a word begins and ends."""
        return self._bounds[self.reading.sentences[at]]

    @cached_property
    def _bounds(self) -> dict[int, tuple[int, int]]:
        bounds: dict[int, tuple[int, int]] = {}
        for at, sentence in enumerate(self.reading.sentences):
            bounds[sentence] = (bounds.get(sentence, (at, at))[0], at + 1)
        return bounds

    @cached_property
    def _covered(self) -> dict[str, list[bool]]:
        return {}

    @cached_property
    def _light(self) -> Sequence[bool]:
        return [word in self._light_words for word in self.reading.words]

    @cached_property
    def _idiomatic(self) -> Sequence[bool]:
        idiomatic = [False] * len(self.reading.words)
        for row in self._rows:
            if row.rule.id == _IDIOM:
                for match in self._of(row):
                    idiomatic[match.start : match.end] = [True] * (match.end - match.start)
        return idiomatic

    def _of(self, row: Row) -> Iterator[Match]:
        return matches(row, self._edges, self.reading.sentences, self._light, self.covered("no"))
