# SPDX-License-Identifier: Apache-2.0
"""The names that the door suggests: for anybody, in every language, and the linter has nothing against one of them."""

from __future__ import annotations

import random
import re
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.anonymity import look_at_name, look_at_user_id, names
from bots.core.settings import load_community
from bots.door.pseudonyms import languages, suggestions, words

TODAY = date(2026, 11, 25)
COMMUNITY = load_community(Path(__file__).parents[2] / "config")
TELLING = frozenset(
    phrase
    for condition in COMMUNITY.conditions
    for phrases in (tuple(condition.name.values()), *condition.synonyms.values())
    for phrase in phrases
)
MEDICAL = re.compile(
    r"blood|pain|patient|ache|sick|ill$|nurse|doctor|pill|dose|insulin|needle|bone|heart|lung|gut|scar|wound|fever|cure"
)
EVERY = languages()


def test_english_is_there_and_another_language_falls_back():
    assert "en" in EVERY
    assert words("xx-YY") == words("en")


@pytest.mark.parametrize("language", EVERY)
def test_there_are_enough_for_a_community_and_each_word_stands_once(language):
    first, second = words(language).first, words(language).second
    assert len(set(first)) == len(first)
    assert len(set(second)) == len(second)
    # With the number: as likely as one in a hundred thousand that two people are given the same.
    assert len(first) * len(second) * 98 > 100_000


@pytest.mark.parametrize("language", EVERY)
def test_no_word_is_medical_and_none_is_only_a_persons_name(language):
    for word in (*words(language).first, *words(language).second):
        assert not MEDICAL.search(word), word
        assert not names.is_given(word), word
        assert not names.is_family(word), word


@pytest.mark.parametrize("language", EVERY)
def test_the_linter_has_nothing_against_any_pair(language):
    for first in words(language).first:
        for second in words(language).second:
            assert names.is_full_name((first, second)) is False, (first, second)
            assert not names.is_run_together(first + second), (first, second)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVERY), st.integers())
def test_a_suggestion_is_a_user_id_that_tells_nothing(language, seed):
    for name in islice(suggestions(language, random.Random(seed)), 4):
        assert re.fullmatch(r"[a-z]{3,12}-[a-z]{3,12}-[0-9]{1,2}", name)
        assert look_at_user_id(name, today=TODAY, regions=("GB",), telling=TELLING) == ()
        assert look_at_name(name.title(), today=TODAY, regions=("GB",), telling=TELLING) == ()


def test_the_same_chance_gives_the_same_names_and_no_end():
    some = list(islice(suggestions("en", random.Random(1)), 500))
    assert some == list(islice(suggestions("en", random.Random(1)), 500))
    assert len({name.rpartition("-")[0] for name in some[:60]}) == 60
