# SPDX-License-Identifier: Apache-2.0
"""For whom a question is asked, as far as it says so itself, in whichever language."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.rooms import RoomRole, RoomView
from bots.resources.asking.for_whom import for_whom
from bots.resources.asking.vocabulary import Replied, Reply, load_vocabulary
from resources.test_resources_asking import entry
from resources.test_resources_handlers import COMMUNITY

VOCABULARY = load_vocabulary()
HERE = replace(
    COMMUNITY,
    languages=("en", "es", "fr", "de", "pt"),
    library=(entry("one", "One"), entry("two", "Two", languages=("es", "pt"))),
)
ROOM = RoomView(room_id="!room", role=RoomRole.CONDITION, condition="t1")


def asked(question, spoken=None, room=None):
    return for_whom(question, room, spoken, HERE, VOCABULARY)


@pytest.mark.parametrize(
    ("question", "country"),
    [
        ("sick pay in Germany", "de"),
        ("who can I talk to in the UK about money", None),
        ("disability card in the United Arab Emirates", "ae"),
        ("Krankengeld in Österreich", "at"),
        ("droits en Belgique", "be"),
        ("ayuda en México", "mx"),
        ("ajuda no Brasil", "br"),
        ("I live in Eire, is there a card", "ie"),
        ("turkey sandwich without gluten", None),
        ("in pain all day", None),
    ],
)
def test_a_country_is_known_by_its_name_behind_a_small_word(question, country):
    assert asked(question).country == country


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("something in Spanish", "es"),
        ("etwas auf Deutsch", "de"),
        ("algo en inglés", "en"),
        ("algo em português", "pt"),
        ("it is in no book", None),
    ],
)
def test_a_language_is_known_by_its_name(question, language):
    assert asked(question).language == language


def test_the_language_that_is_asked_for_comes_before_the_one_that_was_chosen():
    assert asked("travel in Spanish", spoken="de").language == "es"
    assert asked("travel", spoken="de").language == "de"


@pytest.mark.parametrize(
    ("question", "audience"),
    [
        ("my mum was told she has it", {"carers"}),
        ("I’ve just been diagnosed, what now", {"newly-diagnosed"}),
        ("my husband can't sleep", {"carers", "partners"}),
        ("mi hija tiene diabetes", {"carers"}),
        ("meine Mutter ist krank", {"carers"}),
        ("on vient de m'annoncer une sclérose", {"newly-diagnosed"}),
        ("cuidar da minha avó", {"carers"}),
        ("flying with insulin", set()),
    ],
)
def test_whom_it_is_about_is_heard_in_plain_words(question, audience):
    assert set(asked(question).audience) == audience


@given(st.text(max_size=300))
def test_any_text_is_read(question):
    wanted = asked(question, room=ROOM)
    assert wanted.condition == "t1"
    assert VOCABULARY.without_here(question)


@pytest.mark.parametrize(
    ("text", "replied"),
    [
        ("more", Replied(Reply.MORE)),
        ("Mehr!", Replied(Reply.MORE)),
        ("That helped :)", Replied(Reply.HELPED)),
        ("helped 2", Replied(Reply.HELPED, 2)),
        ("didn’t help", Replied(Reply.UNHELPFUL)),
        ("no ayudó", Replied(Reply.UNHELPFUL)),
        ("en parler 3", Replied(Reply.TALK, 3)),
        ("thanks, that helped a lot", Replied(Reply.HELPED)),
        ("Danke, das hat geholfen", Replied(Reply.HELPED)),
        ("ok, more please!", Replied(Reply.MORE)),
        ("👍🏽", Replied(Reply.HELPED)),
        ("➕", Replied(Reply.MORE)),
        ("thanks", None),
        ("I need somebody to talk to", None),
        ("talk", None),
        ("more about insulin", None),
        ("", None),
    ],
)
def test_what_is_said_to_an_answer_is_known_in_every_language_and_nothing_else_is(text, replied):
    assert VOCABULARY.replied(text) == replied


@pytest.mark.parametrize(
    ("text", "country", "here"),
    [
        ("ireland here", "ireland", True),
        ("Irland hier", "irland", True),
        ("here", "", True),
        ("Ireland", "Ireland", False),
        ("where", "where", False),
    ],
)
def test_here_behind_a_country_asks_for_it_to_be_seen(text, country, here):
    assert VOCABULARY.without_here(text) == (country, here)
