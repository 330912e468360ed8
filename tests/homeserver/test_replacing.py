# SPDX-License-Identifier: Apache-2.0
"""A new room in place of an old one: what the plan makes of it, wherever it was stopped."""

from __future__ import annotations

import dataclasses

from bots.core.community import Federation
from bots.core.homeserver.plan import Actual, ActualRoom, ChangeMembers, CreateRoom, PutState, plan
from homeserver.test_reach import HARBOUR, as_made, desired

OPENED = desired(Federation.ALLIED, "ally.test")
CLOSED = as_made(desired(Federation.CLOSED)).rooms[HARBOUR]
ROOM = next(room for room in OPENED if room.key == HARBOUR)
MUTED = {"users": {"@ana:kith.test": -1, "@mo:kith.test": 50}}


def with_state(room, **changes):
    return dataclasses.replace(room, state={**room.state, **{tuple(k.split("|")): v for k, v in changes.items()}})


def successor(old, **members):
    """The room that was just made in place of `old`."""
    body = plan([ROOM], Actual(rooms={HARBOUR: old}), {HARBOUR})[0].step.body
    state = {(event["type"], ""): event["content"] for event in body["initial_state"]}
    state["m.room.create", ""] = {**body["creation_content"], "room_version": "12"}
    state["m.room.power_levels", ""] = body["power_level_content_override"]
    state |= {("m.room.member", user): {"membership": "join"} for user in ROOM.members}
    state |= {("m.room.member", user): {"membership": membership} for user, membership in members.items()}
    return ActualRoom(room_id="!new", key=HARBOUR, created=2, state=state)


def left(old, new):
    return plan([ROOM], Actual(rooms={HARBOUR: new}, replaced={HARBOUR: old}))


def test_only_a_room_that_is_named_is_replaced_and_nothing_else_is_done_to_it():
    actual = Actual(rooms={HARBOUR: CLOSED})
    assert not any(isinstance(d.step, CreateRoom) for d in plan([ROOM], actual))
    (difference,) = plan([ROOM], actual, {HARBOUR})
    body = difference.step.body
    assert body["creation_content"]["m.federate"] is True
    assert body["creation_content"]["predecessor"] == {"room_id": CLOSED.room_id}


def test_who_is_muted_stays_muted_and_nobody_gets_power_by_it():
    old = with_state(CLOSED, **{"m.room.power_levels|": MUTED})
    users = plan([ROOM], Actual(rooms={HARBOUR: old}), {HARBOUR})[0].step.body["power_level_content_override"]["users"]
    assert users["@ana:kith.test"] == -1
    assert "@mo:kith.test" not in users


def test_people_are_invited_bans_are_kept_and_the_old_room_is_closed_last():
    old = with_state(CLOSED, **{"m.room.member|@eve:kith.test": {"membership": "ban"}})
    steps = [difference.step for difference in left(old, successor(old))]
    assert steps == [
        ChangeMembers("!new", "ban", ("@eve:kith.test",)),
        ChangeMembers("!new", "invite", ("@ana:kith.test", "@bo:ally.test")),
        PutState(CLOSED.room_id, "m.room.tombstone", steps[-1].content),
    ]
    assert steps[-1].content["replacement_room"] == "!new"


def test_who_said_no_or_is_there_already_is_not_invited_again():
    for membership in ("leave", "join", "invite", "ban"):
        new = successor(CLOSED, **{"@ana:kith.test": membership})
        (invited,) = (d.step.users for d in left(CLOSED, new) if isinstance(d.step, ChangeMembers))
        assert invited == ("@bo:ally.test",), membership


def test_a_homeserver_that_is_not_let_in_is_not_invited_along():
    (invited,) = (d.step for d in left(CLOSED, successor(CLOSED)) if isinstance(d.step, ChangeMembers))
    assert "@di:other.test" not in invited.users


def test_a_room_whose_successor_is_there_is_not_replaced_twice():
    new = successor(CLOSED)
    again = plan([ROOM], Actual(rooms={HARBOUR: new}, replaced={HARBOUR: CLOSED}), {HARBOUR})
    assert not any(isinstance(d.step, CreateRoom) for d in again)
