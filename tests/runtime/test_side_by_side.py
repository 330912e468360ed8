# SPDX-License-Identifier: Apache-2.0
"""The loop and the scheduler work side by side: what one has looked up, the other may have changed when it decides."""

from datetime import timedelta

import pytest

from bots.core.actions import BotName
from fakes.parrot import ME, ORGANISER, World, settle


@pytest.fixture
async def world():
    """The parrot and Anna are in the lobby."""
    world = World()
    await world.apply()
    world.homeserver.invite(ORGANISER, world.lobby, ME)
    world.running_bot = world.running()
    await settle(world.running_bot)
    world.homeserver.join("@anna:x", world.lobby)
    return world


class Meanwhile:
    """A homeserver that takes its time to give an event out: long enough for something else, once."""

    def __init__(self, transport, something_else):
        self._transport, self._something_else = transport, something_else

    def __getattr__(self, name):
        return getattr(self._transport, name)

    async def retry(self, unreadable):
        message = await self._transport.retry(unreadable)
        something_else, self._something_else = self._something_else, None
        if something_else is not None:
            await something_else()
        return message


async def test_what_was_put_off_while_it_was_looked_at_comes_at_its_new_time(world):
    async def put_off():
        at = world.clock.now() + timedelta(hours=1)
        async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
            await transaction.schedule("later", "later", at, {"room_id": world.lobby})

    running = world.running(wrap_transport=lambda transport: Meanwhile(transport, put_off))
    world.homeserver.say("@anna:x", world.lobby, "!later")
    await settle(running)
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(running)
    world.clock.advance(timedelta(hours=1))
    await settle(running)
    assert "it is later" not in world.said(world.lobby)

    world.clock.advance(timedelta(hours=1))
    await settle(running)
    assert world.said(world.lobby).count("it is later") == 1


async def test_what_was_cancelled_while_it_was_looked_at_never_comes(world):
    async def cancelled():
        async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
            assert await transaction.cancel("later")

    running = world.running(wrap_transport=lambda transport: Meanwhile(transport, cancelled))
    world.homeserver.say("@anna:x", world.lobby, "!later")
    await settle(running)
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME)
    await settle(running)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(running)
    world.clock.advance(timedelta(hours=1))
    await settle(running)

    assert "it is later" not in world.said(world.lobby)
