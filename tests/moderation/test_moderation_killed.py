# SPDX-License-Identifier: Apache-2.0
"""The machine dies between deciding and doing, or the homeserver says "slow down": nothing is lost or done twice."""

from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest

from bots.core.actions import BotName
from bots.core.events import Membership, Message, RoomStateChanged
from bots.core.language import Catalogue, shipped_words
from bots.core.records import CommunityRoom
from bots.core.rooms import MembershipState, PowerLevels, RoomRole
from bots.core.runtime.run import Running
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.store import MemoryStore
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import TransportError
from bots.moderation.bot import make_bot
from fakes.clock import FakeClock
from fakes.crashes import Countdown, Mortal, MortalStore, Reborn
from fakes.parrot import settle
from fakes.welcome_scene import COMMUNITY

ORGANISER, BOT, MO, ANA = "@organiser:kith.test", "@moderation:kith.test", "@mo:kith.test", "@ana:kith.test"
CATALOGUE = Catalogue.load(shipped_words(), ["en"])
# Every so many moments the machine dies once; more would only take longer.
EVERY = 13
# What does not work is said at each start: here that is the welcome bot, which is not there.
STANDING = "Not all of our rooms"


class Place:
    """Two rooms and the moderators', a moderator, a member, and the bot."""

    def __init__(self):
        self.clock = FakeClock()
        self.homeserver = MemoryHomeserver(self.clock.now)
        self.store = MemoryStore()
        levels = PowerLevels(users={BOT: 60, MO: 50}, state_default=100, events={"m.room.power_levels": 60})
        self.rooms = [
            self.homeserver.create_room(ORGANISER, join_rule="public", name=name, power_levels=levels)
            for name in ("Harbour", "Lantern", "The office")
        ]
        self.office = self.rooms[2]

    async def opened(self):
        roles = (RoomRole.CONDITION, RoomRole.CONDITION, RoomRole.MODERATORS)
        async with self.store.transaction(BotName.MODERATION, self.clock.now()) as transaction:
            for number, (room_id, role) in enumerate(zip(self.rooms, roles, strict=True)):
                await transaction.remember(CommunityRoom(room_id=room_id, role=role, position=number))
        for room_id in self.rooms:
            self.homeserver.join(BOT, room_id)
            self.homeserver.join(MO, room_id)
        for room_id in self.rooms[:2]:
            self.homeserver.join(ANA, room_id)
        return self

    def running(self, countdown, transport=MemoryTransport):
        return Running(
            bot=make_bot(COMMUNITY),
            transport=Mortal(transport(self.homeserver, BOT), countdown),
            store=MortalStore(self.store, countdown),
            community=COMMUNITY,
            catalogue=CATALOGUE,
            bots=frozenset({BOT}),
            organiser=ORGANISER,
            clock=self.clock,
            random=lambda: 0.0,
        )


async def a_hard_hour(place, countdown):
    """A mute everywhere, a ban, the end of both, and a member who comes back meanwhile."""
    live = Reborn(lambda: place.running(countdown), countdown).live

    await live()
    place.homeserver.say(MO, place.office, f"!mute 1h {ANA} everywhere rest a little")
    await live()
    place.homeserver.leave(ANA, place.rooms[0])
    place.homeserver.join(ANA, place.rooms[0])
    await live()
    place.clock.advance(timedelta(hours=2))
    await live()
    place.homeserver.say(MO, place.office, f"!ban 1h {ANA} everywhere")
    await live()
    place.clock.advance(timedelta(hours=2))
    await live()


def came_of_it(place):
    """What the bot did: changes of power and of membership, and what it said to the moderators."""
    done = []
    for entry in place.homeserver.stream:
        match entry.event:
            case RoomStateChanged(sender=sender, type=kind, room_id=room_id) if sender == BOT:
                done.append((room_id, kind))
            case Membership(sender=sender, now=now, user=user, room_id=room_id) if sender == BOT and user != BOT:
                done.append((room_id, now.value))
            case Message(sender=sender, text=text, replaces=None) if sender == BOT and not text.startswith(STANDING):
                done.append(("said", text))
    return sorted(done)


async def the_hour_without_a_crash():
    place, countdown = await Place().opened(), Countdown()
    await a_hard_hour(place, countdown)
    return place, countdown.moments


async def test_the_hour_itself_has_everything_in_it():
    place, moments = await the_hour_without_a_crash()
    done = came_of_it(place)
    for room_id in place.rooms[:2]:
        assert done.count((room_id, "m.room.power_levels")) == 2
        assert done.count((room_id, MembershipState.BAN.value)) == 1
        assert place.homeserver.rooms[room_id].members[ANA].state is MembershipState.LEAVE
        assert ANA not in place.homeserver.rooms[room_id].power_levels.users
    assert moments > 200


@pytest.mark.parametrize("part", range(3))
async def test_killed_between_deciding_and_doing_nothing_is_lost_and_nothing_is_done_twice(part):
    place, moments = await the_hour_without_a_crash()
    undisturbed = came_of_it(place)
    for at in range(1 + part, moments + 1, 3 * EVERY):
        place, countdown = await Place().opened(), Countdown(at)
        await a_hard_hour(place, countdown)
        assert came_of_it(place) == undisturbed, f"after a crash at moment {at} of {moments}"
        async with place.store.reading(BotName.MODERATION, place.clock.now()) as transaction:
            assert await transaction.waiting() == []


class Slowing(MemoryTransport):
    """A homeserver that says "slow down" at each ban, twice."""

    asked: ClassVar = Counter()

    async def ban(self, room_id, user):
        self.asked[room_id] += 1
        if self.asked[room_id] <= 2:
            raise TransportError("M_LIMIT_EXCEEDED", "Too Many Requests", status=429, retryable=True, retry_after=5)
        await super().ban(room_id, user)


async def test_a_homeserver_that_says_slow_down_makes_it_slower_and_nothing_fails():
    place = await Place().opened()
    bot = place.running(Countdown(), Slowing)
    await settle(bot)
    place.homeserver.say(MO, place.office, f"!ban {ANA} everywhere")
    for _ in range(6):
        await settle(bot)
        place.clock.advance(timedelta(seconds=6))
    for room_id in place.rooms[:2]:
        assert place.homeserver.rooms[room_id].members[ANA].state is MembershipState.BAN
    said = [text for what, text in came_of_it(place) if what == "said"]
    assert not [text for text in said if "could not" in text or "Not everywhere" in text]
    (line,) = [e.event for e in place.homeserver.stream if isinstance(e.event, Message) and e.event.replaces]
    assert "done in all 2 rooms" in line.text
