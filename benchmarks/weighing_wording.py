# SPDX-License-Identifier: Apache-2.0
"""What the weights of harm, instructing and selling are learned from, for `benchmarks.weighing`.

Marks of one guideline are weighed as one: more teach it, and moderators are told of the guideline, not of the mark.
What is to be left is what has their words, what the other two leave and some of what they find, cries and what has
theirs, and ordinary talk.
Of the other languages than English no suite of wording is learned from: `worded_languages` says how good they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

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
# Of what is to be left, so much may be called heavy. In the other languages fewer rows see anything before.
ENGLISH_SHARES = {"abuse": 0.006, "danger": 0.012, "treatment": 0.003, "diagnosis": 0.008, "offer": 0.0055}
SHARES = {"abuse": 0.008, "danger": 0.012, "treatment": 0.005, "diagnosis": 0.009, "offer": 0.008}
# And of plain talk so much: what is told wrongly is all that whoever looks at it sees of a quiet day.
ENGLISH_ORDINARY, ORDINARY = 0.001, 0.004
# What says nothing, by purpose.
IDLE = {detector.name: detector.idle for detector in (Harm(), Instructing(), Selling())}
# What people say of their own death, and of others', is no harm that they do.
_CRIES = ("own", "another", "medical")
# Of what others look for, one in so many will do.
_EACH = 4
_SUITES_OF_CRIES = ("crisis", "crisis_voices", "crisis_veiled")


def texts(purpose: str, mark: str, language: str) -> Iterator[tuple[str, bool]]:
    """What is learned from, and whether it has the mark. What else its detector looks for is neither."""
    written = {name: suites.load(f"learning/{name}.{language}") for name in MARKS}
    for kind in MARKS[purpose][mark]:
        yield from ((str(text), True) for text in written[purpose]["find"][kind])
    if language == "en":
        yield from _of_the_suite(purpose, mark)
    for name in MARKS:
        yield from ((str(text), False) for text in written[name]["leave"])
        # An insult is no diagnosis, though "you" stands in both. English has more to be left, and gained nothing by it.
        others = chain.from_iterable(written[name]["find"].values()) if name != purpose and language != "en" else ()
        yield from ((str(text), False) for text in islice(others, 0, None, _EACH))
    yield from ((str(text), False) for text in islice(_of_cries(language), 0, None, _EACH))
    if language == "en":
        yield from ((text, False) for text in messages()[::2])
    else:
        # There is nobody to make up harmless messages.
        talk = chain.from_iterable(suites.load(f"learning/{name}.{language}")["leave"] for name in ("crisis", "bodies"))
        yield from ((str(text), False) for text in talk)


def _of_the_suite(purpose: str, mark: str) -> Iterator[tuple[str, bool]]:
    # Its pairs differ by a word: they are learned from twice.
    for function in suites.load("worded")["functions"] * 2:
        detector, _, kind = function["detector"].partition(".")
        if detector == purpose and kind in MARKS[purpose][mark]:
            yield from ((str(text), True) for text in function["find"])
        yield from ((str(text), False) for text in function["leave"])


def _of_cries(language: str) -> Iterator[str]:
    for name in _SUITES_OF_CRIES if language == "en" else ():
        for function in suites.load(name)["functions"]:
            if function["detector"].partition(".")[0] in _CRIES:
                yield from function["find"]
            yield from function["leave"]
    written = suites.load(f"learning/crisis.{language}")
    for find in written["find"].values():
        yield from find
    if language == "en":
        yield from written["leave"]
