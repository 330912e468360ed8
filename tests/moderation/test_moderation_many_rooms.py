# SPDX-License-Identifier: Apache-2.0
"""One order in many rooms: the liveliest first, one line that grows, and at the end what did not work, by name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Ban, Edit, Send, SetPower
from bots.core.events import OBSERVED
from bots.core.rooms import MembershipState
from bots.moderation.records import Progress, RoomLife
from fakes.moderation_scene import ANA, BEN, BOT, HARBOUR, LANTERN, LOBBY, MEMBERS_ROOMS, MO, OFFICE, Scene

MANY = 100


@pytest.fixture
def scene():
    return Scene()


def with_many_rooms(scene, count=MANY):
    for number in range(count - len(MEMBERS_ROOMS)):
        room_id = f"!many{number}"
        scene.views[room_id] = replace(scene.views[HARBOUR], room_id=room_id, name=f"Room {number}")
    return scene


def line(scene):
    """What the line in the moderators' room says at last, and how often it was changed."""
    edits = [action for action in scene.last if isinstance(action, Edit)]
    sends = [action for action in scene.last if isinstance(action, Send) and action.why == "moderation.many"]
    assert len(sends) == 1
    assert all(edit.room_id == OFFICE and edit.target.label == sends[0].label for edit in edits)
    return [part.key.removeprefix("moderation.") for part in edits[-1].parts], len(edits)


async def test_a_ban_in_a_hundred_rooms_is_one_line_that_grows(scene):
    await with_many_rooms(scene).says(MO, f"!ban {ANA} everywhere", OFFICE)
    assert len([name for name, _, _ in scene.deeds if name == "Ban"]) == MANY
    assert line(scene) == (["many.all"], 4)
    assert scene.told(ANA) == ["tell.ban"]
    assert [each.done for each in scene.all if isinstance(each, Progress)] == []
    assert not await scene.find(Progress)


async def test_the_line_has_the_button_that_takes_it_all_back_and_that_is_one_line_too(scene):
    await with_many_rooms(scene, 20).says(MO, f"!ban {ANA} everywhere", OFFICE)
    ban = scene.said_with("moderation.many.going")
    assert scene.sent[ban].buttons == ("↩️",)
    await scene.taps(MO, "↩️", ban)
    assert line(scene)[0] == ["many.all"]
    assert scene.told(ANA) == ["tell.undo"]
    assert not [room for room in scene.views if scene.state(ANA, room) is MembershipState.BAN]


async def test_its_end_is_one_line_as_well(scene):
    await scene.says(MO, f"!ban 1d {ANA} everywhere", OFFICE)
    await scene.waits(days=2)
    assert line(scene) == (["many.all"], 1)
    assert scene.told(ANA) == ["tell.over"]


async def test_what_did_not_work_is_named_at_the_end(scene):
    scene.broken[Ban, LANTERN] = "M_FORBIDDEN"
    scene.broken[Ban, LOBBY] = "M_UNKNOWN"
    await scene.says(MO, f"!ban {ANA} everywhere", OFFICE)
    assert line(scene)[0] == ["many.some", "failed.other", "failed.no_power"]
    (edit,) = [action for action in scene.last if isinstance(action, Edit)]
    some, other, powerless = edit.parts
    assert (some.params["done"], some.params["total"]) == (1, 3)
    assert (other.params["room"], powerless.params["room"]) == ("The lobby", "Lantern")


async def test_rooms_where_the_bot_has_no_power_are_named_with_the_rest(scene):
    scene.gives_power(BOT, 0, LANTERN)
    await scene.says(MO, f"!mute {ANA} everywhere", OFFICE)
    assert line(scene)[0] == ["many.some", "failed.no_power"]
    assert [scene.level(ANA, room) for room in MEMBERS_ROOMS] == [-1, -1, None]


async def test_taking_back_an_order_that_is_still_on_its_way_leaves_no_line_unfinished(scene):
    scene.held = True
    await scene.says(MO, f"!mute {ANA} everywhere", OFFICE)
    await scene.says(MO, f"!undo {ANA}", OFFICE)
    await scene.hears_back()
    assert not await scene.find(Progress)
    assert [scene.level(ANA, room) for room in MEMBERS_ROOMS] == [None] * 3


async def test_what_is_only_watched_says_that_nothing_was_done(scene):
    for kind in (SetPower, Ban):
        scene.broken[kind] = OBSERVED
    await scene.says(MO, f"!ban {ANA} everywhere", OFFICE)
    assert line(scene) == (["many.watched"], 1)
    assert not await scene.find(Progress)


# The liveliest first.


async def writes(scene, room_id, minutes):
    for _ in range(minutes):
        await scene.says(BEN, "hello", room_id)
        await scene.waits(minutes=1)


async def test_the_liveliest_room_comes_first(scene):
    await writes(scene, LANTERN, 5)
    await writes(scene, HARBOUR, 3)
    await scene.says(MO, f"!ban {ANA} everywhere", OFFICE)
    assert [room for name, _, room in scene.deeds if name == "Ban"] == [LANTERN, HARBOUR, LOBBY]


async def test_what_was_lively_long_ago_counts_for_less(scene):
    await writes(scene, LANTERN, 8)
    await scene.waits(days=28)
    await writes(scene, HARBOUR, 2)
    await scene.says(MO, f"!ban {ANA} everywhere", OFFICE)
    assert scene.deeds[0] == ("Ban", ANA, HARBOUR)


async def test_a_room_counts_once_a_minute_and_nobody_is_named_in_it(scene):
    for _ in range(10):
        await scene.says(BEN, "hello", HARBOUR)
    (life,) = await scene.find(RoomLife)
    assert (life.room_id, life.minutes) == (HARBOUR, 1.0)
    assert BEN not in repr(life)
    await scene.says(BEN, "hello", OFFICE)
    assert len(await scene.find(RoomLife)) == 1


async def test_a_clock_that_jumps_back_does_not_stop_the_counting(scene):
    await scene.says(BEN, "hello", HARBOUR)
    scene.now -= timedelta(days=1)
    await scene.says(BEN, "hello", HARBOUR)
    (life,) = await scene.find(RoomLife)
    assert life.at == scene.now
