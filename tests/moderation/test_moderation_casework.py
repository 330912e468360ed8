# SPDX-License-Identifier: Apache-2.0
"""What moderators do with a case, what becomes of its message, and cases that a detector opens."""

from datetime import timedelta

import pytest

from bots.core.actions import Audit, InRoom, Quote, Remember, Send, Words
from bots.core.events import Redaction
from bots.moderation.cases.casework import JUST_NOW
from bots.moderation.cases.opening import FAMILIES, noticed, subject
from bots.moderation.cases.since_then import MOST_EDITS
from bots.moderation.detectors.finding import Finding, Whose
from bots.moderation.passages.passage import Field
from fakes.moderation_scene import ANA, BEN, BOT, HARBOUR, LEO, MIA, MO, OFFICE, Scene

RULES = {"privacy": "No names, no addresses.", "selling": "Nothing is sold here."}


@pytest.fixture
def scene():
    return Scene()


def finding(detector="identity.email", guideline="privacy", start=3, end=9, confidence=0.9, **other):
    return Finding(detector=detector, guideline=guideline, start=start, end=end, confidence=confidence, **other)


async def about(scene, event_id, target=ANA):
    return await subject(scene, scene.views[HARBOUR], event_id=event_id, target=target)


async def remember(scene, actions):
    for action in actions:
        await scene._write_down(action)
        scene._carry_out(action)
    scene.last = list(actions)


# A detector's case.


async def test_what_a_detector_saw_is_a_case_that_names_the_guideline_and_shows_the_place(scene):
    said = scene.wrote(ANA)
    found = (finding(), finding("selling.crypto", "selling", 20, 25, 0.6, field=Field.FILENAME))
    await remember(scene, noticed(found, RULES, await about(scene, said)))

    (case,) = scene.cases
    assert (case.target, case.reports, case.guidelines) == (ANA, 0, ("privacy", "selling"))
    card = scene.sent[scene.card(case.number)]
    assert scene.office == [*("case.noticed", "case.place", "case.seen", "case.seen", "history.none", "case.buttons")]
    assert Quote(HARBOUR, said, ((3, 9),)) in card.parts, "a place in a file's name is no place in the text"
    rules = [part.params["rule"] for part in card.parts if isinstance(part, Words) and "rule" in part.params]
    assert rules == list(RULES.values())
    (line,) = [a for a in scene.last if isinstance(a, Audit)]
    assert (line.kind, line.why, line.actor, line.target) == ("notice", "identity.email", BOT, ANA)


async def test_what_a_detector_saw_joins_the_case_there_is_and_the_same_guideline_is_told_once(scene):
    card = await scene.case()
    case = scene.cases[0]
    again = await about(scene, case.event_id)
    await remember(scene, noticed([finding()], RULES, again))
    assert scene.office == ["case.noticed.again", "case.seen"]
    assert scene.cases[0].reports == 1
    assert noticed([finding(start=40, end=44)], RULES, await about(scene, case.event_id)) == ()
    assert noticed([], RULES, again) == ()
    assert scene.card(case.number) == card


async def test_of_what_is_only_weighed_moderators_are_told_so(scene):
    def says(actions):
        return [part.key for part in actions[1].parts if isinstance(part, Words)]

    weighed, ruled = finding("selling.offer", "selling", weighed=True), finding()
    for found, said in (((weighed,), True), ((weighed, ruled), False), ((ruled,), False)):
        actions = noticed(found, RULES, await about(scene, scene.wrote(ANA)))
        assert ("moderation.case.weighed" in says(actions)) is said


async def test_somebody_elses_data_is_told_as_such_and_a_detector_that_nobody_knows_has_a_sentence(scene):
    for detector, whose, key in (
        ("identity.phone", Whose.ANOTHERS, "identity.another"),
        ("identity.phone", Whose.OWN, "identity"),
        ("brand-new.thing", Whose.UNKNOWN, "other"),
    ):
        (remembered, card, _) = noticed([finding(detector, whose=whose)], RULES, await about(scene, scene.wrote(ANA)))
        assert isinstance(remembered, Remember)
        seen = next(part.params["seen"].key for part in card.parts if "seen" in getattr(part, "params", {}))
        assert seen == f"moderation.seen.{key}"


async def test_each_family_of_detectors_has_its_sentence(scene):
    from bots.core.language import Catalogue, shipped_words

    words = Catalogue.load(shipped_words(), ["en"])
    said = {words.render(Words(f"moderation.seen.{family}"), "en").body for family in FAMILIES}
    assert len(said) == len(FAMILIES)


async def test_a_detectors_case_waits_for_a_moderators_room(scene):
    office = scene.views.pop(OFFICE)
    await remember(scene, noticed([finding()], RULES, await about(scene, scene.wrote(ANA))))
    scene.views[OFFICE] = office
    await scene.waits(minutes=10)
    assert scene.office[0] == "case.noticed"


