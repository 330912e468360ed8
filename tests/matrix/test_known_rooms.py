# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from bots.core.matrix.known_rooms import KnownRooms, joined_rooms
from bots.core.transport import TransportError
from fakes.scripted_homeserver import ScriptedHomeserver, refuse

STATE = "GET /rooms/!r/state"
RULES = "GET /rooms/!r/state/m.room.encryption/"
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"rotation_period_msgs": 3}}


def name(text: str) -> dict[str, Any]:
    return {"type": "m.room.name", "state_key": "", "content": {"name": text}}


@pytest.fixture
async def server():
    async with ScriptedHomeserver({STATE: [name("one")]}) as running:
        yield running


async def test_a_room_is_fetched_once_and_kept_up_to_date(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    assert rooms.view("!r") is None
    await rooms.load(["!r"])
    await rooms.load(["!r"])
    assert len(server.asked) == 1
    await rooms.apply("!r", [name("two"), {"type": "m.room.name", "content": {"name": "no state"}}])
    assert rooms.view("!r").name == "two"


async def test_what_a_sync_brings_while_the_state_is_on_its_way_is_not_lost(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    fetch = http.request_list

    async def slow(*args: Any, **more: Any) -> list[Any]:
        answer = await fetch(*args, **more)
        await rooms.apply("!r", [name("newer")])
        return answer

    http.request_list = slow
    await rooms.load(["!r"])
    assert rooms.view("!r").name == "newer"


async def test_a_room_that_was_encrypted_once_stays_so_after_a_restart_whatever_the_homeserver_says(
    server, http, tmp_path
):
    rooms = KnownRooms(http, tmp_path)
    server.answers[STATE] = [ENCRYPTION]
    await rooms.load(["!r"])
    assert rooms.encryption_rules("!r") == {"rotation_period_msgs": 3}
    server.answers[STATE] = [name("not encrypted")]
    again = KnownRooms(http, tmp_path)
    await again.load(["!r"])
    assert again.is_encrypted("!r")
    assert again.view("!r").encrypted


async def test_encryption_is_remembered_for_a_room_that_was_never_loaded(server, http, tmp_path):
    await KnownRooms(http, tmp_path).apply("!other", [ENCRYPTION])
    assert KnownRooms(http, tmp_path).is_encrypted("!other")


async def test_a_torn_line_spoils_no_other(server, http, tmp_path):
    await KnownRooms(http, tmp_path).apply("!one", [ENCRYPTION])
    file = tmp_path / "encrypted_rooms.txt"
    file.write_text(file.read_text(encoding="utf-8") + "!tw", encoding="utf-8")
    await KnownRooms(http, tmp_path).apply("!three", [ENCRYPTION])
    assert KnownRooms(http, tmp_path).is_encrypted("!one")
    assert KnownRooms(http, tmp_path).is_encrypted("!three")


async def test_a_room_that_may_not_be_read_stays_unknown(server, http, tmp_path):
    server.answers[STATE] = refuse(403, "M_FORBIDDEN")
    rooms = KnownRooms(http, tmp_path)
    await rooms.load(["!r"])
    assert rooms.view("!r") is None


async def test_a_homeserver_in_trouble_is_told_of(server, http, tmp_path):
    server.answers[STATE] = refuse(503, "M_UNKNOWN")
    rooms = KnownRooms(http, tmp_path)
    with pytest.raises(TransportError):
        await rooms.load(["!r"])
    server.answers[STATE] = [name("back")]
    await rooms.load(["!r"])
    assert rooms.view("!r").name == "back"


async def test_a_room_that_was_left_is_forgotten_but_not_that_it_is_encrypted(server, http, tmp_path):
    server.answers[STATE] = [ENCRYPTION]
    rooms = KnownRooms(http, tmp_path)
    await rooms.load(["!r"])
    rooms.forget("!r")
    assert rooms.view("!r") is None
    assert rooms.is_encrypted("!r")


async def test_a_room_is_there_for_whoever_has_just_loaded_it_whatever_a_sync_brings_meanwhile(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    fetch = http.request_list

    async def gap_right_after(*args: Any, **more: Any) -> list[Any]:
        answer = await fetch(*args, **more)
        asyncio.get_running_loop().call_soon(rooms.outdate, "!r")
        return answer

    http.request_list = gap_right_after
    await rooms.load(["!r"])
    assert rooms.view("!r").name == "one"


@pytest.mark.parametrize("when", ["before", "on its way"])
async def test_after_a_gap_the_state_is_asked_for_again(server, http, tmp_path, when):
    rooms = KnownRooms(http, tmp_path)
    fetch = http.request_list

    async def told_of_a_gap(*args: Any, **more: Any) -> list[Any]:
        answer = await fetch(*args, **more)
        http.request_list = fetch
        rooms.outdate("!r")
        return answer

    if when == "on its way":
        http.request_list = told_of_a_gap
    await rooms.load(["!r"])
    if when == "before":
        rooms.outdate("!r")
    server.answers[STATE] = [name("two")]
    await rooms.load(["!r"])
    assert rooms.view("!r").name == "two"
    await rooms.load(["!r"])
    assert len(server.asked) == 2


def levels(event_id: str, mo: int, replaces: str) -> dict[str, Any]:
    return {
        "type": "m.room.power_levels",
        "state_key": "",
        "event_id": event_id,
        "content": {"users": {"@mo:x": mo}},
        "unsigned": {"replaces_state": replaces},
    }


async def test_of_two_power_levels_that_were_written_at_once_the_homeserver_says_which_one_holds(
    server, http, tmp_path
):
    rooms = KnownRooms(http, tmp_path)
    server.answers[STATE] = [levels("$0", 50, "$made")]
    await rooms.load(["!r"])
    await rooms.apply("!r", [levels("$1", 0, "$0")])
    await rooms.load(["!r"])
    assert len(server.asked) == 1, "one after the other: what came last holds"
    await rooms.apply("!r", [levels("$2", 50, "$0")])
    server.answers[STATE] = [levels("$1", 0, "$0")]
    await rooms.load(["!r"])
    assert rooms.view("!r").power_levels.users == {"@mo:x": 0}
    await rooms.apply("!r", [levels("$3", 50, "$1")])
    await rooms.load(["!r"])
    assert rooms.view("!r").power_levels.users == {"@mo:x": 50}
    assert len(server.asked) == 2


async def test_a_gap_is_not_forgotten_when_the_homeserver_is_in_trouble(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    await rooms.load(["!r"])
    rooms.outdate("!r")
    server.answers[STATE] = refuse(503, "M_UNKNOWN")
    with pytest.raises(TransportError):
        await rooms.load(["!r"])
    assert rooms.view("!r").name == "one"
    server.answers[STATE] = [name("two")]
    await rooms.load(["!r"])
    assert rooms.view("!r").name == "two"


async def test_a_room_that_may_not_be_read_after_a_gap_is_not_known_any_more(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    await rooms.load(["!r"])
    rooms.outdate("!r")
    server.answers[STATE] = refuse(403, "M_FORBIDDEN")
    await rooms.load(["!r"])
    assert rooms.view("!r") is None


async def test_before_anything_is_said_in_clear_the_homeserver_is_asked_again(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    await rooms.load(["!r"])
    assert not await rooms.encrypts("!r")
    server.answers[RULES] = ENCRYPTION["content"]
    server.answers[STATE] = [name("one"), ENCRYPTION]
    assert await rooms.encrypts("!r")
    assert rooms.view("!r").encrypted
    assert rooms.encryption_rules("!r") == ENCRYPTION["content"]
    server.answers[RULES] = refuse(404, "M_NOT_FOUND")
    assert await rooms.encrypts("!r")
    assert await KnownRooms(http, tmp_path).encrypts("!r")


async def test_nothing_is_said_in_clear_while_the_homeserver_can_not_say(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    server.answers[RULES] = refuse(503, "M_UNKNOWN")
    with pytest.raises(TransportError):
        await rooms.encrypts("!r")


async def test_a_proxy_that_knows_no_room_has_none_said_to_in_clear_and_none_forgotten(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    await rooms.load(["!r"])
    server.answers[RULES] = server.answers[STATE] = lambda _: web.Response(status=404, text="404 page not found")
    with pytest.raises(TransportError):
        await rooms.encrypts("!r")

    rooms.outdate("!r")
    with pytest.raises(TransportError):
        await rooms.load(["!r"])
    assert rooms.view("!r").name == "one"


async def test_a_room_that_was_entered_just_now_is_waited_for_and_one_that_was_left_is_not(server, http, tmp_path):
    rooms = KnownRooms(http, tmp_path)
    server.answers[STATE] = lambda _: refuse(403, "M_FORBIDDEN")
    assert not rooms.unknown("!r").retryable

    rooms.enter("!r")
    await rooms.load(["!r"])
    assert (rooms.view("!r"), rooms.unknown("!r").retryable) == (None, True)

    rooms.forget("!r")
    assert not rooms.unknown("!r").retryable
    rooms.joined = frozenset({"!r"})
    assert rooms.unknown("!r").retryable


async def test_a_homeserver_that_does_not_say_where_one_is_is_not_taken_to_say_nowhere(server, http):
    server.answers["GET /joined_rooms"] = {}
    with pytest.raises(TransportError):
        await joined_rooms(http)
