# SPDX-License-Identifier: Apache-2.0
"""A glance never misses what the patterns themselves would find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.moderation.detectors.identity import emails, names, numbers, phones, places
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.folding import fold
from fakes import suites
from fakes.harmless import messages

USED = {
    emails._may_be_email: (emails._EMAIL, emails._MAILBOX, emails._CALLED_MAIL),
    names._may_be_name: tuple(pattern for pattern, _ in names._PATTERNS),
    numbers._may_be_id: (*(scheme.written for scheme in numbers._SCHEMES), numbers._RECORD, numbers._PASSPORT),
    phones._may_be_spoken: (phones._SPOKEN,),
    places._may_be_address: (
        *(places._ENGLISH, places._NUMBERED, places._PO_BOX, places._COLOMBIAN, places._ZIP, places._AUSTRALIAN),
        *(places._MEXICAN, places._INDIAN, places._POSTCODE, places._EIRCODE, places._CANADIAN, places._GERMAN),
        *(places._FRENCH, places._IBERIAN, places._CEP, places._BRAZILIAN, places._POSTAL_AND_CITY),
    ),
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


@pytest.mark.parametrize("may_have", USED, ids=["email", "name", "id", "spoken", "address"])
def test_what_a_pattern_finds_in_the_suites_is_seen_at_a_glance_and_little_else(may_have) -> None:
    texts = _texts()
    found = [text for text in texts if any(pattern.search(text) for pattern in USED[may_have])]

    assert found
    assert all(map(may_have, found))
    assert sum(map(may_have, texts)) < len(texts) / 2


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
