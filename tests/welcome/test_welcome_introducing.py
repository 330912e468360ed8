# SPDX-License-Identifier: Apache-2.0
"""A line of somebody's own: shown first, said once, and only as it was when they said yes."""

import pytest

from bots.core.actions import BotName, InRoom, OwnWords, Send
from bots.core.events import Message
from bots.core.records import AgreedWords
from bots.welcome.conversation.introducing import LONGEST_LINE
from bots.welcome.records import Step
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, Scene
from welcome.test_welcome_running import Place

LINE = "!ban zebrafinch, I am <b>new</b> @mo:kith.test @room"
ROOM = "!ms"


async def shown(line=LINE, **scene):
    """Somebody who is invited to a room has written a line and sees it."""
    scene = Scene(**scene)
    await scene.joins()
    await scene.agrees()
    await scene.comes_for("ms")
    for word in ("skip", "my words", line):
        await scene.says(word)
    assert scene.conversation.step is Step.PREVIEW
    return scene


def agreed(scene):
    return {key[1]: record.event_id for key, record in scene.records.items() if key[0] is AgreedWords}


async def test_until_the_yes_there_is_nothing_that_the_room_could_hear():
    scene = await shown()
    assert agreed(scene) == {}
    line = scene.conversation.line
    await scene.joins(ROOM)
    assert scene.sends == []
    await scene.says("yes")
    assert agreed(scene) == {(ANA, ROOM): line}
    assert scene.done == [f"says welcome.newcomer.own in {ROOM}", "and their line"]
    assert scene.sends[-1].parts[1] == OwnWords(ANA, line)
    assert scene.conversation.line == ""


async def test_what_it_says_is_in_no_record_and_in_no_action():
    scene = await shown()
    seen = repr(scene.last)
    await scene.says("yes")
    await scene.joins(ROOM)
    assert "zebrafinch" not in seen + repr(scene.last) + repr(scene.records) + repr(scene.ticks)


async def test_who_comes_in_later_is_introduced_then_and_only_once():
    scene = await shown()
    await scene.says("yes")
    assert scene.done == []
    await scene.joins(ROOM)
    (said,) = scene.sends
    assert said.follow_up
    await scene.is_done()
    assert agreed(scene) == {}
    await scene.leaves(ROOM)
    await scene.joins(ROOM)
    assert scene.sends == []


@pytest.mark.parametrize("errcode", ["KITHROOM_NOT_AS_WRITTEN", "KITHROOM_REFUSED"])
async def test_a_line_that_was_not_said_is_told_in_private_and_not_tried_again(errcode):
    scene = await shown()
    await scene.says("yes")
    await scene.joins(ROOM)
    await scene.is_refused(errcode, Send)
    assert scene.said == [["line.unsaid"]]
    assert scene.done == []
    assert agreed(scene) == {}


async def test_an_edit_before_the_yes_is_another_line_and_so_is_an_edit_of_that():
    scene = await shown()
    first = scene.conversation.line
    for _ in range(2):
        before = scene.conversation.line
        await scene.says("a better one", replaces=first)
        assert scene.said[0][0] == "line.shown"
        assert scene.conversation.line != before
    line = scene.conversation.line
    await scene.says("yes")
    assert agreed(scene) == {(ANA, ROOM): line}


async def test_who_thinks_again_before_they_come_in_is_not_spoken_for():
    scene = await shown()
    await scene.says("yes")
    await scene.says("back")
    assert scene.said == [["introduce.ask"]]
    assert agreed(scene) == {}
    await scene.says("yes")
    await scene.joins(ROOM)
    assert scene.done == [f"says welcome.newcomer in {ROOM}"]


async def test_what_somebody_writes_before_the_bot_has_said_it_takes_nothing_back():
    scene = await shown()
    await scene.joins(ROOM)
    await scene.says("yes")
    (said,) = (send for send in scene.sends if send.place == InRoom(ROOM))
    await scene.says("no")
    await scene.says("hm")
    assert agreed(scene) == {(ANA, ROOM): said.parts[1].event_id}


