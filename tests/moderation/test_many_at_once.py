# SPDX-License-Identifier: Apache-2.0
"""Moderators and members do things at random, faster than the bots hear of it; now and then the bots start anew.

Whatever the order: in the end the rooms are as the decisions say, and when their time is over, as before them.
"""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.core.records import RoomMeasure
from bots.core.rooms import MembershipState
from bots.core.transport import TransportError
from bots.moderation.records import Decision, Kind
from fakes.house import ANA, BEN, MIA, MO, House

WALKS, STEPS = 8, 12
ORDERS = ("!mute 1m", "!mute 30m", "!mute 5m", "!unmute", "!unmute", "!undo", "!hold", "!ban 10m", "!remove", "!warn")
NAMING = ("!mute {} 5m everywhere", "!unban {}")
ABOUT_ROOMS = ("!lock 1m", "!lock 5m", "!unlock", "!unlock")


class Walk:
    def __init__(self, house, chance):
        self.house, self.chance = house, chance
        self.said = {user: house.says(user, "hello there") for user in (ANA, BEN)}
        self.done = []

    def somebody_does_something(self):
        house, chance = self.house, self.chance
        user, moderator = chance.choice((ANA, BEN, BEN, BEN)), chance.choice((MO, MIA))
        room = chance.choice((house.harbour, house.lobby))
        what = chance.choice((*ORDERS, *NAMING, *ABOUT_ROOMS, "leaves", "comes"))
        self.done.append((what, user, moderator))
        # Who is banned does not come in, and who is muted may not be able to do it.
        with suppress(TransportError):
            if what == "leaves":
                house.homeserver.leave(user, room)
            elif what == "comes":
                house.enters(user, room)
            elif what in ORDERS:
                house.homeserver.say(moderator, house.harbour, what, reply_to=self.said[user])
            else:
                house.homeserver.say(moderator, house.office, what.format(user))

    async def the_bots_get_on(self):
        house, chance = self.house, self.chance
        moderation, welcome = house.running[BotName.MODERATION], house.running[BotName.WELCOME]
        for likely, step in (
            (0.35, lambda: moderation.loop.step(timeout_ms=0)),
            (0.3, moderation.scheduler.step),
            (0.35, moderation.performer.drain),
            (0.3, welcome.step),
        ):
            if chance.random() < likely:
                await step()
        if chance.random() < 0.2:
            house.clock.advance(timedelta(seconds=chance.choice((1, 40, 70, 400))))
        if chance.random() < 0.06:
            house.runs()

    def differs(self):
        """Where the rooms are not as the decisions in force say."""
        house = self.house
        in_force = [decision for decision in house.recorded(Decision) if decision.active]
        for user in (ANA, BEN):
            for room in (house.harbour, house.lobby):
                kinds = [each.kind for each in in_force if (each.target, each.room_id) == (user, room)]
                mutes = [kind for kind in kinds if kind in (Kind.MUTE, Kind.HOLD)]
                if len(mutes) != (house.level(user, room) == -1):
                    yield user, house.level(user, room), kinds
                if (Kind.BAN in kinds) != (house.state(user, room) is MembershipState.BAN):
                    yield user, house.state(user, room), kinds
        locked = any(measure.room_id == house.lobby for measure in house.recorded(RoomMeasure))
        if locked != (house.homeserver.rooms[house.lobby].join_rule != "public"):
            yield "the door", locked


@pytest.mark.parametrize("_", range(WALKS))
async def test_in_the_end_the_rooms_are_as_was_decided(_):
    # pytest-randomly seeds this, and says the seed.
    walk = Walk(await House.built(), random.Random(random.random()))
    for _step in range(STEPS):
        walk.somebody_does_something()
        await walk.the_bots_get_on()
    await walk.house.settles()
    assert list(walk.differs()) == [], walk.done
    # Whatever lasts for a while is over, whoever was held is let go.
    for _day in range(2):
        await walk.house.waits(hours=25)
    assert list(walk.differs()) == [], walk.done
    house = walk.house
    assert {house.level(user, room) for user in (ANA, BEN) for room in (house.harbour, house.lobby)} == {None}, (
        walk.done
    )
