# SPDX-License-Identifier: Apache-2.0
"""What is asked of a whole room: a slower pace, which forces nobody, and a door that is shut for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Bookkeeping, InRoom, OpenDoor, Redact, Send
from bots.core.community import Mode
from bots.core.records import Measure, RoomMeasure
from fakes.moderation_scene import (
    ANA,
    BEN,
    BOT,
    HARBOUR,
    LANTERN,
    LEO,
    LOBBY,
    MEMBERS_ROOMS,
    MO,
    OFFICE,
    ORGANISER,
    RESOURCES,
    Scene,
)
from fakes.welcome_scene import COMMUNITY

CRIES = (
    "i want to kill myself",
    "I can't go on any more, goodbye everyone",
    "i think my friend wants to end her life",
    "my chest hurts so much and I can't breathe",
)


@pytest.fixture
def scene():
    scene = Scene()
    lobby = scene.views[LOBBY]
    events = {**lobby.power_levels.events, "m.room.join_rules": 60}
    scene.views[LOBBY] = replace(lobby, join_rule="public", power_levels=replace(lobby.power_levels, events=events))
    return scene


async def measures(scene):
    return {(each.room_id, each.measure): each for each in await scene.find(RoomMeasure)}


# A slower pace.


async def writes(scene, who, count, every=timedelta(seconds=2), room_id=HARBOUR, text="and another thing"):
    told = []
    for _ in range(count):
        await scene.says(who, text, room_id)
        told += scene.told(who)
        scene.now += every
    return told


async def test_a_slower_pace_is_told_in_private_to_who_writes_faster_and_only_once(scene):
    await scene.says(MO, "!slow 30s 1h", HARBOUR)
    assert isinstance(scene.last[0], Redact)
    assert scene.office == ["measure.begun.slow"]
    assert await writes(scene, ANA, 5) == ["tell.slow"]
    assert await writes(scene, BEN, 5, every=timedelta(seconds=31)) == []


async def test_a_clock_that_was_ahead_makes_nothing_too_soon_and_silences_nothing(scene):
    await scene.says(MO, "!slow 30s 1h", HARBOUR)
    scene.now += timedelta(minutes=50)
    assert await writes(scene, ANA, 5) == ["tell.slow"]
    scene.now -= timedelta(minutes=50)
    assert await writes(scene, ANA, 1, every=timedelta(seconds=31)) == []
    assert await writes(scene, ANA, 1) == []
    assert await writes(scene, ANA, 1) == ["tell.slow"]


async def test_nothing_is_ever_taken_away_nobody_is_stopped_and_the_room_hears_nothing(scene):
    await scene.says(MO, "!slow 10m", HARBOUR)
    scene.all.clear()
    await writes(scene, ANA, 30)
    outward = [action for action in scene.all if not isinstance(action, Bookkeeping)]
    assert outward
    assert all(isinstance(action, Send) and action.place != InRoom(HARBOUR) for action in outward)


async def test_the_moderators_hear_once_of_somebody_who_goes_on(scene):
    await scene.says(MO, "!slow 30s", HARBOUR)
    heard = []
    for _ in range(20):
        await scene.says(ANA, "and another thing", HARBOUR)
        heard += [key for key in scene.office if key.startswith("slow")]
    assert heard == ["slow.many"]


@pytest.mark.parametrize("cry", CRIES)
async def test_a_cry_for_help_is_never_too_fast_nor_is_what_follows_it(scene, cry):
    await scene.says(MO, "!slow 5m", HARBOUR)
    assert "tell.slow" not in await writes(scene, ANA, 1)
    assert "tell.slow" not in await writes(scene, ANA, 3, text=cry)
    assert "tell.slow" not in await writes(scene, ANA, 12)
    assert "slow.many" not in scene.office


async def test_commands_edits_other_rooms_moderators_and_bots_are_not_counted(scene):
    await scene.says(MO, "!slow 5m", HARBOUR)
    assert await writes(scene, ANA, 4, text="!help me") == ["help"] * 4
    assert await writes(scene, ANA, 4, room_id=LANTERN) == []
    for _ in range(4):
        await scene.says(ANA, "I meant this", HARBOUR, replaces="$before")
        assert scene.told(ANA) == []
        for who in (MO, ORGANISER, RESOURCES):
            await scene.says(who, "hello", HARBOUR)
            assert scene.told(who) == []


@pytest.mark.parametrize("end", ["!slow off", "wait", "tap", "undo"])
async def test_a_slower_pace_ends_by_itself_by_a_word_and_by_a_tap(scene, end):
    await scene.says(MO, "!slow 30s 1h", HARBOUR)
    line = scene.said_with("moderation.measure.begun.slow")
    if end == "wait":
        await scene.waits(hours=1, minutes=1)
    elif end == "tap":
        await scene.taps(MO, "↩️", line)
    else:
        await scene.says(MO, end, HARBOUR if end == "!slow off" else OFFICE, reply_to=line if end == "undo" else None)
    assert scene.office == ["measure.over.slow" if end == "wait" else "measure.ended.slow"]
    assert await writes(scene, ANA, 4) == []
    await scene.waits(hours=2)
    assert scene.office == []


async def test_a_new_slow_hour_is_told_anew(scene):
    await scene.says(MO, "!slow 30s 1h", HARBOUR)
    assert await writes(scene, ANA, 3) == ["tell.slow"]
    await scene.waits(hours=3)
    await scene.says(MO, "!slow 1m 1h", HARBOUR)
    assert await writes(scene, ANA, 3) == ["tell.slow"]


async def test_in_the_moderators_room_a_room_is_named(scene):
    await scene.says(MO, "!slow 30s", OFFICE)
    assert scene.office == ["refused.which_room"]
    await scene.says(MO, "!slow 30s harbour", OFFICE)
    assert set(await measures(scene)) == {(HARBOUR, Measure.SLOW)}


# A lock.


async def test_a_lock_shuts_the_lobby_for_a_while_and_opens_it_again(scene):
    await scene.says(MO, "!lock 2h", OFFICE)
    assert scene.office == ["measure.begun.lock"]
    assert set(await measures(scene)) == {(room, Measure.LOCK) for room in MEMBERS_ROOMS}
    assert scene.views[LOBBY].join_rule == "invite"
    await scene.waits(hours=3)
    assert scene.office == ["measure.over.lock"]
    assert scene.views[LOBBY].join_rule == "public"
    assert await measures(scene) == {}


async def test_a_lock_is_undone_by_a_word_and_by_a_tap(scene):
    await scene.says(MO, "!lock", OFFICE)
    await scene.taps(MO, "↩️", scene.said_with("moderation.measure.begun.lock"))
    assert scene.views[LOBBY].join_rule == "public"
    await scene.says(MO, "!lock", OFFICE)
    await scene.says(MO, "!unlock", OFFICE)
    assert scene.views[LOBBY].join_rule == "public"
    await scene.says(MO, "!unlock", OFFICE)
    assert scene.office == ["refused.nothing"]


async def test_a_longer_lock_in_place_of_a_shorter_one_still_opens_the_door_in_the_end(scene):
    await scene.says(MO, "!lock 1h", OFFICE)
    await scene.says(MO, "!lock 5h", OFFICE)
    await scene.waits(hours=2)
    assert scene.views[LOBBY].join_rule == "invite"
    await scene.waits(hours=4)
    assert scene.views[LOBBY].join_rule == "public"


async def test_a_door_that_the_organiser_keeps_shut_is_not_opened_by_the_end_of_a_lock(scene):
    scene.views[LOBBY] = replace(scene.views[LOBBY], join_rule="invite")
    await scene.says(MO, "!lock 1h", OFFICE)
    await scene.waits(hours=2)
    assert scene.views[LOBBY].join_rule == "invite"
    assert not [action for action in scene.all if isinstance(action, OpenDoor)]


async def test_one_room_is_locked_where_it_is_said_and_no_condition_room_is_ever_opened(scene):
    await scene.says(LEO, "!lock", LANTERN)
    assert set(await measures(scene)) == {(LANTERN, Measure.LOCK)}
    await scene.waits(hours=2)
    assert not [action for action in scene.all if isinstance(action, OpenDoor)]


async def test_a_door_that_does_not_move_is_told(scene):
    scene.gives_power(BOT, 50, LOBBY)
    await scene.says(MO, "!lock", LOBBY)
    assert scene.office == ["measure.begun.lock", "measure.not_closed"]


@pytest.mark.parametrize("command", ["!slow 5m", "!lock", "!unlock", "!slow off"])
async def test_a_member_can_ask_a_room_for_nothing(scene, command):
    await scene.says(MO, "!lock", HARBOUR)
    before = await measures(scene)
    await scene.says(ANA, command, HARBOUR)
    assert scene.told(ANA) == ["refused.not_moderator"]
    assert await measures(scene) == before


async def test_who_moderates_one_room_asks_nothing_of_another(scene):
    await scene.says(LEO, "!lock harbour", OFFICE)
    assert scene.office == ["refused.no_power"]
    await scene.says(MO, "!slow 5m", HARBOUR)
    await scene.taps(LEO, "↩️", scene.said_with("moderation.measure.begun.slow"))
    assert scene.office == ["refused.no_power"]
    assert len(await measures(scene)) == 1


async def test_it_is_in_the_audit_log(scene):
    await scene.says(MO, "!lock 1h", LOBBY)
    await scene.waits(hours=2)
    assert [(each.kind, each.actor) for each in scene.audits] == [("lock", MO), ("over.lock", BOT)]


async def test_where_it_only_watches_nothing_is_asked_of_a_room_and_nobody_waits_for_an_invitation():
    scene = Scene(community=replace(COMMUNITY, mode=Mode.OBSERVE))
    for command, told in {"!lock": "measure.watched.lock", "!slow 30s harbour": "measure.watched.slow"}.items():
        await scene.says(MO, command, OFFICE)
        assert scene.office == [told]
    assert await measures(scene) == {}
    assert not [action for action in scene.all if isinstance(action, OpenDoor)]
