# SPDX-License-Identifier: Apache-2.0
"""The suites of `tests/suites`: what a detector must find, what it must leave, and how well it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bots.core.crisis.tiers import Tier

# How a tier is called in the suites of cries: T0 and T1 are nothing for anybody to do. What begins alike is found too.
SOUNDS = {
    Tier.THOUGHTS: "own",
    Tier.IMMEDIATE: "own.now",
    Tier.ABOUT_ANOTHER: "another",
    Tier.MEDICAL: "medical",
    Tier.UNSAFE: "unsafe",
    Tier.ABUSE: "abuse",
}
SUITES = Path(__file__).parents[1] / "suites"
# The one in C, where there is one: some suites are long.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Case:
    """One text. `wanted` says whether something is to be found in it, `found` whether it was."""

    function: str
    text: str
    wanted: bool
    found: bool


@dataclass(frozen=True)
class Score:
    """Of one function: how many were rightly found, wrongly found, and overlooked."""

    hits: int
    false_alarms: int
    misses: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def load(name: str) -> dict:
    return yaml.load((SUITES / f"{name}.yaml").read_text("utf-8"), Loader=_LOADER)


def run(suite: dict, detectors_in: Callable[[str], set[str]]) -> Iterator[Case]:
    """Each case of a suite; `detectors_in` gives the names of what was found in a text."""
    for function in suite["functions"]:
        for wanted, texts in ((True, function["find"]), (False, function["leave"])):
            for text in texts:
                found = any(name.startswith(function["detector"] if wanted else "") for name in detectors_in(str(text)))
                yield Case(function["name"], str(text), wanted, found)


def sounds(tier: Tier) -> set[str]:
    """What a message of this tier is to a suite of cries."""
    return {SOUNDS[tier]} if tier in SOUNDS else set()


def score(cases: list[Case]) -> Score:
    return Score(
        hits=sum(case.wanted and case.found for case in cases),
        false_alarms=sum(case.found and not case.wanted for case in cases),
        misses=sum(case.wanted and not case.found for case in cases),
    )
