# SPDX-License-Identifier: Apache-2.0
"""Knocks: at a door that is locked, and those that nobody follows up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName, Remove
from bots.core.events import Membership
from bots.core.records import PrivateChat
from bots.core.rooms import MembershipState
from bots.core.runtime.payload import from_json
from bots.welcome.carrying_out import no_longer_knocks
from bots.welcome.gone import REMEMBERED_FOR
from bots.welcome.records import Conversation
from bots.welcome.rooms.knocking import STANDS_FOR
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, ORGANISER, PRIVATE, Scene
from welcome.test_welcome_locked import lock, unlock
from welcome.test_welcome_running import Place

DAY = timedelta(days=1)
TAKEN_BACK = Remove(why="welcome.knock_over", voice=BotName.MODERATION, room_id="!ms", user=ANA)


async def let_in_before():
    """Somebody who was in the room, left it, and finds it locked."""
    scene = Scene()
    await scene.joins()
    await scene.agrees()
    await scene.comes_for("ms")
    await scene.joins("!ms")
    await scene.leaves("!ms")
    lock(scene)
    return scene


# A locked door.


async def test_who_knocks_at_a_locked_door_hears_once_that_it_is_not_about_them_and_is_let_in_when_it_opens():
    scene = await let_in_before()
    await scene.knocks_at("!ms")
    assert (scene.said, scene.done) == ([["knock", "locked"]], [])
    await scene.knocks_at("!ms")
    assert (scene.said, scene.done) == ([], [])
    unlock(scene)
    await scene.lets_time_pass(minutes=10)
    assert (scene.said, scene.done) == ([], ["invites to !ms"])


async def test_what_was_written_beside_the_knock_is_taken_out_and_told_of():
    scene = await let_in_before()
    await scene.knocks_at("!ms", "I have MS")
    assert scene.said == [["knock.reason", "locked"]]
    assert scene.done == ["has an event taken out of !ms"]


async def test_the_question_at_hand_stays_and_so_does_a_stop():
    scene = await let_in_before()
    await scene.says("stop")
    before = scene.conversation
    await scene.knocks_at("!ms")
    assert scene.said == [["knock", "locked"]]
    assert (scene.conversation.step, scene.conversation.pause, scene.conversation.round) == (
        before.step,
        before.pause,
        before.round,
    )


async def test_at_the_next_lock_they_hear_it_again():
    scene = await let_in_before()
    await scene.knocks_at("!ms")
    unlock(scene)
    await scene.lets_time_pass(minutes=10)
    assert scene.conversation.held == ""
    await scene.turns_down("!ms")
    lock(scene)
    await scene.knocks_at("!ms")
    assert scene.said == [["knock", "locked"]]


async def test_who_was_told_so_on_the_way_in_is_not_told_again():
    scene = Scene()
    await scene.joins()
    await scene.agrees()
    lock(scene)
    await scene.comes_for("ms")
    assert scene.said[0] == ["locked"]
    await scene.knocks_at("!ms")
    assert scene.said == []


async def test_who_is_let_in_by_asking_again_hears_of_the_next_lock_as_well():
    scene = Scene()
    await scene.joins()
    await scene.agrees()
    lock(scene)
    await scene.comes_for("ms")
    unlock(scene)
    await scene.says("again")
    assert scene.done == ["invites to !ms"]
    await scene.turns_down("!ms")
    lock(scene)
    await scene.knocks_at("!ms")
    assert scene.said == [["knock", "locked"]]


async def test_who_has_left_the_chat_is_told_in_it_again_and_let_in_even_if_they_stay_out_of_it():
    scene = await let_in_before()
    await scene.leaves(PRIVATE)
    await scene.knocks_at("!ms")
    (send,) = scene.sends
    assert send.place.open
    unlock(scene)
    await scene.lets_time_pass(minutes=10)
    assert scene.done == ["invites to !ms"]


# A knock that nobody follows up.


async def test_a_month_later_a_knock_is_taken_back_without_a_word():
    scene = Scene()
    await scene.knocks_at("!ms")
    await scene.lets_time_pass(days=29)
    assert TAKEN_BACK not in scene.last
    await scene.lets_time_pass(days=2)
    assert scene.last == (TAKEN_BACK,)


async def test_who_knocks_again_has_a_month_from_then_on():
    scene = Scene()
    await scene.knocks_at("!ms")
    await scene.lets_time_pass(days=20)
    await scene.knocks_at("!ms")
    await scene.lets_time_pass(days=29)
    assert TAKEN_BACK not in scene.last
    await scene.lets_time_pass(days=2)
    assert TAKEN_BACK in scene.last


async def test_a_knock_that_led_in_is_none_any_more_and_nothing_is_put_by_for_it():
    scene = Scene()
    await scene.knocks_at("!ms")
    await scene.agrees()
    await scene.comes_for("ms")
    assert scene.done == ["invites to !ms"]
    base = scene._base("!ms", BOT)
    invited = Membership(**base, user=ANA, now=MembershipState.INVITE, previous=MembershipState.KNOCK)
    await scene.happens(invited)
    assert not any(tick.kind == TAKEN_BACK.why for tick in scene.ticks.values())
    await scene.joins("!ms")
    await scene.lets_time_pass(days=31)
    assert TAKEN_BACK not in scene.last


@pytest.mark.parametrize("words", [("forget me", "yes"), ("leave", "yes")])
async def test_who_is_forgotten_knocks_nowhere_any_more(words):
    scene = Scene()
    await scene.knocks_at("!ms")
    for word in words:
        await scene.says(word)
    assert "erases" in scene.done
    assert TAKEN_BACK in scene.last


async def test_nor_does_who_is_too_young():
    scene = Scene()
    await scene.knocks_at("!ms")
    await scene.says("no")
    await scene.says("skip")
    assert "erases" in scene.done
    assert TAKEN_BACK in scene.last


async def test_who_knocks_and_is_never_heard_of_is_forgotten_at_last():
    place = Place()
    await place.opens()
    room = place.rooms["epilepsy"]
    place.homeserver.rooms[room] = replace(place.homeserver.rooms[room], join_rule="knock")
    place.homeserver.knock(ANA, room)
    await settle(place.running)
    chat = await place.chat()
    assert place.homeserver.rooms[chat].members[ANA].state is MembershipState.INVITE

    place.clock.advance(STANDS_FOR + DAY)
    await settle(place.running)
    (asked,) = (row for (bot, _), row in place.store.tables.outbox.items() if bot is BotName.MODERATION)
    assert from_json(asked.payload) == no_longer_knocks(room, ANA)
    place.homeserver.remove(ORGANISER, room, ANA)
    await settle(place.running)
    place.clock.advance(REMEMBERED_FOR + DAY)
    await settle(place.running)
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert await transaction.get(Conversation, ANA) is None
        assert await transaction.get(PrivateChat, ANA) is None
