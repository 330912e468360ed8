# SPDX-License-Identifier: Apache-2.0
"""The scheduler looks at what is due, and the loop writes something else before the scheduler gets to it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bots.core.actions import BotName
from fakes.parrot import ME, World, settle


class Meanwhile:
    """A store in which something is written right after somebody has looked."""

    def __init__(self, store):
        self._store = store
        self.then = None

    @asynccontextmanager
    async def reading(self, bot, now):
        async with self._store.reading(bot, now) as transaction:
            yield transaction
        if self.then is not None:
            then, self.then = self.then, None
            async with self._store.transaction(bot, now) as transaction:
                await then(transaction)

    def __getattr__(self, name):
        return getattr(self._store, name)


@pytest.fixture
async def world():
    """Something is to be said in an hour."""
    world = World()
    await world.apply()
    for user in (ME, "@anna:x"):
        world.homeserver.join(user, world.lobby)
    world.bot_running = world.running()
    await settle(world.bot_running)
    world.homeserver.say("@anna:x", world.lobby, "!later")
    await settle(world.bot_running)
    world.slow = world.bot_running.scheduler.store = Meanwhile(world.store)
    return world


class SlowToRead:
    """A homeserver on which the loop is quicker to read what its key has come for."""

    def __init__(self, transport, loop):
        self._transport, self._loop = transport, loop
        self.asked = 0

    async def retry(self, event):
        self.asked += 1
        found = await self._transport.retry(event)
        await self._loop.step(timeout_ms=0)
        return found

    def __getattr__(self, name):
        return getattr(self._transport, name)


async def test_what_two_find_readable_at_the_same_time_is_answered_once(world):
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(world.bot_running)
    world.homeserver.give_key(world.lobby, "@anna:x", ME)
    world.clock.advance(timedelta(minutes=16))
    decided = []
    world.bot_running.decider.heard = decided.append
    scheduler = world.bot_running.scheduler
    slow = scheduler.transport = SlowToRead(scheduler.transport, world.bot_running.loop)
    await scheduler.step()
    await settle(world.bot_running)
    assert slow.asked == 1
    assert [action.why for action in decided] == ["t.echo", "t.second"]
    assert world.said(world.lobby).count("you said hi") == 1


async def said_later(world):
    await settle(world.bot_running)
    return world.said(world.lobby).count("it is later")


async def test_what_was_cancelled_after_it_was_seen_to_be_due_does_not_happen(world):
    async def cancel(transaction):
        await transaction.cancel("later")

    world.clock.advance(timedelta(hours=1))
    world.slow.then = cancel
    assert await said_later(world) == 0


async def test_what_was_put_off_after_it_was_seen_to_be_due_happens_then_and_once(world):
    async def put_off(transaction):
        at = transaction.now + timedelta(hours=1)
        await transaction.schedule("later", "later", at, {"room_id": world.lobby}, bot=BotName.WELCOME)

    world.clock.advance(timedelta(hours=1))
    world.slow.then = put_off
    assert await said_later(world) == 0
    world.clock.advance(timedelta(hours=1))
    assert await said_later(world) == 1
