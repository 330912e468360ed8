# SPDX-License-Identifier: Apache-2.0
"""The suites of cries and of what is noticed by its wording, never below what was measured; and what they cost."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.crisis.tiers import CRIES, URGENT, Tier
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.harm import Harm
from bots.moderation.detectors.instructing import Instructing
from bots.moderation.detectors.selling import Selling
from bots.moderation.grammar.tables import LANGUAGES, PURPOSES, grammar, understood
from bots.moderation.passages.reading import passage
from bots.moderation.watching.respond import CLEAR_FROM, TOLD_FROM
from fakes import harmless, suites

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANYWHERE = Setting(now=NOON, languages=LANGUAGES)
NEW_HERE = Setting(now=NOON, languages=LANGUAGES, new_here=True)
DETECTORS = (Harm(), Instructing(), Selling())
# As long as an event can be (65 536 bytes, the Matrix specification's limit).
LONGEST = 65_000


def findings(text, setting=ANYWHERE):
    return [each for detector in DETECTORS for each in detector.find(passage(text), setting)]


def seen(name):
    if name.startswith("crisis"):
        return lambda text: suites.sounds(assess((passage(text),), ANYWHERE).tier)
    return lambda text: {each.detector for each in findings(text) if each.confidence >= TOLD_FROM}


def none_worse_than_measured(name):
    """The score of a whole suite; none of its functions is below what was measured."""
    suite = suites.load(name)
    floors = {function["name"]: function["measured"] for function in suite["functions"]}
    cases = list(suites.run(suite, seen(name)))
    for function, theirs in groupby(cases, key=lambda case: case.function):
        some = list(theirs)
        score, wrong = suites.score(some), [case.text for case in some if case.found is not case.wanted]
        assert round(score.precision, 2) >= float(floors[function]["precision"]), (function, wrong)
        assert round(score.recall, 2) >= float(floors[function]["recall"]), (function, wrong)
    return suites.score(cases)


@pytest.mark.parametrize("name", ["crisis", "crisis_voices", "crisis_languages", "worded", "worded_languages"])
def test_no_function_does_worse_than_was_measured(name):
    whole = none_worse_than_measured(name)
    assert whole.precision >= 0.9
    assert whole.recall >= 0.9


@pytest.mark.parametrize("name", ["crisis_veiled", "crisis_unseen"])
def test_what_is_veiled_and_what_nobody_learned_from_is_heard_no_worse_than_was_measured(name):
    assert none_worse_than_measured(name).precision >= 0.9


def test_harmless_messages_are_left_in_peace():
    said = harmless.messages()
    assert len(set(said)) == harmless.MANY
    surest = {text: max((each.confidence for each in findings(text, NEW_HERE)), default=0.0) for text in said}
    held = [text for text in said if surest[text] >= CLEAR_FROM]
    told = [text for text in said if surest[text] >= TOLD_FROM]
    called = [text for text in said if seen("crisis")(text)]
    assert len(held) <= 1, held
    assert len(told) <= 5, told
    assert len(called) <= 5, called


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinary_talk_that_nobody_learned_from_is_mostly_left_in_peace(language):
    suite = suites.load("ordinary_unseen")
    most, kinds = suite["measured"][language], suite["leave"][language]
    here = Setting(now=NOON, languages=tuple(dict.fromkeys(("en", language))))
    tiers = {text: assess((passage(text),), here).tier for texts in kinds.values() for text in texts}
    urgent = [text for text, tier in tiers.items() if tier in URGENT]
    cries = [text for text, tier in tiers.items() if tier in CRIES - {Tier.DISTRESS}]
    told = [text for text in tiers if any(each.confidence >= TOLD_FROM for each in findings(text, here))]
    assert len(urgent) <= most["urgent"], urgent
    assert len(cries) <= most["cries"], cries
    assert len(told) <= most["told"], told


@given(
    st.lists(
        st.sampled_from(["i", "want", "to", "die", "not", "just", ".", ",", "you", "stop", '"', "\n", "pills", "#"])
    )
)
@settings(max_examples=50, deadline=None)
def test_whatever_words_stand_together_an_answer_is_within_the_text(words):
    text = " ".join(words)
    for finding in findings(text):
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "i want to die ",
        "i just really just dont ",
        "stop your insulin ",
        "message me on whatsapp ",
        '"',
        "a.b ",
        "kys ",
    ],
)
def test_four_times_the_text_is_about_four_times_the_work(text):
    def calls(length):
        """How many functions are called for a text so long: the same on every machine, however busy it is."""
        said = passage(text * (length // len(text)))
        understood.cache_clear()
        count = 0

        def called(_frame, what, _argument):
            nonlocal count
            count += what in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(called)
        try:
            assess((said,), ANYWHERE)
            for detector in DETECTORS:
                detector.find(said, ANYWHERE)
        finally:
            sys.setprofile(before)
        return count

    calls(100)
    assert calls(LONGEST // 8) < 6 * calls(LONGEST // 32) + 1_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_table_and_none_is_empty(language):
    rows = grammar(language).rows
    assert {row.purpose for row in rows} == set(PURPOSES)
