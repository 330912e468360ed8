# SPDX-License-Identifier: Apache-2.0
"""The machine dies at every step there is, and comes back: nothing is lost, nothing is said twice."""

import re
from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.core.events import Message, Reaction, Redaction
from bots.core.store import Keys, Store
from fakes.crashes import Countdown, Mortal, MortalStore, Reborn
from fakes.parrot import ME, ORGANISER, Parrot, World


def reborn(world, countdown):
    """The life of a bot that dies when the countdown says so, and is started again."""

    def born():
        return world.running(
            wrap_store=lambda store: MortalStore(store, countdown),
            wrap_transport=lambda transport: Mortal(transport, countdown),
        )

    return Reborn(born, countdown).live


async def a_busy_day(world, live):
    """A newcomer, a question, a command with an outcome, a tick. `live` has the bot do what there is to do."""
    world.homeserver.invite(ORGANISER, world.lobby, ME)
    await live()
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await live()
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME)
    world.homeserver.say("@anna:x", world.lobby, "secret")
    await live()
    world.homeserver.give_key(world.lobby, "@anna:x", ME)
    world.homeserver.say("@anna:x", world.lobby, "!gone")
    world.homeserver.say("@anna:x", world.lobby, "!later")
    await live()
    world.clock.advance(timedelta(hours=2))
    await live()


def effects(world):
    """All that the bot did, room by room, without the ids."""
    homeserver = world.homeserver
    rooms = {room_id: f"room {number}" for number, room_id in enumerate(sorted(homeserver.rooms))}
    texts = {e.event.event_id: e.event.text for e in homeserver.stream if isinstance(e.event, Message)}
    done = {}
    for entry in homeserver.stream:
        event = entry.event
        if event is None or event.sender != ME:
            continue
        match event:
            case Message(text=text):
                what = f"said {text}, in reply to {texts.get(event.reply_to)}"
            case Reaction(target=target, key=key):
                what = f"put {key} on {texts[target]}"
            case Redaction(target=target):
                what = f"took away {texts[target]}"
            case _:
                what = f"{type(event).__name__} {getattr(event, 'user', '')} {getattr(event, 'now', '')}"
        done.setdefault(rooms[event.room_id], []).append(what)
    return {room: sorted(all_) for room, all_ in done.items()}


async def the_day_without_a_crash():
    world, countdown = World(), Countdown()
    await world.apply()
    await a_busy_day(world, reborn(world, countdown))
    return effects(world), countdown.moments


async def test_the_day_itself_has_everything_in_it():
    undisturbed, moments = await the_day_without_a_crash()

    everything = "\n".join(line for lines in undisturbed.values() for line in lines)
    assert re.search("said hello @anna:x", everything)
    assert re.search("said and that was that, in reply to you said secret", everything)
    assert re.search("took away !gone", everything)
    assert re.search("said outcome none", everything)
    assert re.search("said it is later", everything)
    assert moments > 300


# In eight parts, so that a failure is found sooner and each part is short.
@pytest.mark.parametrize("part", range(8))
async def test_a_crash_at_any_moment_loses_nothing_and_repeats_nothing(part):
    undisturbed, moments = await the_day_without_a_crash()

    for at in range(1 + part, moments + 1, 8):
        world, countdown = World(), Countdown(at)
        await world.apply()
        await a_busy_day(world, reborn(world, countdown))
        assert effects(world) == undisturbed, f"after a crash at moment {at} of {moments}"
        assert world.store.tables.outbox == {}


async def test_the_same_day_with_the_database_that_is_really_used(tmp_path):
    undisturbed, _ = await the_day_without_a_crash()

    async with await Store.open(f"sqlite:///{tmp_path / 'community.db'}", Keys(b"k" * 32), Parrot().records) as store:
        world = World(store=store)
        await world.apply()
        await a_busy_day(world, reborn(world, Countdown()))
        assert effects(world) == undisturbed
        async with store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
            assert await transaction.waiting() == []
