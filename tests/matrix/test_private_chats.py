# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bots.core.matrix.known_rooms import KnownRooms
from bots.core.matrix.private_chats import LOOKS, MARKER, PrivateChats
from bots.core.matrix.room_actions import RoomActions
from bots.core.transport import TransportError
from fakes.scripted_homeserver import Asked, ScriptedHomeserver, refuse

ME = "@bot:x"


class Rooms(ScriptedHomeserver):
    """Knows rooms by id: who made them, with which marker, and the membership of @anna:x there."""

    def __init__(self) -> None:
        super().__init__()
        self.joined: list[str] = []
        self.answers = {"GET /joined_rooms": lambda _: {"joined_rooms": self.joined}, "POST /createRoom": self.create}

    def create(self, asked: Asked):
        room_id = f"!r{len(self.joined)}"
        self.add(room_id, ME, asked.body["creation_content"][MARKER], "invite")
        return {"room_id": room_id}

    def add(self, room_id: str, creator: str, marker: Any, membership: str) -> None:
        self.joined.append(room_id)
        content = {MARKER: marker}
        member = f"/rooms/{room_id}/state/m.room.member/@anna:x"
        self.answers[f"GET /rooms/{room_id}/state/m.room.create/"] = content
        self.answers[f"GET /rooms/{room_id}/state"] = [
            {"type": "m.room.create", "state_key": "", "sender": creator, "content": content},
            {"type": "m.room.encryption", "state_key": "", "sender": creator, "content": {"algorithm": "m.megolm"}},
        ]
        self.answers[f"GET {member}"] = {"membership": membership}
        self.answers[f"POST /rooms/{room_id}/invite"] = {}


@pytest.fixture
async def server():
    async with Rooms() as running:
        yield running


@pytest.fixture
def rooms(http, tmp_path):
    return KnownRooms(http, tmp_path)


@pytest.fixture
def chats(http, rooms):
    return PrivateChats(http, RoomActions(http), rooms, ME)


async def test_a_chat_is_encrypted_before_anybody_is_in_it(server, chats):
    assert await chats.open("@anna:x", "mark", "Welcome") == "!r0"
    (asked,) = server.requests("POST", "/createRoom")
    state = {event["type"]: event["content"] for event in asked.body["initial_state"]}
    assert state["m.room.encryption"]["algorithm"] == "m.megolm.v1.aes-sha2"
    assert state["m.room.history_visibility"] == {"history_visibility": "joined"}
    assert state["m.room.guest_access"] == {"guest_access": "forbidden"}
    assert (asked.body["invite"], asked.body["is_direct"], asked.body["name"]) == (["@anna:x"], True, "Welcome")


async def test_a_chat_that_was_seen_half_made_is_encrypted_all_the_same(server, chats, rooms):
    async def seen_half_made(asked: Asked):
        answer = server.create(asked)
        state = f"GET /rooms/{answer['room_id']}/state"
        whole = server.answers[state]
        server.answers[state] = whole[:1]
        await rooms.load([answer["room_id"]])
        server.answers[state] = whole
        return answer

    server.answers["POST /createRoom"] = seen_half_made
    room_id = await chats.open("@anna:x", "mark", "Welcome")
    assert rooms.is_encrypted(room_id)
    await rooms.load([room_id])
    assert rooms.view(room_id).encrypted


async def test_a_chat_that_is_found_again_is_encrypted_whatever_was_known_of_it(server, chats, rooms):
    server.add("!old", ME, "mark", "join")
    assert await chats.open("@anna:x", "mark", "Welcome") == "!old"
    assert rooms.is_encrypted("!old")


async def opened(chats, looks):
    """The chat, once it has been asked for this often in vain."""
    for _ in range(looks):
        with pytest.raises(TransportError) as caught:
            await chats.open("@anna:x", "mark", "Welcome")
        assert caught.value.retryable
    return await chats.open("@anna:x", "mark", "Welcome")


async def test_a_room_that_was_never_made_to_the_end_is_not_taken(server, chats):
    server.add("!half", ME, "mark", "join")
    del server.answers["GET /rooms/!half/state"][1]
    assert await opened(chats, LOOKS) != "!half"


