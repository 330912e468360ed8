# SPDX-License-Identifier: Apache-2.0
"""What was decided and no sync has told of: who decides meanwhile knows of it, and of nothing that is not so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.core.actions import Ban, BotName, OpenDoor, Remove, SetPower, Unban
from bots.core.rooms import Member, MembershipState, PowerLevels, RoomView
from bots.core.runtime.payload import to_json
from bots.core.runtime.pending import Pending
from bots.core.runtime.ports import Waiting

ROOM = RoomView(
    room_id="!r", power_levels=PowerLevels(users={"@mo:x": 50}), members={"@ben:x": Member(MembershipState.JOIN, "Ben")}
)
MUTE = SetPower(why="t", room_id="!r", user="@ben:x", level=-1)


def rows(*actions):
    return [
        Waiting(
            transaction_id=f"t{number}",
            asked_by=BotName.MODERATION,
            place=f"{action.room_id}/act",
            priority=1,
            not_before=None,
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
            payload=to_json(action),
        )
        for number, action in enumerate(actions)
    ]


@pytest.fixture
def pending():
    pending = Pending()
    pending.asking()
    pending.decided(rows(MUTE))
    return pending


def levels(pending, view=ROOM):
    return pending.over(view).power_levels.users


def syncs(pending, view=ROOM):
    pending.asking()
    pending.told({"!r": view}.get)


def test_what_is_decided_is_seen_until_a_sync_shows_it(pending):
    syncs(pending)
    assert levels(pending) == {"@mo:x": 50, "@ben:x": -1}
    assert pending.over(replace(ROOM, room_id="!other")).power_levels.users == {"@mo:x": 50}
    pending.finished(MUTE, "t0", ok=True)
    shown = pending.over(ROOM)
    pending.told({"!r": shown}.get)
    # Lifted by hand a moment later.
    assert levels(pending, ROOM) == {"@mo:x": 50}


def test_an_answer_that_was_on_its_way_may_not_tell_of_it_yet_and_the_next_one_does(pending):
    pending.finished(MUTE, "t0", ok=True)
    pending.told({"!r": ROOM}.get)
    assert levels(pending)["@ben:x"] == -1
    syncs(pending)
    assert "@ben:x" not in levels(pending)


def test_what_could_not_be_done_is_not_so(pending):
    pending.finished(MUTE, "t0", ok=False)
    assert "@ben:x" not in levels(pending)


def test_the_last_decision_counts_and_the_first_is_done_first(pending):
    lifted = replace(MUTE, level=None)
    pending.decided(rows(MUTE, lifted))
    assert "@ben:x" not in levels(pending)
    pending.finished(MUTE, "t0", ok=True)
    syncs(pending, replace(ROOM, power_levels=PowerLevels(users={"@mo:x": 50, "@ben:x": -1})))
    assert "@ben:x" not in levels(pending, replace(ROOM, power_levels=PowerLevels(users={"@ben:x": -1})))


def test_a_room_that_the_bot_is_not_in_any_more_keeps_nothing(pending):
    pending.finished(MUTE, "t0", ok=True)
    pending.told({}.get)
    assert "@ben:x" not in levels(pending)


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ((Ban(why="t", room_id="!r", user="@ben:x"),), MembershipState.BAN),
        (
            (Ban(why="t", room_id="!r", user="@ben:x"), Unban(why="t", room_id="!r", user="@ben:x")),
            MembershipState.LEAVE,
        ),
        ((Remove(why="t", room_id="!r", user="@ben:x"),), MembershipState.LEAVE),
        (
            (Ban(why="t", room_id="!r", user="@ben:x"), Remove(why="t", room_id="!r", user="@ben:x")),
            MembershipState.BAN,
        ),
        ((Unban(why="t", room_id="!r", user="@ben:x"),), MembershipState.JOIN),
    ],
)
def test_who_is_taken_out_is_seen_outside(actions, state):
    pending = Pending()
    pending.decided(rows(*actions))
    assert pending.over(ROOM).members["@ben:x"] == Member(state, "Ben")
    assert pending.over(replace(ROOM, members={})).members.keys() <= {"@ben:x"}


def test_a_door_is_seen_as_it_will_be():
    pending = Pending()
    pending.decided(rows(OpenDoor(why="t", room_id="!r", open=True)))
    assert pending.over(ROOM).join_rule == "public"
