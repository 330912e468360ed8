# SPDX-License-Identifier: Apache-2.0
"""How heavy the words of a message are together, where no row of the tables matches.

`tables/weights.<purpose>.<mark>.<language>.yaml` says for words, pairs of words and classes how much more often they
stand in what has the mark than in what only looks like it. It is written by `python -m benchmarks.weighing` from the
suites, and by nobody's messages. What is idle (an idiom's words, quoted, denied …) weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain, pairwise
from math import sqrt
from struct import Struct

import yaml

from bots.moderation.grammar import tables
from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.reading import NUMBER, NUMBERS, YEAR
from bots.moderation.grammar.trie import Node

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_ANY_NUMBER = frozenset({*NUMBERS, YEAR})
# What stands in a pair where a word says nothing.
_IDLE = ""
_NOTHING: frozenset[str] = frozenset()
# Of fewer words, one would decide.
_TOO_FEW = 6
# Of longer texts each stretch is weighed, too. Of 142 long cries that were left out, this heard 103 (the whole alone
# 76), and 16 of 125 that only sound like one (7).
_LONG, _STRETCH = 30, 24


# What a thing weighs for every purpose and mark is one number, in lanes of so many bits, so that all are added up at
# once. In the upper part of a lane is how many things weigh something, in the lower what they weigh, each so much more
# that it is never less than nothing.
_LANE, _COUNT, _MORE = 64, 40, 1 << 20
_BELOW = (1 << _COUNT) - 1


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing weighs, in hundredths, what every message starts with, and from where on it is heavy."""

    start: float
    heavy: float
    of: Mapping[str, int]

    def together(self, things: Iterable[str]) -> float:
        """The weight of a message in which these stand; those that nobody weighed count for nothing."""
        known = [self.of[thing] for thing in things if thing in self.of]
        return _together(self.start, sum(known), len(known))


class Scale:
    """What was learned of a language, together: a text's words are looked up once for every purpose and mark."""

    def __init__(self, language: str, learned: Mapping[tuple[str, str], Weights]) -> None:
        self._starts = [(of, weights.start) for of, weights in learned.items()]
        # How heavy what stands there must be, when it is one thing.
        self._limits = [(of, 100 * (weights.heavy - weights.start)) for of, weights in learned.items()]
        self._lanes = Struct(f"<{len(learned)}Q")
        self._words: dict[str, int] = {}
        # What a word weighs with the one after it.
        self._pairs: dict[str, dict[str, int]] = {}
        self._classes: dict[int, int] = {}
        # The same words stand in many pairs, and in every table.
        one_of: dict[str, str] = {}
        for lane, ((purpose, _), weights) in enumerate(learned.items()):
            # Each purpose has classes of its own, and some by the name that another has. Most weigh nothing.
            for number, name in _named(language, purpose).items():
                if name in weights.of:
                    self._classes[number] = self._classes.get(number, 0) + _in_lane(lane, weights.of[name])
            for thing, weight in weights.of.items():
                if not thing.startswith("<"):
                    word, after = (one_of.setdefault(each, each) for each in thing.partition(" ")[::2])
                    row, key = (self._pairs.setdefault(word, {}), after) if after else (self._words, word)
                    row[key] = row.get(key, 0) + _in_lane(lane, weight)
        # Many things weigh the same.
        same: dict[int, int] = {}
        for row in (self._words, *self._pairs.values()):
            row.update({thing: same.setdefault(weight, weight) for thing, weight in row.items()})
        # Of the classes of the phrases that end there, those that weigh something.
        self._phrases: dict[Node, tuple[int, ...]] = {}

    def together(self, parsed: Parsed, idle: Sequence[bool], start: int, end: int) -> Mapping[tuple[str, str], float]:
        """What the words of a text from `start` to `end` weigh together, by purpose and mark."""
        lanes = zip(self._starts, self._weigh(parsed, idle, start, end), strict=True)
        return {of: _together(begin, *_out_of_lane(lane)) for (of, begin), lane in lanes}

    def heavy(self, parsed: Parsed, idle: tuple[bool, ...], start: int, end: int) -> Sequence[tuple[str, str]]:
        """The purposes and marks for which that is heavy."""
        piece = (idle[start:end], start, end)
        heavy = parsed.weighed.get(piece)
        if heavy is None:
            lanes = zip(self._limits, self._weigh(parsed, idle, start, end), strict=True)
            heavy = parsed.weighed[piece] = [
                of
                for (of, limit), lane in lanes
                if (lane & _BELOW) - (lane >> _COUNT) * _MORE >= limit * sqrt((lane >> _COUNT) + 1)
            ]
        return heavy

    def _weigh(self, parsed: Parsed, idle: Sequence[bool], start: int, end: int) -> tuple[int, ...]:
        """The lanes of a piece of a text."""
        said = _said(parsed.meant[start:end], idle[start:end])
        added = sum(filter(None, map(self._words.get, {*said})))
        for word, after in {*pairwise(said)}:
            pairs = self._pairs.get(word)
            if pairs is not None and after in pairs:
                added += pairs[after]
        classes = {*chain.from_iterable(map(self._phrase, {*parsed.spoken_for(idle, start, end)}))}
        added += sum(map(self._classes.__getitem__, classes))
        return self._lanes.unpack(added.to_bytes(self._lanes.size, "little"))

    def _phrase(self, node: Node) -> tuple[int, ...]:
        weighing = self._phrases.get(node)
        if weighing is None:
            weighing = self._phrases[node] = tuple(of for of in node.classes if of in self._classes)
        return weighing


