# SPDX-License-Identifier: Apache-2.0
"""Two real homeservers: a closed community, an ally that goes and comes back, and a room that is replaced."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import sqlite3

import pytest

from bots.core.actions import BotName
from bots.core.community import Federation
from bots.core.homeserver.apply import apply, observe
from bots.core.homeserver.reach import reaches
from bots.core.matrix.http import Http, path
from bots.core.matrix.room_actions import RoomActions
from bots.core.rooms.access_lists import host
from bots.core.transport import TransportError
from homeserver.test_apply import Stage

pytestmark = pytest.mark.real

HARBOUR = "condition:t1d"
_numbers = itertools.count(1)


class Alliance(Stage):
    """A community on the first homeserver of a pair, and a guest on the second, who is its ally or not."""

    def __init__(self, pair, federation, *allies):
        number = next(_numbers)
        super().__init__(
            pair.first,
            lambda name: pair.first.register(f"{name}-modes-{number}"),
            federation=federation,
            allies=allies,
        )
        self.pair = pair
        self.guest = pair.second.register(f"guest-modes-{number}")

    def settle(self, federation, *allies):
        """The organiser changes their mind."""
        self.community = dataclasses.replace(self.community, federation=federation, allies=allies)

    def abroad(self):
        return Http(self.pair.second.url, self.guest.access_token)

    async def let_in(self, room):
        """As the welcome bot does."""
        async with self.http(self.bots[BotName.WELCOME]) as door:
            await door.request("POST", path("rooms", room, "invite"), {"user_id": self.guest.user_id})

    async def comes(self, room):
        """Whether the guest gets in."""
        async with self.abroad() as door:
            try:
                await door.request("POST", path("join", room), {}, query={"server_name": self.pair.first.server_name})
            except TransportError:
                return False
        return True

    async def says(self, account, url, room, text):
        async with Http(url, account.access_token) as door:
            where = path("rooms", room, "send", "m.room.message", text)
            await door.request("PUT", where, {"msgtype": "m.text", "body": text})

    async def heard_abroad(self, room):
        async with self.abroad() as door:
            page = await door.request("GET", path("rooms", room, "messages"), query={"dir": "b", "limit": "100"})
        return {event["content"].get("body") for event in page["chunk"] if event["type"] == "m.room.message"}

    async def until_heard_abroad(self, room, text):
        async with asyncio.timeout(60):
            while text not in await self.heard_abroad(room):  # noqa: ASYNC110 - another process's doing
                await asyncio.sleep(0.1)

    async def private_chat(self):
        """A room of the welcome bot and the guest, which no access list is for."""
        async with self.http(self.bots[BotName.WELCOME]) as door:
            body = {"preset": "private_chat", "invite": [self.guest.user_id]}
            room = (await door.request("POST", path("createRoom"), body))["room_id"]
        assert await self.comes(room)
        return room

    def reached_abroad(self, text):
        """Whether the other homeserver has it."""
        with contextlib.closing(sqlite3.connect(self.pair.second.state / "homeserver.db", timeout=30)) as database:
            return database.execute("select 1 from event_json where json like ?", (f"%{text}%",)).fetchone() is not None

    async def membership(self, room):
        return (await self.state(room, "m.room.member"))["membership"]

    async def state(self, room, kind, account=None):
        key = self.guest.user_id if kind == "m.room.member" else ""
        async with self.http(account) as door:
            return await door.request("GET", path("rooms", room, "state", kind, key))

    async def access_list(self, room):
        async with self.http(self.bots[BotName.MODERATION]) as door:
            return await door.request("GET", path("rooms", room, "state", "m.room.server_acl", ""))

    async def heard_here(self, room):
        async with self.http(self.bots[BotName.WELCOME]) as door:
            page = await door.request("GET", path("rooms", room, "messages"), query={"dir": "b", "limit": "100"})
        return {event["content"].get("body") for event in page["chunk"] if event["type"] == "m.room.message"}

    async def until_heard_here(self, room, text):
        async with asyncio.timeout(60):
            while text not in await self.heard_here(room):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)

    async def until_removed_abroad(self, room):
        """Until the guest's own homeserver knows that they are not in the room any more."""
        async with self.abroad() as door, asyncio.timeout(60):
            while room in (await door.request("GET", path("joined_rooms")))["joined_rooms"]:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)


async def test_the_rooms_of_a_closed_community_never_leave_its_homeserver(federated_pair):
    stage = Alliance(federated_pair, Federation.CLOSED)
    rooms = (await stage.apply()).rooms
    await stage.join(stage.bots[BotName.WELCOME], rooms[HARBOUR])
    with pytest.raises(TransportError):
        await stage.let_in(rooms[HARBOUR])
    assert not await stage.comes(rooms[HARBOUR])
    assert not await stage.comes(rooms["lobby"])
    async with stage.http() as door:
        actual = await observe(door, stage.cast.organiser, stage.community.slug)
    assert reaches(stage.desired, actual) == ()


