# SPDX-License-Identifier: Apache-2.0
"""Who is spoken to in which language."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from bots.core.actions import BotName, InPrivateChat, InRoom, Send, Words
from bots.core.events import Message
from bots.core.records import PrivateChat, SpokenLanguage
from fakes.parrot import ME, World

ANNA = "@anna:x"
NUMBERS = count()
HELLO = (Words("test.greet", {"name": "Anna"}),)


@pytest.fixture
async def world():
    """Anna has chosen Spanish; the community speaks English."""
    world = World()
    await world.apply()
    for user in (ME, ANNA, "@mo:x"):
        world.homeserver.join(user, world.lobby)
    await remember(world, SpokenLanguage(user=ANNA, language="es"))
    world.live = world.running().live
    return world


async def remember(world, record):
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.remember(record)


async def said(world, place, *parts):
    send = Send(why="t", place=place, parts=parts or HELLO)
    event_id = await world.live.carry_out(send, f"t{next(NUMBERS)}")
    return next(
        event.text
        for room in world.homeserver.rooms
        for event in world.homeserver.timeline(room)
        if isinstance(event, Message) and event.event_id == event_id
    )


async def test_in_private_a_member_hears_the_language_they_chose(world):
    assert await said(world, InPrivateChat(ANNA, open=True)) == "hola Anna"
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        chat = await transaction.get(PrivateChat, ANNA)
    assert await said(world, InRoom(chat.room_id), Words("test.greet", {"name": "by id"})) == "hola by id"


async def test_who_chose_none_hears_the_community_s(world):
    assert await said(world, InPrivateChat("@mo:x", open=True)) == "hello Anna"


async def test_in_a_room_nobody_s_own_language_is_given_away(world):
    assert await said(world, InRoom(world.lobby)) == "hello Anna"


async def test_a_room_has_its_own_language_and_words(world):
    directory = replace(world.live.directory, community=replace(world.live.directory.community, lobby_language="es"))
    world.live.directory = directory
    assert await said(world, InRoom(world.lobby)) == "hola Anna"
    rooms = {"lobby": {"es": {"test.greet": "muy buenas"}}}
    world.live.catalogue = replace(world.live.catalogue, rooms=rooms)
    assert await said(world, InRoom(world.lobby)) == "muy buenas"
    assert await said(world, InPrivateChat(ANNA, open=True)) == "hola Anna"


async def test_what_a_sentence_says_of_its_language_goes_before(world):
    words = Words("test.greet", {"name": "Mo"}, "es")
    assert await said(world, InPrivateChat("@mo:x", open=True), words) == "hola Mo"


async def test_the_chosen_language_is_erased_with_all_else_about_the_person(world):
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.erase(ANNA)
    assert await said(world, InPrivateChat(ANNA, open=True)) == "hello Anna"
