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
from weakref import WeakKeyDictionary

import numpy as np
import yaml
from numpy.typing import NDArray

from bots.moderation.grammar import tables
from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.reading import NUMBER, NUMBERS, YEAR

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


# Which words are idle, the first, and the one after the last.
_Piece = tuple[tuple[bool, ...], int, int]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing weighs, in hundredths, what every message starts with, and from where on it is heavy."""

    start: float
    heavy: float
    of: Mapping[str, int]

    def together(self, things: Iterable[str]) -> float:
        """The weight of a message in which these stand; those that nobody weighed count for nothing."""
        known = [self.of[thing] for thing in things if thing in self.of]
        return self.start + sum(known) / 100 / sqrt(len(known) + 1)


class Scale:
    """What was learned of a language, together: a text's words are looked up once for every purpose and mark."""

    def __init__(self, language: str, learned: Mapping[tuple[str, str], Weights]) -> None:
        self._marks = tuple(learned)
        self._many = len(learned)
        self._start = np.array([weights.start for weights in learned.values()], dtype=np.float32)
        self._heavy = np.array([weights.heavy for weights in learned.values()], dtype=np.float32)
        every = dict.fromkeys(chain.from_iterable(weights.of for weights in learned.values()))
        named = {purpose: _named(language, purpose) for purpose, _ in learned}
        # Each purpose has classes of its own, and some by the name that another has. Most weigh nothing.
        classes = {
            number: None
            for (purpose, _), weights in learned.items()
            for number, name in named[purpose].items()
            if name in weights.of
        }
        # Row 0 is nobody's: what was never weighed.
        rows = np.zeros((1 + len(every) + len(classes), len(learned)), dtype=np.float32)
        self._words = {thing: at for at, thing in enumerate(every, start=1)}
        self._classes = {number: at for at, number in enumerate(classes, start=1 + len(every))}
        self._numbers = frozenset(classes)
        for column, ((purpose, _), weights) in enumerate(learned.items()):
            for thing, weight in weights.of.items():
                if not thing.startswith("<"):
                    rows[self._words[thing], column] = weight / 100
            for number, name in named[purpose].items():
                if name in weights.of:
                    rows[self._classes[number], column] = weights.of[name] / 100
        # Behind what each thing weighs, whether it does: added up at once.
        self._rows = np.hstack([rows, rows != 0], dtype=np.float32)
        # Each purpose asks about the same pieces of a text, and mostly finds the same words idle. Gone with the text.
        self._kept = WeakKeyDictionary[Parsed, dict[_Piece, Sequence[tuple[str, str]]]]()

    def together(self, parsed: Parsed, idle: Sequence[bool], start: int, end: int) -> Mapping[tuple[str, str], float]:
        """What the words of a text from `start` to `end` weigh together, by purpose and mark."""
        return dict(zip(self._marks, self._weigh(parsed, idle, start, end).tolist(), strict=True))

    def heavy(self, parsed: Parsed, idle: tuple[bool, ...], start: int, end: int) -> Sequence[tuple[str, str]]:
        """The purposes and marks for which that is heavy."""
        kept, piece = self._kept.setdefault(parsed, {}), (idle, start, end)
        if piece not in kept:
            over = self._weigh(parsed, idle, start, end) >= self._heavy
            kept[piece] = [self._marks[at] for at in np.flatnonzero(over)]
        return kept[piece]

    def _weigh(self, parsed: Parsed, idle: Sequence[bool], start: int, end: int) -> NDArray[np.float32]:
        said = _words(parsed.meant[start:end], idle[start:end])
        classes = parsed.spoken_for(idle, start, end) & self._numbers
        rows = [*filter(None, map(self._words.get, said)), *map(self._classes.__getitem__, classes)]
        added = np.add.reduce(self._rows.take(rows, axis=0))
        weights: NDArray[np.float32] = added[: self._many] / np.sqrt(added[self._many :] + 1) + self._start
        return weights


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
    every = {of for piece in _pieces(len(silent)) for of in scale.heavy(parsed, silent, *piece)}
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
    classes = parsed.spoken_for(idle, 0, len(idle)).intersection(named)
    return _words(parsed.meant, idle).union(map(named.__getitem__, classes))


def _words(meant: Sequence[str], idle: Sequence[bool]) -> frozenset[str]:
    """Each word that is not idle, and two that follow each other."""
    said = [
        _IDLE if silent else NUMBER if word in _ANY_NUMBER else word for word, silent in zip(meant, idle, strict=True)
    ]
    pairs = [f"{word} {after}" for word, after in pairwise(said) if word and after]
    return frozenset(filter(None, said)).union(pairs)


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