async def test_a_removed_ally_is_shut_out_by_one_apply_hears_nothing_more_and_may_come_back(federated_pair):
    first, second = federated_pair.first, federated_pair.second
    stage = Alliance(federated_pair, Federation.ALLIED, second.server_name)
    rooms = (await stage.apply()).rooms
    room, lobby = rooms[HARBOUR], rooms["lobby"]
    await stage.join(stage.bots[BotName.WELCOME], room)
    await stage.let_in(room)
    assert await stage.comes(room)
    assert await stage.comes(lobby)
    chat = await stage.private_chat()
    await stage.says(stage.bots[BotName.WELCOME], first.url, room, "while we were allies")
    await stage.until_heard_abroad(room, "while we were allies")
    assert stage.reached_abroad("while we were allies")

    stage.settle(Federation.ALLIED, "elsewhere.test")
    applied = await stage.apply()
    assert applied.left == applied.refused == ()
    assert await stage.differences() == ()
    for where in (room, lobby):
        assert await stage.membership(where) == "leave"
    await stage.until_removed_abroad(room)
    await stage.says(stage.bots[BotName.WELCOME], first.url, room, "after they were gone")
    # What is sent to a homeserver is sent in order: had it been sent, it would be there before this.
    await stage.says(stage.bots[BotName.WELCOME], first.url, chat, "I am sorry")
    await stage.until_heard_abroad(chat, "I am sorry")
    assert not stage.reached_abroad("after they were gone")
    with pytest.raises(TransportError):
        await stage.says(stage.guest, second.url, room, "let me in")
    assert not await stage.comes(lobby)

    stage.settle(Federation.ALLIED, "elsewhere.test", second.server_name)
    await stage.apply()
    assert await stage.differences() == ()
    assert await stage.comes(lobby)
    await stage.let_in(room)
    assert await stage.comes(room)
    await stage.says(stage.bots[BotName.WELCOME], first.url, room, "welcome back")
    await stage.until_heard_abroad(room, "welcome back")


async def test_a_homeserver_that_the_bot_shuts_out_is_not_heard_and_the_bots_own_is_never_shut_out(federated_pair):
    first, second = federated_pair.first, federated_pair.second
    stage = Alliance(federated_pair, Federation.ALLIED, second.server_name)
    lobby = (await stage.apply()).rooms["lobby"]
    bot = stage.bots[BotName.MODERATION]
    for each in (bot, stage.bots[BotName.WELCOME]):
        await stage.join(each, lobby)
    assert await stage.comes(lobby)
    chat = await stage.private_chat()
    await stage.says(stage.guest, second.url, lobby, "before")
    await stage.until_heard_here(lobby, "before")

    # Our own name among them, as a hand slips.
    async with stage.http(bot) as door:
        await RoomActions(door).shut_out(lobby, (host(second.server_name), host(first.server_name), "local*"), ())
        assert (await stage.access_list(lobby))["deny"] == [host(second.server_name)]
    await stage.says(stage.guest, second.url, lobby, "out of the dark")
    # What a homeserver sends comes in order: had it been taken, it would be there before this.
    await stage.says(stage.guest, second.url, chat, "can you hear me?")
    await stage.until_heard_here(chat, "can you hear me?")
    assert "out of the dark" not in await stage.heard_here(lobby)
    # The other homeserver took the list over as well: had it our own on it, this would not be taken there.
    await stage.says(bot, first.url, lobby, "we go on here")
    await stage.until_heard_abroad(lobby, "we go on here")

    async with stage.http(bot) as door:
        await RoomActions(door).shut_out(lobby, (), (host(second.server_name),))
    assert (await stage.access_list(lobby))["deny"] == []


async def test_a_closed_communitys_room_is_replaced_for_an_ally_wherever_that_was_stopped(federated_pair):
    stage = Alliance(federated_pair, Federation.CLOSED)
    old = (await stage.apply()).rooms[HARBOUR]
    async with stage.http(stage.bots[BotName.WELCOME]) as door:
        await door.request("POST", path("rooms", old, "join"), {})
        await door.request("POST", path("rooms", old, "invite"), {"user_id": stage.member.user_id})
    await stage.join(stage.member, old)
    troll = federated_pair.first.register(f"troll-modes-{next(_numbers)}").user_id
    async with stage.http() as door:
        await door.request("POST", path("rooms", old, "ban"), {"user_id": troll})

    stage.settle(Federation.ALLIED, federated_pair.second.server_name)
    assert {d.what for d in await stage.differences()} >= {"federation"}
    with pytest.raises(TimeoutError):
        await apply_stopped_after_the_new_room(stage)
    async with stage.http() as door:
        applied = await apply(door, stage.cast.organiser, stage.desired)
    new = applied.rooms[HARBOUR]
    assert new != old
    assert applied.refused == ()
    assert {d.room for d in applied.left if d.what == "federation"} == {"lobby", "moderators"}
    assert (await stage.state(old, "m.room.tombstone"))["replacement_room"] == new
    assert (await stage.state(new, "m.room.create"))["m.federate"] is True
    await stage.join(stage.member, new)
    async with stage.http() as door:
        banned = path("rooms", new, "state", "m.room.member", troll)
        assert (await door.request("GET", banned))["membership"] == "ban"

    await stage.join(stage.bots[BotName.WELCOME], new)
    await stage.let_in(new)
    assert await stage.comes(new)


async def apply_stopped_after_the_new_room(stage):
    """The process ends when the new room has been made."""
    made = 0

    def stop(difference):
        nonlocal made
        if made:
            raise TimeoutError
        made += difference.what == "room to be replaced"

    async with stage.http() as door:
        await apply(door, stage.cast.organiser, stage.desired, replace={HARBOUR}, progress=stop)