def _together(start: float, hundredths: int, things: int) -> float:
    """Many light things are no heavy one."""
    return start + hundredths / 100 / sqrt(things + 1)


def _in_lane(lane: int, weight: int) -> int:
    return ((1 << _COUNT) + _MORE + weight) << (_LANE * lane)


def _out_of_lane(lane: int) -> tuple[int, int]:
    """What the things weigh, and how many they are."""
    things = lane >> _COUNT
    return (lane & _BELOW) - things * _MORE, things


def learn(languages: Iterable[str]) -> None:
    """Read the tables of these languages, and English, and their weights, now and not with the first message."""
    tables.learn(languages)
    for language in {*languages, "en"} & {*tables.LANGUAGES}:
        _scale(language)


def heavy(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> frozenset[str]:
    """The marks of the purpose whose words weigh as much together as those of a text do, without those that are idle.

    None in a language in which nobody weighed them.
    """
    if idle.count(False) < _TOO_FEW:
        return _NOTHING
    scale, silent = _scale(parsed.language), tuple(idle)
    every = [of for piece in _pieces(len(silent)) for of in scale.heavy(parsed, silent, *piece)]
    return frozenset(mark for of, mark in every if of == purpose) if every else _NOTHING


def heaviest(parsed: Parsed, purpose: str, mark: str, idle: Sequence[bool]) -> tuple[int, int]:
    """The first word of the sentence that weighs most as what is `heavy` with this mark, and the one after its last."""
    scale = _scale(parsed.language)
    sentences = parsed.reading.sentences
    begins = [at for at in range(1, len(sentences)) if sentences[at] != sentences[at - 1]]
    pieces = pairwise((0, *begins, len(sentences)))
    return max(pieces, key=lambda piece: scale.together(parsed, idle, *piece)[purpose, mark])


def _pieces(words: int) -> Iterator[tuple[int, int]]:
    """The whole, and of a long text each stretch that overlaps with the next: what is said once is not talked away."""
    yield 0, words
    if words > _LONG:
        for start in range(0, words - _STRETCH // 2, _STRETCH // 2):
            yield start, min(words, start + _STRETCH)


def things(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> frozenset[str]:
    """What is weighed of a text: its words as they were meant, each two in a row, and named classes."""
    named = _named(parsed.language, purpose)
    said = _said(parsed.meant, idle)
    pairs = (f"{word} {after}" for word, after in pairwise(said) if word and after)
    classes = (named[of] for node in parsed.spoken_for(idle, 0, len(idle)) for of in node.classes if of in named)
    return frozenset(filter(None, chain(said, pairs, classes)))


def _said(meant: Sequence[str], idle: Sequence[bool]) -> list[str]:
    """The words as they are weighed: numbers as one, and nothing where one is idle."""
    said = [NUMBER if word in _ANY_NUMBER else word for word in meant]
    return [_IDLE if silent else word for word, silent in zip(said, idle, strict=True)] if True in idle else said


@cache
def _named(language: str, purpose: str) -> dict[int, str]:
    """The purpose's classes and the shared ones by number: no words of a row, and no alternatives."""
    named = {}
    for name, number in tables.grammar(language).classes.items():
        of, _, own = name.rpartition(":")
        if name[0] not in "=#" and "|" not in name and of in ("", purpose):
            named[number] = f"<{own}>"
    return named


@cache
def _scale(language: str) -> Scale:
    """Of all that anybody learned of a language."""
    learned = {}
    for file in sorted((resources.files(__package__) / "tables").iterdir(), key=lambda file: file.name):
        if file.name.startswith("weights.") and file.name.endswith(f".{language}.yaml"):
            _, purpose, mark, _, _ = file.name.split(".")
            # A loader that makes nothing but text.
            written = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506
            learned[purpose, mark] = Weights(
                float(written["start"]), float(written["heavy"]), _listed(written["weights"])
            )
    return Scale(language, learned)


def _listed(weights: Mapping[str, str]) -> dict[str, int]:
    return {thing.strip(): int(weight) for weight, some in weights.items() for thing in some.split(",")}
