# SPDX-License-Identifier: Apache-2.0
"""Words and meaning put together, and who an entry is for. Pure: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from bots.resources.finding.entry import For
from bots.resources.finding.meaning import Nearness
from bots.resources.finding.vectors import Vectors

T = TypeVar("T")

# So many are shown at a time.
MOST_RESULTS = 3

# Half for the words, a quarter each for what entries are called and for what is in them: fixed, and not fitted
# to any set of questions. (Between .3 and .6 for the words, nDCG@10 changed by .03 at most.)
_WORDS = 0.5
# How far an entry that is for others falls behind one that is for the person, or for everybody.
_FOR_OTHERS = {"condition": 0.6, "language": 0.7, "country": 0.6, "audience": 0.85}
_FOR_THEM = {"condition": 1.5, "language": 1.0, "country": 1.1, "audience": 1.1}
# Of whom it is not known where they are, most are elsewhere than in the few countries that an entry is for.
_FOR_SOME = {"country": 0.85}
_FACTS = {"condition": "conditions", "language": "languages", "country": "countries", "audience": "audience"}


def of_best(scores: Vectors) -> Vectors:
    """As shares of the best one; what is below zero is nothing."""
    best = scores.max(initial=0.0)
    return np.clip(scores, 0, None) / best if best > 0 else np.zeros_like(scores)


def fused(words: Vectors, meanings: Sequence[tuple[float, Nearness]]) -> Vectors:
    """How well each entry fits, 1 at most. `meanings` are weighted; with none of them, the words alone count."""
    if not meanings:
        return of_best(words)
    whole = sum(weight for weight, _ in meanings)
    score = _WORDS * of_best(words)
    for weight, near in meanings:
        share = (1 - _WORDS) * weight / whole / 2
        score = score + share * of_best(near.titles) + share * of_best(near.bodies)
    return score


def with_the_closest(order: Sequence[T], closest: T, among: int = MOST_RESULTS) -> list[T]:
    """The same order, but `closest` is among the first so many."""
    shown = [each for each in order if each != closest]
    at = min(order.index(closest), among - 1)
    return [*shown[:at], closest, *shown[at:]]


def fit(facts: Mapping[str, Iterable[str]], wanted: For) -> float:
    """What an entry's score is multiplied by. An entry that names nobody is for everybody."""
    factor = 1.0
    for name, many in _FACTS.items():
        want, has = getattr(wanted, name), set(facts.get(many, ()))
        if not has:
            continue
        if not want:
            factor *= _FOR_SOME.get(name, 1.0)
            continue
        suits = not has.isdisjoint((want,) if isinstance(want, str) else want) or (
            name == "language" and want.partition("-")[0] in {code.partition("-")[0] for code in has}
        )
        factor *= (_FOR_THEM if suits else _FOR_OTHERS)[name]
    return factor
