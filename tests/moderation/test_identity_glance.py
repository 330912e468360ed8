# SPDX-License-Identifier: Apache-2.0
"""A glance never misses what the patterns themselves would find."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.moderation.detectors import identity
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity import emails, names, numbers, online, phones, places
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.folding import fold
from bots.moderation.passages.reading import passage
from fakes import suites
from fakes.harmless import messages

USED = {
    "email": (emails._may_be_email, emails.PATTERNS),
    "name": (names._may_be_name, names.PATTERNS),
    "id": (numbers._may_be_id, (*(scheme.written for scheme in numbers._SCHEMES), numbers._RECORD, numbers._PASSPORT)),
    "spoken number": (phones._may_be_spoken, phones.PATTERNS),
    "address": (places._may_be_address, places._ADDRESSES),
    "anything": (identity._may_give_away, (*emails.PATTERNS, *online.PATTERNS, *names.PATTERNS, *phones.PATTERNS)),
}
# With what is hard to read in a pattern: brackets in classes and escaped, and what is looked at inside of what is.
HARD = re.compile(r"(?<![\w.)\]])(?P<one>ab|[])(]{2})\s(?=c(?!d))\(?[^\]\d]\)?(?!e|(?<=f)[)]|(?:g(?=h)))\w+\.")


def _texts() -> list[str]:
    suite = [
        text
        for name in ("identity", "identity_unseen")
        for each in suites.load(name)["functions"]
        for text in each["find"]
    ]
    return [fold(str(text))[0] for text in (*suite, *messages())]


@pytest.mark.parametrize("kind", USED)
def test_what_a_pattern_finds_in_the_suites_is_seen_at_a_glance_and_little_else(kind: str) -> None:
    may_have, patterns = USED[kind]
    texts = _texts()
    found = [text for text in texts if any(pattern.search(text) for pattern in patterns)]

    assert found
    assert all(map(may_have, found))
    assert sum(map(may_have, texts)) < 2 / 3 * len(texts)


def test_whoever_is_not_looked_at_gives_nothing_away() -> None:
    setting = Setting(now=datetime(2026, 11, 25, 12, tzinfo=UTC), languages=("en",), regions=("GB", "US", "DE"))
    passages = [passage(text) for text in _texts()]
    skipped = [each for each in passages if not identity._may_have_any(each)]

    assert len(skipped) > len(passages) / 3
    assert [each.text for each in skipped if any(identity._all(each, setting))] == []


@given(st.from_regex(HARD, alphabet=st.characters(codec="ascii")))
def test_what_a_pattern_finds_is_seen_at_a_glance(text) -> None:
    assert glance(HARD)(text)


def test_without_what_stands_around_a_glance_sees_more() -> None:
    may_have = glance(re.compile(r"(?<!\d)ab(?!c)"))

    assert may_have("1ab")
    assert may_have("abc")
    assert not may_have("ba")


@pytest.mark.parametrize("text", ["aж", "ж\N{SLIGHTLY SMILING FACE}"])
def test_of_other_letters_it_cannot_say(text) -> None:
    assert glance(re.compile("none"))(text)


def test_pictures_are_no_letters() -> None:
    assert not glance(re.compile("none"))("hug \N{SLIGHTLY SMILING FACE}")


@pytest.mark.parametrize("space", ["\t", "\v", "\x1c", "\n"])
def test_what_is_space_to_the_pattern_is_space_at_a_glance(space) -> None:
    assert glance(re.compile(r"a\s[\s.]b"))(f"a{space}{space}b")
