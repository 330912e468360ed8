# SPDX-License-Identifier: Apache-2.0
"""The crypto engine with a network, on homeservers that refuse."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bots.core.matrix.crypto import CryptoMachine
from bots.core.matrix.encryption import CryptoThread, Encryption
from bots.core.matrix.http import Http
from bots.core.transport import NotReadyError, TransportError
from fakes.crypto_peers import ROOM, Stranger
from fakes.scripted_homeserver import Asked, Script, ScriptedHomeserver, refuse

ALICE, MALLORY = "@alice:x", "@mallory:x"
TEXT: dict[str, Any] = {"msgtype": "m.text", "body": "hello"}


class ByPrefix(dict[str, Script]):
    """Answers for paths that end in something random."""

    def get(self, key: str, default: Any = None) -> Any:
        return next((script for prefix, script in self.items() if key.startswith(prefix)), default)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedHomeserver]:
    async with ScriptedHomeserver(answers=ByPrefix()) as running:
        yield running


@pytest.fixture
async def encryption(server, tmp_path) -> AsyncIterator[Encryption]:
    thread = CryptoThread()
    machine = await thread.run(
        CryptoMachine.open, tmp_path / "crypto", "@bot:x", "BOT", "key", now=time.time, create=True
    )
    async with Http(server.url, "secret") as http:
        encryption = Encryption(http, machine, thread)
        yield encryption
        await encryption.close()


def know(server: ScriptedHomeserver, *peers: Stranger) -> None:
    """Have the homeserver answer for these people's devices; only Alice has a one-time key."""
    lists = {peer.user_id: {peer.device_id: peer.device_keys()} for peer in peers}
    server.answers["POST /keys/query"] = {"device_keys": lists}

    def claim(asked: Asked) -> dict[str, Any]:
        wanted = [peer for peer in peers if peer.user_id == ALICE and ALICE in asked.body["one_time_keys"]]
        return {"one_time_keys": {peer.user_id: {peer.device_id: peer.one_time_key()} for peer in wanted}}

    server.answers["POST /keys/claim"] = claim


async def say(encryption: Encryption, *users: str) -> dict[str, Any]:
    return await encryption.encrypt(ROOM, frozenset(users), frozenset(users), TEXT, {})


async def test_a_courtesy_that_is_refused_silences_no_room(encryption, server):
    know(server, Stranger(ALICE, "A"), Stranger(MALLORY, "M"))
    server.answers["PUT /sendToDevice/m.room_key.withheld/"] = refuse(400, "M_INVALID_PARAM")
    server.answers["PUT /sendToDevice/m.room.encrypted/"] = {}

    assert (await say(encryption, ALICE, MALLORY))["ciphertext"]
    assert (await say(encryption, ALICE, MALLORY))["ciphertext"]

    told = [asked for asked in server.asked if "m.room_key.withheld" in asked.path]
    assert len(told) == 1


async def test_a_courtesy_that_did_not_get_through_is_sent_again(encryption, server):
    know(server, Stranger(ALICE, "A"), Stranger(MALLORY, "M"))
    server.answers["PUT /sendToDevice/m.room.encrypted/"] = {}
    server.answers["PUT /sendToDevice/m.room_key.withheld/"] = refuse(502, "M_UNKNOWN")
    with pytest.raises(TransportError):
        await say(encryption, ALICE, MALLORY)

    server.answers["PUT /sendToDevice/m.room_key.withheld/"] = {}
    assert (await say(encryption, ALICE, MALLORY))["ciphertext"]


async def test_keys_that_the_homeserver_did_not_take_are_shared_again_before_anything_is_said(encryption, server):
    know(server, Stranger(ALICE, "A"))
    server.answers["PUT /sendToDevice/m.room.encrypted/"] = refuse(502, "M_UNKNOWN")
    with pytest.raises(TransportError):
        await say(encryption, ALICE)

    server.answers["PUT /sendToDevice/m.room.encrypted/"] = {}
    assert (await say(encryption, ALICE))["ciphertext"]
    assert len([asked for asked in server.asked if "/sendToDevice/m.room.encrypted/" in asked.path]) == 2


async def test_what_nobody_has_a_key_for_waits(encryption, server):
    know(server, Stranger(MALLORY, "M"))
    server.answers["PUT /sendToDevice/"] = {}
    with pytest.raises(NotReadyError):
        await say(encryption, MALLORY)


@pytest.mark.parametrize("status", [429, 502])
async def test_keys_that_are_not_taken_now_stop_no_sync_and_are_offered_again(encryption, server, status):
    server.answers["POST /keys/upload"] = refuse(status, "M_LIMIT_EXCEEDED")
    await encryption.receive({"device_one_time_keys_count": {"signed_curve25519": 0}})
    server.answers["POST /keys/upload"] = {"one_time_key_counts": {"signed_curve25519": 50}}
    await encryption.receive({"device_one_time_keys_count": {}})

    first, second = server.requests("POST", "/keys/upload")
    assert len(first.body["one_time_keys"]) == 50
    assert first.body == second.body
