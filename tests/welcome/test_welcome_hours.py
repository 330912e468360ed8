# SPDX-License-Identifier: Apache-2.0
"""What time it is for somebody, and when they sleep."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import Send
from bots.core.hours import awake, offset_of, times_in, written
from bots.core.settings import load_community
from bots.welcome.records import Purpose, Step
from fakes.welcome_scene import COMMUNITY, Scene
from welcome.test_welcome_handlers import EXAMPLE, _text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("14:30", [time(14, 30)]),
        ("it is 9 pm here", [time(21)]),
        ("12 am", [time(0)]),
        ("12pm", [time(12)]),
        ("from 10 pm to 7", [time(22), time(7)]),
        ("22h15 - 6h", [time(22, 15), time(6)]),
        ("24 to 8", [time(0), time(8)]),
        ("25:00", []),
        ("9:75", []),
        ("1234", []),
        ("", []),
    ],
)
def test_times_are_understood_as_people_write_them(text, times):
    assert times_in(text) == times


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        (time(12), "+00:00"),
        (time(17, 32), "+05:30"),
        (time(7, 1), "-05:00"),
        (time(23, 59), "+12:00"),
        (time(1, 0), "-11:00"),
    ],
)
def test_a_clock_is_so_far_from_others(told, zone):
    assert written(offset_of(told, NOON)) == zone


@pytest.mark.parametrize(
    ("at", "quiet", "awake_at"),
    [
        ("23:10", "22:00 07:00", "07:00"),
        ("06:59", "22:00 07:00", "07:00"),
        ("07:00", "22:00 07:00", "07:00"),
        ("21:59", "22:00 07:00", "21:59"),
        ("13:30", "13:00 14:00", "14:00"),
        ("12:30", "13:00 14:00", "12:30"),
    ],
)
def test_nothing_is_said_in_quiet_hours(at, quiet, awake_at):
    hours, minutes = map(int, at.split(":"))
    moment = datetime(2026, 3, 1, hours, minutes, 17, tzinfo=UTC) - timedelta(hours=5, minutes=30)
    local = awake(moment, "+05:30", quiet) + timedelta(hours=5, minutes=30)
    assert f"{local:%H:%M}" == awake_at
    assert timedelta() <= awake(moment, "+05:30", quiet) - moment < timedelta(days=1)


@given(st.datetimes(timezones=st.just(UTC)), st.times(), st.times(), st.integers(-48, 56))
def test_whoever_is_awake_is_awake_and_not_much_later(at, begin, end, quarters):
    if f"{begin:%H:%M}" == f"{end:%H:%M}" or not 1 < at.year < 9999:
        return
    zone, quiet = written(timedelta(minutes=15 * quarters)), f"{begin:%H:%M} {end:%H:%M}"
    then = awake(at, zone, quiet)
    assert awake(then, zone, quiet) == then
    assert timedelta() <= then - at < timedelta(days=1)


async def _settled(*answers):
    scene = Scene(community=replace(COMMUNITY, countries=load_community(EXAMPLE).countries))
    await scene.joins()
    await scene.agrees()
    await scene.comes_for("ms")
    for answer in ("skip", "no", *answers):
        await scene.says(answer)
    return scene


async def test_with_a_country_urgent_has_the_right_numbers_at_once():
    scene = await _settled("no", "settings", "I live in Ireland", "skip")
    assert scene.conversation.step is Step.DONE
    await scene.says("urgent")
    assert "112" in _text(scene.sends[0])
    assert "Samaritans" in _text(scene.sends[0])


async def test_what_was_told_is_on_the_receipt_until_it_is_taken_back():
    scene = await _settled("no", "settings", "uk", "14:00", "yes")
    assert scene.conversation.quiet == "22:00 07:00"
    assert [key for record, key in scene.records if Purpose.SETTINGS in key]
    for answer in ("settings", "no", "no"):
        await scene.says(answer)
    assert not [key for record, key in scene.records if Purpose.SETTINGS in key]


async def test_notes_wait_until_somebody_is_up():
    scene = await _settled("yes", "settings", "skip", "23:00", "yes")
    await scene.lets_time_pass(days=1)
    assert not [action for action in scene.last if isinstance(action, Send) and "note" in action.parts[0].key]
    await scene.lets_time_pass(hours=8)
    assert [action.parts[0].key for action in scene.last if isinstance(action, Send)][-1] == "welcome.note.1"
