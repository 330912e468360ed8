# SPDX-License-Identifier: Apache-2.0
"""A member asks for a second look: somebody else looks, and the member hears what came of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName, InPrivateChat, InRoom, Send
from bots.core.community import Deed
from bots.moderation.appeals.asking import APPEAL_BUTTONS, MOST_CALLS
from bots.moderation.records import Answer, Appeal
from fakes.moderation_scene import ANA, BEN, BOT, HARBOUR, LANTERN, LEO, MIA, MO, OFFICE, ORGANISER, Scene
from fakes.welcome_scene import COMMUNITY


@pytest.fixture
def scene():
    return Scene()


async def muted(scene, by=MO, room_id=HARBOUR, lasts="2h"):
    """Ana is muted. Gives the decision's number."""
    await scene.replies(by, f"!mute {lasts} please rest", to=ANA, room_id=room_id)
    return scene.decisions[-1].number


def appeal(scene):
    (found,) = [each for (kind, _), each in scene.store.tables.records.items() if kind is Appeal]
    return found


def thread(scene, number):
    return scene.store.tables.labels[BotName.MODERATION, f"appeal:{number}"]


async def test_an_appeal_is_a_thread_with_the_members_words_and_the_member_hears_who_looks(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number, "I did not mean it that way")
    (card,) = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert card.parts[0].params["words"] == "I did not mean it that way"
    assert card.parts[0].params["what"].key == "moderation.appeal.about.mute"
    assert card.buttons == APPEAL_BUTTONS
    assert scene.office == ["appeal", "appeal.looks.somebody_else", "appeal.buttons"]
    assert scene.told(ANA) == ["appeal.sent.somebody_else"]
    assert [line.kind for line in scene.audits] == ["mute", "appeal"]
    assert "mean it" not in repr(scene.store.tables.records)


async def test_an_appeal_without_a_number_is_about_the_last_decision(scene):
    await muted(scene)
    last = await muted(scene, room_id=LANTERN)
    await scene.asks_again(ANA)
    assert appeal(scene).decision == last


async def test_somebody_else_grants_it_and_the_decision_is_undone_and_told_once(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.says(MIA, "!grant you are right, sorry", OFFICE, thread=thread(scene, number))
    assert scene.level(ANA) is None
    assert appeal(scene).answer is Answer.GRANTED
    assert appeal(scene).answered_by == scene.pseudonym(MIA)
    assert scene.told(ANA) == ["appeal.answer.granted"]
    assert "you are right, sorry" in repr(scene.last)
    assert "appeal.done.granted" in scene.office
    assert [line.kind for line in scene.audits][-2:] == ["undo", "granted"]
    assert not scene.decisions[0].stands


async def test_somebody_else_keeps_it_and_nothing_changes_but_that_the_member_hears(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "📌", thread(scene, number))
    assert scene.level(ANA) == -1
    assert scene.told(ANA) == ["appeal.answer.kept"]
    assert scene.office == ["appeal.done.kept"]
    await scene.taps(LEO, "🤝", thread(scene, number))
    assert scene.office == ["refused.not_moderator"], "Leo moderates another room"
    await scene.taps(ORGANISER, "🤝", thread(scene, number))
    assert scene.office == ["refused.appeal_answered"]
    assert scene.level(ANA) == -1


async def test_what_was_decided_before_holds_again_and_the_member_is_not_left_to_find_out(scene):
    before = await muted(scene, lasts="1d")
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "🤝", thread(scene, number))
    assert scene.level(ANA) == -1
    assert scene.told(ANA) == ["appeal.answer.granted", "appeal.answer.before"]
    (told,) = [a for a in scene.last if isinstance(a, Send) and a.place == InPrivateChat(ANA)]
    assert told.parts[-1].params["number"] == before


async def test_what_was_decided_before_and_is_over_meanwhile_is_not_spoken_of(scene):
    await muted(scene, lasts="1h")
    number = await muted(scene, lasts="2d")
    await scene.waits(hours=3)
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "🤝", thread(scene, number))
    assert scene.told(ANA) == ["appeal.answer.granted"]


async def test_words_that_come_after_an_appeal_are_not_said_to_be_passed_on(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number, "I did not mean it")
    await scene.asks_again(ANA, number, "and I have a witness")
    assert scene.told(ANA) == ["appeal.again.words"]
    assert scene.office == []
    await scene.asks_again(ANA, number)
    assert scene.told(ANA) == ["appeal.again"]


@pytest.mark.parametrize("text", ["keep we talked about it", "grant you are right"])
async def test_an_answer_without_its_mark_is_asked_back(scene, text):
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.says(MIA, text, OFFICE, thread=thread(scene, number))
    assert appeal(scene).answer is None
    assert scene.office == ["refused.bare"]
    await scene.says(MIA, "we should think about it", OFFICE, thread=thread(scene, number))
    await scene.says(MIA, "keep or grant, what do you think?", OFFICE, thread=thread(scene, number))
    assert scene.office == []