# Working on it.


async def test_a_case_is_taken_and_given_back_by_tap_or_word(scene):
    card = await scene.case()
    await scene.taps(MO, "🙋", card)
    assert scene.office == ["case.taken"]
    assert scene.cases[0].taken_by == scene.pseudonym(MO)
    await scene.says(MO, "take", OFFICE, thread=card)
    assert scene.office == ["case.given_back"]
    assert scene.cases[0].taken_by is None
    assert [line.kind for line in scene.audits] == ["report", "take", "give_back"]


async def test_of_two_who_take_a_case_at_once_the_first_has_it_and_later_another_may_take_over(scene):
    card = await scene.case()
    await scene.taps(MO, "🙋", card)
    await scene.taps(MIA, "🙋", card)
    assert scene.office == ["refused.taken"]
    assert scene.cases[0].taken_by == scene.pseudonym(MO)
    scene.now += JUST_NOW
    await scene.taps(MIA, "🙋", card)
    assert scene.office == ["case.taken_over"]
    assert scene.cases[0].taken_by == scene.pseudonym(MIA)


async def test_a_second_opinion_calls_the_other_moderators_and_nobody_else(scene):
    card = await scene.case()
    await scene.taps(MO, "👥", card)
    (asked,) = [a for a in scene.last if isinstance(a, Send)]
    assert asked.parts[0].key == "moderation.case.second"
    assert set(asked.mentions) == {MIA, LEO, "@organiser:kith.test"}
    assert asked.thread.label == "case:1"


async def test_a_second_opinion_with_nobody_there_says_so(scene):
    card = await scene.case()
    for who in (MIA, LEO, "@organiser:kith.test"):
        await scene.leaves(who, OFFICE)
    await scene.says(MO, "second", OFFICE, thread=card)
    assert scene.office == ["case.second.nobody"]


async def test_nobody_but_a_moderator_takes_a_case(scene):
    card = await scene.case()
    await scene.says(BEN, "!take", OFFICE, thread=card)
    assert scene.office == ["refused.not_moderator"]
    assert scene.cases[0].taken_by is None


async def test_a_case_shows_what_there_was_before_in_neutral_words_and_without_what_was_taken_back(scene):
    await scene.replies(MO, "!warn please be kind", to=ANA)
    await scene.replies(MO, "!note hello", to=ANA)
    await scene.replies(MO, "!undo", to=ANA)
    await scene.says(MO, f"!mute {ANA} 3h everywhere", OFFICE)
    await scene.says(MO, f"!mute {ANA} 1h everywhere", OFFICE)
    await scene.replies(MO, "!warn", to=BEN)
    await scene.waits(hours=2)
    card = scene.sent[await scene.case()]
    (before,) = [part for part in card.parts if getattr(part, "key", "").startswith("moderation.history")]
    assert [(each.key, each.params["count"]) for each in before.params["what"]] == [
        ("moderation.history.warn", 1),
        ("moderation.history.mute", 1),
    ]
    scene.now += timedelta(days=184)
    card = scene.sent[await scene.case()]
    assert "moderation.history.none" in [getattr(part, "key", "") for part in card.parts]


# What becomes of its message.


async def test_a_message_that_is_edited_is_shown_again_a_few_times(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    for _ in range(MOST_EDITS - 1):
        await scene.says(ANA, "nicer now", replaces=said)
        assert scene.office == ["case.edited"]
        assert any(Quote(HARBOUR, said) in action.parts for action in scene.last if isinstance(action, Send))
    await scene.says(ANA, "nicer still", replaces=said)
    assert scene.office == ["case.edited.last"]
    await scene.says(ANA, "and again", replaces=said)
    assert scene.office == []


async def test_an_edit_by_somebody_else_is_no_edit(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    await scene.says(BEN, "she wrote worse", replaces=said)
    assert scene.office == []


async def test_a_message_that_is_deleted_and_somebody_who_leaves_are_told_in_the_thread(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    await scene.happens(Redaction(**scene._base(HARBOUR, ANA), target=said))
    assert scene.office == ["case.deleted"]
    await scene.leaves(ANA)
    assert scene.office == ["case.left"]
    (told,) = [a for a in scene.last if isinstance(a, Send)]
    assert told.place == InRoom(OFFICE)
    await scene.says(MO, "!note all is well", OFFICE, thread=scene.card(1))
    assert scene.told(ANA) == ["tell.note"]


async def test_a_closed_case_stays_silent(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    await scene.taps(MO, "✅", scene.card(1))
    await scene.says(ANA, "x", replaces=said)
    assert scene.office == []
    await scene.leaves(ANA)
    assert scene.office == []