async def test_a_room_that_the_homeserver_is_still_making_is_waited_for(server, chats):
    server.add("!new", ME, "mark", "invite")
    whole = server.answers["GET /rooms/!new/state"]
    looked = []

    def with_every_look_a_bit_more(_: Asked):
        looked.append(1)
        return whole[: len(looked)]

    server.answers["GET /rooms/!new/state"] = with_every_look_a_bit_more
    assert await opened(chats, 1) == "!new"
    assert server.requests("POST", "/createRoom") == []


async def test_a_room_that_is_not_even_begun_when_the_connection_breaks_is_waited_for(server, chats):
    asked_for = []

    def break_off(asked: Asked):
        asked_for.append(asked)
        return refuse(502, "M_UNKNOWN")

    server.answers["POST /createRoom"] = break_off
    for _ in range(2):
        with pytest.raises(TransportError):
            await chats.open("@anna:x", "mark", "Welcome")
    server.create(asked_for[0])
    assert await chats.open("@anna:x", "mark", "Welcome") == "!r0"
    assert len(asked_for) == 1


async def test_a_room_that_never_comes_is_made_after_a_while(server, chats):
    answers = [refuse(502, "M_UNKNOWN")]
    server.answers["POST /createRoom"] = lambda asked: answers.pop() if answers else server.create(asked)
    assert await opened(chats, 1 + LOOKS) == "!r0"


async def test_who_is_asked_to_slow_down_has_no_room_in_the_making(server, chats):
    answers = [refuse(429, "M_LIMIT_EXCEEDED")]
    server.answers["POST /createRoom"] = lambda asked: answers.pop() if answers else server.create(asked)
    assert await opened(chats, 1) == "!r0"


async def test_two_at_once_make_one_room(server, chats):
    assert await asyncio.gather(*(chats.open("@anna:x", "mark", "Welcome") for _ in range(5))) == ["!r0"] * 5
    assert len(server.requests("POST", "/createRoom")) == 1


async def test_nobody_waits_until_somebody_elses_room_is_made(server, chats):
    asked_for = {}
    all_asked = asyncio.Event()

    async def create_when_both_are_asked_for(asked: Asked):
        asked_for[asked.body["invite"][0]] = asked
        if len(asked_for) == 2:
            all_asked.set()
        await all_asked.wait()
        return server.create(asked)

    server.answers["POST /createRoom"] = create_when_both_are_asked_for
    async with asyncio.timeout(5):
        rooms = await asyncio.gather(
            chats.open("@anna:x", "anna's", "Welcome"), chats.open("@ben:x", "ben's", "Welcome")
        )
    assert len(set(rooms)) == 2


async def test_a_room_whose_making_was_never_answered_is_found_again(server, chats):
    def create_and_break_off(asked: Asked):
        server.create(asked)
        return refuse(502, "M_UNKNOWN")

    server.answers["POST /createRoom"] = create_and_break_off
    with pytest.raises(TransportError):
        await chats.open("@anna:x", "mark", "Welcome")
    assert await chats.open("@anna:x", "mark", "Welcome") == "!r0"


async def test_somebody_elses_room_with_the_marker_is_not_taken(server, chats):
    server.add("!trap", "@anna:x", "mark", "join")
    assert await chats.open("@anna:x", "mark", "Welcome") != "!trap"


async def test_who_left_is_invited_again(server, chats):
    server.add("!old", ME, "mark", "leave")
    assert await chats.open("@anna:x", "mark", "Welcome") == "!old"
    assert len(server.requests("POST", "/rooms/!old/invite")) == 1


async def test_rooms_with_another_marker_or_none_are_passed_over_and_asked_once(server, chats):
    server.add("!a", ME, "other", "join")
    server.add("!b", ME, None, "join")
    server.add("!c", ME, {"not": "text"}, "join")
    for _ in range(2):
        assert await chats.open("@anna:x", "mark", "Welcome") == "!r3"
    assert len(server.requests("GET", "/rooms/!a/state/m.room.create/")) == 1
