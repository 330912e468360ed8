# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import stat
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bots.core.matrix.cross_signing import (
    SEEDS_FILE,
    CrossSigningKeys,
    Device,
    Identity,
    IdentityChangedError,
    canonical_json,
    ensure_cross_signed,
    is_signed_by,
    unpadded_encode,
)
from bots.core.matrix.http import Http
from bots.core.transport import TransportError
from fakes.scripted_homeserver import Asked, ScriptedHomeserver, refuse

ME = "@bot:x"
DEVICE_KEY = Ed25519PrivateKey.generate()
DEVICE = Device(ME, "DEVICE", unpadded_encode(DEVICE_KEY.public_key().public_bytes_raw()), "curve")
MASTER = "ed25519:DEVICE"


async def sign_with_device(value: dict[str, Any]) -> str:
    return unpadded_encode(DEVICE_KEY.sign(canonical_json(value)))


class KeyServer(ScriptedHomeserver):
    """Keeps cross-signing keys and signatures as a homeserver does; asks for a password when keys are replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, dict] = {}
        self.device: dict[str, Any] = {
            "user_id": ME,
            "device_id": "DEVICE",
            "algorithms": [],
            "keys": {"ed25519:DEVICE": DEVICE.ed25519, "curve25519:DEVICE": DEVICE.curve25519},
            "signatures": {ME: {"ed25519:DEVICE": "own"}},
            "unsigned": {"device_display_name": "Kithroom"},
        }
        self.answers = {
            "POST /keys/query": self.query,
            "POST /keys/device_signing/upload": self.upload,
            "POST /keys/signatures/upload": self.sign,
        }

    def query(self, asked: Asked):
        answer: dict[str, Any] = {f"{usage}_keys": {ME: part} for usage, part in self.keys.items()}
        return {"device_keys": {ME: {"DEVICE": self.device}}, **answer}

    def upload(self, asked: Asked):
        body = dict(asked.body)
        proof = body.pop("auth", None)
        offered = {name.removesuffix("_key"): part for name, part in body.items()}
        if self.keys and self.keys != offered and (proof or {}).get("password") != "right":
            return web.json_response({"session": "s", "flows": [{"stages": ["m.login.password"]}]}, status=401)
        self.keys = offered
        return {}

    def sign(self, asked: Asked):
        for name, signed in asked.body[ME].items():
            target = self.device if name == "DEVICE" else self.keys["master"]
            target.setdefault("signatures", {}).setdefault(ME, {}).update(signed["signatures"][ME])
        return {"failures": {}}

    def writes(self) -> list[str]:
        return [asked.path for asked in self.asked if asked.path != "/keys/query"]


@pytest.fixture
async def server():
    async with KeyServer() as running:
        yield running


@pytest.fixture
def ensure(server, tmp_path):
    async def run(password: str | None = None, *, replace_identity: bool = False) -> CrossSigningKeys:
        async with Http(server.url) as http:
            return await ensure_cross_signed(
                http, DEVICE, sign_with_device, tmp_path, password=password, replace_identity=replace_identity
            )

    return run


async def test_the_first_start_vouches_for_the_device(server, ensure, tmp_path):
    keys = await ensure()
    assert is_signed_by(server.device, ME, keys.public("self_signing"))
    assert is_signed_by(server.keys["self_signing"], ME, keys.public("master"))
    assert is_signed_by(server.keys["user_signing"], ME, keys.public("master"))
    assert server.keys["master"]["signatures"][ME][MASTER]
    assert stat.S_IMODE((tmp_path / SEEDS_FILE).stat().st_mode) == 0o600


async def test_the_seeds_are_on_the_disk_before_the_homeserver_hears_of_them(server, ensure, tmp_path):
    kept: list[bool] = []

    def upload(asked: Asked):
        kept.append((tmp_path / SEEDS_FILE).exists())
        return refuse(502, "M_UNKNOWN")

    server.answers["POST /keys/device_signing/upload"] = upload
    with pytest.raises(TransportError):
        await ensure()
    assert kept == [True]


async def test_every_later_start_changes_nothing(server, ensure):
    first = await ensure()
    before = server.writes()
    assert (await ensure()).seeds() == first.seeds()
    assert server.writes() == before


@pytest.mark.parametrize("endpoint", ["device_signing", "signatures"])
async def test_a_start_that_broke_off_is_finished_by_the_next(server, ensure, endpoint):
    working = server.answers[f"POST /keys/{endpoint}/upload"]
    server.answers[f"POST /keys/{endpoint}/upload"] = refuse(502, "M_UNKNOWN")
    with pytest.raises(TransportError):
        await ensure()
    server.answers[f"POST /keys/{endpoint}/upload"] = working
    keys = await ensure()
    assert is_signed_by(server.device, ME, keys.public("self_signing"))


def other_identity() -> dict[str, Any]:
    keys = CrossSigningKeys.generate()
    return {usage: keys.public_part(ME, usage) for usage in keys.private}


async def test_another_identity_on_the_homeserver_is_an_error_and_never_a_reset(server, ensure):
    await ensure()
    server.keys = other = other_identity()
    before = server.writes()
    with pytest.raises(IdentityChangedError, match="change the account's password"):
        await ensure("right")
    assert (server.keys, server.writes()) == (other, before)


async def test_an_identity_that_was_there_before_the_bot_is_not_taken_over(server, ensure, tmp_path):
    server.keys = other_identity()
    with pytest.raises(IdentityChangedError, match="restore that file"):
        await ensure("right")
    assert not (tmp_path / SEEDS_FILE).exists()
    assert server.writes() == []


async def test_an_identity_is_replaced_when_told_so_and_proven_by_the_password(server, ensure):
    server.keys = other_identity()
    keys = await ensure("right", replace_identity=True)
    assert keys.public("master") in server.keys["master"]["keys"].values()
    assert server.asked[-1].path == "/keys/query"


async def test_without_the_password_the_homeservers_wish_for_it_is_an_error(server, ensure):
    server.keys = other_identity()
    with pytest.raises(TransportError, match="password"):
        await ensure(None, replace_identity=True)


async def test_a_device_that_is_shown_with_other_keys_is_never_signed(server, ensure):
    server.device["keys"]["curve25519:DEVICE"] = "evil"
    with pytest.raises(TransportError, match="as they are"):
        await ensure()
    assert "/keys/signatures/upload" not in server.writes()


async def test_signatures_that_are_accepted_and_not_shown_are_an_error(server, ensure):
    server.answers["POST /keys/signatures/upload"] = {}
    with pytest.raises(TransportError, match="does not show"):
        await ensure()


async def test_signatures_that_are_refused_with_a_200_are_an_error(server, ensure):
    server.answers["POST /keys/signatures/upload"] = {"failures": {ME: {"DEVICE": {}}}}
    with pytest.raises(TransportError, match="refused"):
        await ensure()


async def test_damaged_seeds_are_told_of_and_kept(server, ensure, tmp_path):
    (tmp_path / SEEDS_FILE).write_text('{"master": "!"}')
    with pytest.raises(IdentityChangedError, match="backup"):
        await ensure()
    assert (tmp_path / SEEDS_FILE).read_text() == '{"master": "!"}'


async def test_a_lost_signature_is_noticed(server, ensure):
    identity = Identity(DEVICE, await ensure())
    async with Http(server.url) as http:
        assert await identity.is_published(http)
        server.device["signatures"] = {}
        assert not await identity.is_published(http)
        server.keys = {}
        assert not await identity.is_published(http)


def test_seeds_give_the_same_keys_again():
    keys = CrossSigningKeys.generate()
    again = CrossSigningKeys.from_seeds(json.loads(json.dumps(keys.seeds())))
    assert again.public("master") == keys.public("master")
    assert keys.seeds()["master"] not in repr(keys)
