# SPDX-License-Identifier: Apache-2.0
"""What people with a condition say and mean no harm by; and that nobody's list can make the bots deaf."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.crisis.tiers import Tier
from bots.core.settings import load_community
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.grammar.slang import counts
from bots.moderation.passages.reading import passage

BARE = Setting(now=datetime(2026, 5, 4, tzinfo=UTC), condition="rheumatoid-arthritis")
SLANG = ("shooting myself with methotrexate", "shoot myself up with humira", "ready to end it with this sensor")


def tier(text: str, *slang: str) -> Tier:
    return assess((passage(text),), replace(BARE, slang=slang)).tier


@pytest.mark.parametrize(
    "said",
    [
        "jab day, shooting myself with methotrexate",
        "I need to shoot  myself up with Humira tonight",
        "i'm ready to end it with this sensor",
    ],
)
def test_what_is_slang_here_is_no_cry(said):
    assert tier(said) is not Tier.NONE, "it would be heard"
    assert tier(said, *SLANG) is Tier.NONE
    assert tier(said, "shooting myself with humira") is not Tier.NONE, "another phrase changes nothing"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("shooting myself with methotrexate again and i want to die", Tier.THOUGHTS),
        ("shooting myself with methotrexate didn't help. im going to kill myself tonight", Tier.IMMEDIATE),
        ("shooting myself with a gun", Tier.THOUGHTS),
        ("i need to shoot myself tonight", Tier.IMMEDIATE),
    ],
)
def test_what_is_said_beside_it_is_heard_as_always(said, expected):
    assert tier(said, *SLANG) is expected


@pytest.mark.parametrize(
    ("deaf", "said"),
    [
        ("kill myself", "i want to kill myself"),
        ("really want to die", "i really want to die"),
        ("kill my fucking self", "i will kill my fucking self"),
        ("kill myself tonight", "going to kill myself tonight"),
        ("myself", "i want to kill myself"),
        ("feel suicdal", "i feel suicdal"),
        ("mich umbringen", "ich will mich umbringen"),
    ],
)
def test_a_phrase_that_cries_are_made_of_takes_nothing_away(deaf, said):
    setting = replace(BARE, languages=("en", "de"))
    heard = assess((passage(said),), setting)
    assert heard.tier is not Tier.NONE
    assert assess((passage(said),), replace(setting, slang=(deaf,))) == heard


def test_no_slang_makes_a_body_in_danger_harmless():
    said = "took too much insulin for the churros and now i can't stay awake"
    assert tier(said) is Tier.MEDICAL
    assert tier(said, "insulin for the churros", "too much insulin for the churros") is Tier.MEDICAL


def test_an_organiser_can_be_told_which_phrases_do_nothing():
    assert counts("shooting myself with methotrexate", ["en"])
    assert not counts("kill myself again lol", ["en"])
    assert not counts("mich umbringen", ["en", "de"])


SAID = "i want to kill myself tonight"


@given(st.lists(st.lists(st.sampled_from([*SAID.split(), "really", "so"]), min_size=1).map(" ".join), max_size=4))
def test_no_phrase_out_of_its_own_words_hides_a_plain_cry(slang):
    assert tier(SAID, *slang) is tier(SAID)


def test_the_phrases_of_the_example_are_heard_anywhere_but_in_their_room():
    slang = load_community(Path(__file__).parents[2] / "config").slang
    for condition, phrases in slang.items():
        heard = [phrase for phrase in phrases if tier(phrase) is not Tier.NONE]
        assert heard, f"{condition}: nobody needs any of it"
        assert all(counts(phrase, ["en"]) for phrase in phrases), condition
        assert {tier(f"had to {phrase} again last night", *phrases) for phrase in phrases} == {Tier.NONE}, condition
