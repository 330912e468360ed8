# SPDX-License-Identifier: Apache-2.0
"""What a decision writes down at once."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import structlog

from bots.core.actions import BotName, Log, Schedule
from bots.core.bot import Handler
from bots.core.events import Message, Tick
from bots.core.runtime.decide import transaction_id
from bots.core.transport import TransportError
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


def test_the_same_decision_about_the_same_event_always_has_the_same_transaction_id():
    made = {
        transaction_id(bot, source, handler, action)
        for bot in (BotName.WELCOME, BotName.MODERATION)
        for source in ("$a", "$b")
        for handler in (0, 1)
        for action in (0, 1)
    }
    assert len(made) == 16
    assert transaction_id(BotName.WELCOME, "$b", 1, 0) in made


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


async def who_sent(event, reader):
    return await reader.message_sender(event.payload["room_id"], event.payload["event_id"])


def say_who(_event, sender):
    return (Log(why="t.who", sentence="it was sent", fields={"by": sender or "nobody knows"}),)


def ask_later(event, _facts):
    payload = {"room_id": event.room_id, "event_id": "$gone" if event.text == "lost" else event.event_id}
    return (Schedule(why="t.ask", id=event.event_id, kind="t.ask", at=event.sent_at, payload=payload),)


async def asked_who_sent(text, away=0):
    """What stands in the log after a tick has asked for a message's sender, `away`: after so many failed look-ups."""
    handlers = (
        Handler(Message, no_facts, ask_later),
        Handler(Tick, who_sent, say_who, target=lambda tick: tick.payload["event_id"]),
    )
    world = World(bot=replace(Parrot(), handlers=handlers))
    await world.apply()
    world.homeserver.invite(ORGANISER, world.lobby, "@welcome:x")
    running = world.running()
    await settle(running)
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, text)
    look_up, left = running.transport.event_sender, count(away, -1)

    async def sometimes(room_id, event_id):
        if next(left) > 0:
            raise TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
        return await look_up(room_id, event_id)

    running.transport.event_sender = sometimes
    with structlog.testing.capture_logs() as logs:
        await settle(running)
        for _ in range(away):
            world.clock.advance(timedelta(seconds=1))
            await settle(running)
    return [line.get("by") for line in logs if line["event"] == "it was sent"]


async def test_who_sent_the_message_of_a_tick_is_known_to_its_handler():
    assert await asked_who_sent("hi") == ["@anna:x"]
    assert await asked_who_sent("lost") == ["nobody knows"]


async def test_a_tick_waits_for_a_homeserver_that_does_not_answer():
    assert await asked_who_sent("hi", away=2) == ["@anna:x"]
