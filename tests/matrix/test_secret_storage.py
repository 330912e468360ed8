# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.matrix.secret_storage import (
    RECOVERY_KEY_FILE,
    decode_recovery_key,
    decrypt,
    encode_recovery_key,
    encrypt,
    ensure_secrets_stored,
)
from bots.core.transport import TransportError
from fakes.scripted_homeserver import Asked, ScriptedHomeserver, refuse

ME = "@bot:x"
SEEDS = {"master": "m", "self_signing": "s", "user_signing": "u"}
keys = st.binary(min_size=32, max_size=32)


@given(keys)
def test_a_recovery_key_survives_being_written_down(key):
    written = encode_recovery_key(key)
    assert decode_recovery_key(written.replace(" ", "")) == key
    assert decode_recovery_key(f" {written}\n") == key


def test_a_recovery_key_begins_as_all_do():
    assert encode_recovery_key(bytes(32)).startswith("Es")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0OIl",
        encode_recovery_key(bytes(32))[:-5],
        encode_recovery_key(bytes(32)) + " 1234",
        encode_recovery_key(bytes(32))[:-1] + "z",
        "z" * 48,
    ],
)
def test_a_mistyped_recovery_key_is_noticed(text):
    with pytest.raises(ValueError, match=r"recovery key|not found"):
        decode_recovery_key(text)


@given(keys, st.text(), st.binary(), st.binary(min_size=16, max_size=16))
def test_a_secret_opens_with_its_key_and_its_name_only(key, name, secret, iv):
    encrypted = encrypt(key, name, secret, iv)
    assert decrypt(key, name, encrypted) == secret
    assert decrypt(key, name + "x", encrypted) is None
    assert decrypt(bytes(32), name, encrypted) is None or key == bytes(32)


@pytest.mark.parametrize(
    "damaged", [{}, {"iv": 1, "mac": "a", "ciphertext": "b"}, {"iv": "?", "mac": "", "ciphertext": ""}]
)
def test_a_damaged_secret_does_not_open(damaged):
    assert decrypt(bytes(32), "m.x", damaged) is None


class AccountData(ScriptedHomeserver):
    """Keeps account data, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, dict] = {}
        self.broken_after: int | None = None

    async def _handle(self, request):
        kind = request.path.rpartition("/")[2]

        def put(asked: Asked):
            if self.broken_after is not None and len(self.kept) >= self.broken_after:
                return refuse(502, "M_UNKNOWN")
            self.kept[kind] = asked.body
            return {}

        self.answers[f"PUT {request.path.removeprefix('/_matrix/client/v3')}"] = put
        found = self.kept.get(kind)
        self.answers[f"GET {request.path.removeprefix('/_matrix/client/v3')}"] = (
            refuse(404, "M_NOT_FOUND") if found is None else found
        )
        return await super()._handle(request)


@pytest.fixture
async def server():
    async with AccountData() as running:
        yield running


async def test_the_seeds_are_stored_once_for_the_key_in_the_secrets_folder(server, http, tmp_path):
    assert await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    file = tmp_path / RECOVERY_KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key, key_id = decode_recovery_key(file.read_text()), server.kept["m.secret_storage.default_key"]["key"]
    stored = server.kept["m.cross_signing.master"]["encrypted"][key_id]
    assert decrypt(key, "m.cross_signing.master", stored) == b"m"
    description = server.kept[f"m.secret_storage.key.{key_id}"]
    assert encrypt(key, "", bytes(32), bytes(16))["mac"] != description["mac"]  # its own iv
    before = len([asked for asked in server.asked if asked.method == "PUT"])
    assert await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    assert len([asked for asked in server.asked if asked.method == "PUT"]) == before


@pytest.mark.parametrize("after", range(5))
async def test_a_start_that_broke_off_anywhere_is_finished_by_the_next(server, http, tmp_path, after):
    server.broken_after = after
    with pytest.raises(TransportError):
        await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    written = (tmp_path / RECOVERY_KEY_FILE).read_text()
    server.broken_after = None
    assert await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    assert (tmp_path / RECOVERY_KEY_FILE).read_text() == written
    assert "m.secret_storage.default_key" in server.kept


async def test_new_seeds_take_the_place_of_the_old(server, http, tmp_path):
    await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    old = server.kept["m.cross_signing.master"]
    assert await ensure_secrets_stored(http, ME, {**SEEDS, "master": "new"}, tmp_path)
    assert server.kept["m.cross_signing.master"] != old


async def test_what_a_person_set_up_is_left_alone(server, http, tmp_path):
    server.kept["m.secret_storage.default_key"] = {"key": "theirs"}
    assert not await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    assert server.kept == {"m.secret_storage.default_key": {"key": "theirs"}}


async def test_a_damaged_recovery_key_file_is_told_of_and_kept(server, http, tmp_path):
    (tmp_path / RECOVERY_KEY_FILE).write_text("EsTR nonsense")
    with pytest.raises(TransportError, match="restore"):
        await ensure_secrets_stored(http, ME, SEEDS, tmp_path)
    assert (tmp_path / RECOVERY_KEY_FILE).read_text() == "EsTR nonsense"
