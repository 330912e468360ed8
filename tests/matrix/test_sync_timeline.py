# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from typing import Any

import pytest

from bots.core.matrix.http import Http
from bots.core.matrix.sync import invitation, read_timeline, sync_filter
from bots.core.rooms import MembershipState
from bots.core.transport import TransportError
from fakes.scripted_homeserver import ScriptedHomeserver, refuse

ME = "@bot:x"
MESSAGES = "GET /rooms/!r/messages"


def said(number: int) -> dict[str, Any]:
    return {"type": "m.room.message", "event_id": f"${number}", "sender": "@anna:x", "content": {"body": "x"}}


def membership(now: str, before: str | None = None, number: int = 0) -> dict[str, Any]:
    event = {
        "type": "m.room.member",
        "event_id": f"$m{number}",
        "sender": "@anna:x",
        "state_key": ME,
        "origin_server_ts": 1,
        "content": {"membership": now},
    }
    return event | ({"unsigned": {"prev_content": {"membership": before}}} if before else {})


def room(*events: Any, limited: bool = True) -> dict[str, Any]:
    return {"timeline": {"events": list(events), "limited": limited, "prev_batch": "p0"}}


@pytest.fixture
async def server():
    async with ScriptedHomeserver() as running:
        yield running


async def read(server: ScriptedHomeserver, joined: Any, since: str | None = "since") -> list[str]:
    async with Http(server.url) as http:
        return [event["event_id"] for event in (await read_timeline(http, "!r", joined, since, ME)).events]


def pages(*chunks: list[int]):
    """The pages of history before `p0`, each newest first."""

    def answer(asked):
        index = int(asked.query["from"][1:])
        end = {"end": f"p{index + 1}"} if index + 1 < len(chunks) else {}
        return {"chunk": [said(number) for number in chunks[index]], **end}

    return answer


async def test_a_gap_is_filled_page_by_page_down_to_the_last_sync(server):
    server.answers[MESSAGES] = pages([6, 5], [4, 3])
    assert await read(server, room(said(7), said(8))) == ["$3", "$4", "$5", "$6", "$7", "$8"]
    assert [asked.query["to"] for asked in server.asked] == ["since", "since"]


async def test_what_overlaps_comes_once(server):
    server.answers[MESSAGES] = pages([7, 6])
    assert await read(server, room(said(7), said(8))) == ["$6", "$7", "$8"]


async def test_without_a_gap_nothing_is_fetched(server):
    assert await read(server, room(said(7), limited=False)) == ["$7"]
    assert await read(server, room(said(7)), since=None) == ["$7"]
    assert not server.asked


async def test_a_history_without_end_is_left_off(server):
    server.answers[MESSAGES] = lambda asked: {"chunk": [said(1)], "end": asked.query["from"] + "x"}
    assert await read(server, room(said(7))) == ["$1", "$7"]
    assert len(server.asked) == 100


async def test_a_gap_that_the_homeserver_can_not_fill_now_fails_the_sync(server):
    server.answers[MESSAGES] = refuse(502, "M_UNKNOWN")
    with pytest.raises(TransportError):
        await read(server, room(said(7)))


async def test_a_gap_that_may_not_be_read_costs_only_itself(server):
    server.answers[MESSAGES] = refuse(403, "M_FORBIDDEN")
    assert await read(server, room(said(7))) == ["$7"]


async def test_what_was_said_before_the_bot_came_is_not_for_it(server):
    assert await read(server, room(said(1), membership("join"), said(2))) == ["$m0", "$2"]
    invited = room(said(1), membership("invite"), said(2), membership("join", "invite", 1), said(3))
    assert await read(server, invited) == ["$2", "$m1", "$3"]
    assert not server.asked


async def test_the_invitation_that_was_told_of_before_the_bot_came_is_not_told_of_again(server):
    stripped = {key: part for key, part in membership("invite").items() if key not in ("event_id", "origin_server_ts")}
    told = invitation("!r", {"invite_state": {"events": [stripped]}}, ME, "since")
    somebody = membership("invite", number=2) | {"state_key": "@bo:x"}
    joined = room(membership("invite"), membership("join", "invite", 1), somebody, limited=False)
    again = await read(server, joined)
    assert told is not None
    assert again == ["$m1", "$m2"], "under its real id it would be decided on a second time"


async def test_the_way_back_ends_where_the_bot_came(server):
    def history(asked):
        return {"chunk": [said(3), membership("join", "leave"), said(2)], "end": asked.query["from"] + "x"}

    server.answers[MESSAGES] = history
    assert await read(server, room(said(4))) == ["$m0", "$3", "$4"]
    assert len(server.asked) == 1


async def test_a_change_of_the_bots_name_is_no_arrival(server):
    assert await read(server, room(said(1), membership("join", "join"), said(2), limited=False)) == ["$1", "$m0", "$2"]


@pytest.mark.parametrize(
    "joined", [{}, {"timeline": []}, {"timeline": {"events": 5}}, {"timeline": {"events": [5, {}]}}]
)
async def test_a_malformed_room_is_an_empty_one(server, joined):
    assert await read(server, joined) == []


def test_an_invitation_is_a_membership_of_the_bot_even_from_stripped_state():
    stripped = {key: part for key, part in membership("invite").items() if key not in ("event_id", "origin_server_ts")}
    first = invitation("!r", {"invite_state": {"events": [{"type": "x"}, stripped]}}, ME, "since")
    assert (first.user, first.now, first.sender) == (ME, MembershipState.INVITE, "@anna:x")
    assert first == invitation("!r", {"invite_state": {"events": [stripped]}}, ME, "since")
    assert invitation("!r", {"invite_state": {}}, ME, "since") is None


def test_the_filter_asks_for_a_long_timeline_and_for_nothing_that_is_not_used():
    asked = json.loads(sync_filter(initial=False))
    assert asked["room"]["timeline"]["limit"] == 100
    assert asked["room"]["state"]["lazy_load_members"] is False
    assert json.loads(sync_filter(initial=True))["room"]["state"]["lazy_load_members"] is True
    assert asked["presence"] == asked["room"]["ephemeral"] == {"types": []}
