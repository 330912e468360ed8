# SPDX-License-Identifier: Apache-2.0
"""Which homeservers a room is on, and what becomes of those that are shut out: pure, over rooms as they are."""

from __future__ import annotations

import dataclasses
import io

import pytest
from rich.console import Console

from bots.cli.rooms import reach_table
from bots.core.actions import BotName
from bots.core.community import Condition, Federation
from bots.core.homeserver.desired import MARKER, Cast, desired_rooms
from bots.core.homeserver.plan import Actual, ActualRoom, ChangeMembers, PutState, plan
from bots.core.homeserver.reach import ANY_OTHER, reaches
from bots.core.settings import load_catalogue
from fakes.communities import BARE

CAST = Cast(organiser="@organiser:kith.test", bots={bot: f"@{bot.value}:kith.test" for bot in BotName})
T1D = Condition(id="t1d", name={"en": "T1D"}, room_name="Harbour", room_topic="Calm")
COMMUNITY = dataclasses.replace(BARE, conditions=(T1D,))
HARBOUR = "condition:t1d"
PEOPLE = {"@ana:kith.test": "join", "@bo:ally.test": "join", "@cy:ally.test": "invite", "@di:other.test": "join"}


def settings(federation, *allies, moderators=()):
    return dataclasses.replace(COMMUNITY, federation=federation, allies=allies, moderators=moderators)


def desired(federation, *allies, **more):
    return desired_rooms(settings(federation, *allies, **more), CAST, load_catalogue(COMMUNITY))


def as_made(rooms):
    """The rooms that a homeserver would make of these, with people in the condition's."""
    found = {}
    for difference in plan(rooms, Actual()):
        body = difference.step.body
        key = body["creation_content"][MARKER]["key"]
        room = next(room for room in rooms if room.key == key)
        state = {(event["type"], ""): event["content"] for event in body["initial_state"]}
        state["m.room.create", ""] = {**body["creation_content"], "room_version": "12"}
        state["m.room.power_levels", ""] = body["power_level_content_override"]
        state |= {("m.room.member", user): {"membership": "join"} for user in room.members}
        if key == HARBOUR:
            state |= {("m.room.member", user): {"membership": membership} for user, membership in PEOPLE.items()}
        found[key] = ActualRoom(room_id="!" + key, key=key, created=1, state=state)
    return Actual(rooms=found)


def steps(rooms, actual):
    return [(d.room, d.step) for d in plan(rooms, actual)]


def test_a_removed_ally_is_shut_out_of_every_room_list_first_and_then_its_people():
    actual = as_made(desired(Federation.ALLIED, "ally.test", "other.test"))
    differences = plan(desired(Federation.ALLIED, "other.test"), actual)
    lists = [d for d in differences if isinstance(d.step, PutState)]
    assert {d.room for d in lists} == set(actual.rooms)
    assert all(d.step.content["allow"] == ["kith.test", "other.test"] for d in lists)
    (removal,) = (d for d in differences if isinstance(d.step, ChangeMembers))
    assert removal.step == ChangeMembers("!" + HARBOUR, "kick", ("@bo:ally.test", "@cy:ally.test"))
    in_harbour = [d for d in differences if d.room == HARBOUR]
    assert in_harbour.index(removal) == 1, "who is still let in could come back"


def test_the_plan_counts_those_who_are_removed_and_says_what_their_homeserver_keeps():
    actual = as_made(desired(Federation.ALLIED, "ally.test", "other.test"))
    (removal,) = (d for d in plan(desired(Federation.ALLIED, "other.test"), actual) if d.what == "homeserver shut out")
    assert removal.found == "2 of ally.test"
    assert "gets nothing more" in removal.wanted
    assert "keeps what it has" in removal.wanted
    assert "@bo" not in repr((removal.what, removal.found, removal.wanted))


def test_an_ally_that_comes_back_is_let_in_and_nobody_is_removed():
    away = as_made(desired(Federation.ALLIED, "other.test"))
    state = {place: content for place, content in away.rooms[HARBOUR].state.items() if "ally.test" not in place[1]}
    away = Actual(rooms={**away.rooms, HARBOUR: dataclasses.replace(away.rooms[HARBOUR], state=state)})
    back = plan(desired(Federation.ALLIED, "other.test", "ally.test"), away)
    assert {type(d.step) for d in back} == {PutState}
    assert all("ally.test" in d.step.content["allow"] for d in back)


