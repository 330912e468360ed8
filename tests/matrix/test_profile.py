# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from bots.core.matrix.http import Http
from bots.core.matrix.profile import ensure_named
from bots.core.transport import TransportError
from fakes.scripted_homeserver import ScriptedHomeserver, refuse

FIELD = "/profile/@bot:x/displayname"
GET, PUT = f"GET {FIELD}", f"PUT {FIELD}"


@pytest.fixture
async def server():
    async with ScriptedHomeserver({PUT: {}}) as running:
        yield running


async def named(server, name="Welcome (a bot)"):
    async with Http(server.url) as http:
        return await ensure_named(http, "@bot:x", name)


@pytest.mark.parametrize("answer", [{}, {"displayname": None}, {"displayname": "bot"}, refuse])
async def test_an_account_without_a_name_of_its_own_gets_one(server, answer):
    server.answers[GET] = (lambda _: refuse(404, "M_NOT_FOUND")) if answer is refuse else answer

    assert await named(server)
    (asked,) = server.requests("PUT", FIELD)
    assert asked.body == {"displayname": "Welcome (a bot)"}


async def test_a_name_that_somebody_chose_stays(server):
    server.answers[GET] = {"displayname": "Herbert"}

    assert not await named(server)
    assert server.requests("PUT", FIELD) == []


async def test_a_homeserver_that_says_no_is_heard(server):
    server.answers[GET] = lambda _: refuse(403, "M_FORBIDDEN")

    with pytest.raises(TransportError, match="M_FORBIDDEN"):
        await named(server)
