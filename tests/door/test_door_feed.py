# SPDX-License-Identifier: Apache-2.0
"""The door gives other communities the library that they subscribe to, where the organiser wants it."""

from __future__ import annotations

from aiohttp.test_utils import TestClient, TestServer

from bots.door.app import FEED
from fakes.door_scene import application


async def asked(feed):
    async with TestClient(TestServer(application(feed=feed))) as client, client.get(FEED) as answer:
        return answer.status, answer.content_type, await answer.read(), answer.headers


async def test_the_feed_is_given_as_it_was_signed(tmp_path):
    file = tmp_path / "feed.json"
    file.write_bytes(b'{"version": "\xc3\xa9"}\n')
    status, kind, content, headers = await asked(file)
    assert (status, kind, content) == (200, "application/feed+json", file.read_bytes())
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" not in headers


async def test_there_is_none_unless_it_is_wanted_and_made(tmp_path):
    assert (await asked(None))[0] == 404
    assert (await asked(tmp_path / "feed.json"))[0] == 404
