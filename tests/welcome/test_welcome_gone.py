# SPDX-License-Identifier: Apache-2.0
"""Who has left everything, and whose account is no more, is forgotten after a month; who comes back is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.core.rooms import Member, MembershipState, PowerLevels
from bots.welcome.gone import REMEMBERED_FOR
from bots.welcome.records import Conversation
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, COMMUNITY, MODERATOR
from welcome.test_welcome_running import Place

DAY = timedelta(days=1)


@pytest.fixture
async def place():
    place = Place()
    await place.opens()
    return place


async def is_known(place):
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        held = await transaction.holdings(ANA)
        assert bool(held) is (await transaction.get(Conversation, ANA) is not None)
        return bool(held)


async def goes_by(place, time):
    place.clock.advance(time)
    await settle(place.running)


async def leaves_everything(place, chat):
    """As a homeserver does it with an account that is deactivated."""
    for room_id in (place.lobby, chat):
        place.homeserver.leave(ANA, room_id)
    await settle(place.running)


async def test_a_month_after_the_last_room_nothing_is_kept(place):
    chat = await place.comes()
    await leaves_everything(place, chat)

    await goes_by(place, REMEMBERED_FOR - DAY)
    assert await is_known(place)
    await goes_by(place, 2 * DAY)
    assert not await is_known(place)
    assert BOT not in place.homeserver.rooms[chat].joined()


async def test_who_is_still_in_the_chat_is_not_forgotten(place):
    await place.comes()
    place.homeserver.leave(ANA, place.lobby)
    await settle(place.running)

    await goes_by(place, REMEMBERED_FOR + DAY)

    assert await is_known(place)


async def test_who_comes_back_in_time_is_not_forgotten(place):
    chat = await place.comes()
    await leaves_everything(place, chat)
    await goes_by(place, REMEMBERED_FOR - DAY)
    place.homeserver.join(ANA, place.lobby)
    await settle(place.running)

    await goes_by(place, 2 * DAY)

    assert await is_known(place)


async def is_banned(place, *rooms):
    """By a moderator, as `!ban … everywhere` does it."""
    for room_id in rooms:
        room = place.homeserver.rooms[room_id]
        levels = PowerLevels(users={MODERATOR: 50, BOT: 25})
        members = {**room.members, MODERATOR: Member(MembershipState.JOIN)}
        place.homeserver.rooms[room_id] = replace(room, power_levels=levels, members=members)
        place.homeserver.ban(MODERATOR, room_id, ANA)
    await settle(place.running)


@pytest.mark.parametrize(("appeal_days", "kept"), [(30, 30), (60, 60), (7, 30)])
async def test_who_is_banned_everywhere_and_stays_in_the_chat_is_forgotten_when_no_appeal_can_come(appeal_days, kept):
    place = Place(community=replace(COMMUNITY, appeal_within=timedelta(days=appeal_days)))
    await place.opens()
    chat = await place.comes()
    await is_banned(place, place.lobby, *place.rooms.values())

    await goes_by(place, kept * DAY - DAY / 2)
    assert await is_known(place)
    assert BOT in place.homeserver.rooms[chat].joined()
    await goes_by(place, DAY)
    assert not await is_known(place)
    assert BOT not in place.homeserver.rooms[chat].joined()


async def test_who_is_banned_from_some_rooms_only_is_not_forgotten_while_they_are_in_the_chat(place):
    await place.comes()
    await is_banned(place, place.lobby, place.rooms["epilepsy"])

    await goes_by(place, REMEMBERED_FOR + DAY)

    assert await is_known(place)


async def test_whose_ban_is_lifted_in_time_is_not_forgotten(place):
    await place.comes()
    await is_banned(place, place.lobby, *place.rooms.values())
    place.homeserver.unban(MODERATOR, place.rooms["epilepsy"], ANA)
    await settle(place.running)

    await goes_by(place, REMEMBERED_FOR + DAY)

    assert await is_known(place)


async def test_a_ban_from_everywhere_is_a_departure(place):
    chat = await place.comes()
    place.homeserver.leave(ANA, chat)
    room = place.homeserver.rooms[place.lobby]
    place.homeserver.rooms[place.lobby] = replace(room, power_levels=PowerLevels(users={MODERATOR: 50, BOT: 25}))
    place.homeserver.join(MODERATOR, place.lobby)
    place.homeserver.ban(MODERATOR, place.lobby, ANA)
    await settle(place.running)

    await goes_by(place, REMEMBERED_FOR + DAY)

    assert not await is_known(place)
