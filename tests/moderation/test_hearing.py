# SPDX-License-Identifier: Apache-2.0
"""What tips the scale when a message is heard: how many were taken, what stands beside it, and what words weigh."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bots.core.crisis.tiers import Tier
from bots.moderation.crisis.assess import assess
from bots.moderation.crisis.surroundings import PURPOSE, idle
from bots.moderation.detectors.finding import Setting
from bots.moderation.grammar import heavy, understood
from bots.moderation.grammar.reading import HUGE, MANY, NUMBER, YEAR, read
from bots.moderation.grammar.weights import Scale, Weights, things
from bots.moderation.passages.reading import passage

ROOM = Setting(now=datetime(2026, 11, 25, 12, tzinfo=UTC), languages=("en",))
MANY_TONGUES = Setting(now=ROOM.now, languages=("en", "es", "pt", "fr"))


def tier(text: str, room: Setting = ROOM) -> Tier:
    return assess((passage(text),), room).tier


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


def test_words_that_no_rule_knows_together_are_weighed() -> None:
    said = "my head is full of ways to do it and the bridge is near"
    found = assess((passage(said),), ROOM)
    assert found.tier is Tier.THOUGHTS
    assert found.rules == ("weight.own",)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("mi cabeza está llena de formas de hacerlo y el puente está cerca", Tier.THOUGHTS),
        ("dad has gone all grey and clammy and his left hand wont grip the cup", Tier.MEDICAL),
        ("his lips are going blue and he keeps slipping off the chair", Tier.MEDICAL),
    ],
)
def test_what_is_weighed_says_what_it_is(said: str, heard: Tier) -> None:
    found = assess((passage(said),), ROOM)
    assert found.tier is heard
    assert all(rule.startswith("weight.") for rule in found.rules)


def test_thoughts_whose_words_are_those_of_now_are_for_now() -> None:
    found = assess((passage("the rope is in the boot and the note is under the kettle"),), ROOM)
    assert found.tier is Tier.IMMEDIATE
    assert "weight.now" in found.rules


def test_what_is_said_once_in_a_long_message_is_not_talked_away() -> None:
    talk = "today we had soup and bread, the bus was late again and the nurse told us about her new garden shed. " * 3
    said = (
        "i count what is left in the drawer every night and wonder if that would be enough, "
        "and the drive home past the bridge gets slower. "
    )
    assert tier(talk) is Tier.NONE
    assert tier(talk + said + talk) in {Tier.THOUGHTS, Tier.IMMEDIATE}


@pytest.mark.parametrize(
    "said",
    [
        "my head is full of ways to do it and the bridge is near haha",
        "the song goes my head is full of ways to do it and the bridge is near",
        "years ago my head was full of ways to do it and the bridge was near",
        '"my head is full of ways to do it and the bridge is near"',
        "and the bridge is near",
    ],
)
def test_words_weigh_nothing_in_a_joke_a_song_the_past_a_quotation_or_alone(said: str) -> None:
    assert tier(said) is not Tier.THOUGHTS


def test_what_is_denied_weighs_nothing() -> None:
    parsed = understood(passage("please tell them that i don't want to die"), ("en",))[0]
    assert [word for word, says_nothing in zip(parsed.meant, idle(parsed), strict=True) if says_nothing] == [
        "want",
        "to",
        "die",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "I have no pain tonight and i am going to kill myself",
        "no me duele nada hoy y aun así quiero morirme",
        "não tenho dor hoje e quero morrer",
    ],
)
def test_a_not_before_the_time_denies_nothing_that_begins_anew(said: str) -> None:
    assert tier(said, MANY_TONGUES) is Tier.IMMEDIATE


@pytest.mark.parametrize(
    "said",
    [
        "jajaja estoy bien. no en serio quiero morirme",
        "kkk tô bem. não sério quero morrer",
        "avant j'étais heureuse, maintenant je veux mourir",
    ],
)
def test_no_seriously_is_no_denial_and_what_was_before_says_nothing_of_now(said: str) -> None:
    assert tier(said, MANY_TONGUES) in {Tier.THOUGHTS, Tier.IMMEDIATE}


def test_a_message_weighs_what_its_things_weigh_and_the_more_there_are_the_less_each() -> None:
    weights = Weights(start=-1.0, heavy=0.0, of={"dark": 300, "cake": -300})
    assert weights.together([]) == -1.0
    assert weights.together(["dark"]) > 0 > weights.together(["dark", "cake"])
    assert weights.together(["dark", "never weighed"]) == weights.together(["dark"])


@pytest.mark.parametrize("said", ["i am so tired of the dark and i want to die", '"so dark" they say', "lol ok"])
def test_all_marks_at_once_weigh_what_each_weighs_alone(said: str) -> None:
    parsed = understood(passage(said), ("en",))[0]
    silent = idle(parsed)
    learned = {
        ("crisis", "own"): Weights(
            start=-1.0, heavy=0.0, of={"dark": 300, "tired of": 120, "<want>": 80, "<die>": 200}
        ),
        ("crisis", "now"): Weights(start=0.5, heavy=0.0, of={"tired": -150, "<die>": 40}),
        ("harm", "abuse"): Weights(start=0.1, heavy=0.0, of={"dark": 50, "they": 70}),
    }
    stand = {purpose: things(parsed, purpose, silent) for purpose, _ in learned}
    assert Scale("en", learned).together(parsed, silent, 0, len(silent)) == pytest.approx(
        {(purpose, mark): weights.together(stand[purpose]) for (purpose, mark), weights in learned.items()}, rel=1e-5
    )


def test_what_nobody_weighed_has_no_heavy_words() -> None:
    parsed = understood(passage("my head is full of ways to do it and the bridge is near"), ("en",))[0]
    assert heavy(parsed, PURPOSE, idle(parsed)) == {"own"}
    assert heavy(parsed, "nothing", idle(parsed)) == frozenset()
