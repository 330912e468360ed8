# SPDX-License-Identifier: Apache-2.0
"""Adverts by one member who is not new, one after the other: one case, with each of them in its thread."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Quote, Send
from bots.core.community import Guideline, Guidelines
from bots.moderation.cases.opening import JOINS_FOR, MOST_OTHERS
from bots.moderation.watching.records import Pace
from fakes.moderation_scene import ANA, BEN, HARBOUR, HEL, LANTERN, MO, OFFICE, Scene
from fakes.welcome_scene import COMMUNITY

RULES = Guidelines(
    version=1,
    items=tuple(
        Guideline(id=name, text={"en": f"Rule {name}."}, why={"en": "So."}, source="us", **more)
        for name, more in (("privacy", {}), ("no-selling", {"words": ("moon water", "star dust")}))
    ),
)
ADVERT = "moon water, the best of all, number {}"
CARD = ["case.noticed", "case.place", "case.seen", "history.none", "case.buttons"]


@pytest.fixture
def scene():
    """Ana and Ben have been here for long."""
    here = Scene(community=replace(COMMUNITY, guidelines=RULES))
    for who in (ANA, BEN):
        pace = Pace(sender=who, room_id=HARBOUR, first_at=here.now - timedelta(days=9), messages=5, recent="")
        here.store.tables.records[Pace, (here.pseudonym(who), HARBOUR)] = replace(pace, sender=here.pseudonym(who))
    return here


async def advertises(scene, number=1, who=ANA, room_id=HARBOUR, text=ADVERT, **more):
    """Says it, a quarter of a minute after the last. Gives the event id."""
    scene.now += timedelta(seconds=15)
    await scene.says(who, text.format(number), room_id, **more)
    return [event_id for (_, event_id), by in scene.authors.items() if by == who][-1]


async def test_each_is_quoted_in_the_thread_of_one_case(scene):
    first = await advertises(scene, 1)
    assert scene.office == CARD
    second = await advertises(scene, 2)
    (case,) = scene.cases
    assert (case.event_id, case.others) == (first, (second,))
    assert scene.office == ["case.more", "case.place"]
    (line,) = [a for a in scene.last if isinstance(a, Send)]
    assert line.thread.label == "case:1"
    assert [(p.room_id, p.event_id, p.marks) for p in line.parts if isinstance(p, Quote)] == [
        (HARBOUR, second, ((0, 10),))
    ]
    assert [each.kind for each in scene.audits] == ["notice", "notice"]


async def test_after_a_few_the_thread_says_that_it_shows_no_more(scene):
    for number in range(MOST_OTHERS):
        await advertises(scene, number)
        assert "case.more.last" not in scene.office
    await advertises(scene, 50)
    assert scene.office[0] == "case.more.last"
    await advertises(scene, 51)
    assert scene.office == []
    assert len(scene.cases) == 1
    assert len(scene.audits) == MOST_OTHERS + 2, "each is counted"
    scene.now += JOINS_FOR
    await advertises(scene, 52)
    assert scene.office == CARD


async def test_what_the_case_does_not_tell_of_yet_is_said_with_it(scene):
    await advertises(scene)
    await advertises(scene, text="moon water! call me on 07700 900123")
    (case,) = scene.cases
    assert case.guidelines == ("no-selling", "privacy")
    assert scene.office == ["case.more", "case.place", "case.seen"]


async def test_and_where_the_thread_shows_no_more_it_is_a_case_of_its_own(scene):
    for number in range(MOST_OTHERS + 1):
        await advertises(scene, number)
    await advertises(scene, text="moon water! call me on 07700 900123")
    assert scene.office[0] == "case.noticed.remind"


@pytest.mark.parametrize(
    "other",
    [
        {"who": BEN},
        {"room_id": LANTERN},
        {"text": "call me on 07700 900123"},
        {"authentic": False},
        {"text": "I want to kill myself tonight. Take my moon water"},
    ],
    ids=["somebody else", "another room", "another guideline", "perhaps not theirs", "a cry"],
)
async def test_what_is_not_the_same_is_a_case_of_its_own(scene, other):
    await advertises(scene)
    await advertises(scene, 2, **other)
    assert len(scene.cases) == 2
    assert {"case.noticed", "case.noticed.remind"} & {*scene.office}


async def test_a_cry_among_them_calls_people(scene):
    await advertises(scene)
    await advertises(scene, text="I want to kill myself tonight. Take my moon water")
    assert "crisis.alert.immediate" in scene.office


async def test_what_follows_a_case_that_was_closed_or_that_nobody_saw_is_a_case_of_its_own(scene):
    await advertises(scene)
    await scene.taps(MO, "✅", scene.card(1))
    await advertises(scene, 2)
    assert scene.office == CARD
    scene.views.pop(OFFICE)
    await advertises(scene, 3, text="star dust")
    await advertises(scene, 4, text="star dust")
    assert [(case.shown, case.others) for case in scene.cases] == [(True, ()), (True, ()), (False, ()), (False, ())]


async def test_a_report_of_one_of_them_joins_the_case_and_says_which(scene):
    await advertises(scene)
    second = await advertises(scene, 2)
    await scene.reports(HEL, ANA, event_id=second)
    (case,) = scene.cases
    assert case.reports == 1
    assert scene.office == ["case.too", "case.place"]


async def test_one_of_them_that_is_edited_or_deleted_is_told_of_in_the_thread(scene):
    await advertises(scene)
    second = await advertises(scene, 2)
    await scene.says(ANA, "I sell moon water, cheaper", replaces=second)
    assert scene.office == ["case.edited", "case.place"]
    await scene.unsays(ANA, second)
    assert scene.office == ["case.deleted", "case.place"]


async def test_a_button_of_the_card_acts_on_the_person(scene):
    await advertises(scene)
    await advertises(scene, 2)
    await scene.taps(MO, "🔇", scene.card(1))
    assert scene.level(ANA) == -1
