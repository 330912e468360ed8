# SPDX-License-Identifier: Apache-2.0
"""Homeservers are shut out by a moderator's word or by a list that may ban, and never our own or one we let in."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from bots.core.actions import BotName, ShutOut
from bots.core.community import Federation
from bots.core.rooms.access_lists import host, matches, with_shut_out
from bots.core.rooms.policies import policy_of
from bots.core.runtime.invariants import Circumstances, refusal
from bots.moderation.policy_lists.records import DeniedServer
from fakes.house import ANA, MODERATION, House

SERVER, KEEPER = "m.policy.rule.server", "@keeper:other.example"
NAMES = st.text("abk.*?:1", min_size=1, max_size=9) | st.sampled_from(["kith.test", "*", "*.test", "k?th.*", "evil.x"])


async def federated(**changes):
    """A community whose rooms other homeservers can be in."""
    house = await House.built(federation=Federation.ALLIED, allies=("friend.example",), **changes)
    for room_id in (house.lobby, house.harbour):
        room = house.homeserver.rooms[room_id]
        levels = replace(room.power_levels, events={**room.power_levels.events, "m.room.server_acl": 60})
        house.homeserver.rooms[room_id] = replace(room, power_levels=levels)
        house.homeserver.access_lists[room_id] = {"allow": ["kith.test", "friend.example"], "deny": ["old.example"]}
    return house


@pytest.fixture
async def house():
    return await federated()


def denied(house, room_id=None):
    return house.homeserver.access_lists[room_id or house.harbour]["deny"]


async def test_a_homeserver_is_shut_out_of_every_room_and_let_in_again(house):
    (told,) = await house.asks("!server deny Evil.example")
    assert "evil.example is shut out" in told
    assert denied(house) == denied(house, house.lobby) == ["old.example", "evil.example"]
    assert house.homeserver.access_lists[house.harbour]["allow"] == ["kith.test", "friend.example"]
    assert "I have shut out: evil.example" in (await house.asks("!server"))[0]
    await house.asks("!server allow evil.example")
    assert denied(house) == ["old.example"]
    assert house.recorded(DeniedServer) == []


async def test_what_somebody_else_denied_is_not_ours_to_let_in(house):
    (told,) = await house.asks("!server allow old.example")
    assert "I have not shut old.example out" in told
    assert denied(house) == ["old.example"]


@pytest.mark.parametrize(
    "server", ["kith.test", "KITH.test", "*", "*.test", "k?th.test", "friend.example", "*.example"]
)
async def test_nobody_is_locked_out_by_mistake(house, server):
    (told,) = await house.asks(f"!server deny {server}")
    assert "I never shut that out" in told
    assert denied(house) == ["old.example"]


async def test_people_of_it_who_are_here_are_counted(house):
    house.homeserver.join("@eve:evil.example", house.lobby)
    assert "who are here: 1." in (await house.asks("!server deny evil.example"))[0]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("deny", "Which homeserver"), ("deny a b", "Which homeserver"), ("shut x", "Which homeserver")],
)
async def test_what_is_not_understood_is_told(house, asked, answer):
    assert answer in (await house.asks(f"!server {asked}"))[0]


async def test_a_member_shuts_nobody_out(house):
    await house.orders(ANA, "!server deny evil.example")
    assert denied(house) == ["old.example"]


async def test_where_the_power_is_missing_it_is_told():
    house = await House.built(federation=Federation.OPEN)
    assert "I lack the power" in (await house.asks("!server deny evil.example"))[0]


async def test_in_rooms_that_never_leave_the_homeserver_there_is_nobody_to_shut_out():
    house = await House.built()
    for room_id, room in list(house.homeserver.rooms.items()):
        house.homeserver.rooms[room_id] = replace(room, federate=False)
    assert "No other homeserver can be in our rooms" in (await house.asks("!server deny evil.example"))[0]


# By lists


async def reads_a_list(house, may="ban"):
    house.list = house.homeserver.create_room(KEEPER, encrypted=False, join_rule="public")
    await house.asks(f"!subscribe {house.list} {may}")
    await house.waits(seconds=3)
    await house.taps("✅", "I have done nothing yet")
    await house.waits(seconds=11)


def rule(house, server, **content):
    content = {"entity": server, "recommendation": "m.ban", **content} if content != {"gone": True} else {}
    house.homeserver.put_policy(KEEPER, house.list, SERVER, f"rule:{server}", content)


async def test_a_list_that_may_ban_shuts_out_once_for_many_changes_and_lets_in_again(house):
    await reads_a_list(house)
    before = len(house.homeserver.stream)
    for number in range(20):
        rule(house, f"e{number}.example.net")
        await house.settles()
    assert denied(house) == ["old.example"]
    await house.waits(seconds=11)
    assert len(denied(house)) == 21
    changes = [e.event for e in house.homeserver.stream[before:] if getattr(e.event, "type", "") == "m.room.server_acl"]
    assert len(changes) == 2
    rule(house, "e3.example.net", gone=True)
    await house.settles()
    await house.waits(seconds=11)
    assert len(denied(house)) == 20
    assert "e3.example.net" not in denied(house)


async def test_who_lets_in_what_a_list_names_is_told_that_it_will_be_shut_out_again(house):
    await reads_a_list(house)
    rule(house, "evil.example")
    await house.settles()
    await house.waits(seconds=11)
    (told,) = await house.asks("!server allow Evil.example")
    assert "evil.example is let in again" in told
    assert f"still stands on a list that may ban: {house.list}" in told
    assert denied(house) == ["old.example"]
    await house.waits(hours=1)
    await house.waits(seconds=11)
    assert denied(house) == ["old.example", "evil.example"]
    rule(house, "evil.example", gone=True)
    await house.settles()
    assert "still stands" not in (await house.asks("!server allow evil.example"))[0]


@pytest.mark.parametrize("may", ["tell", "hold", "remove"])
async def test_a_list_that_may_less_shuts_nobody_out(house, may):
    await reads_a_list(house, may)
    rule(house, "evil.example")
    await house.settles()
    await house.waits(seconds=11)
    assert denied(house) == ["old.example"]


async def test_a_list_shuts_out_neither_us_nor_our_allies_and_a_lost_one_lets_nobody_in(house):
    await reads_a_list(house)
    for server in ("kith.test", "*", "friend.example", "evil.net", "bad name", "x" * 300):
        rule(house, server)
    await house.settles()
    await house.waits(seconds=11)
    assert denied(house) == ["old.example", "evil.net"]
    house.homeserver.remove(KEEPER, house.list, MODERATION)
    await house.waits(hours=1)
    await house.waits(hours=1)
    assert denied(house) == ["old.example", "evil.net"]
    await house.asks(f"!unsubscribe {house.list}")
    await house.waits(seconds=11)
    assert denied(house) == ["old.example"]


# The rules behind it


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4))
def test_whatever_is_asked_our_own_homeserver_is_never_on_the_list(before, shut, let_in):
    current = {"allow": ["*"], "deny": before, "allow_ip_literals": False}
    changed = with_shut_out(current, shut, let_in, "kith.test:8448") or current
    assert not any(matches(each, "kith.test") for each in changed["deny"]) or changed is current
    assert {key: value for key, value in changed.items() if key != "deny"} == {
        "allow": ["*"],
        "allow_ip_literals": False,
    }
    wanted = {each for each in shut if not matches(each, "kith.test")}
    assert wanted <= set(changed["deny"])


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, max_size=4).map(tuple))
def test_the_performer_refuses_to_lock_itself_out(shut):
    action = ShutOut(why="r", room_id="!r", shut=shut)
    at = Circumstances(voice=BotName.MODERATION, me="@moderation:kith.test:8448", bots=frozenset())
    assert (refusal(action, at) is not None) == any(matches(each, "kith.test") for each in shut)


def test_a_port_is_no_part_of_a_name():
    assert [host(each) for each in ("a.b", "a.b:80", "[::1]:80", "[::1]")] == ["a.b", "a.b", "[::1]", "[::1]"]
    assert policy_of(SERVER, {"entity": "a.b", "recommendation": "m.ban"}) is not None
