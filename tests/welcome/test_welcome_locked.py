# SPDX-License-Identifier: Apache-2.0
"""A room that moderators have locked: who is to be let in is told, waits, and is invited when it opens again."""

from datetime import timedelta

import pytest

from bots.core.records import Measure, RoomMeasure
from bots.welcome.records import Step
from fakes.welcome_scene import Scene


def lock(scene, hours=2):
    measure = RoomMeasure(room_id="!ms", measure=Measure.LOCK, number=1, until=scene.now + timedelta(hours=hours))
    scene.records[RoomMeasure, ("!ms", Measure.LOCK)] = measure


def unlock(scene):
    scene.records.pop((RoomMeasure, ("!ms", Measure.LOCK)), None)


@pytest.fixture
async def scene():
    """Somebody before the door of a room that is locked."""
    scene = Scene()
    await scene.joins()
    for word in ("yes", "yes", "yes", "ms"):
        await scene.says(word)
    assert scene.conversation.step is Step.READ
    lock(scene)
    return scene


async def test_who_is_let_in_is_told_that_the_room_is_locked_and_waits(scene):
    await scene.picks_the_sign()
    assert scene.said[0][0] == "locked"
    assert scene.done == []
    await scene.lets_time_pass(hours=1)
    assert scene.done == []


async def test_they_are_invited_when_it_opens_by_hand(scene):
    await scene.picks_the_sign()
    await scene.lets_time_pass(minutes=20)
    unlock(scene)
    await scene.lets_time_pass(minutes=10)
    assert scene.done == ["invites to !ms"]
    await scene.lets_time_pass(hours=5)
    assert scene.done == []


async def test_they_are_invited_when_the_time_is_over(scene):
    await scene.picks_the_sign()
    await scene.lets_time_pass(hours=3)
    assert scene.done == ["invites to !ms"]


async def test_asking_again_does_not_open_the_door(scene):
    await scene.picks_the_sign()
    await scene.says("again")
    assert scene.said[0][0] == "locked"
    assert scene.done == []


async def test_a_knock_does_not_open_the_door_and_is_not_forgotten(scene):
    await scene.picks_the_sign()
    unlock(scene)
    await scene.lets_time_pass(minutes=10)
    await scene.joins("!ms")
    await scene.leaves("!ms")
    lock(scene)
    await scene.knocks_at("!ms")
    assert scene.done == []
    unlock(scene)
    await scene.lets_time_pass(minutes=10)
    assert scene.done == ["invites to !ms"]


async def test_who_is_forgotten_meanwhile_is_not_invited(scene):
    await scene.picks_the_sign()
    await scene.says("forget me")
    await scene.says("yes")
    unlock(scene)
    await scene.lets_time_pass(hours=3)
    assert scene.done == []
