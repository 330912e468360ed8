# SPDX-License-Identifier: Apache-2.0
"""The crypto engine with a network, on homeservers that refuse."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from nio.crypto.attachments import decrypt_attachment

from bots.core.matrix.crypto import CryptoMachine
from bots.core.matrix.encryption import Encryption
from bots.core.matrix.http import Http
from bots.core.matrix.key_exchange import CryptoThread
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


@dataclass
class Receiver:
    """The engine as a stranger sees it."""

    identity_keys: dict[str, str]
    keys: dict[str, Any]
    user_id: str = "@bot:x"

    def one_time_key(self) -> str:
        return str(self.keys.popitem()[1]["key"])


def receive(machine: CryptoMachine, writer: Stranger) -> None:
    """Have a key of the room come, of which its sender says that newcomers may have it."""
    keys = (machine.keys_to_upload() or {})["one_time_keys"]
    machine.receive_sync([writer.room_key(Receiver(machine.identity_keys, keys), **{"m.shared_history": True})])


async def say(encryption: Encryption, *users: str) -> dict[str, Any]:
    return (await encryption.encrypt(ROOM, frozenset(users), frozenset(users), TEXT, {})).content


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


@dataclass
class Slow:
    """A homeserver that takes its time: it answers when it is let go."""

    answer: Any
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: Asked) -> Any:
        self.asked.set()
        await self.let_go.wait()
        return self.answer(request) if callable(self.answer) else self.answer


@pytest.mark.parametrize("endpoint", ["POST /keys/query", "POST /keys/claim"])
async def test_while_a_big_room_is_given_its_key_syncs_and_other_rooms_go_on(encryption, server, endpoint):
    server.answers |= {
        "PUT /sendToDevice/": {},
        "POST /keys/upload": {"one_time_key_counts": {"signed_curve25519": 50}},
    }
    know(server, Stranger(ALICE, "A"))
    await say(encryption, ALICE)
    know(server, Stranger(MALLORY, "M"))
    slow = server.answers[endpoint] = Slow(server.answers[endpoint])
    big = asyncio.create_task(encryption.encrypt("!big:x", frozenset({ALICE, MALLORY}), frozenset({ALICE}), TEXT, {}))
    await slow.asked.wait()

    async with asyncio.timeout(30):
        await encryption.receive({})
        await encryption.know([ALICE])
        assert (await say(encryption, ALICE))["ciphertext"]

    assert not big.done()
    slow.let_go.set()
    assert (await big).content["ciphertext"]


@pytest.mark.parametrize("status", [429, 502])
async def test_keys_that_are_not_taken_now_stop_no_sync_and_are_offered_again(encryption, server, status):
    server.answers["POST /keys/upload"] = refuse(status, "M_LIMIT_EXCEEDED")
    await encryption.receive({"device_one_time_keys_count": {"signed_curve25519": 0}})
    server.answers["POST /keys/upload"] = {"one_time_key_counts": {"signed_curve25519": 50}}
    await encryption.receive({"device_one_time_keys_count": {}})

    first, second = server.requests("POST", "/keys/upload")
    assert len(first.body["one_time_keys"]) == 50
    assert first.body == second.body


async def test_a_newcomer_is_told_under_both_names_where_the_encrypted_past_is(encryption, server):
    alice, writer = Stranger(ALICE, "A"), Stranger("@bo:x", "B")
    know(server, alice)
    server.answers["POST /keys/query"] = {
        "device_keys": {ALICE: {"A": alice.cross_signed_device_keys()}},
        **alice.identity(),
    }
    server.answers["POST /_matrix/media/v3/upload"] = {"content_uri": "mxc://x/past"}
    server.answers["PUT /sendToDevice/"] = {}
    await encryption._thread.run(lambda: receive(encryption._machine, writer))

    assert await encryption.hand_over(ROOM, ALICE, 0) == 1

    (upload,) = server.requests("POST", "/_matrix/media/v3/upload")
    told = [alice.read(asked.body["messages"][ALICE]["A"]) for asked in server.asked if "/sendToDevice/" in asked.path]
    assert {each["type"] for each in told} == {"m.room_key_bundle", "io.element.msc4268.room_key_bundle"}
    assert all(each["sender_device_keys"]["device_id"] == "BOT" for each in told)
    file = told[0]["content"]["file"]
    assert (told[0]["content"]["room_id"], file["url"]) == (ROOM, "mxc://x/past")
    bundle = decrypt_attachment(upload.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    (key,) = json.loads(bundle)["room_keys"]
    assert key["session_id"] == writer.group.session_id
    assert key["sender_key"] == writer.curve25519


async def test_nothing_is_uploaded_for_somebody_without_a_signed_device(encryption, server):
    know(server, Stranger(ALICE, "A"))
    server.answers["PUT /sendToDevice/"] = {}
    assert await encryption.hand_over(ROOM, ALICE, 0) is None

    await encryption._thread.run(lambda: receive(encryption._machine, Stranger("@bo:x", "B")))
    assert await encryption.hand_over(ROOM, ALICE, 0) == 0

    assert server.requests("POST", "/_matrix/media/v3/upload") == []
    assert [asked for asked in server.asked if "m.room.encrypted" in asked.path] == []