async def test_a_warning_is_taken_back_by_an_appeal_and_told_once(scene):
    await scene.replies(MO, "!warn no selling", to=ANA)
    number = scene.decisions[-1].number
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "🤝", thread(scene, number))
    assert scene.told(ANA) == ["appeal.answer.granted"]


async def test_who_decided_is_kindly_refused_and_can_still_take_it_back(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.taps(MO, "📌", thread(scene, number))
    assert scene.office == ["refused.own_decision"]
    assert appeal(scene).answer is None
    await scene.says(MO, "undo", OFFICE, thread=thread(scene, number))
    assert scene.level(ANA) is None
    assert appeal(scene).answer is Answer.GRANTED
    assert "appeal.done.settled" in scene.office
    assert scene.told(ANA) == ["tell.undo"]


async def test_with_one_moderator_only_an_organiser_looks_and_without_one_it_is_said(scene):
    for who in (MIA, LEO):
        await scene.leaves(who, OFFICE)
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    assert scene.told(ANA) == ["appeal.sent.organiser"]
    assert "appeal.looks.organiser" in scene.office
    await scene.taps(MO, "📌", thread(scene, number))
    assert scene.office == ["refused.own_decision"]

    await scene.leaves(ORGANISER, OFFICE)
    second = await muted(scene, room_id=LANTERN)
    await scene.asks_again(ANA, second)
    assert scene.told(ANA) == ["appeal.sent.same"]
    await scene.taps(MO, "📌", thread(scene, second))
    assert scene.told(ANA) == ["appeal.answer.kept"]


@pytest.mark.parametrize("key", APPEAL_BUTTONS)
async def test_moderators_who_may_not_take_back_do_not_answer_appeals_and_are_told_who_can(key):
    scene = Scene(community=replace(COMMUNITY, moderators_may=frozenset({Deed.MUTE})))
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    assert scene.told(ANA) == ["appeal.sent.organiser"]
    await scene.taps(MIA, key, thread(scene, number))
    assert scene.office == ["refused.role"]
    (said,) = [a for a in scene.last if isinstance(a, Send)]
    assert said.parts[0].params["room"] == "Harbour"
    assert (scene.level(ANA), appeal(scene).answer) == (-1, None)
    await scene.says(MIA, "grant", OFFICE, thread=thread(scene, number))
    assert scene.office == ["refused.role"]
    await scene.taps(ORGANISER, "🤝", thread(scene, number))
    assert appeal(scene).answer is Answer.GRANTED


async def test_there_is_one_second_look_for_each_decision(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.asks_again(ANA, number, "please")
    assert scene.told(ANA) == ["appeal.again.words"]
    await scene.taps(MIA, "📌", thread(scene, number))
    await scene.asks_again(ANA, number)
    assert scene.told(ANA) == ["appeal.answered"]
    assert scene.office == []


async def test_one_order_in_several_rooms_is_one_appeal(scene):
    await scene.says(MO, f"!mute {ANA} 2h everywhere", OFFICE)
    first, *others = [each.number for each in scene.decisions]
    await scene.asks_again(ANA, others[-1])
    assert appeal(scene).decision == first
    await scene.taps(MIA, "🤝", thread(scene, first))
    assert [scene.level(ANA, room) for room in (HARBOUR, LANTERN)] == [None, None]
    assert scene.told(ANA) == ["appeal.answer.granted"]


async def test_the_organisers_time_for_an_appeal_is_told_and_kept(scene):
    number = await muted(scene)
    until = scene.now + COMMUNITY.appeal_within
    (told,) = [part for a in scene.last if isinstance(a, Send) for part in a.parts if "appeal_until" in part.key]
    assert told.params["until"] == until
    scene.now = until + timedelta(seconds=1)
    await scene.asks_again(ANA, number)
    assert scene.told(ANA) == ["appeal.too_late"]
    assert scene.office == []


async def test_an_appeal_after_the_mute_is_over_still_counts(scene):
    number = await muted(scene)
    await scene.waits(hours=3)
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "🤝", thread(scene, number))
    assert scene.told(ANA) == ["appeal.answer.granted"]
    assert not scene.decisions[0].stands
    assert scene.deeds == []


async def test_nobody_appeals_against_what_is_about_somebody_else_or_against_a_note(scene):
    number = await muted(scene)
    await scene.asks_again(BEN, number)
    assert scene.told(BEN) == ["appeal.unknown"]
    await scene.replies(MO, "!note hello", to=BEN)
    await scene.asks_again(BEN)
    assert scene.told(BEN) == ["appeal.unknown"]
    assert scene.office == []


async def test_what_was_taken_back_needs_no_appeal(scene):
    number = await muted(scene)
    await scene.says(MIA, f"!undo #{number}", OFFICE)
    await scene.asks_again(ANA, number)
    assert scene.told(ANA) == ["appeal.taken_back"]


async def test_an_appeal_waits_for_the_moderators_room_with_its_words(scene):
    number = await muted(scene)
    office = scene.views.pop(OFFICE)
    await scene.asks_again(ANA, number, "it was a joke")
    assert scene.told(ANA) == ["appeal.waits"]
    scene.views[OFFICE] = office
    await scene.waits(minutes=10)
    assert scene.office[0] == "appeal"
    assert "it was a joke" in repr(scene.last)
    assert scene.told(ANA) == ["appeal.sent.somebody_else"]


async def test_an_appeal_that_could_not_be_shown_is_shown_later(scene):
    number = await muted(scene)
    scene.broken[Send, OFFICE] = "M_FORBIDDEN"
    await scene.asks_again(ANA, number, "it was a joke")
    scene.broken.clear()
    await scene.waits(minutes=10)
    assert scene.office[0] == "appeal"
    assert "it was a joke" in repr(scene.last)


async def test_an_appeal_by_somebody_who_has_left_is_answered_all_the_same(scene):
    number = await muted(scene)
    await scene.leaves(ANA)
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "📌", thread(scene, number))
    assert scene.told(ANA) == ["appeal.answer.kept"]


