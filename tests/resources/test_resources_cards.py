# SPDX-License-Identifier: Apache-2.0
"""`!card` and `!topics`: what can be read without a page, and what the library is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bots.core.actions import EventRef
from bots.core.library import Kind, Resource, Topic
from bots.core.settings import load_community
from bots.resources.asking.cards import CARDS as CARD_KINDS
from bots.resources.asking.cards import card_named, cards_of, is_called_so, short_name
from resources.test_resources_handlers import CHAT, COMMUNITY, keys, react_to, said

EXAMPLE = load_community(Path(__file__).parents[2] / "config")
BOOKS = COMMUNITY.library
NAMES = ("breathing", "grounding", "night", "panic")
CARDS = tuple(
    Resource(
        id=f"card-{name}",
        title={"en": f"About {name}"},
        summary={"en": f"A minute of {name} for a racing heart."},
        text={"en": f"1. {name}\n2. again"},
        source={"en": "Us"},
        kind=Kind.COPING_CARD,
        languages=("en",),
        topics=("sleep",),
        review_by=date(2027, 1, 1),
    )
    for name in NAMES
)
WITH_CARDS = replace(
    COMMUNITY,
    library=(*COMMUNITY.library, *CARDS),
    topics=(Topic(id="sleep", name={"en": "Sleep"}), Topic(id="money", name={"en": "Money"})),
)


@pytest.mark.parametrize("asked", ["breathing", "Card-Breathing", "about breathing", "ABOUT  BREATHING!"])
async def test_a_card_is_shown_by_any_of_its_names(asked):
    (send,) = await react_to(said(f"!card {asked}"), community=WITH_CARDS)
    assert keys(send) == ["resources.card"]
    assert send.parts[0].params["text"] == "1. breathing\n2. again"
    assert send.thread == EventRef("$q")


async def test_a_card_is_found_by_what_it_is_for():
    (send,) = await react_to(said("!card minute grounding racing heart"), community=WITH_CARDS)
    assert send.parts[0].params["title"] == "About grounding"


async def test_a_room_hears_of_a_few_cards_and_a_private_chat_of_all():
    (send,) = await react_to(said("!card"), community=WITH_CARDS)
    assert keys(send) == ["resources.cards", "resources.cards.more"]
    assert len(send.parts[0].params["cards"]) == 3
    (send,) = await react_to(said("!card", room=CHAT), community=WITH_CARDS)
    assert keys(send) == ["resources.cards"]
    assert len(send.parts[0].params["cards"]) == len(NAMES)


async def test_a_card_that_is_none_is_told_and_others_are_named():
    (send,) = await react_to(said("!card quantum chromodynamics"), community=WITH_CARDS)
    assert keys(send) == ["resources.card.unknown", "resources.cards", "resources.cards.more"]
    (send,) = await react_to(said("!card"))
    assert keys(send) == ["resources.cards.none"]


async def test_what_has_its_text_nowhere_else_can_be_read_too():
    hack = replace(CARDS[0], id="pot", kind=Kind.LIFE_HACK, title={"en": "A clay pot"}, text={"en": "Wet it."})
    (send,) = await react_to(said("!card clay pot"), community=replace(WITH_CARDS, library=(hack,)))
    assert send.parts[0].params["text"] == "Wet it."


async def test_a_page_is_no_card():
    (send,) = await react_to(said("!card gluten"), community=WITH_CARDS)
    assert keys(send)[0] == "resources.card.unknown"


async def test_an_entry_that_is_a_card_says_how_to_see_it():
    (send,) = await react_to(said("!find panic racing heart"), community=WITH_CARDS)
    shown = {part.params["title"]: part.params["card"] for part in send.parts if part.key == "resources.entry"}
    assert shown["About panic"].key == "resources.entry.card"
    assert shown["About panic"].params == {"name": "panic"}


@pytest.mark.parametrize("text", ["breathing", "card breathing", "Karte About Breathing", "tarjeta breathing"])
async def test_in_private_a_card_needs_no_mark(text):
    (send,) = await react_to(said(text, room=CHAT), community=WITH_CARDS)
    assert keys(send) == ["resources.card"]
    assert send.parts[0].params["title"] == "About breathing"


async def test_a_word_that_a_card_is_looked_for_by_names_it_and_other_words_are_a_question():
    cards = (replace(CARDS[0], keywords=("atmen",)), *CARDS[1:])
    for text, key in (("karte atmen", "resources.card"), ("karte von gluten", "resources.found")):
        (send,) = await react_to(said(text, room=CHAT), community=replace(WITH_CARDS, library=(*BOOKS, *cards)))
        assert keys(send)[0] == key


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt"])
def test_the_cards_and_the_questions_for_an_appointment_speak_every_language(language):
    for card in (each for each in cards_of(EXAMPLE) if each.kind in CARD_KINDS):
        assert {language} <= {*card.title} & {*card.summary} & {*card.text} & {*card.languages}
        # The text is plain: no mark of a language for texts is read out.
        assert "*" not in card.text[language]
        assert card.text[language].count("\n") == card.text["en"].count("\n")


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("atmen", "breathing"),
        ("respirar", "breathing"),
        ("respiration", "breathing"),
        ("respiração", "breathing"),
        ("panikattacke", "panic"),
        ("Quand la panique vient", "panic"),
    ],
)
def test_the_example_s_cards_are_called_what_the_help_calls_them(name, card):
    assert is_called_so(cards_of(EXAMPLE), name)
    assert card_named(cards_of(EXAMPLE), name) is None or card_named(cards_of(EXAMPLE), name).id == f"card-{card}"


@pytest.mark.parametrize(("text", "key"), [("cards", "resources.cards"), ("Topics", "resources.topics")])
async def test_so_do_the_cards_and_the_topics(text, key):
    (send,) = await react_to(said(text, room=CHAT), community=WITH_CARDS)
    assert keys(send) == [key]


async def test_a_card_is_named_by_the_least_that_one_has_to_type():
    twins = (*CARDS[:2], replace(CARDS[0], id="questions-breathing", title={"en": "Ask"}))
    assert [short_name(card, twins) for card in twins] == ["breathing", "grounding", "questions-breathing"]


async def test_topics_are_those_that_something_is_about():
    (send,) = await react_to(said("!topics"), community=WITH_CARDS)
    assert send.parts[0].params["topics"] == "Sleep"
    (send,) = await react_to(said("!topics"))
    assert keys(send) == ["resources.topics.none"]


async def test_a_helpline_past_its_day_is_not_found_any_more():
    old = replace(COMMUNITY.library[0], kind=Kind.HELPLINE, review_by=date(2026, 11, 1))
    (send, *_) = await react_to(said("!find gluten"), community=replace(COMMUNITY, library=(old,)))
    assert keys(send) == ["resources.nothing"]
