# SPDX-License-Identifier: Apache-2.0
"""The file of a message is fetched within a limit, opened in memory, and asked what it says of who took it."""

from __future__ import annotations

import pytest
from aiohttp import web
from nio.crypto.attachments import encrypt_attachment

from bots.core.matrix import files
from bots.core.matrix.files import told_by_file
from bots.core.matrix.http import Http
from bots.core.metadata import Tells
from bots.core.transport import TransportError
from core.test_metadata import exif, picture
from fakes.scripted_homeserver import ScriptedHomeserver, refuse

WHERE = "GET /_matrix/client/v1/media/download/other.example/abc"
ADDRESS = "mxc://other.example/abc"


@pytest.fixture
async def server():
    async with ScriptedHomeserver() as running:
        yield running


@pytest.fixture
async def http(server):
    async with Http(server.url, "secret") as client:
        yield client


def holds(server, data):
    server.answers[WHERE] = lambda _asked: web.Response(body=data)


async def test_an_encrypted_file_is_opened(http, server):
    sealed, file = encrypt_attachment(picture("JPEG", exif(place=True)))
    holds(server, sealed)
    assert await told_by_file(http, {"file": {**file, "url": ADDRESS}}) == {Tells.PLACE}
    assert server.asked[0].token == "secret"


async def test_one_that_is_not_encrypted_is_read_as_it_is(http, server):
    holds(server, picture("PNG", exif(owner=True)))
    assert await told_by_file(http, {"url": ADDRESS}) == {Tells.OWNER}


async def test_so_is_the_picture_of_a_member(http, server):
    holds(server, picture("JPEG", exif(place=True)))
    assert await told_by_file(http, {"membership": "join", "avatar_url": ADDRESS}) == {Tells.PLACE}


async def test_one_that_was_tampered_with_says_nothing(http, server):
    sealed, file = encrypt_attachment(picture("JPEG", exif(place=True)))
    holds(server, sealed + b"x")
    assert await told_by_file(http, {"file": {**file, "url": ADDRESS}}) == frozenset()


@pytest.mark.parametrize("file", [{}, {"key": 1}, {"key": {"k": 1}, "hashes": {}, "iv": ""}])
async def test_a_malformed_key_says_nothing(http, server, file):
    holds(server, b"data")
    assert await told_by_file(http, {"file": {**file, "url": ADDRESS}}) == frozenset()


@pytest.mark.parametrize(
    "address", [None, 7, "https://evil.example/x", "mxc://a/../b", "mxc://a", "mxc:///x", "mxc://a b/c"]
)
async def test_what_is_no_address_is_not_asked_for(http, server, address):
    assert await told_by_file(http, {"url": address}) == frozenset()
    assert server.asked == []


async def test_what_is_too_large_is_not_kept_in_memory(http, server, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 100_000)
    holds(server, b"\0" * 100_001)
    assert await told_by_file(http, {"url": ADDRESS}) == frozenset()


async def test_what_the_homeserver_refuses_is_told(http, server):
    server.answers[WHERE] = refuse(404, "M_NOT_FOUND")
    with pytest.raises(TransportError):
        await told_by_file(http, {"url": ADDRESS})
