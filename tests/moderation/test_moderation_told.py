# SPDX-License-Identifier: Apache-2.0
"""What a member reads of a decision about them: why, and which message it is about."""

import pytest

from bots.core.actions import InPrivateChat, Send
from bots.moderation.records import Case, Decision, Kind
from bots.moderation.telling import told
from fakes.moderation_scene import ANA, BEN, BOT, HARBOUR, MO, OFFICE, START, Scene
from moderation.test_watching import flood
from moderation.test_watching import scene as watched


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


async def test_who_takes_a_tap_back_hears_that_it_stays_and_how_to_undo_it(scene):
    tapped = await scene.case(ANA)
    await scene.taps(MO, "🔇", tapped)
    tap = next(event_id for (_, event_id), who in reversed(scene.authors.items()) if who == MO)
    await scene.unsays(MO, tap, OFFICE)
    assert (scene.office, scene.deeds) == (["untapped"], [])
    await scene.says(MO, "undo", OFFICE, thread=tapped)
    await scene.unsays(MO, tap, OFFICE)
    assert scene.office == []


@pytest.mark.parametrize(
    ("kind", "until", "case", "key", "reason"),
    [
        (Kind.BAN, None, None, "tell.ban.list", "reason.list"),
        (Kind.REMOVE, None, None, "tell.remove.list", "reason.list"),
        (Kind.HOLD, START, None, "tell.hold.until", "reason.list"),
        (Kind.HOLD, START, 1, "tell.hold.until", "reason.rule"),
    ],
)
def test_what_no_person_decided_is_told_as_that(kind, until, case, key, reason):
    decision = Decision(
        number=7, order=7, kind=kind, room_id=HARBOUR, target=ANA, by=BOT, at=START, until=until, case=case
    )
    (words,) = told(decision, "Harbour", by_itself=True).parts
    assert (words.key, words.params["reason"].key) == (f"moderation.{key}", f"moderation.{reason}")


async def test_who_is_held_by_a_rule_is_told_that_no_person_did_it():
    here = await flood(watched(), times=5)
    (words,) = told_with(here, ANA, "tell.hold.until")
    assert words.params["reason"].key == "moderation.reason.rule"