async def test_a_number_that_no_appeal_has_is_said(scene):
    await scene.says(MIA, "!keep #99", OFFICE)
    assert scene.office == ["refused.no_appeal"]


async def test_a_sentence_that_begins_like_an_answer_is_none(scene):
    number = await muted(scene)
    await scene.asks_again(ANA, number)
    await scene.says(MIA, "keep an eye on this one, please", OFFICE, thread=thread(scene, number))
    assert appeal(scene).answer is None


async def test_an_appeal_that_waits_calls_those_who_could_answer_and_not_for_ever(scene):
    number = await muted(scene, lasts="9w")
    await scene.asks_again(ANA, number)
    await scene.waits(days=2)
    (call,) = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert call.parts[0].key == "moderation.appeal.unanswered"
    assert call.mentions == (MIA,)
    assert call.thread.label == f"appeal:{number}"
    await scene.waits(days=30)
    assert scene.office.count("appeal.unanswered") == MOST_CALLS - 1


async def test_an_appeal_that_was_answered_calls_nobody(scene):
    number = await muted(scene, lasts="9w")
    await scene.asks_again(ANA, number)
    await scene.taps(MIA, "📌", thread(scene, number))
    await scene.waits(days=2)
    assert scene.office == []


# Reports that come from the private chat.


async def test_a_report_in_private_with_a_link_is_a_case_of_that_message(scene):
    said_ = scene.wrote(ANA)
    await scene.tells(BEN, "this scares me", HARBOUR, said_)
    (case,) = scene.cases
    assert (case.target, case.event_id, case.reports) == (ANA, said_, 1)
    assert scene.office == ["case", "case.place", "case.remark", "history.none", "case.buttons"]
    assert scene.told(BEN) == ["report.thanks"]
    await scene.reports(LEO, ANA, event_id=said_)
    assert len(scene.cases) == 1


async def test_a_report_in_private_in_somebodys_own_words_is_a_case_about_nobody_yet(scene):
    await scene.tells(BEN, "somebody keeps asking me for money")
    (case,) = scene.cases
    assert (case.target, case.event_id, case.room_id) == (None, None, None)
    assert scene.office == ["case.told", "case.remark", "case.buttons"]
    await scene.says(MO, "warn", OFFICE, thread=scene.card(case.number))
    assert scene.office == ["refused.who"]
    assert "asking me" not in repr(scene.store.tables.records)


async def test_a_link_to_where_the_reporter_is_not_leads_nowhere(scene):
    said_ = scene.wrote(ANA)
    await scene.tells("@stranger:kith.test", "", HARBOUR, said_)
    assert scene.told("@stranger:kith.test") == ["report.astray"]
    await scene.tells(BEN, "", "!elsewhere", "$x")
    assert scene.told(BEN) == ["report.astray"]
    await scene.tells(BEN, "", HARBOUR, "$gone")
    assert scene.told(BEN) == ["report.astray"]
    assert scene.cases == []


async def test_reports_in_private_are_held_like_others(scene):
    for _ in range(3):
        scene.now += timedelta(seconds=30)
        await scene.tells(BEN, "look")
    await scene.tells(BEN, "look")
    assert scene.told(BEN) == ["report.often"]


async def test_a_report_of_a_bot_in_private_is_answered(scene):
    await scene.tells(BEN, "", HARBOUR, scene.wrote(BOT))
    assert scene.told(BEN) == ["report.unknown"]