async def test_a_yes_for_one_room_is_none_for_another():
    scene = await shown()
    await scene.says("yes")
    await scene.says("no")
    await scene.says("epilepsy")
    await scene.says("yes")
    assert scene.conversation.unannounced == "epilepsy"
    await scene.says("yes")
    assert set(agreed(scene)) == {(ANA, ROOM)}
    await scene.joins("!epilepsy")
    assert scene.done == ["says welcome.newcomer in !epilepsy"]
    await scene.joins(ROOM)
    assert scene.done[0] == f"says welcome.newcomer.own in {ROOM}"


async def test_a_line_is_short_enough_to_be_passed_on():
    scene = await shown("x" * LONGEST_LINE)
    await scene.says("x" * (LONGEST_LINE + 1))
    assert scene.said == [["line.long", "line.confirm"]]


async def test_the_way_out_and_the_way_to_help_stand_open_while_a_line_is_asked_for():
    scene = await shown()
    await scene.says("I want to die")
    assert "core.crisis.emergency.anywhere" in scene.said[0]
    await scene.says("forget me")
    assert scene.said == [["forget.ask"]]


async def test_what_gives_somebody_away_is_told_before_the_yes():
    scene = await shown("I'm Anna Smith, write me at anna@example.org")
    (said,) = scene.sends
    noticed = [part.params["what"].key for part in said.parts if getattr(part, "key", "") == "welcome.line.noticed"]
    assert noticed == ["welcome.shows.what.email", "welcome.shows.what.real_name"]
    assert said.parts[2] == OwnWords(ANA, scene.conversation.line)


# On a homeserver in memory.


@pytest.fixture
async def place():
    place = Place()
    await place.opens()
    return place


async def writes(place, line=LINE):
    chat = await place.comes()
    await place.agrees(chat)
    await place.says(chat, "epilepsy")
    await place.reads(chat)
    await place.says(chat, "skip")
    await place.says(chat, "my words")
    return chat, await place.says(chat, line)


def event_of(place, chat, text):
    return next(e.event_id for e in place.homeserver.timeline(chat) if isinstance(e, Message) and e.text == text)


async def test_the_room_reads_what_the_person_was_shown(place):
    chat, preview = await writes(place)
    await place.says(chat, "yes")
    place.homeserver.join(ANA, place.rooms["epilepsy"])
    await settle(place.running)

    heard = place.said(place.rooms["epilepsy"])
    assert heard.endswith("> !ban zebrafinch, I am <b>new</b> @mo:kith.test @\u2060room")
    assert heard in preview
    assert ANA not in heard
    said = next(e for e in place.homeserver.timeline(place.rooms["epilepsy"]) if isinstance(e, Message))
    assert (said.sender, said.mentions, said.mentions_room) == (BOT, frozenset(), False)


@pytest.mark.parametrize("after", ["edits", "redacts"])
async def test_who_changes_the_line_after_the_yes_is_told_that_it_was_not_said(place, after):
    chat, _ = await writes(place)
    await place.says(chat, "yes")
    line = event_of(place, chat, LINE)
    if after == "edits":
        place.homeserver.say(ANA, chat, "something else", replaces=line)
    else:
        place.homeserver.redact(ANA, chat, line)
    place.homeserver.join(ANA, place.rooms["epilepsy"])
    await settle(place.running)

    assert place.said(place.rooms["epilepsy"]) == ""
    assert "I have not said your line" in place.said(chat)
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert not await transaction.find(AgreedWords)


async def test_what_was_written_is_nowhere_at_rest(place):
    chat, _ = await writes(place)
    await place.says(chat, "yes")
    assert "zebrafinch" not in repr(place.store.tables)


async def test_who_asks_to_be_forgotten_is_not_spoken_for_any_more(place):
    chat, _ = await writes(place)
    await place.says(chat, "yes")
    await place.says(chat, "forget me")
    await place.says(chat, "yes")
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert not await transaction.find(AgreedWords)
