# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from bots.core.actions import BotName
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole
from bots.core.runtime.community_rooms import GOOD_FOR, CommunityRooms
from bots.core.simulation.store import MemoryStore
from fakes.clock import FakeClock

FIRST = CommunityRoom(room_id="!first:x", role=RoomRole.LOBBY)
SECOND = CommunityRoom(room_id="!second:x", role=RoomRole.MODERATORS, position=1)


async def remember(store, room):
    async with store.transaction(BotName.WELCOME, FakeClock().now()) as transaction:
        await transaction.remember(room)


async def test_what_was_read_is_good_for_a_moment_and_then_read_again():
    store, rooms, now = MemoryStore(), CommunityRooms(), FakeClock().now()
    await remember(store, SECOND)
    async with store.reading(BotName.WELCOME, now) as transaction:
        assert await rooms.read(transaction) == (SECOND,)
    await remember(store, FIRST)

    async with store.reading(BotName.WELCOME, now + GOOD_FOR / 2) as transaction:
        assert await rooms.read(transaction) == (SECOND,)
    async with store.reading(BotName.WELCOME, now + GOOD_FOR) as transaction:
        assert await rooms.read(transaction) == (FIRST, SECOND)


async def test_it_is_read_at_once_when_there_is_a_reason():
    store, rooms, now = MemoryStore(), CommunityRooms(), FakeClock().now()
    async with store.reading(BotName.WELCOME, now) as transaction:
        assert await rooms.read(transaction) == ()
    await remember(store, FIRST)
    rooms.forget()

    assert rooms.known(now) is None
    async with store.reading(BotName.WELCOME, now + timedelta(milliseconds=1)) as transaction:
        assert await rooms.read(transaction) == (FIRST,)
