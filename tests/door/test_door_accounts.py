# SPDX-License-Identifier: Apache-2.0
"""Accounts made: on a real Synapse by a token of one use, and on a scripted matrix-authentication-service."""

from __future__ import annotations

import base64
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bots.core.matrix.http import Http, UserInteractiveAuthError, path
from bots.core.transport import TokenRevokedError, TransportError
from bots.door.accounts import MasAccounts, NameTakenError, SynapseAccounts
from fakes.door_scene import application, field, solved

PASSWORD = "abcde-fghjk-mnpqr-stuvw"


@pytest.fixture
async def accounts(synapse, new_account):
    administrator = new_account("door", admin=True)
    async with Http(synapse.url) as http, Http(synapse.url, administrator.access_token) as admin:
        yield SynapseAccounts(http, admin)


async def log_in(synapse, user, password):
    async with Http(synapse.url) as http:
        return await http.request(
            "POST",
            path("login"),
            {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": user},
                "password": password,
            },
        )


async def tokens(accounts):
    answer = await accounts._admin.request("GET", "/_synapse/admin/v1/registration_tokens")
    return answer["registration_tokens"]


@pytest.mark.real
async def test_a_stranger_comes_in_by_the_door_of_a_real_homeserver_and_logs_in(synapse, accounts):
    async with TestClient(TestServer(application(accounts, server_name=synapse.server_name))) as client:
        page = await (await client.get("/name")).text()
        wish = {"form": field(page, "form"), "own": "calm-otter-77", "work": solved(page)}
        shown = await (await client.post("/name", data=wish)).text()
    import re

    password = re.search(r'id="password">([^<]+)<', shown)[1]
    assert f'id="user">@calm-otter-77:{synapse.server_name}<' in shown
    session = await log_in(synapse, "calm-otter-77", password)
    assert session["user_id"] == f"@calm-otter-77:{synapse.server_name}"
    async with Http(synapse.url, session["access_token"]) as http:
        devices = await http.request("GET", path("devices"))
        threepids = await http.request("GET", path("account", "3pid"))
    # Making it left no device behind, and asked for no address.
    assert len(devices["devices"]) == 1
    assert threepids["threepids"] == []


@pytest.mark.real
async def test_a_name_is_free_until_somebody_has_it_and_no_token_is_left_over(synapse, accounts):
    assert await accounts.is_free("quiet-fern-5")
    assert await accounts.make("quiet-fern-5", PASSWORD) == f"@quiet-fern-5:{synapse.server_name}"
    assert not await accounts.is_free("quiet-fern-5")
    with pytest.raises(NameTakenError):
        await accounts.make("quiet-fern-5", "another")
    assert (await log_in(synapse, "quiet-fern-5", PASSWORD))["user_id"]
    assert await tokens(accounts) == []


@pytest.mark.real
async def test_nobody_comes_in_past_the_door(synapse):
    wish = {"username": "troll", "password": PASSWORD}
    async with Http(synapse.url) as http:
        with pytest.raises(UserInteractiveAuthError) as wanted:
            await http.request("POST", path("register"), wish)
        # What else is asked of a newcomer is not enough by itself.
        for proof in ({"type": "m.login.dummy"}, {"type": "m.login.registration_token", "token": "made-up"}):
            with pytest.raises(TransportError) as refused:
                await http.request(
                    "POST", path("register"), wish | {"auth": {**proof, "session": wanted.value.session}}
                )
            assert refused.value.status == 401


@pytest.mark.real
async def test_an_account_that_is_no_administrators_makes_none(synapse, new_account):
    async with Http(synapse.url) as http, Http(synapse.url, new_account("door").access_token) as admin:
        with pytest.raises(TransportError) as refused:
            await SynapseAccounts(http, admin).make("quiet-fern-6", PASSWORD)
    assert refused.value.errcode == "M_FORBIDDEN"


