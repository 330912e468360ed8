# SPDX-License-Identifier: Apache-2.0
"""Who is on duty, by their own word, and who is never called."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.community import CrisisSettings
from bots.core.crisis.rota import called, calls, has_duty, on_duty
from bots.core.records import OnCall
from fakes.crisis_house import MIA, MO, CrisisHouse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def house(**settings):
    return await CrisisHouse.built(chats=(), **settings)


def row(user=MO, **other):
    return OnCall(user=user, **other)


def test_on_duty_is_who_said_so_until_then_and_who_has_their_hours():
    shift = row(until=NOON + timedelta(hours=1))
    assert (has_duty(shift, NOON), has_duty(shift, NOON + timedelta(hours=1))) == (True, False)
    hours = row(hours="13:00 15:00", zone="+02:00")
    assert [has_duty(hours, NOON.replace(hour=h)) for h in (10, 11, 12, 13)] == [False, True, True, False]
    night = row(hours="22:00 06:00")
    assert [has_duty(night, NOON.replace(hour=h)) for h in (21, 22, 0, 5, 6)] == [False, True, True, True, False]


def test_quiet_hours_and_the_limit_go_before_everything():
    on = {"until": NOON + timedelta(hours=8)}
    assert on_duty([row(**on, quiet="11:00 13:00")], NOON, 4) == ()
    busy = row(**on)
    for hour in range(3):
        busy = called(busy, NOON - timedelta(hours=hour))
    assert on_duty([busy], NOON, 3) == ()
    assert on_duty([busy], NOON, 4) == (busy,)
    assert calls(busy, NOON + timedelta(hours=23)) == (NOON,)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_who_was_called_least_comes_first(counts):
    rota = []
    for number, count in enumerate(counts):
        each = row(f"@m{number}:x", until=NOON + timedelta(hours=8))
        for call in range(count):
            each = called(each, NOON - timedelta(minutes=call))
        rota.append(each)
    order = on_duty(rota, NOON, 9)
    assert [len(calls(each, NOON)) for each in order] == sorted(counts)


async def test_a_shift_begins_by_word_or_by_tap_and_ends():
    at = await house()
    (said,) = await at.asks("!on-call on 2h")
    assert said == f"{MO} is on duty."
    await at.asks("!on-call show", user=MIA)
    (said,) = await at.taps("🟢", "The rota", user=MIA)
    assert said == f"{MIA} is on duty."
    await at.waits(hours=2)
    (shown,) = await at.asks("!on-call")
    assert (f"{MO} is off duty" in shown, f"{MIA} is on duty" in shown) == (True, True)
    await at.taps("🔴", "The rota", user=MIA)
    (shown,) = await at.asks("!on-call show")
    assert "Nobody can be called right now" in shown


async def test_hours_are_told_with_ones_own_clock():
    at = await house()
    now = at.clock.now()
    there = now + timedelta(hours=2)
    begin, end = there - timedelta(hours=1), there + timedelta(hours=1)
    (said,) = await at.asks(f"!on-call hours {begin:%H:%M}-{end:%H:%M} now {there:%H:%M}")
    assert (f"{MO} is on duty" in said, "UTC+02:00" in said) == (True, True)
    assert (await at.asks("!on-call off"))[0].startswith(f"{MO} is off duty.")
    await at.waits(hours=23)
    assert f"{MO} is on duty" in (await at.asks("!on-call"))[0]
    assert "every day" not in (await at.asks("!on-call hours none"))[0].casefold()


@pytest.mark.parametrize(
    "text", ["!guardia on", "!garde oui", "!dienst an", "!plantão sim", "!plantao on", "!ON-CALL On"]
)
async def test_it_is_understood_in_every_language(text):
    at = await house()
    assert (await at.asks(text)) == [f"{MO} is on duty."]


@pytest.mark.parametrize("text", ["!on-call maybe", "!on-call on tomorrow", "!on-call hours", "!on-call hours 18:00"])
async def test_what_is_not_understood_is_said_with_what_works(text):
    at = await house()
    (said,) = await at.asks(text)
    assert "`!on-call" in said or "!on-call hours" in said
    assert at.recorded(OnCall) == []


async def test_who_is_in_no_moderators_room_is_on_no_rota():
    at = await house()
    await at.orders("@ana:kith.test", "!on-call on")
    assert (at.recorded(OnCall), at.told) == ([], [])

    await at.asks("!on-call on")
    at.homeserver.leave(MO, at.office)
    await at.settles()
    assert at.recorded(OnCall) == []


async def test_nobody_is_called_in_quiet_hours_or_too_often():
    at = await house(crisis=CrisisSettings(most_calls_a_day=1))
    await at.asks("!on-call on 12h")
    await at.cries("[T3] x")
    assert at.mentioned() == [[MO]]
    await at.cries("[T3] y", user="@ben:kith.test")
    assert "Nobody is on duty" in at.told[-1] or "Nobody is on duty" in at.told[-2]
    assert at.mentioned() == [[MO]]

    now = at.clock.now()
    await at.asks(f"!on-call quiet {now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}", user=MIA)
    await at.asks("!on-call on", user=MIA)
    await at.cries("[T3] z", user="@organiser:kith.test")
    assert at.mentioned() == [[MO]]


async def test_nobody_is_called_to_themselves():
    at = await house()
    await at.asks("!on-call on")
    await at.cries("[T3] x", user=MO)
    assert at.mentioned() == []
    await at.asks("!on-call on", user=MIA)
    await at.waits(minutes=10)
    assert at.mentioned() == [[MIA]]
