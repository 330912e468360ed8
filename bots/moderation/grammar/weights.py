# SPDX-License-Identifier: Apache-2.0
"""How heavy the words of a message are together, where no row of the tables matches.

`tables/weights.<language>.yaml` says for words, pairs of words and classes how much more often they stand in a cry than
in what only looks like one. It is written by `python -m benchmarks.weighing` from the suites, and by nobody's messages.
What is idle (an idiom's words, quoted, denied …) weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
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
    for language in {*languages, "en"}:
        _weights(language)


def is_weighed(language: str) -> bool:
    """Whether anybody learned what the words of a language weigh."""
    return _weights(language) is not None


def is_heavy(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> bool:
    """Whether the words of a text together weigh as much as those of a cry do, without those that are idle."""
    weights = _weights(parsed.language)
    if weights is None or idle.count(False) < _TOO_FEW:
        return False
    return weights.together(things(parsed, purpose, idle)) >= weights.heavy


def things(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> frozenset[str]:
    """What is weighed of a text: its words as they were meant, two that follow each other, and named classes."""
    return frozenset(_things(parsed, purpose, idle))


def _things(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> Iterator[str]:
    words = [_IDLE if says_nothing else _plain(word) for word, says_nothing in zip(parsed.meant, idle, strict=True)]
    before = _IDLE
    for word in words:
        if word:
            yield word
            if before:
                yield f"{before} {word}"
        before = word
    named = _named(parsed.language, purpose)
    yield from map(named.__getitem__, parsed.spoken_for(idle).intersection(named))


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
def _weights(language: str) -> Weights | None:
    file = resources.files(__package__) / "tables" / f"weights.{language}.yaml"
    if not file.is_file():
        return None
    # A loader that makes nothing but text.
    written = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506
    of = {thing.strip(): int(weight) / 100 for weight, some in written["weights"].items() for thing in some.split(",")}
    return Weights(float(written["start"]), float(written["heavy"]), of)
