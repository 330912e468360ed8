# SPDX-License-Identifier: Apache-2.0
"""Whatever people do, in whatever order: what the moderation bot never does, and what always comes to its end."""

import asyncio

import hypothesis.strategies as st
from hypothesis import given, settings

from bots.core.actions import InPrivateChat, InRoom, Quote, Send
from bots.core.rooms import RoomRole
from fakes.moderation_scene import ANA, BEN, BOTS, HARBOUR, HEL, LANTERN, LEO, MIA, MO, OFFICE, ORGANISER, Scene

PEOPLE = st.sampled_from((MO, MIA, LEO, HEL, ANA, BEN, ORGANISER, *sorted(BOTS)))
ROOMS = st.sampled_from((HARBOUR, LANTERN, OFFICE))
COMMANDS = st.sampled_from(
    ("!note hm", "!warn hm", "!mute", "!mute 30m", "!mute 5h everywhere", "!unmute", "!remove", "!ban", "!ban 1d",
     "!hold", "!hold everywhere", "!confirm", "!lock 1h", "!unlock", "!slow 30s", "!ban everywhere",
     "!unban", "!undo", "!undo everywhere", "!undo #1", "!undo #2", "!close #1", "!report", "!help")
)  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), PEOPLE, COMMANDS, PEOPLE, ROOMS),
        st.tuples(st.just("tap"), PEOPLE, st.sampled_from("📝🔇👋↩✅🚩"), st.integers(0, 30), ROOMS),
        st.tuples(st.just("move"), PEOPLE, st.sampled_from(("joins", "leaves")), ROOMS),
        st.tuples(st.just("power"), PEOPLE, st.sampled_from((None, 0, 10, 50))),
        st.tuples(st.just("wait"), st.integers(1, 30 * 60)),
    ),
    max_size=25,
)


async def play(scene, steps):
    for step in steps:
        match step:
            case ("order", who, command, whom, room) if who not in BOTS:
                await scene.replies(who, command, to=whom, room_id=room)
            case ("tap", who, key, number, room) if who not in BOTS:
                events = sorted({*scene.sent, *(event for _, event in scene.authors)})
                if events:
                    await scene.taps(who, key, events[number % len(events)], room)
            case ("move", who, "joins", room) if who not in BOTS:
                await scene.joins(who, room)
            case ("move", who, "leaves", room) if who not in BOTS:
                await scene.leaves(who, room)
            case ("power", who, level) if who not in BOTS and who != ORGANISER:
                scene.gives_power(who, level)
            case ("wait", minutes):
                await scene.waits(minutes=minutes)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_nobody_without_the_power_brings_anything_about(steps):
    """All deeds of a scene in which only members act are none."""
    scene = Scene()
    quiet = [step for step in steps if step[0] != "power" and step[1] not in (MO, MIA, LEO, ORGANISER)]
    asyncio.run(play(scene, quiet))
    assert not scene.decisions
    assert not [a for a in scene.all if type(a).__name__ in {"SetPower", "Remove", "Ban", "Unban", "Invite"}]


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_bots_and_organisers_are_never_acted_on_and_nothing_is_said_in_members_rooms(steps):
    scene = Scene()
    asyncio.run(play(scene, steps))
    for action in scene.all:
        if type(action).__name__ in {"SetPower", "Remove", "Ban", "Unban"}:
            assert action.user not in BOTS
            assert action.user != ORGANISER
        if isinstance(action, Send) and isinstance(action.place, InRoom):
            room = scene.views[action.place.room_id]
            assert room.role is RoomRole.MODERATORS or action.why == "moderation.help"
            assert room.role is RoomRole.MODERATORS or not any(isinstance(part, Quote) for part in action.parts)
        if isinstance(action, Send) and isinstance(action.place, InPrivateChat):
            assert action.place.user not in BOTS


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_what_ends_by_itself_has_ended_after_a_year(steps):
    """No mute or ban with an end is left in force, and nobody is muted whom no decision mutes."""
    scene = Scene()
    asyncio.run(play(scene, steps))
    asyncio.run(scene.waits(days=366))
    assert not [each for each in scene.decisions if each.active and each.until is not None]
    muted = {
        (user, room)
        for room, view in scene.views.items()
        for user, level in view.power_levels.users.items()
        if level < 0
    }
    assert muted <= {(each.target, each.room_id) for each in scene.decisions if each.active}


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_the_same_events_give_the_same_actions(steps):
    once, again = Scene(), Scene()
    asyncio.run(play(once, steps))
    asyncio.run(play(again, steps))
    assert once.all == again.all
