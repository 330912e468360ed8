# SPDX-License-Identifier: Apache-2.0
"""What is asked for before the homeserver has told of what was done a moment ago."""

from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.core.rooms import MembershipState
from fakes.house import BEN, MIA, MO, House


@pytest.fixture
async def house():
    house = await House.built()
    house.said_by_ben = house.says(BEN, "buy my cure")
    return house


def in_one_breath(house, *orders):
    """Moderators answer what Ben said, one after the other, before the bot hears of any of it."""
    for who, order in orders:
        house.homeserver.say(who, house.harbour, order, reply_to=house.said_by_ben)


async def test_a_mute_that_is_taken_back_at_once_leaves_nobody_muted(house):
    in_one_breath(house, (MO, "!mute 2h"), (MO, "!unmute"))
    await house.settles()
    assert house.level(BEN) is None


async def test_a_mute_that_could_not_be_done_before_it_was_over_leaves_nobody_muted(house):
    in_one_breath(house, (MO, "!mute 1m"))
    await house.running[BotName.MODERATION].loop.step(timeout_ms=0)
    house.clock.advance(timedelta(minutes=2))
    await house.settles()
    assert house.level(BEN) is None


async def test_a_mute_after_another_was_lifted_ends_with_nobody_muted(house):
    in_one_breath(house, (MO, "!mute 2h"))
    await house.settles()
    assert house.level(BEN) == -1
    in_one_breath(house, (MO, "!unmute"), (MIA, "!mute 1h"))
    await house.settles()
    assert house.level(BEN) == -1
    await house.waits(hours=1)
    assert house.level(BEN) is None


async def test_a_ban_that_is_lifted_at_once_keeps_nobody_out(house):
    in_one_breath(house, (MO, "!ban"), (MO, "!unban"))
    await house.settles()
    assert house.state(BEN) is MembershipState.INVITE


async def test_a_ban_after_another_was_lifted_keeps_them_out(house):
    in_one_breath(house, (MO, "!ban"))
    await house.settles()
    in_one_breath(house, (MO, "!unban"), (MO, "!ban 7d"))
    await house.settles()
    assert house.state(BEN) is MembershipState.BAN


async def test_who_was_removed_by_mistake_is_invited_however_little_the_welcome_bot_has_heard(house):
    in_one_breath(house, (MO, "!remove"), (MO, "!undo"))
    await house.running[BotName.MODERATION].step()
    await house.running[BotName.WELCOME].performer.drain()
    await house.settles()
    assert house.state(BEN) is MembershipState.INVITE


async def test_a_lock_that_is_lifted_at_once_leaves_the_door_open(house):
    for order in ("!lock", "!unlock"):
        house.homeserver.say(MO, house.office, order)
    await house.settles()
    assert house.homeserver.rooms[house.lobby].join_rule == "public"


async def test_a_lock_after_another_was_lifted_closes_the_door_until_it_is_over(house):
    await house.asks("!lock")
    for order in ("!unlock", "!lock 1h"):
        house.homeserver.say(MO, house.office, order)
    await house.settles()
    assert house.homeserver.rooms[house.lobby].join_rule == "invite"
    await house.waits(hours=1)
    assert house.homeserver.rooms[house.lobby].join_rule == "public"
