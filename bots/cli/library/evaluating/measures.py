# SPDX-License-Identifier: Apache-2.0
"""How good a ranking is, by judgements. Pure; the measures are those of trec_eval, with the grade as the gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

_AT = 10


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], at: int = _AT) -> float:
    """What was gained among the first `at`, beside the most that could be. What nobody judged gains nothing."""
    gained = sum(grades.get(name, 0) / log2(place + 2) for place, name in enumerate(ranked[:at]))
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:at]
    whole = sum(grade / log2(place + 2) for place, grade in enumerate(best))
    return gained / whole if whole else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], at: int = _AT) -> float:
    """One over the place of the first that fits; 0 when none of the first `at` does."""
    return next((1 / place for place, name in enumerate(ranked[:at], start=1) if grades.get(name, 0) > 0), 0.0)


def success(ranked: Sequence[str], grades: Mapping[str, int], at: int = 3) -> float:
    """1 when one of the first `at` fits."""
    return float(any(grades.get(name, 0) > 0 for name in ranked[:at]))


def recall(ranked: Sequence[str], grades: Mapping[str, int], at: int = _AT) -> float:
    """The share of all that fit which is among the first `at`."""
    fitting = {name for name, grade in grades.items() if grade > 0}
    return len(fitting & set(ranked[:at])) / len(fitting) if fitting else 0.0


def judged_only(ranked: Sequence[str], grades: Mapping[str, int]) -> list[str]:
    """The ranking without what nobody judged: an upper bound where the whole one is a lower one."""
    return [name for name in ranked if name in grades]


def auroc(on_topic: Sequence[float], off_topic: Sequence[float]) -> float | None:
    """How often a question is given more confidence than a line that is off topic; None where there are none."""
    if not on_topic or not off_topic:
        return None
    wins = sum((on > off) + (on == off) / 2 for on in on_topic for off in off_topic)
    return wins / (len(on_topic) * len(off_topic))


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