def test_a_community_that_closes_shuts_every_other_homeserver_out_of_the_rooms_it_has():
    actual = as_made(desired(Federation.OPEN))
    closing = steps(desired(Federation.CLOSED), actual)
    for key in actual.rooms:
        (acl,) = (step for room, step in closing if room == key and isinstance(step, PutState))
        assert acl.content["allow"] == ["kith.test"]
    removed = [step.users for _, step in closing if isinstance(step, ChangeMembers)]
    assert removed == [("@bo:ally.test", "@cy:ally.test"), ("@di:other.test",)]


def test_a_room_that_can_not_leave_needs_no_list():
    assert steps(desired(Federation.CLOSED), as_made(desired(Federation.CLOSED)))[:1] == [
        (HARBOUR, ChangeMembers("!" + HARBOUR, "kick", ("@bo:ally.test", "@cy:ally.test")))
    ]


@pytest.mark.parametrize(
    ("before", "after"), [(Federation.CLOSED, Federation.OPEN), (Federation.OPEN, Federation.CLOSED)]
)
def test_what_was_said_when_a_room_was_made_needs_a_new_room_and_the_plan_says_how(before, after):
    differences = plan(desired(after), as_made(desired(before)))
    told = {d.room: d for d in differences if d.what == "federation"}
    assert set(told) == {"lobby", "moderators", HARBOUR}
    assert told[HARBOUR].step is None
    assert f"`kithroom apply --replace {HARBOUR}`" in told[HARBOUR].wanted


def test_a_moderator_on_a_homeserver_that_is_shut_out_is_for_a_person_to_decide():
    mo = "@mo:ally.test"
    rooms = desired(Federation.ALLIED, "other.test", moderators=(mo,))
    actual = as_made(desired(Federation.ALLIED, "ally.test", "other.test", moderators=(mo,)))
    differences = plan(rooms, actual)
    assert not any(isinstance(d.step, ChangeMembers) and mo in d.step.users for d in differences)
    named = [d for d in differences if mo in d.found]
    assert {d.step for d in named} == {None}
    assert "`allies`" in named[0].wanted
    gone = Actual(rooms={key: without(room, mo) for key, room in actual.rooms.items()})
    left = [d for d in plan(rooms, gone) if mo in d.found]
    assert {(d.step, d.wanted) for d in left} == {(None, named[0].wanted)}
    assert len(left) == 3


def without(room, user):
    return dataclasses.replace(room, state={k: v for k, v in room.state.items() if k != ("m.room.member", user)})


def test_which_rooms_an_ally_is_let_into_is_told_as_it_is_and_as_it_will_be():
    actual = as_made(desired(Federation.ALLIED, "ally.test", "other.test"))
    every = ("lobby", "moderators", HARBOUR)
    ally, new, other = reaches(desired(Federation.ALLIED, "other.test", "new.test:8448"), actual)
    assert (ally.server, ally.now, ally.wanted, ally.members) == ("ally.test", every, (), ((HARBOUR, 1),))
    assert (new.server, new.now, new.wanted, new.members) == ("new.test:8448", (), every, ())
    assert (other.server, other.now, other.wanted, other.members) == ("other.test", every, every, ((HARBOUR, 1),))


def test_an_open_community_says_that_any_other_is_let_in_and_a_closed_one_has_no_table():
    opened = desired(Federation.OPEN)
    (other,) = (each for each in reaches(opened, as_made(opened)) if each.server == ANY_OTHER)
    assert other.now == other.wanted == ("lobby", "moderators", HARBOUR)
    assert reaches(desired(Federation.CLOSED), Actual()) == ()


def test_the_table_shows_it():
    actual = as_made(desired(Federation.ALLIED, "ally.test"))
    written = io.StringIO()
    Console(file=written, width=200).print(reach_table(reaches(desired(Federation.ALLIED, "ally.test"), actual)))
    (line,) = (line for line in written.getvalue().splitlines() if "ally.test" in line)
    assert line.count("lobby, moderators, condition:t1d") == 2
    assert "1 in condition:t1d" in line
