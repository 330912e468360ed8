# SPDX-License-Identifier: Apache-2.0
"""Somebody takes the 🚩 back by which they reported: the case says so, and nobody learns who it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import InRoom, Send
from fakes.moderation_scene import ANA, BEN, BOT, HARBOUR, HEL, MIA, MO, OFFICE, Scene

LEFT, OPEN, CLOSED = (f"case.withdrawn.{how}" for how in ("left", "open", "closed"))


@pytest.fixture
def scene():
    return Scene()


async def flags(scene, who, said):
    """Tap 🚩 on a message. Gives the tap's event id."""
    await scene.taps(who, "🚩", said, HARBOUR)
    return [event_id for (_, event_id), by in scene.authors.items() if by == who][-1]


async def test_a_report_that_is_taken_back_closes_its_case_and_says_so(scene):
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.unsays(BEN, flag)
    (case,) = scene.cases
    assert (case.reports, case.open) == (0, False)
    assert scene.office == ["case.withdrawn", CLOSED]
    assert scene.told(BEN) == ["report.withdrawn"]
    (line,) = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert line.thread.label == "case:1"
    assert BEN not in repr(line)
    assert [(each.kind, each.case) for each in scene.audits] == [("report", 1), ("unreport", 1)]


async def test_it_can_be_opened_again_by_a_tap(scene):
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.unsays(BEN, flag)
    await scene.taps(MO, "🙋", scene.card(1))
    assert scene.cases[0].open


async def test_a_case_that_others_reported_stays(scene):
    said = scene.wrote(ANA)
    flag = await flags(scene, BEN, said)
    await scene.reports(HEL, ANA, event_id=said)
    await scene.unsays(BEN, flag)
    assert (scene.cases[0].reports, scene.cases[0].open) == (1, True)
    assert scene.office == ["case.withdrawn", LEFT]


@pytest.mark.parametrize("tap", ["🙋", "🔇"])
async def test_a_case_that_a_moderator_took_or_acted_on_stays(scene, tap):
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.taps(MO, tap, scene.card(1))
    await scene.unsays(BEN, flag)
    assert scene.cases[0].open
    assert scene.office == ["case.withdrawn", OPEN]


async def test_a_case_at_which_the_bot_stopped_by_itself_stays(scene):
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.remembers(replace(scene.cases[0], guidelines=("kind",)))
    await scene.unsays(BEN, flag)
    assert scene.cases[0].open
    assert scene.office == ["case.withdrawn", OPEN]


@pytest.mark.parametrize("who", [BOT, MIA, ANA])
async def test_a_flag_that_somebody_else_takes_away_is_a_report_all_the_same(scene, who):
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.unsays(who, flag)
    assert (scene.cases[0].reports, scene.cases[0].open) == (1, True)
    assert scene.last == []


async def test_it_can_be_reported_again_and_then_it_stays(scene):
    said = scene.wrote(ANA)
    await scene.unsays(BEN, await flags(scene, BEN, said))
    scene.now += timedelta(minutes=10)
    again = await flags(scene, BEN, said)
    assert scene.told(BEN) == ["report.thanks"]
    await scene.unsays(BEN, again)
    assert (scene.cases[0].reports, scene.cases[0].open) == (1, True)


async def test_what_was_taken_back_before_anybody_could_see_it_is_shown_with_that(scene):
    office = scene.views.pop(OFFICE)
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.unsays(BEN, flag)
    scene.views[OFFICE] = office
    await scene.waits(minutes=10)
    assert scene.office[:1] == ["case"]
    assert "case.withdrawn" in scene.office
    assert not scene.cases[0].open


async def test_a_closed_case_stays_closed(scene):
    flag = await flags(scene, BEN, scene.wrote(ANA))
    await scene.taps(MO, "✅", scene.card(1))
    await scene.unsays(BEN, flag)
    assert not scene.cases[0].open
    assert scene.office == ["case.withdrawn"]
