# SPDX-License-Identifier: Apache-2.0
"""Things that come at the same time, or before the bot has finished with what came before."""

from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.welcome.records import Conversation
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT
from welcome.test_welcome_running import Place


@pytest.fixture
async def place():
    place = Place()
    await place.opens()
    return place


async def conversation(place):
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        return await transaction.get(Conversation, ANA)


async def test_an_answer_that_becomes_readable_just_when_it_is_looked_at_again_counts_once(place):
    chat = await place.comes()
    place.homeserver.withhold_key(chat, ANA, BOT)
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    place.clock.advance(timedelta(minutes=16))
    place.homeserver.give_key(chat, ANA, BOT)
    transport, looked_again = place.running.transport, []
    retry = transport.retry

    async def retry_slowly(unreadable):
        message = await retry(unreadable)
        if not looked_again:
            looked_again.append(unreadable)
            await place.running.scheduler.step()
        return message

    transport.retry = retry_slowly
    await settle(place.running)

    known = await conversation(place)
    assert looked_again
    assert (known.adult, known.agreed) == (True, 0), "the same yes is no yes to the guidelines"
