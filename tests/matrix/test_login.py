# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import stat

import pytest

from bots.core.matrix.login import SESSION_FILE, AccessToken, LoginError, Password, Session, log_in
from bots.core.transport import TokenRevokedError, TransportError
from fakes.scripted_homeserver import Asked, ScriptedHomeserver, refuse

BOT = {"user_id": "@bot:x", "device_id": "DEVICE", "access_token": "made"}


def whoami(asked: Asked):
    return {"user_id": "@bot:x", "device_id": "DEVICE" if asked.token == "made" else "OTHER"}


@pytest.fixture
async def server():
    async with ScriptedHomeserver({"POST /login": BOT, "GET /account/whoami": whoami}) as running:
        yield running


async def test_a_password_makes_one_device_which_is_kept(server, http, tmp_path):
    session = await log_in(http, "bot", Password("pw"), tmp_path)
    assert session == Session("@bot:x", "DEVICE", "made")
    assert await log_in(http, "@bot:x", Password("pw"), tmp_path) == session
    (asked,) = server.requests("POST", "/login")
    assert "device_id" not in asked.body
    assert "bot" not in asked.body["initial_device_display_name"].lower()
    assert stat.S_IMODE((tmp_path / SESSION_FILE).stat().st_mode) == 0o600
    assert http.token == "made"


@pytest.mark.parametrize("soft", [True, False])
async def test_a_revoked_token_is_never_followed_by_a_new_login(server, http, tmp_path, soft):
    await log_in(http, "bot", Password("pw"), tmp_path)
    server.answers["GET /account/whoami"] = refuse(401, "M_UNKNOWN_TOKEN", soft_logout=soft)
    with pytest.raises(TokenRevokedError, match=r"move .* away"):
        await log_in(http, "bot", Password("pw"), tmp_path)
    assert len(server.requests("POST", "/login")) == 1


async def test_a_token_brings_its_device(server, http, tmp_path):
    assert (await log_in(http, "bot", AccessToken("made"), tmp_path)).device_id == "DEVICE"
    assert not server.requests("POST", "/login")


async def test_a_new_token_of_the_same_device_takes_the_old_ones_place(server, http, tmp_path):
    await log_in(http, "bot", AccessToken("made"), tmp_path)
    server.answers["GET /account/whoami"] = {"user_id": "@bot:x", "device_id": "DEVICE"}
    assert (await log_in(http, "bot", AccessToken("newer"), tmp_path)).access_token == "newer"


async def test_a_token_of_another_device_is_refused(server, http, tmp_path):
    await log_in(http, "bot", AccessToken("made"), tmp_path)
    with pytest.raises(LoginError, match="give the old token back"):
        await log_in(http, "bot", AccessToken("another"), tmp_path)


async def test_a_token_without_a_device_is_refused(server, http, tmp_path):
    server.answers["GET /account/whoami"] = {"user_id": "@bot:x"}
    with pytest.raises(LoginError, match="no device"):
        await log_in(http, "bot", AccessToken("made"), tmp_path)


async def test_credentials_of_another_account_are_refused_and_not_kept(server, http, tmp_path):
    with pytest.raises(LoginError, match="not of @eve:x"):
        await log_in(http, "@eve:x", Password("pw"), tmp_path)
    assert not (tmp_path / SESSION_FILE).exists()


async def test_a_wrong_password_is_what_the_homeserver_says(server, http, tmp_path):
    server.answers["POST /login"] = refuse(403, "M_FORBIDDEN")
    with pytest.raises(TransportError) as caught:
        await log_in(http, "bot", Password("secret"), tmp_path)
    assert caught.value.errcode == "M_FORBIDDEN"


@pytest.mark.parametrize("text", ["", "{}", json.dumps({**BOT, "more": 1})])
async def test_a_damaged_session_file_is_told_of(server, http, tmp_path, text):
    (tmp_path / SESSION_FILE).write_text(text)
    with pytest.raises(LoginError, match="can't be read"):
        await log_in(http, "bot", Password("pw"), tmp_path)


def test_secrets_are_not_in_what_is_printed():
    printed = repr((Password("s3cret"), AccessToken("s3cret"), Session("@bot:x", "D", "s3cret")))
    assert "s3cret" not in printed
