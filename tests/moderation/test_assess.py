# SPDX-License-Identifier: Apache-2.0
"""What a message sounds like: minimal pairs of the grammar. How well it hears is measured by the suites."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.crisis.tiers import NOTED, Tier
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.passages.passage import Field
from bots.moderation.passages.reading import passage

ANYWHERE = Setting(now=datetime(2026, 5, 4, tzinfo=UTC))


def tier(text: str) -> Tier:
    return assess((passage(text),), ANYWHERE).tier


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i dont want to be here anymore", Tier.THOUGHTS),
        ("I'm so tired, I just want to go to sleep and not wake up", Tier.THOUGHTS),
        ("im goin to kill myself tonight", Tier.IMMEDIATE),
        ("have said my goodbyes and counted the pills out", Tier.IMMEDIATE),
        ("life without her isn't worth living", Tier.THOUGHTS),
        ("cant do this any more", Tier.DISTRESS),
        ("hello, new here, type 1 since March", Tier.NONE),
    ],
)
def test_what_it_sounds_like(text: str, expected: Tier) -> None:
    assert tier(text) is expected


@pytest.mark.parametrize(
    ("cry", "look_alike", "expected"),
    [
        ("im suicidal", "im not suicidal just tired", Tier.NONE),
        ("i want to die", "i used to want to die when i was at school", Tier.NONE),
        ("i want to die", "my sister says she wants to die", Tier.ABOUT_ANOTHER),
        ("i want to die", '"I want to die" says the hero on page one', Tier.NONE),
        ("i keep thinking about suicide", "there is a suicide prevention walk on sunday", Tier.NONE),
        ("i want to be dead", "my pancreas wants me dead lol", Tier.NONE),
        ("i cut myself again last night", "i cut myself shaving last night", Tier.NONE),
    ],
)
def test_what_turns_a_cry_into_something_else(cry: str, look_alike: str, expected: Tier) -> None:
    assert tier(cry) is Tier.THOUGHTS
    assert tier(look_alike) is expected


@pytest.mark.parametrize(
    "text",
    [
        "bye all, off to bed",
        "i want to end my membership",
        "going to hang out with friends tonight, bye everyone",
        "so done with this insurance company",
        "i have a plan for tonight: soup, then bed",
        "stood on the bridge watching the boats",
        "the family got on fine without me for a week",
    ],
)
def test_whoever_takes_leave_or_has_had_enough_of_something_small_wakes_nobody(text: str) -> None:
    assert tier(text) not in NOTED


@pytest.mark.parametrize(
    ("pushed", "look_alike"),
    [
        ("hang yourself", "you will hang yourself out to dry with that"),
        ("nobody likes you. drown yourself", "drown yourself in tea, it is what i do"),
        ("take the whole bottle, you wont feel a thing", "take them with food, it wont hurt your stomach"),
        ("i can post you my spare oxy to make it stop for good", "i can post you my spare dressings"),
        ("whoever wants to die this weekend, message me", "whoever wants to come this weekend, message me"),
        ("selling sn, discreet shipping", "selling my bike, no shipping"),
    ],
)
def test_what_pushes_somebody_is_for_a_person_to_decide(pushed: str, look_alike: str) -> None:
    assert tier(pushed) is Tier.UNSAFE
    assert tier(look_alike) is Tier.NONE


@pytest.mark.parametrize(
    ("does", "look_alike"),
    [
        ("i step in front of the train at 7", "i step off the train at 7 and my legs go"),
        ("ich erschieße mich heute noch", "ich schieß mir jetzt mein Insulin, Essen steht auf dem Tisch"),
        ("ich häng mich im Keller auf", "ich häng mich auf die Couch mit der Wärmflasche"),
        ("me tiro al tren mañana", "me tiro en el sofá toda la mañana con la manta"),
        ("je me pends ce soir à la poutre", "je suis pendue au téléphone avec la sécu ce soir"),
        ("me jogo na frente do trem amanhã", "me jogo no sofá amanhã e não levanto mais"),
        ("i gave my cat to my sister. she doesn't know why", "i gave my cat to my sister for the weekend"),
        ("gracias por todo, gente. hasta aquí llegué", "gracias por todo, gente. la reunión fue genial"),
    ],
)
def test_a_way_to_die_that_somebody_is_about_to_go_is_near_and_what_has_its_words_is_not(does: str, look_alike: str):
    assert tier(does) is Tier.IMMEDIATE
    assert tier(look_alike) not in NOTED


def test_an_order_and_a_deed_are_told_apart_by_who_does_it() -> None:
    assert tier("spring aus dem Fenster, du Feigling") is Tier.UNSAFE
    assert tier("wenn die mich nochmal umbuchen spring ich vom Dach haha") is Tier.DISTRESS
    assert tier("ich spring aus dem Fenster, ihr seht mich nicht wieder") is Tier.IMMEDIATE


def test_a_laugh_at_the_end_of_an_if_makes_it_a_joke_and_one_far_off_does_not() -> None:
    joke = "i'll hang myself with this hose if it gets tangled one more time this week haha"
    assert tier(joke) is Tier.DISTRESS
    assert tier(joke.replace(" if", ",")) is Tier.IMMEDIATE


def test_an_order_is_one_only_where_its_sentence_begins() -> None:
    assert tier("well, just end yourself") is Tier.UNSAFE
    assert tier("how do you end yourself in that game") is Tier.NONE


def test_it_names_the_rules_that_say_so() -> None:
    assert assess((passage("no point being here"),), ANYWHERE).rules == ("en.not-to-live",)


def test_the_gravest_part_of_a_message_counts_and_a_files_name_does_not() -> None:
    parts = (passage("look at my garden", Field.CAPTION), passage("kill myself tonight", Field.FILENAME))
    assert assess(parts, ANYWHERE).tier is Tier.NONE
    assert assess((*parts, passage("i want to die", Field.FORMATTED)), ANYWHERE).tier is Tier.THOUGHTS


@given(st.text(max_size=300))
@settings(deadline=None)
def test_whatever_stands_there_it_answers_the_same_twice(text: str) -> None:
    assert assess((passage(text),), ANYWHERE) == assess((passage(text),), ANYWHERE)
