# SPDX-License-Identifier: Apache-2.0
"""How heavy the words of a message are together, where no row of the tables matches.

`tables/weights.<purpose>.<mark>.<language>.yaml` says for words, pairs of words and classes how much more often they
stand in what has the mark than in what only looks like it. It is written by `python -m benchmarks.weighing` from the
suites, and by nobody's messages. What is idle (an idiom's words, quoted, denied …) weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, pairwise
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
    """What each thing weighs, in hundredths, what every message starts with, and from where on it is heavy."""

    start: float
    heavy: float
    of: Mapping[str, int]


class Scale:
    """Weighs for several marks at once, so that each thing is looked up once."""

    def __init__(self, weighed: Mapping[str, Weights]) -> None:
        self._marks = {mark: (weights.start, weights.heavy) for mark, weights in weighed.items()}
        same: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._rows: dict[str, tuple[int, ...]] = {}
        for thing in dict.fromkeys(chain.from_iterable(weights.of for weights in weighed.values())):
            row = tuple(weights.of.get(thing, 0) for weights in weighed.values())
            self._rows[thing] = same.setdefault(row, row)

    def together(self, things: Iterable[str]) -> Mapping[str, float]:
        """By mark, the weight of a message in which these stand; those that nobody weighed count for nothing."""
        rows = [*filter(None, map(self._rows.get, things))]
        columns = zip(*rows, strict=True) if rows else [()] * len(self._marks)
        return {
            mark: start + sum(column) / 100 / sqrt(len(column) - column.count(0) + 1)
            for (mark, (start, _)), column in zip(self._marks.items(), columns, strict=True)
        }

    def heavy(self, things: Iterable[str]) -> Iterator[str]:
        """The marks for which a message is heavy in which these stand."""
        for mark, weight in self.together(things).items():
            if weight >= self._marks[mark][1]:
                yield mark


def learn(languages: Iterable[str]) -> None:
    """Read the tables of these languages, and English, and their weights, now and not with the first message."""
    tables.learn(languages)
    for language in {*languages, "en"} & {*tables.LANGUAGES}:
        for purpose in tables.PURPOSES:
            _scale(purpose, language)


def heavy(parsed: Parsed, purpose: str, idle: Sequence[bool]) -> frozenset[str]:
    """The marks of the purpose whose words weigh as much together as those of a text do, without those that are idle.

    None in a language in which nobody weighed them.
    """
    scale = _scale(purpose, parsed.language)
    if scale is None or idle.count(False) < _TOO_FEW:
        return frozenset()
    pieces = (things(parsed, purpose, idle, start, end) for start, end in _pieces(len(idle)))
    return frozenset(chain.from_iterable(map(scale.heavy, pieces)))


def heaviest(parsed: Parsed, purpose: str, mark: str, idle: Sequence[bool]) -> tuple[int, int]:
    """The first word of the sentence that weighs most as what is `heavy` with this mark, and the one after its last."""
    scale = _scale(purpose, parsed.language)
    assert scale is not None
    sentences = parsed.reading.sentences
    begins = [at for at in range(1, len(sentences)) if sentences[at] != sentences[at - 1]]
    pieces = pairwise((0, *begins, len(sentences)))
    return max(pieces, key=lambda piece: scale.together(things(parsed, purpose, idle, *piece))[mark])


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
    words = _all_words(tuple(parsed.meant[start:end]), tuple(idle[start:end]))
    return words.union([named[of] for of in classes])


@lru_cache(maxsize=64)
def _all_words(meant: tuple[str, ...], idle: tuple[bool, ...]) -> frozenset[str]:
    """The same for every purpose, which are asked one after the other."""
    return frozenset(_words(meant, idle))


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
def _scale(purpose: str, language: str) -> Scale | None:
    """Of all that is weighed for a purpose; None where nobody weighed anything."""
    weighed = {}
    for file in (resources.files(__package__) / "tables").iterdir():
        named = file.name.split(".")
        if named[:2] == ["weights", purpose] and named[3] == language:
            # A loader that makes nothing but text.
            written = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506
            weighed[named[2]] = Weights(float(written["start"]), float(written["heavy"]), _listed(written["weights"]))
    return Scale(weighed) if weighed else None


def _listed(weights: Mapping[str, str]) -> dict[str, int]:
    return {thing.strip(): int(weight) for weight, some in weights.items() for thing in some.split(",")}
