# SPDX-License-Identifier: Apache-2.0
"""What a decision writes down at once."""

from dataclasses import replace

import structlog

from bots.core.actions import BotName, Log, Schedule
from bots.core.bot import Handler
from bots.core.events import Message
from fakes.parrot import ORGANISER, Parrot, World, no_facts, settle


async def decided(action):
    """A world in which a message has led to this one action, what stands in the log then, and the parrot's figures."""
    world = World(bot=replace(Parrot(), handlers=(Handler(Message, no_facts, lambda _event, _facts: (action,)),)))
    await world.apply()
    world.homeserver.invite(ORGANISER, world.lobby, "@welcome:x")
    running = world.running()
    await settle(running)
    world.homeserver.join("@anna:x", world.lobby)
    with structlog.testing.capture_logs() as logs:
        world.homeserver.say("@anna:x", world.lobby, "hi")
        await settle(running)
    return world, logs, running.metrics


async def test_a_tick_for_another_bot_is_that_bots():
    at = World().clock.now()
    tick = Schedule(why="t.tell", voice=BotName.MODERATION, id="t", kind="t.heard", at=at, payload={"user": "@anna:x"})
    world, *_ = await decided(tick)

    async with world.store.reading(BotName.MODERATION, at) as transaction:
        (due,) = await transaction.due(at)
    assert (due.kind, due.payload) == ("t.heard", {"user": "@anna:x"})


async def test_a_line_in_the_log_is_counted_only_if_it_is_an_alarm():
    _, logs, metrics = await decided(Log(why="t.log", sentence="somebody asked", fields={"tier": "T2"}))
    assert logs == [{"event": "somebody asked", "log_level": "info", "bot": "welcome", "rule": "t.log", "tier": "T2"}]
    assert metrics.registry.get_sample_value("kithroom_alarms_total") == 0

    _, logs, metrics = await decided(Log(why="t.log", sentence="nobody heard", alarm=True))
    assert [line["log_level"] for line in logs] == ["error"]
    assert metrics.registry.get_sample_value("kithroom_alarms_total") == 1
