# SPDX-License-Identifier: Apache-2.0
"""Once a month, numbers that may be shown to anybody."""

from datetime import UTC, datetime, timedelta

import pytest

from bots.core.actions import Audit, InRoom, Send
from bots.moderation.standing.transparency import COUNTED, month_before, next_summary
from fakes.moderation_scene import ANA, BEN, HARBOUR, MO, OFFICE, Scene


@pytest.fixture
def scene():
    return Scene()


def told(scene):
    """What is told of each kind, of the last summary."""
    (said,) = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    lines = said.parts[0].params["lines"]
    return {
        line.params["what"].key.removeprefix("moderation.summary."): line.params["number"].params.get("count", "few")
        for line in lines
    }


async def test_the_first_of_a_month_the_moderators_hear_the_numbers_of_the_last(scene):
    await scene.says(BEN, "hello", HARBOUR)
    assert scene.ticks == []
    await scene.says(MO, "hello", OFFICE)
    await scene.says(MO, "hello again", OFFICE)
    (tick,) = scene.ticks
    assert tick.due_at == datetime(2026, 4, 1, 8, tzinfo=UTC)
    for kind, times in (("note", 10), ("ban", 9)):
        for _ in range(times):
            await scene._tables.audit(Audit(why="w", kind=kind, actor=MO, target=ANA))
    await scene.waits(days=31)
    numbers = told(scene)
    assert list(numbers) == list(COUNTED)
    assert numbers["note"] == 10
    assert {number for kind, number in numbers.items() if kind != "note"} == {"few"}
    assert ANA not in repr(scene.last)


async def test_the_next_summary_follows_and_old_numbers_are_not_in_it(scene):
    await scene.says(MO, "hello", OFFICE)
    for _ in range(12):
        await scene._tables.audit(Audit(why="w", kind="note", actor=MO, target=ANA))
    await scene.waits(days=31)
    await scene.waits(days=30)
    assert told(scene)["note"] == "few"
    assert [tick.due_at.month for tick in scene.ticks] == [6]


async def test_without_a_moderators_room_nothing_is_said_and_the_next_is_put_by(scene):
    await scene.says(MO, "hello", OFFICE)
    del scene.views[OFFICE]
    await scene.waits(days=31)
    assert [a for a in scene.last if isinstance(a, Send)] == []
    assert [tick.due_at.month for tick in scene.ticks] == [5]


@pytest.mark.parametrize(
    ("at", "month"), [(datetime(2026, 1, 1, 8, tzinfo=UTC), 12), (datetime(2026, 3, 31, tzinfo=UTC), 2)]
)
def test_a_month_is_a_whole_month(at, month):
    first, end = month_before(at)
    assert (first.month, first.day, end.day) == (month, 1, 1)
    assert timedelta(days=28) <= end - first <= timedelta(days=31)
    assert next_summary(at) > at
