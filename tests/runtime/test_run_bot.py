# SPDX-License-Identifier: Apache-2.0
import asyncio
import os
import signal

import pytest
import structlog

from bots.core.actions import BotName, InRoom, Send, Words
from bots.core.matrix.http import UNREACHABLE
from bots.core.runtime.payload import to_json
from bots.core.runtime.run import EXIT_OK, EXIT_TOKEN_REVOKED, run_bot
from bots.core.transport import TokenRevokedError, TransportError
from fakes.parrot import ME, ORGANISER, World


class Line:
    """The way to the homeserver, which a test can cut: the next syncs raise what `errors` holds."""

    def __init__(self, transport, errors):
        self._transport = transport
        self.errors = errors

    def __getattr__(self, name):
        return getattr(self._transport, name)

    async def sync(self, since, *, timeout_ms):
        if self.errors:
            raise self.errors.pop(0)
        return await self._transport.sync(since, timeout_ms=timeout_ms)


@pytest.fixture
async def world():
    world = World()
    await world.apply()
    world.homeserver.invite(ORGANISER, world.lobby, ME)
    return world


def living(world, errors=()):
    return world.running(wrap_transport=lambda transport: Line(transport, list(errors)))


async def until(condition, clock=None):
    for _ in range(2000):
        if condition():
            return
        if clock is not None:
            clock.advance(1)
        await asyncio.sleep(0)
    raise AssertionError("it never came to be")


async def test_a_bot_that_comes_back_where_nothing_happened_is_at_work_at_once(world):
    stop = asyncio.Event()
    life = asyncio.create_task(run_bot(living(world), stop=stop))
    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined())
    stop.set()
    await life
    send = Send(why="t", place=InRoom(world.lobby), parts=(Words("test.later"),))
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.enqueue(
            BotName.WELCOME, transaction_id="x", place="p", priority=1, not_before=None, payload=to_json(send)
        )

    again = asyncio.create_task(run_bot(living(world), stop=(stop := asyncio.Event())))
    await until(lambda: world.said() == ["it is later"])
    stop.set()
    await again


async def test_of_a_handler_that_fails_half_way_nothing_is_done(world):
    stop = asyncio.Event()
    life = asyncio.create_task(run_bot(living(world), stop=stop))
    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined())
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "half")
    world.homeserver.say("@anna:x", world.lobby, "whole")
    await until(lambda: "and that was that" in world.said())
    stop.set()
    await life

    assert world.said(world.lobby) == ["you said whole", "and that was that"]


async def test_a_running_bot_answers_until_it_is_told_to_stop(world):
    stop = asyncio.Event()
    life = asyncio.create_task(run_bot(living(world), stop=stop))
    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined())
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await until(lambda: len(world.said()) == 3)

    stop.set()

    assert await life == EXIT_OK


async def test_sigterm_stops_it_kindly(world):
    life = asyncio.create_task(run_bot(living(world)))
    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined())

    os.kill(os.getpid(), signal.SIGTERM)

    assert await life == EXIT_OK


async def test_a_revoked_token_ends_it_with_a_code_of_its_own(world):
    gone = TokenRevokedError("M_UNKNOWN_TOKEN", "gone", status=401)

    with structlog.testing.capture_logs() as logs:
        assert await run_bot(living(world, [gone])) == EXIT_TOKEN_REVOKED
    assert [log["event"] for log in logs if "log it in again" in log["event"]]


async def test_a_message_that_never_gets_through_holds_up_no_sync(world):
    def hanging(transport):
        line = Line(transport, [])
        line.send = lambda *_: asyncio.Event().wait()
        return line

    bot = world.running(wrap_transport=hanging)
    stop = asyncio.Event()
    life = asyncio.create_task(run_bot(bot, stop=stop))
    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined())
    world.homeserver.join("@anna:x", world.lobby)
    for number in range(20):
        world.homeserver.say("@anna:x", world.lobby, f"message {number}")
        heard = len(world.homeserver.stream)
        await until(lambda heard=heard: int(bot.loop._since or 0) >= heard)

    assert world.said() == []

    stop.set()
    assert await life == EXIT_OK


async def test_a_homeserver_that_is_away_is_waited_for(world):
    away = TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
    stop = asyncio.Event()
    life = asyncio.create_task(run_bot(living(world, [away] * 5), stop=stop))

    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined(), world.clock)

    stop.set()
    assert await life == EXIT_OK


async def test_the_homeserver_is_not_asked_again_before_the_time_it_named(world):
    busy = TransportError("M_LIMIT_EXCEEDED", "slow down", status=429, retryable=True, retry_after=60)
    bot = living(world, [busy])
    life = asyncio.create_task(bot.loop.run())
    await until(lambda: world.clock.sleeping == 1)
    world.clock.advance(59)
    for _ in range(100):
        await asyncio.sleep(0)
    assert bot.metrics.last_sync is None

    world.clock.advance(1)
    await until(lambda: bot.metrics.last_sync is not None)

    life.cancel()
    await asyncio.gather(life, return_exceptions=True)


async def test_what_waits_longer_and_longer_for_the_homeserver_waits_no_more_when_a_sync_is_answered(world):
    await (bot := living(world)).step()
    away = TransportError(UNREACHABLE, "no answer", retryable=True)
    bot.transport.errors = [away, away]
    bot.performer.effects = Away(away)
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        send = to_json(Send(why="t", place=InRoom(world.lobby), parts=(Words("test.later"),)))
        await transaction.enqueue(
            BotName.WELCOME, transaction_id="x", place="p", priority=1, not_before=None, payload=send
        )
    for _ in range(10):
        world.clock.advance(300)
        await bot.performer.drain()
    bot.performer.effects = bot.live
    await bot.performer.drain()
    assert world.said() == []
    life = asyncio.create_task(bot.loop.run())
    await until(lambda: bot.transport.errors == [] and bot.loop._failures == 0, world.clock)
    await bot.performer.drain()
    assert world.said() == ["it is later"]
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)


class Away:
    def __init__(self, error):
        self._error = error

    async def carry_out(self, _action, _transaction_id):
        raise self._error


async def test_a_dry_run_says_nothing_to_anybody(world):
    world.homeserver.join(ME, world.lobby)
    world.homeserver.join("@anna:x", world.lobby)
    bot = world.running(dry_run=True)
    for _ in range(5):
        await bot.step()

    assert world.said() == []
    assert world.store.tables.outbox == {}


async def test_a_homeserver_that_was_away_for_an_hour_is_heard_again_soon_and_what_waited_is_said(world):
    clock, stop = world.clock, asyncio.Event()
    running = living(world)
    life = asyncio.create_task(run_bot(running, stop=stop))
    await until(lambda: ME in world.homeserver.rooms[world.lobby].joined())
    world.homeserver.join("@anna:x", world.lobby)
    line, send = running.transport, running.transport.send
    away = TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)

    async def unreachable(*_args):
        raise away

    running.transport.send = unreachable
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await until(lambda: world.store.tables.outbox)
    line.errors = [away] * 10_000
    # Ask once more, so that the poll that waits for news ends.
    world.homeserver.say("@anna:x", world.lobby, "again")
    for _ in range(3600):
        clock.advance(1)
        for _ in range(5):
            await asyncio.sleep(0)
    line.errors.clear()
    running.transport.send = send
    for _ in range(31):
        clock.advance(1)
        for _ in range(60):
            await asyncio.sleep(0)

    assert "you said hi" in world.said(world.lobby)
    stop.set()
    await life
