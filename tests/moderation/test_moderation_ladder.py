# SPDX-License-Identifier: Apache-2.0
"""The ladder in bad weather: people who leave, moderators at once, power that is gone, clocks that jump, and holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Bookkeeping, InRoom, Redact
from bots.core.events import Reaction
from bots.core.rooms import MembershipState
from bots.moderation.records import Decision, Kind
from fakes.moderation_scene import (
    ANA,
    BEN,
    BOT,
    HARBOUR,
    LANTERN,
    LEO,
    LOBBY,
    MEMBERS_ROOMS,
    MIA,
    MO,
    OFFICE,
    Scene,
)


@pytest.fixture
def scene():
    return Scene()


# Members who leave.


async def test_a_member_who_leaves_before_the_mute_is_muted_when_they_come_back(scene):
    card = await scene.case()
    await scene.leaves(ANA)
    await scene.taps(MO, "🔇", card)
    assert scene.office == ["done.mute.until", "done.away"]
    await scene.joins(ANA)
    assert scene.level(ANA) == -1
    await scene.waits(hours=3)
    assert scene.level(ANA) is None


async def test_a_member_who_leaves_while_the_mute_is_on_its_way_is_muted_when_they_come_back(scene):
    scene.held = True
    await scene.replies(MO, "!mute", to=ANA)
    await scene.leaves(ANA)
    scene.gives_power(ANA, None, HARBOUR)
    scene.held = False
    await scene.joins(ANA)
    assert scene.level(ANA) == -1


def never_in(scene, who, room_id):
    view = scene.views[room_id]
    scene.views[room_id] = replace(view, members={user: m for user, m in view.members.items() if user != who})


async def test_a_mute_everywhere_holds_in_a_room_that_they_come_to_later_and_ends_with_the_others(scene):
    never_in(scene, ANA, LANTERN)
    await scene.says(MO, f"!mute 2h {ANA} everywhere", OFFICE)
    assert scene.level(ANA, LANTERN) is None
    await scene.joins(ANA, LANTERN)
    assert scene.level(ANA, LANTERN) == -1
    assert scene.told(ANA) == []
    await scene.waits(hours=3)
    assert [scene.level(ANA, room) for room in MEMBERS_ROOMS] == [None] * 3
    assert scene.told(ANA) == ["tell.over"]


async def test_it_is_taken_back_there_as_well(scene):
    never_in(scene, ANA, LANTERN)
    await scene.says(MO, f"!hold {ANA} everywhere", OFFICE)
    await scene.joins(ANA, LANTERN)
    await scene.says(MO, "!undo", OFFICE)
    assert [scene.level(ANA, room) for room in MEMBERS_ROOMS] == [None] * 3


async def test_a_mute_in_one_room_is_none_in_another(scene):
    never_in(scene, ANA, LANTERN)
    await scene.replies(MO, "!mute", to=ANA)
    await scene.joins(ANA, LANTERN)
    assert scene.level(ANA, LANTERN) is None


async def test_nobody_is_muted_where_they_have_never_been(scene):
    await scene.says(MO, "!mute @nobody:kith.test", HARBOUR)
    assert scene.office == ["refused.gone"]
    assert scene.deeds == []


async def test_first_where_the_person_is(scene):
    await scene.leaves(ANA, LOBBY)
    await scene.says(MO, f"!ban {ANA} everywhere", OFFICE)
    assert [room for name, _, room in scene.deeds if name == "Ban"] == [HARBOUR, LANTERN, LOBBY]


# Moderators at once.


@pytest.mark.parametrize(("first", "second"), [("🔇", "👋"), ("👋", "🔇"), ("🔇", "🔇"), ("⚠️", "👋")])
async def test_of_two_moderators_at_once_the_first_wins_and_the_second_is_told(scene, first, second):
    card = await scene.case()
    scene.held = True
    await scene.taps(MO, first, card)
    await scene.taps(MIA, second, card)
    assert scene.office == ["refused.at_once"]
    await scene.hears_back()
    assert len(scene.decisions) == 1


async def test_taps_that_come_late_and_together_are_at_once_too(scene):
    """The bot was away: it hears of both in the morning."""
    card = await scene.case()
    await scene.taps(MO, "🔇", card)
    tap = Reaction(
        room_id=OFFICE,
        event_id="$late",
        sender=MIA,
        sent_at=scene.now - timedelta(hours=8),
        target=card,
        key="👋",
    )
    await scene.happens(tap)
    assert scene.office == ["refused.at_once"]


async def test_who_has_seen_it_goes_on_and_so_does_the_first_one(scene):
    card = await scene.case()
    await scene.taps(MO, "⚠️", card)
    await scene.taps(MO, "🔇", card)
    assert scene.level(ANA) == -1
    await scene.waits(seconds=31)
    await scene.taps(MIA, "👋", card)
    assert scene.state(ANA) is MembershipState.LEAVE


async def test_what_the_bot_held_by_itself_waits_for_exactly_such_an_order(scene):
    held = Decision(
        number=77, order=77, kind=Kind.HOLD, room_id=HARBOUR, target=ANA, by=BOT, at=scene.now, level_after=-1
    )
    await scene.remembers(held)
    await scene.replies(MO, "!remove", to=ANA)
    assert scene.state(ANA) is MembershipState.LEAVE


async def test_taking_back_waits_for_nobody(scene):
    card = await scene.case()
    await scene.taps(MO, "🔇", card)
    await scene.taps(MIA, "↩️", card)
    assert scene.level(ANA) is None
    await scene.taps(MIA, "👋", card)
    assert scene.state(ANA) is MembershipState.LEAVE


# Power that is gone.


async def test_a_moderator_who_is_demoted_between_the_case_and_the_tap_does_nothing(scene):
    card = await scene.case()
    scene.gives_power(MO, 0)
    await scene.taps(MO, "👋", card)
    assert scene.deeds == []
    assert scene.state(ANA) is MembershipState.JOIN
    assert scene.office == ["refused.not_moderator"]


async def test_where_somebody_moderates_another_room_only_the_room_is_named(scene):
    card = await scene.case(room_id=HARBOUR)
    await scene.taps(LEO, "👋", card)
    assert scene.deeds == []
    assert scene.office == ["refused.no_power"]
    (words,) = scene.last[0].parts
    assert words.params["room"] == "Harbour"


@pytest.mark.parametrize("tap", ["🔇", "👋", "✋"])
async def test_a_bot_that_loses_its_power_says_where_and_does_nothing(scene, tap):
    card = await scene.case()
    scene.gives_power(BOT, 0, HARBOUR)
    await scene.taps(MO, tap, card)
    assert scene.deeds == []
    assert scene.decisions == []
    assert scene.office == ["refused.powerless"]
    assert scene.last[0].parts[0].params["room"] == "Harbour"


async def test_a_bot_that_loses_its_power_mid_case_says_so_and_nothing_is_in_force(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    scene.gives_power(BOT, 0, HARBOUR)
    await scene.waits(hours=2)
    assert scene.office == ["could_not.expiry", "failed.no_power"]
    assert scene.level(ANA) == -1
    scene.gives_power(BOT, 60, HARBOUR)
    await scene.says(MO, f"!undo {ANA}", OFFICE)
    assert scene.level(ANA) is None


async def test_a_room_without_power_does_not_stop_the_others(scene):
    scene.gives_power(BOT, 0, LANTERN)
    await scene.says(MO, f"!mute {ANA} everywhere", OFFICE)
    assert [scene.level(ANA, room) for room in MEMBERS_ROOMS] == [-1, -1, None]


# Clocks.


async def test_a_clock_that_jumps_forwards_ends_it_once_and_one_that_jumps_back_starts_nothing_again(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    await scene.waits(days=2)
    assert scene.told(ANA) == ["tell.over"]
    scene.now -= timedelta(days=2)
    await scene.waits(hours=3)
    assert scene.told(ANA) == []
    assert scene.level(ANA) is None


async def test_a_clock_that_jumps_back_ends_nothing_early_and_loses_no_end(scene):
    await scene.replies(MO, "!ban 2h", to=ANA)
    scene.now -= timedelta(hours=5)
    await scene.waits(hours=6)
    assert scene.state(ANA) is MembershipState.BAN
    await scene.waits(hours=2)
    assert scene.state(ANA) is MembershipState.INVITE


async def test_what_is_decided_while_the_clock_is_wrong_lasts_as_long_as_was_said(scene):
    scene.now -= timedelta(days=30)
    await scene.replies(MO, "!mute 1h", to=ANA)
    await scene.waits(minutes=59)
    assert scene.level(ANA) == -1
    await scene.waits(minutes=2)
    assert scene.level(ANA) is None


async def test_the_later_decision_is_the_later_one_also_when_the_clock_says_otherwise(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    scene.now -= timedelta(hours=3)
    await scene.replies(MO, "!mute 30m", to=ANA)
    await scene.says(MO, f"!undo {ANA}", OFFICE)
    assert scene.office == ["undone.replaced"]
    assert scene.level(ANA) == -1


# Holds.


async def test_a_hold_lasts_until_somebody_has_looked(scene):
    await scene.replies(MO, "!hold", to=ANA)
    assert scene.level(ANA) == -1
    assert scene.told(ANA) == ["tell.hold.until"]
    assert scene.office == ["done.hold.until"]
    await scene.taps(MIA, "↩️", scene.said_with("moderation.done.hold.until"))
    assert scene.level(ANA) is None
    assert scene.told(ANA) == ["tell.undo.hold"]
    assert scene.office == ["undone.hold"]


@pytest.mark.parametrize(("tap", "told"), [("🔇", "tell.mute.until"), ("👋", "tell.remove")])
async def test_under_a_hold_there_are_the_next_steps(scene, tap, told):
    await scene.replies(MO, "!hold", to=ANA)
    line = scene.said_with("moderation.done.hold.until")
    assert tap in scene.sent[line].buttons
    await scene.waits(minutes=5)
    await scene.taps(MIA, tap, line)
    assert scene.told(ANA) == [told]


async def test_a_mute_after_a_hold_ends_when_the_mute_does(scene):
    await scene.replies(MO, "!hold", to=ANA)
    await scene.replies(MO, "!mute 2d", to=ANA)
    await scene.waits(days=1, hours=12)
    assert scene.level(ANA) == -1
    await scene.waits(days=1)
    assert scene.level(ANA) is None


async def test_taking_back_what_was_decided_after_a_hold_lets_go(scene):
    await scene.replies(MO, "!hold", to=ANA)
    await scene.replies(MO, "!mute 2d", to=ANA)
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.level(ANA) is None
    assert scene.told(ANA) == ["tell.undo"]
    assert not [each for each in scene.decisions if each.active]
    await scene.waits(days=3)
    assert scene.told(ANA) == []


async def test_a_hold_that_nobody_looks_at_is_said_again_and_ends_the_next_day(scene):
    await scene.replies(MO, "!hold", to=ANA)
    await scene.waits(hours=3)
    assert scene.office == ["waits.hold"]
    await scene.waits(hours=22)
    assert scene.office == ["over.hold"]
    assert scene.told(ANA) == ["tell.over"]
    assert scene.level(ANA) is None


async def test_somebody_who_was_let_go_is_not_said_to_wait(scene):
    await scene.replies(MO, "!hold", to=ANA)
    await scene.replies(MO, "!unmute", to=ANA)
    assert scene.level(ANA) is None
    await scene.waits(hours=30)
    assert scene.office == []


async def test_a_hold_does_not_end_by_leaving_and_coming_back(scene):
    await scene.replies(MO, "!hold", to=ANA)
    scene.gives_power(ANA, None, HARBOUR)
    await scene.leaves(ANA)
    await scene.joins(ANA)
    assert scene.level(ANA) == -1


async def test_who_acted_is_shown_to_nobody_but_the_moderators(scene):
    for command in ("!note a", "!warn b", "!mute", "!unmute", "!hold", "!undo", "!remove", "!ban 1h", "!unban"):
        await scene.replies(MO, command, to=BEN)
    shown = [
        a for a in scene.all if not isinstance(a, Bookkeeping | Redact) and getattr(a, "place", None) != InRoom(OFFICE)
    ]
    assert len(shown) > 9
    assert not [a for a in shown if MO in repr(a)]
