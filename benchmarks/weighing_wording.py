# SPDX-License-Identifier: Apache-2.0
"""What the weights of harm, instructing and selling are learned from, for `benchmarks.weighing`. So far in English.

Marks of one guideline are weighed as one: more teach it, and moderators are told of the guideline, not of the mark.
What is to be left is what has their words, what the other two leave, cries and what has theirs, and ordinary talk.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bots.moderation.detectors.harm import Harm
from bots.moderation.detectors.instructing import Instructing
from bots.moderation.detectors.selling import Selling
from fakes import suites
from fakes.harmless import messages

# What is weighed as one.
MARKS = {
    "harm": {"abuse": ("abuse", "threat"), "danger": ("method", "pact", "encouragement", "numbers", "sale")},
    "instructing": {"treatment": ("treatment", "dose"), "diagnosis": ("diagnosis", "order")},
    "selling": {"offer": ("money", "cure", "medicines", "elsewhere", "advert", "fundraising", "research")},
}
# Of what is to be left, so much may be called heavy.
SHARES = {"abuse": 0.006, "danger": 0.012, "treatment": 0.003, "diagnosis": 0.008, "offer": 0.007}
# What says nothing, by purpose.
IDLE = {detector.name: detector.idle for detector in (Harm(), Instructing(), Selling())}
# What people say of their own death, and of others', is no harm that they do.
_CRIES = ("own", "another", "medical")
# Of those, one in so many will do.
_EACH = 4
_SUITES_OF_CRIES = ("crisis", "crisis_voices", "crisis_veiled")


def texts(purpose: str, mark: str) -> Iterator[tuple[str, bool]]:
    """What is learned from, and whether it has the mark. What else its detector looks for is neither."""
    written = {name: suites.load(f"learning/{name}.en") for name in MARKS}
    for kind in MARKS[purpose][mark]:
        yield from ((str(text), True) for text in written[purpose]["find"][kind])
    # Its pairs differ by a word: they are learned from twice.
    for function in suites.load("worded")["functions"] * 2:
        detector, _, kind = function["detector"].partition(".")
        if detector == purpose and kind in MARKS[purpose][mark]:
            yield from ((str(text), True) for text in function["find"])
        yield from ((str(text), False) for text in function["leave"])
    for name in MARKS:
        yield from ((str(text), False) for text in written[name]["leave"])
    yield from ((str(text), False) for text in islice(_of_cries(), 0, None, _EACH))
    yield from ((text, False) for text in messages()[::2])


def _of_cries() -> Iterator[str]:
    for name in _SUITES_OF_CRIES:
        for function in suites.load(name)["functions"]:
            if function["detector"].partition(".")[0] in _CRIES:
                yield from function["find"]
            yield from function["leave"]
    written = suites.load("learning/crisis.en")
    for find in written["find"].values():
        yield from find
    yield from written["leave"]
