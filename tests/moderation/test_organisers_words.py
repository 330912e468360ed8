# SPDX-License-Identifier: Apache-2.0
"""An organiser's own words and patterns: found as they are meant, each in its rooms; and nothing they write stalls."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.core.community import Guidelines
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.own_words import OwnWords
from bots.moderation.passages.passage import Field
from bots.moderation.passages.reading import passage
from fakes.moderation_scene import ANA, HARBOUR, LANTERN
from moderation.test_watching import RULES, known, rule, scene

ANYWHERE = Setting(now=datetime(2026, 11, 25, 12, tzinfo=UTC))


def seen(text, words=(), patterns=(), field=Field.BODY):
    rules = Guidelines(version=1, items=(rule("ours", words=words, patterns=patterns),))
    return [text[each.start : each.end] for each in OwnWords.of(rules).find(passage(text, field), ANYWHERE)]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("art", "her heart, and her ART.", ["ART"]),
        ("art", "artful", []),
        ("c++", "I like C++", ["C++"]),
        ("a.b", "axb", []),
        ("moon water", "moon \n water", ["moon \n water"]),
        ("Mönd", "MOND", ["MOND"]),
        ("moon", "m\u200bооn", ["m\u200bооn"]),  # two Cyrillic letters
        ("moon", "m.o.o.n", ["m.o.o.n"]),
    ],
)
def test_a_word_is_found_as_a_whole_word_however_it_is_written(word, text, found):
    assert seen(text, words=(word,)) == found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("moon", "the MOONS", ["MOON"]),
        ("möö+n", "the möööN", ["möööN"]),
        ("moon", "the mооn", ["mооn"]),
        (r"\bbuy\d+\b", "buy99", ["buy99"]),
    ],
)
def test_a_pattern_is_held_against_what_is_written_and_what_it_looks_like(pattern, text, found):
    assert seen(text, patterns=(pattern,)) == found


def test_no_words_are_found_nowhere():
    assert seen("") == seen("anything at all") == []


def test_they_are_looked_for_in_a_files_name():
    assert seen("moon-water.pdf", words=("moon",), field=Field.FILENAME) == ["moon"]


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(a|a?)+$", r"(\w+\s?)+!", "a"])
def test_no_pattern_stalls_whatever_it_is_held_against(pattern):
    text = "xa " * 20_000
    began = time.process_time()
    found = seen(text, patterns=(pattern,))
    assert time.process_time() - began < 0.9
    assert len(found) <= 40


async def test_a_rooms_own_words_are_looked_for_there_and_nowhere_else():
    own = replace(RULES, items=(*RULES.items[:2], rule("no-selling", words=("owl pellets",))))
    here = known(scene(room_guidelines={"bowel": own}))
    here.views[LANTERN] = replace(here.views[LANTERN], condition="bowel")
    await here.says(ANA, "owl pellets", HARBOUR)
    assert here.cases == []
    await here.says(ANA, "owl pellets", LANTERN)
    assert [case.room_id for case in here.cases] == [LANTERN]
