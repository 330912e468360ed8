# SPDX-License-Identifier: Apache-2.0
"""What a member reads of a decision about them: why, and which message it is about."""

import pytest

from bots.core.actions import InPrivateChat, Send
from bots.moderation.records import Case
from fakes.moderation_scene import ANA, BEN, HARBOUR, MO, Scene


@pytest.fixture
def scene():
    return Scene()


def told_with(scene, who, key):
    sends = (a for a in scene.last if isinstance(a, Send) and a.place == InPrivateChat(who))
    return [part for send in sends for part in send.parts if part.key == f"moderation.{key}"]


@pytest.mark.parametrize("order", ["!note hm", "!warn hm", "!mute 2h hm", "!hold"])
async def test_who_is_answered_with_an_order_hears_which_message_it_is_about(scene, order):
    said = scene.wrote(ANA)
    await scene.says(MO, order, reply_to=said)
    (message,) = told_with(scene, ANA, "tell.message")
    assert message.params == {"room": HARBOUR, "event": said}
    assert [each.event_id for each in scene.decisions] == [None], "kept only until it is told"


@pytest.mark.parametrize("key", ["📝", "⚠️", "🔇"])
async def test_so_does_who_is_decided_about_under_a_case(scene, key):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    await scene.taps(MO, key, scene.card(1))
    (message,) = told_with(scene, ANA, "tell.message")
    assert message.params == {"room": HARBOUR, "event": said}


@pytest.mark.parametrize("order", ["!remove", "!ban", "!mute @ben:kith.test"])
async def test_who_can_not_see_it_or_did_not_write_it_gets_no_link(scene, order):
    await scene.replies(MO, order, to=ANA)
    assert not any(told_with(scene, who, "tell.message") for who in (ANA, BEN))


async def test_a_note_without_words_names_the_guidelines_and_good_news_needs_no_reason(scene):
    await scene.taps(MO, "📝", await scene.case(ANA))
    (note,) = told_with(scene, ANA, "tell.note")
    assert note.params["reason"].key == "moderation.reason.none.note"
    await scene.replies(MO, "!mute", to=ANA)
    await scene.replies(MO, "!unmute", to=ANA)
    (unmuted,) = told_with(scene, ANA, "tell.unmute")
    assert unmuted.params["reason"] == ""


async def test_the_first_report_of_what_the_bot_saw_itself_is_not_one_of_several(scene):
    said = scene.wrote(ANA)
    await scene.remembers(Case(number=1, opened_at=scene.now, room_id=HARBOUR, event_id=said, target=ANA))
    await scene.reports(BEN, ANA, event_id=said)
    assert scene.office == ["case.too"]
    await scene.reports(MO, ANA, event_id=said)
    assert scene.office == ["case.again"]
