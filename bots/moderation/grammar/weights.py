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
from itertools import chain
from math import sqrt

import yaml

from bots.moderation.grammar import tables
from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.reading import NUMBER, NUMBERS, YEAR

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_ANY_NUMBER = frozenset({*NUMBERS, YEAR})
# What stands in a pair where a word says nothing.
_IDLE = ""
# Of fewer words, one would decide.
_TOO_FEW = 6
# Of longer texts each stretch is weighed, too. Of 142 long cries that were left out, this heard 103 (the whole alone
# 76), and 16 of 125 that only sound like one (7).
_LONG, _STRETCH = 30, 24


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing weighs, what every message starts with, and from where on it is heavy."""

    start: float
    heavy: float
    of: dict[str, float]

    def together(self, things: frozenset[str]) -> float:
        """The weight of a message in which these stand; those that nobody weighed count for nothing."""
        known = [self.of[thing] for thing in things if thing in self.of]
        return self.start + sum(known) / sqrt(len(known) + 1)


def learn(languages: Iterable[str]) -> None:
    """Read the tables of these languages, and English, and their weights, now and not with the first message."""
    tables.learn(languages)
    for language in {*languages, "en"} & {*tables.LANGUAGES}:
        for purpose in tables.PURPOSES:
            _weights(purpose, language)


def heavy(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> frozenset[str]:
    """The marks of the purpose whose words weigh as much together as those of a text do, without those that are idle.

    None in a language in which nobody weighed them.
    """
    weighed = _weights(purpose, parsed.language)
    if not weighed or idle.count(False) < _TOO_FEW:
        return frozenset()
    pieces = [things(parsed, purpose, idle, start, end) for start, end in _pieces(len(idle))]
    return frozenset(mark for mark, weights in weighed.items() if max(map(weights.together, pieces)) >= weights.heavy)


def _pieces(words: int) -> Iterator[tuple[int, int]]:
    """The whole, and of a long text each stretch that overlaps with the next: what is said once is not talked away."""
    yield 0, words
    if words > _LONG:
        for start in range(0, words - _STRETCH // 2, _STRETCH // 2):
            yield start, min(words, start + _STRETCH)


def things(
    parsed: Parsed, purpose: str, idle: Sequence[bool], start: int = 0, end: int | None = None
) -> frozenset[str]:
    """What is weighed of the words from `start` to `end`: these as they were meant, each two in a row, and classes."""
    end = len(idle) if end is None else end
    named = _named(parsed.language, purpose)
    classes = parsed.spoken_for(idle, start, end).intersection(named)
    return frozenset(chain(_words(parsed.meant[start:end], idle[start:end]), map(named.__getitem__, classes)))


def _words(meant: Sequence[str], idle: Sequence[bool]) -> Iterator[str]:
    """Each word, and two that follow each other."""
    before = _IDLE
    for word, says_nothing in zip(meant, idle, strict=True):
        plain = _IDLE if says_nothing else _plain(word)
        if plain:
            yield plain
            if before:
                yield f"{before} {plain}"
        before = plain


def _plain(word: str) -> str:
    return NUMBER if word in _ANY_NUMBER else word


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
def _weights(purpose: str, language: str) -> Mapping[str, Weights]:
    """By mark."""
    weighed = {}
    for file in (resources.files(__package__) / "tables").iterdir():
        named = file.name.split(".")
        if named[:2] == ["weights", purpose] and named[3] == language:
            # A loader that makes nothing but text.
            written = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506
            weighed[named[2]] = Weights(float(written["start"]), float(written["heavy"]), _listed(written["weights"]))
    return weighed


def _listed(weights: Mapping[str, str]) -> dict[str, float]:
    return {thing.strip(): int(weight) / 100 for weight, some in weights.items() for thing in some.split(",")}
