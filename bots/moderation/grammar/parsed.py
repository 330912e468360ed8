# SPDX-License-Identifier: Apache-2.0
"""A text in which phrases were found, the rules that match, and what stands around a match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from bots.moderation.grammar.reading import TAKEN_OUT, Reading
from bots.moderation.grammar.rules import IDIOM, Match, Row, matches
from bots.moderation.grammar.trie import Hit, Node

# Without any punctuation, what stands further away than this belongs to something else.
_FURTHEST = 25
_LONG_PHRASE = 4


class Parsed:
    """Asked for what was found, and then for what surrounds it.

    `classes` are the numbers of those of the language's tables by name; `light` the words that may stand anywhere.
    """

    def __init__(
        self,
        reading: Reading,
        meant: Sequence[str],
        hits: Sequence[Hit],
        rows: Sequence[Row],
        *,
        language: str,
        classes: Mapping[str, int],
        light: frozenset[str],
    ) -> None:
        self.reading = reading
        # The reading's words as they were meant.
        self.meant = meant
        self.language = language
        self._hits = hits
        self._rows = rows
        self._rules: dict[str, list[Row]] = {}
        self._idiom_rows: dict[str, list[Row]] = {}
        for row in rows:
            of = self._idiom_rows if row.rule is IDIOM else self._rules
            of.setdefault(row.purpose, []).append(row)
        self._classes = classes
        self._light_words = light
        self._covered: dict[str, list[bool]] = {}
        self._idiomatic: dict[str, list[bool]] = {}
        self._matched: dict[str, Sequence[Match]] = {}
        self.weighed: dict[tuple[object, ...], Sequence[tuple[str, str]]] = {}
        """What was weighed of it, for who weighs it: several ask, one after the other. It is gone with the text."""

    def matches(self, purpose: str) -> Sequence[Match]:
        """Every match of a purpose's rules that none of its idioms overlaps, unless it is "plain"."""
        if purpose not in self._rules:
            return ()
        if purpose not in self._matched:
            self._matched[purpose] = tuple(self._matching(purpose))
        return self._matched[purpose]

    def _matching(self, purpose: str) -> Iterator[Match]:
        for row in self._rules[purpose]:
            plain = "plain" in row.rule.ways
            for match in self._of(row):
                if (plain or not any(self._idioms(purpose)[match.start : match.end])) and self._fits(match):
                    yield match

    def has(self, name: str, start: int, end: int) -> bool:
        """Whether a word of the class stands between two places."""
        return any(self.covered(name)[max(0, start) : end])

    def covered(self, name: str) -> Sequence[bool]:
        """For each word whether it is part of the class."""
        if name not in self._covered:
            covered = [False] * len(self.reading.words)
            bit = 1 << self._classes[name]
            for node, start, end in self._hits:
                if node.bits & bit:
                    covered[start:end] = [True] * (end - start)
            self._covered[name] = covered
        return self._covered[name]

    def idle(self, purpose: str) -> tuple[bool, ...]:
        """For each word whether it says nothing of its own: an idiom's of the purpose, quoted, or taken out."""
        if purpose not in self._idiom_rows or True not in (idioms := self._idioms(purpose)):
            return self._silent
        return tuple([one or other for one, other in zip(idioms, self._silent, strict=True)])

    @cached_property
    def _silent(self) -> tuple[bool, ...]:
        """For each word whether it is quoted or taken out."""
        quoted = self.reading.quoted
        if TAKEN_OUT not in self.meant:
            return quoted
        return tuple([one or word == TAKEN_OUT for one, word in zip(quoted, self.meant, strict=True)])

    def spoken_for(self, idle: Sequence[bool], start: int, end: int) -> list[Node]:
        """Where every phrase ends, in the tree, that stands between two places and of which no word is idle."""
        if end - start == len(idle) and True not in idle:
            return [node for node, _, _ in self._hits]
        hits = chain.from_iterable(self._hits_from[start:end])
        return [node for node, first, last in hits if last <= end and True not in idle[first:last]]

    @cached_property
    def _hits_from(self) -> Sequence[Sequence[Hit]]:
        """What begins at each word."""
        hits: list[list[Hit]] = [[] for _ in self.reading.words]
        for hit in self._hits:
            hits[hit[1]].append(hit)
        return hits

    def before(self, match: Match, words: int) -> int:
        """Where what stands before a match begins: so many words back, but in its sentence."""
        sentences = self.reading.sentences
        begin = match.start
        while begin and match.start - begin < words and sentences[begin - 1] == sentences[match.start]:
            begin -= 1
        return begin

    def clause(self, match: Match) -> tuple[int, int]:
        """The sentence of a match, as far as a "but" on either side of it."""
        sentences, turns = self.reading.sentences, self.covered("turns")
        begin, end = match.start, match.end
        furthest = self.before(match, _FURTHEST)
        while begin > furthest and not turns[begin - 1]:
            begin -= 1
        last = min(len(sentences), end + _FURTHEST)
        while end < last and sentences[end] == sentences[match.start] and not turns[end]:
            end += 1
        return begin, end

    def piece(self, match: Match) -> tuple[int, int]:
        """The clause of a match, as far as a comma or the end of a line on either side of it."""
        pauses = self.reading.pauses
        begin, end = match.start, match.end
        first, last = self.clause(match)
        while begin > first and pauses[begin - 1] == pauses[match.start]:
            begin -= 1
        while end < last and pauses[end] == pauses[match.end - 1]:
            end += 1
        return begin, end

    def _fits(self, match: Match) -> bool:
        rule = match.rule
        if "opens" in rule.ways and not all(self._light[self.piece(match)[0] : match.start]):
            return False
        if not rule.unless and not rule.only:
            return True
        begin, end = self.clause(match)
        stands = {name for name in rule.around if self.has(name, begin, end)}
        if not stands.isdisjoint(rule.unless) and stands.isdisjoint(rule.despite):
            return False
        return not rule.only or not stands.isdisjoint(rule.only)

    @cached_property
    def _edges(self) -> Mapping[int, Mapping[int, Sequence[int]]]:
        edges: dict[int, dict[int, list[int]]] = {item.of: {} for row in self._rows for item in row.items}
        needed = 0
        for row in self._rows:
            needed |= row.needs
        for node, start, end in self._hits:
            if node.bits & needed:
                for of in node.classes:
                    if of in edges:
                        edges[of].setdefault(start, []).append(end)
        return edges

    @cached_property
    def _one_sentence(self) -> Sequence[int]:
        return [0] * len(self.reading.words)

    @cached_property
    def _reach(self) -> Sequence[int]:
        """For each word, where the longest of the long phrases that begin with it ends."""
        reach = [0] * len(self.reading.words)
        for _, start, end in self._hits:
            if end - start >= _LONG_PHRASE:
                reach[start] = max(end, reach[start])
        return reach

    @cached_property
    def _light(self) -> Sequence[bool]:
        return [word in self._light_words for word in self.reading.words]

    def _idioms(self, purpose: str) -> Sequence[bool]:
        if purpose not in self._idiomatic:
            idiomatic = [False] * len(self.reading.words)
            for row in self._idiom_rows.get(purpose, ()):
                for match in self._of(row):
                    # "want to jump in" is none, where a longer phrase goes on: "in front of a train".
                    if max(self._reach[match.start : match.end]) <= match.end:
                        idiomatic[match.start : match.end] = [True] * (match.end - match.start)
            self._idiomatic[purpose] = idiomatic
        return self._idiomatic[purpose]

    def _of(self, row: Row) -> Iterator[Match]:
        sentences = self._one_sentence if "across" in row.rule.ways else self.reading.sentences
        return matches(row, self._edges, sentences, self._light, self.covered("no"))
