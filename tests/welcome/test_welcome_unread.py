# SPDX-License-Identifier: Apache-2.0
"""Somebody who can read nothing in the private chat, and never answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import SetTopic
from bots.core.language import Catalogue, shipped_words, spoken
from bots.welcome.unread import HINT_AFTER
from fakes.parrot import settle
from fakes.welcome_scene import ANA, COMMUNITY, PRIVATE, Scene
from welcome.test_welcome_running import Place

CATALOGUE = Catalogue.load(shipped_words(), spoken(shipped_words()))


async def entered(**scene):
    scene = Scene(**scene)
    await scene.joins()
    await scene.joins(PRIVATE)
    return scene


async def test_whoever_does_not_answer_reads_in_the_topic_what_helps_and_only_once():
    scene = await entered()
    await scene.lets_time_pass(minutes=29)
    assert scene.done == []
    await scene.lets_time_pass(minutes=1)
    assert scene.done == ["sets the topic"]
    assert scene.said == []
    await scene.joins(PRIVATE)
    await scene.lets_time_pass(hours=20)
    assert scene.done == []


async def test_it_stands_there_in_every_language_that_they_may_speak_and_says_nothing_of_them():
    scene = await entered(community=replace(COMMUNITY, languages=("en", "es", "fr", "de", "pt")))
    await scene.lets_time_pass(minutes=30)
    (hint,) = (action for action in scene.last if isinstance(action, SetTopic))
    assert [part.language for part in hint.parts] == ["en", "es", "fr", "de", "pt"]
    telling = [each for c in COMMUNITY.conditions for each in (*c.name.values(), *c.synonyms["en"], c.room_name)]
    for part in hint.parts:
        text = CATALOGUE.render(part, "en").body
        assert "1." in text
        assert not any(f" {word.casefold()} " in f" {text.casefold()} " for word in (*telling, "health", "Kithroom"))


@pytest.mark.parametrize("answer", ["says", "taps", "shows", "says something odd"])
async def test_the_first_sign_of_an_answer_takes_it_away(answer):
    scene = await entered()
    await scene.lets_time_pass(minutes=30)
    match answer:
        case "says":
            await scene.says("yes")
        case "taps":
            await scene.taps("✅")
        case "shows":
            await scene.shows()
        case _:
            await scene.says("🦆")
    assert scene.done == ["takes the topic away"]
    await scene.says("hm")
    assert scene.done == []


@pytest.mark.parametrize("answer", ["yes", "hm", "stop", "later"])
async def test_who_has_answered_anything_is_left_in_peace(answer):
    scene = await entered()
    await scene.says(answer)
    await scene.lets_time_pass(minutes=31)
    assert scene.done == []


async def test_who_writes_what_the_bot_cannot_read_still_gets_the_hint():
    scene = await entered()
    await scene.writes_unreadably()
    await scene.lets_time_pass(minutes=31)
    assert scene.done == ["sets the topic"]


async def test_who_has_not_come_into_the_chat_or_left_it_gets_none():
    scene = Scene()
    await scene.joins()
    await scene.lets_time_pass(minutes=31)
    assert scene.done == []
    scene = await entered()
    await scene.leaves(PRIVATE)
    await scene.lets_time_pass(minutes=31)
    assert scene.done == []


async def test_it_reaches_somebody_to_whom_nothing_can_be_said_at_all():
    place = Place()
    await place.opens()
    place.homeserver.without_devices.add(ANA)
    chat = await place.comes()
    assert place.said(chat) == ""
    place.clock.advance(HINT_AFTER + timedelta(minutes=1))
    await settle(place.running)
    assert "close the app" in place.homeserver.topics[chat].casefold()
    assert place.said(chat) == ""

    place.homeserver.give_device(ANA)
    await settle(place.running)
    await place.says(chat, "yes")
    assert place.homeserver.topics[chat] == ""
