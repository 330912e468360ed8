# SPDX-License-Identifier: Apache-2.0
"""What tips the scale when a message is heard: how many were taken, what stands beside it, and who sings it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bots.core.crisis.tiers import Tier
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.reading import passage
from bots.moderation.grammar.reading import HUGE, MANY, NUMBER, YEAR, read

ROOM = Setting(now=datetime(2026, 11, 25, 12, tzinfo=UTC), languages=("en",))


def tier(text: str) -> Tier:
    return assess((passage(text),), ROOM).tier


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("2", NUMBER),
        ("9", NUMBER),
        ("10", MANY),
        ("99", MANY),
        ("100", HUGE),
        ("1,000", HUGE),
        ("12.500", HUGE),
        ("007", NUMBER),
        ("0", NUMBER),
        ("3.5", NUMBER),
        ("10:30", NUMBER),
        ("120/80", NUMBER),
        ("1999", YEAR),
        ("3000", HUGE),
    ],
)
def test_a_number_is_read_by_how_many_it_is(written: str, word: str) -> None:
    assert read(passage(f"about {written} of them")).words[1] == word


@pytest.mark.parametrize(
    ("taken", "usual"),
    [
        ("took 40 paracetamol", "took 2 paracetamol"),
        ("i took thirty tablets an hour ago", "i take thirty tablets a day"),
        ("injected 300 units", "injected 30 units"),
        ("swallowed the whole strip of codeine", "ate the whole strip of bacon"),
        ("took three boxes of ibuprofen", "bought three boxes of ibuprofen"),
        ("i had 25 of my sleeping pills", "i had 25 of my birthday cards"),
    ],
)
def test_more_than_anybody_takes_is_heard_and_the_usual_is_not(taken: str, usual: str) -> None:
    assert tier(taken) is Tier.IMMEDIATE
    assert tier(usual) is Tier.NONE


@pytest.mark.parametrize("sign", ["please forgive me", "I want out of this", "it's time"])
def test_a_goodbye_weighs_more_beside_another_sign(sign: str) -> None:
    assert tier("bye") is Tier.DISTRESS
    assert tier(sign) is Tier.DISTRESS
    assert tier(f"{sign}. bye") is Tier.THOUGHTS


def test_a_joke_about_death_is_none_of_the_ways_of_despair() -> None:
    assert tier("one more email and i'll kill myself lol") is Tier.DISTRESS
    assert tier("one more email and i'll kill myself lol, want out of this") is Tier.DISTRESS


@pytest.mark.parametrize("where", ["the song goes", "in this novel she says", "the chorus is"])
def test_what_is_sung_or_read_is_nobodys_cry(where: str) -> None:
    assert tier("i want to die") is Tier.THOUGHTS
    assert tier(f"{where} i want to die") is Tier.NONE