class Mas:
    """A matrix-authentication-service as its admin API's source says it answers; not the real one."""

    def __init__(self):
        self.users: dict[str, str] = {}
        self.passwords: dict[str, str] = {}
        self.deactivated: list[str] = []
        self.tokens = 0
        self.good_token = ""
        self.refuse_password = False

    def application(self):
        app = web.Application()
        app.add_routes(
            [
                web.post("/oauth2/token", self.token),
                web.get("/api/admin/v1/users/by-username/{name}", self.by_name),
                web.post("/api/admin/v1/users", self.add),
                web.post("/api/admin/v1/users/{id}/set-password", self.set_password),
                web.post("/api/admin/v1/users/{id}/deactivate", self.deactivate),
            ]
        )
        return app

    async def token(self, request):
        posted = await request.post()
        login = base64.b64encode(b"door:secret").decode()
        if request.headers["Authorization"] != f"Basic {login}" or posted["scope"] != "urn:mas:admin":
            return web.json_response({"error": "invalid_client"}, status=401)
        assert posted["grant_type"] == "client_credentials"
        self.tokens += 1
        self.good_token = f"token {self.tokens}"
        return web.json_response({"access_token": self.good_token, "expires_in": 300, "token_type": "Bearer"})

    def guard(self, request):
        if request.headers.get("Authorization") != f"Bearer {self.good_token}":
            raise web.HTTPUnauthorized(text='{"errors": [{"title": "Unknown access token"}]}')

    async def by_name(self, request):
        self.guard(request)
        if request.match_info["name"] not in self.users:
            return web.json_response({"errors": [{"title": "not found"}]}, status=404)
        return web.json_response({"data": {"type": "user", "id": self.users[request.match_info["name"]]}})

    async def add(self, request):
        self.guard(request)
        name = (await request.json())["username"]
        if name in self.users:
            return web.json_response({"errors": [{"title": "User already exists"}]}, status=409)
        self.users[name] = f"01J44Q10GR4AMTFZEEF936DTC{len(self.users)}"
        return web.json_response({"data": {"type": "user", "id": self.users[name]}})

    async def set_password(self, request):
        self.guard(request)
        if self.refuse_password:
            return web.json_response({"errors": [{"title": "Password auth is disabled"}]}, status=403)
        wish = await request.json()
        assert wish["skip_password_check"] is True
        self.passwords[request.match_info["id"]] = wish["password"]
        return web.Response(status=204)

    async def deactivate(self, request):
        self.guard(request)
        self.deactivated.append(request.match_info["id"])
        return web.json_response({"data": {}})


@pytest.fixture
async def mas():
    made = Mas()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(made.application()))
        url = str(server.make_url("/"))
        made.accounts = await stack.enter_async_context(MasAccounts(url, "door", "secret", "kith.example"))
        made.stranger = await stack.enter_async_context(MasAccounts(url, "door", "wrong", "kith.example"))
        yield made


async def test_an_authentication_service_makes_the_account_and_its_password(mas):
    assert await mas.accounts.is_free("calm-otter-42")
    assert await mas.accounts.make("calm-otter-42", PASSWORD) == "@calm-otter-42:kith.example"
    assert mas.passwords[mas.users["calm-otter-42"]] == PASSWORD
    assert not await mas.accounts.is_free("calm-otter-42")
    with pytest.raises(NameTakenError):
        await mas.accounts.make("calm-otter-42", PASSWORD)
    assert mas.tokens == 1


async def test_a_token_that_is_over_is_had_anew(mas):
    assert await mas.accounts.is_free("one")
    mas.good_token = "another"
    assert await mas.accounts.is_free("one")
    assert mas.tokens == 2


async def test_an_account_that_got_no_password_is_not_left_open(mas):
    mas.refuse_password = True
    with pytest.raises(TransportError):
        await mas.accounts.make("calm-otter-42", PASSWORD)
    assert mas.deactivated == [mas.users["calm-otter-42"]]


async def test_a_door_that_the_service_does_not_know_says_so(mas):
    with pytest.raises(TransportError, match="does not let the door in"):
        await mas.stranger.is_free("one")


async def test_a_service_that_is_away_may_come_back():
    async with MasAccounts("http://127.0.0.1:9", "door", "secret", "kith.example") as accounts:
        with pytest.raises(TransportError) as away:
            await accounts.is_free("one")
    assert away.value.retryable
    assert not isinstance(away.value, TokenRevokedError)
