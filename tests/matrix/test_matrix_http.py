# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bots.core.matrix.http import Http, UserInteractiveAuthError, path
from bots.core.transport import TokenRevokedError, TransportError
from fakes.scripted_homeserver import ScriptedHomeserver, refuse


@pytest.fixture
async def server() -> AsyncIterator[ScriptedHomeserver]:
    async with ScriptedHomeserver() as running:
        yield running


@pytest.fixture
async def http(server) -> AsyncIterator[Http]:
    async with Http(server.url, "secret") as client:
        yield client


async def refused(http: Http, server: ScriptedHomeserver, answer: web.Response) -> TransportError:
    server.answers["GET /x"] = answer
    with pytest.raises(TransportError) as caught:
        await http.request("GET", path("x"))
    return caught.value


async def test_the_token_goes_in_the_header_and_never_in_the_address(http, server):
    server.answers["GET /x"] = {}
    await http.request("GET", path("x"))
    assert server.asked[0].token == "secret"
    assert server.asked[0].query == {}


async def test_every_part_of_a_path_is_escaped(http, server):
    server.answers["PUT /rooms/!a/../b:x/state/t/k e"] = {"fine": True}
    assert await http.request("PUT", path("rooms", "!a/../b:x", "state", "t", "k e"), {}) == {"fine": True}


async def test_what_utf_8_can_not_spell_stops_no_request(http, server):
    server.answers["PUT /rooms/?/x"] = {"fine": True}
    assert await http.request("PUT", path("rooms", "\ud800", "x"), {"body": "\ud800"}) == {"fine": True}
    assert server.asked[0].body == {"body": "?"}


@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"a":', "}")])
async def test_somebody_s_deep_nest_costs_only_itself(http, server, open_, close):
    nest = open_ * 20_000 + "1" + close * 20_000
    text = f'{{"before": ["}}]\\"", {nest}, 1], "deep": {{"content": {nest}, "type": "x"}}, "after": {{"a": [2]}}}}'
    server.answers["GET /x"] = web.Response(text=text, content_type="application/json")
    answer = await http.request("GET", path("x"))
    assert (answer["before"][0], answer["before"][2]) == ('}]"', 1)
    assert (answer["deep"]["type"], answer["after"]) == ("x", {"a": [2]})


async def test_a_rate_limit_names_its_time_in_the_header(http, server):
    answer = refuse(429, "M_LIMIT_EXCEEDED", retry_after_ms=9)
    answer.headers["Retry-After"] = "7"
    error = await refused(http, server, answer)
    assert (error.retryable, error.retry_after, error.status) == (True, 7.0, 429)


@pytest.mark.parametrize("header", [None, "Wed, 21 Oct 2026 07:28:00 GMT", "soon"])
async def test_a_rate_limit_names_its_time_in_the_body_where_the_header_can_not_be_read(http, server, header):
    answer = refuse(429, "M_LIMIT_EXCEEDED", retry_after_ms=1500)
    if header:
        answer.headers["Retry-After"] = header
    assert (await refused(http, server, answer)).retry_after == 1.5


@pytest.mark.parametrize("retry_after", ["soon", -5, None, [], True])
async def test_a_nonsense_time_is_no_time(http, server, retry_after):
    error = await refused(http, server, refuse(429, "M_LIMIT_EXCEEDED", retry_after_ms=retry_after))
    assert (error.retryable, error.retry_after) == (True, None)


@pytest.mark.parametrize(
    "answer",
    [
        refuse(401, "M_UNKNOWN_TOKEN"),
        refuse(401, "M_UNKNOWN_TOKEN", soft_logout=True),
        refuse(401, "M_MISSING_TOKEN"),
        refuse(403, "M_USER_DEACTIVATED"),
    ],
)
async def test_a_revoked_token_is_told_apart_and_not_tried_again(http, server, answer):
    error = await refused(http, server, answer)
    assert isinstance(error, TokenRevokedError)
    assert not error.retryable


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        (web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html"), True),
        (web.Response(status=200, text="<html>A captive portal</html>", content_type="text/html"), True),
        (web.Response(status=200, text="[1]"), True),
        (web.Response(status=200, body=b"\xff\xfe"), True),
        (web.Response(status=200, text="[" * 100_000), True),
        (web.Response(status=404, text="404 page not found"), True),
        (web.Response(status=403, text="<html>403</html>"), True),
        (web.Response(status=413, text="<html>too large</html>"), False),
        (web.Response(status=400, text="<html>bad request</html>"), False),
        (web.Response(status=302, headers={"Location": "/elsewhere"}), True),
        (web.json_response({"errcode": 7, "error": ["x"]}, status=500), True),
    ],
)
async def test_whatever_is_not_matrix_is_a_transport_error(http, server, answer, retryable):
    error = await refused(http, server, answer)
    assert error.retryable is retryable
    assert "html" not in str(error)


async def test_a_homeserver_that_is_not_there_is_worth_another_try():
    async with Http("http://127.0.0.1:1") as http:
        with pytest.raises(TransportError) as caught:
            await http.request("GET", path("versions"))
    assert caught.value.errcode == "KITHROOM_UNREACHABLE"
    assert caught.value.retryable


async def test_an_answer_that_breaks_off_is_worth_another_try(http, server):
    error = await refused(http, server, web.Response(status=200, body=b"{}", headers={"Content-Encoding": "gzip"}))
    assert error.errcode == "KITHROOM_UNREACHABLE"
    assert error.retryable


async def test_a_wanted_proof_is_its_own_error(http, server):
    answer = web.json_response({"session": "s", "flows": [{"stages": ["m.login.password"]}, 4]}, status=401)
    error = await refused(http, server, answer)
    assert isinstance(error, UserInteractiveAuthError)
    assert (error.session, error.stages) == ("s", frozenset({"m.login.password"}))


async def test_the_homeservers_sentence_is_cut_short(http, server):
    error = await refused(http, server, web.json_response({"errcode": "M_X", "error": "y" * 10_000}, status=400))
    assert len(str(error)) < 300


@pytest.mark.parametrize("status", [404, 403])
async def test_that_there_is_nothing_is_believed_of_a_homeserver_and_of_nobody_in_between(http, server, status):
    server.answers["GET /x"] = web.Response(status=status, text="the backend is away")
    with pytest.raises(TransportError):
        await http.found(path("x"), or_forbidden=True)

    server.answers["GET /x"] = refuse(status, "M_NOT_FOUND")
    assert await http.found(path("x"), or_forbidden=True) is None
