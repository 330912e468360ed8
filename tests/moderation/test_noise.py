# SPDX-License-Identifier: Apache-2.0
"""What is noise, how surely, and what is not: by counts and times alone, so that nothing needs to be readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bots.core.actions import Redact, Send
from bots.core.events import Message
from bots.core.rooms import MembershipState
from bots.moderation.detectors.noise import floods, in_message, is_wave
from bots.moderation.watching.records import Pace
from bots.moderation.watching.respond import CLEAR_FROM
from fakes.moderation_scene import ANA, HARBOUR, LANTERN, LOBBY
from moderation.test_watching import known, scene, wave

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def message(text="", **more):
    return Message(room_id="!r:a", event_id="$e", sender="@p:a", sent_at=NOON, text=text, **more)


def mentioning(many):
    return message("hi", mentions=frozenset(f"@m{number}:a" for number in range(many)))


def every(seconds, many):
    return [number * seconds for number in range(many)]


@pytest.mark.parametrize(
    ("times", "clear"),
    [
        (every(0.5, 40), True),
        (every(0.5, 39), False),
        (every(2.4, 25), False),
        (every(2.4, 24), None),
        (every(1.6, 10), False),
        (every(1.6, 9), None),
        ([], None),
    ],
)
def test_how_many_in_how_short_a_time_are_a_flood(times, clear):
    found = floods(times, [""] * len(times))
    assert [each.detector for each in found] == ([] if clear is None else ["noise.flood"])
    assert all((each.confidence >= CLEAR_FROM) is clear for each in found)


@pytest.mark.parametrize(("often", "clear"), [(2, None), (3, False), (4, False), (5, True)])
def test_how_often_the_same_is_said_again(often, clear):
    marks = [*("other", ""), *["same"] * often]
    found = floods(every(60, len(marks)), marks)
    assert [each.detector for each in found] == ([] if clear is None else ["noise.duplicates"])
    assert all((each.confidence >= CLEAR_FROM) is clear for each in found)
    assert floods(every(60, len(marks) + 1), [*marks, "other"]) == ()


@pytest.mark.parametrize(
    ("said", "kind", "clear"),
    [
        (mentioning(7), None, None),
        (mentioning(8), "mentions", False),
        (mentioning(15), "mentions", True),
        (message("all of you", mentions_room=True), "mentions", False),
        (message("a\n" * 118), None, None),
        (message("a\n" * 119), "wall", False),
        (message("a whole line of a poem\n" * 120), None, None),
        (message("a\n" + "\n" * 25 + "b"), "wall", False),
        (message("a\n" + "\n" * 24 + "b"), None, None),
        (message("a\n" + " \t\n" * 25 + "b"), "wall", False),
        (message("word " * 4_000), "wall", False),
        (message("word " * 3_999), None, None),
        (message("h" + "\u0301\u0316\u0334\u0345" * 20 + "elp"), "wall", False),
        (message("Việt Nam, ế ề ể ễ ệ " * 50), None, None),
    ],
)
def test_what_one_message_is_by_itself(said, kind, clear):
    found = in_message(said)
    assert [each.detector for each in found] == ([f"noise.{kind}"] if kind else [])
    assert all((each.confidence >= CLEAR_FROM) is clear for each in found)


@pytest.mark.parametrize(
    ("times", "many"),
    [
        (every(8, 8), True),
        (every(8, 7), False),
        (every(9, 8), False),
        (every(31, 20), True),
        (every(31, 19), False),
        (every(33, 20), False),
        ([], False),
    ],
)
def test_how_many_who_come_at_once_are_a_wave(times, many):
    assert is_wave(times) is many


async def test_who_was_invited_is_no_part_of_a_wave():
    here = scene()
    await wave(here, 0)
    for number in range(12):
        who = f"@guest{number}:kith.test"
        await here._moves(who, LOBBY, MembershipState.INVITE)
        await here.joins(who, LOBBY)
    assert not [a for a in here.all if isinstance(a, Send)]


async def test_a_flood_faster_than_any_hands_from_somebody_new_waits_for_a_moderator():
    here = scene()
    for number in range(40):
        here.now += timedelta(milliseconds=400)
        await here.says(ANA, f"buy {number}")
    (decision,) = here.decisions
    assert decision.target == ANA
    assert {a.why for a in here.all if isinstance(a, Redact)} == {"moderation.hold.noise.flood"}
    assert len([a for a in here.all if isinstance(a, Redact)]) == 40


async def test_a_flood_over_two_rooms_is_one():
    here = known(scene())
    for number in range(26):
        here.now += timedelta(seconds=2)
        await here.says(ANA, f"and {number}", (HARBOUR, LANTERN)[number % 2])
    assert len(here.cases) == 1


async def test_of_what_is_said_nothing_can_be_read_in_what_is_kept():
    here = await scene().says(ANA, "secretly I planted two trees")
    (pace,) = [each for (kind, _), each in here.store.tables.records.items() if kind is Pace]
    assert "secret" not in pace.recent
    assert "trees" not in pace.recent
    elsewhere = scene()
    await elsewhere.says(ANA, "Secretly, I planted two TREES!")
    (again,) = [each for (kind, _), each in elsewhere.store.tables.records.items() if kind is Pace]
    assert pace.recent == again.recent
