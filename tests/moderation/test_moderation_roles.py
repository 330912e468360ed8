# SPDX-License-Identifier: Apache-2.0
"""Who may ask for what, by the table; and bans that take two people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.community import Deed
from bots.core.rooms import MembershipState
from bots.moderation.commands import COMMANDS, Help, OfficeCommand, Report, ShowGuidelines, Why
from bots.moderation.ladder.roles import ASKS_FOR, Role, roles_in
from bots.moderation.records import Proposal
from fakes.moderation_scene import ANA, BEN, HARBOUR, HEL, LANTERN, LEO, MIA, MO, OFFICE, ORGANISER, Scene
from fakes.welcome_scene import COMMUNITY

BAN, JOIN = MembershipState.BAN, MembershipState.JOIN
LONG = timedelta(days=100)


def scene_of(**settings):
    """The scene in a community whose settings differ in these; Hel greets in the harbour room."""
    first, *rest = COMMUNITY.conditions
    conditions = (replace(first, greeters=(HEL,)), *rest)
    scene = Scene(community=replace(COMMUNITY, conditions=conditions, **settings))
    scene.views[HARBOUR] = replace(scene.views[HARBOUR], condition=first.id)
    return scene


@pytest.fixture
def scene():
    return scene_of()


# Roles.


def test_the_table_has_a_line_for_every_command_that_is_not_everybodys():
    about_somebody = {each for each in COMMANDS.types if not issubclass(each, OfficeCommand)}
    assert {*ASKS_FOR, Report, ShowGuidelines, Why, Help} >= about_somebody
    assert Report not in ASKS_FOR


async def test_each_role_is_what_the_room_says(scene):
    roles, harbour, lantern = roles_in(scene.community), scene.views[HARBOUR], scene.views[LANTERN]
    assert [roles.of(harbour, who) for who in (ORGANISER, MO, HEL, ANA, LEO)] == [
        Role.ORGANISER,
        Role.MODERATOR,
        Role.GREETER,
        Role.MEMBER,
        Role.MEMBER,
    ]
    assert [roles.of(lantern, who) for who in (HEL, LEO)] == [Role.MEMBER, Role.MODERATOR]


async def test_a_greeter_leaves_a_note_in_their_room_and_it_says_from_whom(scene):
    await scene.replies(HEL, "!note welcome, take your time", to=ANA)
    assert scene.told(ANA) == ["tell.note.greeter"]
    assert scene.office == ["done.note"]


@pytest.mark.parametrize("command", ["!warn", "!mute", "!hold", "!remove", "!ban", "!undo", "!unmute", "!confirm"])
async def test_a_greeter_has_no_power_over_anybody_and_is_told_who_has(scene, command):
    await scene.replies(HEL, command, to=ANA)
    assert scene.deeds == []
    assert scene.told(HEL) == ["refused.role"]
    assert scene.office == []


async def test_a_greeter_who_left_greets_no_more(scene):
    await scene.leaves(HEL)
    await scene.replies(HEL, "!note hello", to=ANA)
    assert scene.told(HEL) == ["refused.not_moderator"]


async def test_a_greeter_of_one_room_is_none_in_another(scene):
    await scene.replies(HEL, "!note hello", to=ANA, room_id=LANTERN)
    assert scene.told(HEL) == ["refused.not_moderator"]


async def test_the_settings_can_let_a_greeter_warn_and_keep_bans_from_moderators():
    scene = scene_of(greeters_may=frozenset({Deed.WARN}), moderators_may=frozenset({Deed.MUTE}))
    await scene.replies(HEL, "!warn please sell nothing here", to=ANA)
    assert scene.told(ANA) == ["tell.warn.greeter"]
    await scene.waits(minutes=1)
    await scene.replies(MO, "!ban", to=ANA)
    assert scene.deeds == []
    assert scene.office == ["refused.role"]
    await scene.replies(MO, "!unmute", to=ANA)
    assert scene.office == ["refused.nothing"]
    await scene.replies(ORGANISER, "!ban", to=ANA)
    assert scene.state(ANA) is BAN


async def test_what_a_role_can_not_ask_for_on_a_case_does_nothing_either():
    scene = scene_of(moderators_may=frozenset({Deed.NOTE}))
    card = await scene.case()
    for tap in ("🔇", "👋", "✅"):
        await scene.taps(MO, tap, card)
        assert scene.office == ["refused.role"]
    assert scene.deeds == []
    assert all(case.open for case in scene.cases)


# Two people.


async def long_here(scene, *people):
    for who in people or (ANA,):
        await scene.joins(who)
    await scene.waits(days=LONG.days)


async def test_a_ban_of_somebody_who_has_been_here_for_long_waits_for_a_second_person(scene):
    await long_here(scene)
    await scene.replies(MO, "!ban selling cures", to=ANA)
    assert scene.deeds == []
    assert scene.told(ANA) == []
    assert scene.office == ["two.asked"]
    await scene.taps(MIA, "👍", scene.said_with("moderation.two.asked"))
    assert scene.state(ANA) is BAN
    assert scene.told(ANA) == ["tell.ban"]
    (decision,) = scene.decisions
    assert (decision.by, decision.agreed) == (scene.pseudonym(MO), scene.pseudonym(MIA))
    assert [(a.kind, a.actor) for a in scene.audits] == [("ask", MO), ("agree", MIA), ("ban", MO)]


@pytest.mark.parametrize("said", ["confirm", "!confirm", "!confirm #1", "!agree", f"!ban {ANA}"])
async def test_the_second_person_says_it_in_a_word(scene, said):
    await long_here(scene)
    await scene.replies(MO, "!ban 7d", to=ANA)
    line = scene.said_with("moderation.two.asked")
    await scene.says(MIA, said, HARBOUR if "ban" in said else OFFICE, reply_to=line if said == "confirm" else None)
    assert scene.state(ANA) is BAN
    assert not await scene.find(Proposal)


@pytest.mark.parametrize("again", ["confirm", "ban"])
async def test_nobody_is_their_own_second_person(scene, again):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    line = scene.said_with("moderation.two.asked")
    await (scene.taps(MO, "👍", line) if again == "confirm" else scene.replies(MO, "!ban", to=ANA))
    assert scene.office == ["refused.second_person"]
    assert scene.state(ANA) is JOIN


async def test_a_member_can_not_be_the_second_person(scene):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    await scene.says(BEN, "!confirm #1", HARBOUR)
    assert scene.told(BEN) == ["refused.not_moderator"]
    assert scene.state(ANA) is JOIN


@pytest.mark.parametrize("agree", ["confirm", "ban"])
async def test_a_moderator_who_is_demoted_before_the_second_agrees_has_asked_for_nothing(scene, agree):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    scene.gives_power(MO, 0)
    if agree == "confirm":
        await scene.taps(MIA, "👍", scene.said_with("moderation.two.asked"))
        assert scene.office == ["refused.first_person"]
    else:
        await scene.replies(MIA, "!ban", to=ANA)
        assert scene.office == ["two.asked"]
    assert scene.state(ANA) is JOIN


async def test_nobody_agrees_and_it_lapses_and_that_is_said(scene):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    line = scene.said_with("moderation.two.asked")
    await scene.waits(hours=13)
    assert scene.office == ["two.lapsed"]
    await scene.says(MIA, "!confirm", OFFICE, reply_to=line)
    assert scene.office == ["refused.nothing_asked"]
    await scene.taps(MIA, "👍", line)
    assert scene.last == []
    assert scene.state(ANA) is JOIN


@pytest.mark.parametrize("who", [MO, MIA])
async def test_it_can_be_dropped_by_either(scene, who):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    await scene.taps(who, "↩️", scene.said_with("moderation.two.asked"))
    assert scene.office == ["two.withdrawn"]
    await scene.waits(hours=13)
    assert scene.office == []


async def test_two_agree_on_the_rooms_that_were_asked_for_and_on_no_others(scene):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    await scene.replies(MIA, "!ban everywhere", to=ANA)
    assert scene.office == ["two.asked"]
    assert scene.deeds == []
    await scene.says(MIA, "!confirm #1", OFFICE)
    assert {room for _, _, room in scene.deeds} == {HARBOUR}


async def test_who_came_lately_is_banned_by_one_and_so_is_anybody_where_the_settings_say_so():
    scene = scene_of()
    await scene.joins(ANA)
    await scene.replies(MO, "!ban", to=ANA)
    assert scene.state(ANA) is BAN
    scene = scene_of(bans_by_two_after=None)
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    assert scene.state(ANA) is BAN


async def test_where_there_is_no_second_moderator_one_is_enough(scene):
    await long_here(scene)
    for who in (MIA, LEO, ORGANISER):
        await scene.leaves(who)
    await scene.replies(MO, "!ban", to=ANA)
    assert scene.state(ANA) is BAN


async def test_coming_back_does_not_make_anybody_new(scene):
    await long_here(scene)
    await scene.leaves(ANA)
    await scene.joins(ANA)
    await scene.replies(MO, "!ban", to=ANA)
    assert scene.office == ["two.asked"]


async def test_to_stop_somebody_now_one_is_enough(scene):
    await long_here(scene)
    await scene.replies(MO, "!ban", to=ANA)
    await scene.replies(MO, "!hold", to=ANA)
    assert scene.level(ANA) == -1


async def test_a_thumb_under_a_case_is_only_a_thumb(scene):
    card = await scene.case()
    await scene.taps(MO, "👍", card)
    assert scene.office == []
    assert scene.deeds == []
