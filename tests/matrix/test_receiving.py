# SPDX-License-Identifier: Apache-2.0
"""A sync that failed after its keys were taken in is asked again, and brings the same again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from aiohttp import web

from bots.core.matrix.crypto import Received
from bots.core.matrix.http import Http
from bots.core.matrix.known_rooms import KnownRooms
from bots.core.matrix.latecomers import Latecomers
from bots.core.matrix.receiving import Receiving
from bots.core.transport import TransportError
from fakes.scripted_homeserver import ScriptedHomeserver

ROOM = "/rooms/!r/state"
TOLD = {"type": "m.room.encrypted", "sender": "@anna:x", "content": {"n": 1}}
MORE = {"type": "m.room.encrypted", "sender": "@anna:x", "content": {"n": 2}}


class Engine:
    """Notes what devices sent."""

    def __init__(self):
        self.taken = []
        self.confirmed = None

    async def keys_of_the_last(self, _seconds):
        return frozenset()

    async def receive(self, response):
        self.taken.append(response["to_device"]["events"])
        return Received()

    async def know(self, _users):
        pass

    async def somebody_left(self, _room_id):
        pass

    def cross_signed(self, *, confirmed):
        self.confirmed = confirmed


class Own:
    """The bot's identity, which can be asked about at the second try."""

    device = SimpleNamespace(user_id="@bot:x")
    tries = 0

    async def is_published(self, _http):
        self.tries += 1
        if self.tries == 1:
            raise TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)
        return True


@pytest.fixture
async def server():
    async with ScriptedHomeserver() as running:
        running.answers["GET /joined_rooms"] = {"joined_rooms": ["!r"]}
        running.answers["GET /sync"] = {
            "next_batch": "s2",
            "to_device": {"events": [TOLD]},
            "device_lists": {"changed": ["@bot:x"]},
            "rooms": {"join": {"!r": {"timeline": {"limited": True, "events": []}}}},
        }
        yield running


@pytest.fixture
async def receiving(server, tmp_path):
    async with Http(server.url, "secret") as http:
        engine = Engine()
        latecomers = Latecomers(engine, lambda _: asyncio.Lock())
        yield Receiving(http, Own(), engine, KnownRooms(http, tmp_path), None, latecomers)


async def test_what_a_device_sent_is_taken_in_once_however_often_its_sync_is_asked_for(server, receiving):
    server.answers[f"GET {ROOM}"] = lambda _: web.Response(status=502)
    with pytest.raises(TransportError):
        await receiving.sync("s1", timeout_ms=0)
    server.answers[f"GET {ROOM}"] = []
    server.answers["GET /sync"]["to_device"]["events"].append(MORE)
    await receiving.sync("s1", timeout_ms=0)
    await receiving.sync("s2", timeout_ms=0)

    assert receiving._encryption.taken == [[TOLD], [MORE], [TOLD, MORE]]


async def test_an_identity_that_could_not_be_checked_is_checked_with_the_next_sync(server, receiving):
    server.answers[f"GET {ROOM}"] = []
    await receiving.sync("s1", timeout_ms=0)
    assert receiving._encryption.confirmed is None

    del server.answers["GET /sync"]["device_lists"]
    await receiving.sync("s2", timeout_ms=0)
    assert receiving._encryption.confirmed
