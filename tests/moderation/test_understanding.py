# SPDX-License-Identifier: Apache-2.0
"""Somebody who has never learned a command: what they meant is done, or asked back, and nothing is done for a guess."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest

from bots.core.actions import BotName, LabelRef, Redact, Schedule, Send
from bots.core.commands import Unknown, spec_of
from bots.core.crisis.hearing import WRITE
from bots.core.pills import spelled_out
from bots.core.records import RoomMeasure
from bots.core.rooms import MembershipState
from bots.core.tips import card_label
from bots.moderation.commands import COMMANDS
from bots.moderation.telling import case_label
from bots.moderation.understanding import stranger
from bots.resources.commands import COMMANDS as RESOURCES
from bots.welcome.commands import COMMANDS as WELCOME
from fakes.moderation_scene import ANA, BEN, HARBOUR, LEO, MO, OFFICE, Scene
from fakes.welcome_scene import COMMUNITY

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def scene():
    return Scene()


def lasts(scene):
    (decision,) = scene.decisions
    return decision.until - decision.at if decision.until else None


@pytest.mark.parametrize(
    ("order", "length"),
    [
        ("!ban spam 7d", 7 * DAY),
        ("!ban please rest for 7 days.", 7 * DAY),
        ("!ban 1 month", 30 * DAY),
        ("!mute 30 minutes", 30 * MINUTE),
        ("!mute for 1 hour 30 minutes please", 90 * MINUTE),
        ("!mute 2 Tage bitte", 2 * DAY),
        ("!silenciar 30 minutos", 30 * MINUTE),
        ("!mute please rest", 120 * MINUTE),
        ("!ban please for 7 days until you are calm", 7 * DAY),
        ("!mute für eine halbe Stunde bitte", 30 * MINUTE),
        ("!ban spam for the last 3 days", None),
        ("!mute spammt seit 3 Tagen", 120 * MINUTE),
        ("!ban 7d spam for 3 days now", 7 * DAY),
        ("!ban 2 accounts of one person", None),
        ("!ban the third time", None),
    ],
)
async def test_how_long_is_understood_wherever_and_however_it_is_said(scene, order, length):
    await scene.replies(MO, order, to=ANA)
    assert lasts(scene) == length


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("!ban please for 7 days until you are calm", ("moderation.how_long.taken", "for 7 days", "!ban")),
        ("!m spammt seit 3 Tagen", ("moderation.how_long.left", "3 Tagen", "!mute")),
        ("!ban 7d spam for the last 3 days", None),
        ("!mute 2h please", None),
        ("!warn for 3 days now you write the same", None),
    ],
)
@pytest.mark.parametrize("by_two", [False, True])
async def test_what_was_understood_of_a_time_in_the_reason_is_said_beside_what_is_done(order, said, by_two):
    scene = Scene(community=replace(COMMUNITY, bans_by_two_after=DAY)) if by_two else Scene()
    await scene.joins(ANA)
    scene.now += 2 * DAY
    await scene.replies(MO, order, to=ANA)
    words = [p for a in scene.decided if isinstance(a, Send) for p in a.parts if "how_long" in p.key]
    assert [(each.key, each.params["said"], each.params["again"]) for each in words] == ([said] if said else [])


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("!mute 30", "how_long"),
        ("!ban 7", "how_long"),
        ("!ban @eve", "half_name"),
        ("!ban spam for 3 days now", "how_long.unclear"),
        ("!mute 3 posts in 2 days again", "how_long.unclear"),
        ("!ban they write for 3 days, so rest for 7 days", "how_long.unclear"),
        ("!ban for 2 years", "how_long.unclear"),
    ],
)
async def test_a_number_without_a_unit_and_half_a_name_are_asked_back(scene, order, why):
    card = await scene.case(ANA)
    await scene.says(MO, order, OFFICE, thread=card)
    assert scene.office == [f"refused.{why}"]
    assert scene.deeds == []


PILL = '<a href="https://matrix.to/#/@ben:kith.test">Ben B</a>'


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("!mute Ben B 30m please", f"!mute {PILL} 30m please"),
        ("!mute Ben B: 30m please", f"!mute {PILL}: 30m please"),
        ("!mute @ben:kith.test 30m please", f"!mute {PILL} 30m please"),
        ("!mute [@Ben B](https://matrix.to/#/@ben:kith.test) 30m please", None),
        ("!mute Ben B 30m please", '!mute <a href="matrix:u/ben:kith.test">Ben B</a> 30m please'),
    ],
)
async def test_who_is_picked_from_the_list_of_names_is_meant_also_in_somebody_elses_case(scene, text, formatted):
    card = await scene.case(ANA, by=LEO)
    await scene.says(MO, text, OFFICE, thread=card, formatted=formatted, mentions=frozenset({BEN}))
    assert [(who, where) for _, who, where in scene.deeds] == [(BEN, HARBOUR)]
    assert lasts(scene) == 30 * MINUTE
    assert scene.told(BEN) == ["tell.mute.until"]


async def test_a_name_in_the_middle_of_a_reason_is_part_of_it(scene):
    card = await scene.case(ANA, by=LEO)
    await scene.says(MO, "!mute be kind to Ben B", OFFICE, thread=card, formatted=f"!mute be kind to {PILL}")
    assert [who for _, who, _ in scene.deeds] == [ANA]


@pytest.mark.parametrize("order", ["mute 2h please rest a little", "warn please sell nothing here", "ban 7d spam"])
async def test_an_order_in_a_case_with_a_reason_and_without_its_mark_is_asked_back(scene, order):
    card = await scene.case(ANA)
    await scene.says(MO, order, OFFICE, thread=card)
    assert scene.office == ["refused.bare"]
    assert scene.deeds == []
    await scene.says(MO, "mute 30m", OFFICE, thread=card)
    assert lasts(scene) == 30 * MINUTE


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!timeout", "refused.no_command"),
        ("!foo", "refused.no_command"),
        ("!pass", "refused.which_alert"),
        ("!oncal", "refused.typo"),
        ("!wran", "refused.typo"),
        ("!report", "report.which"),
        ("!guidelines", "guidelines"),
    ],
)
async def test_in_the_moderators_room_every_command_is_answered(scene, text, answer):
    await scene.says(MO, text, OFFICE)
    assert scene.office == [answer]


async def test_what_is_no_command_is_answered_in_the_thread_that_it_was_written_in(scene):
    card = await scene.case()
    await scene.says(MO, "!foo", OFFICE, thread=card)
    (answer,) = [a for a in scene.last if isinstance(a, Send)]
    assert answer.thread == LabelRef(case_label(scene.cases[0].number))


@pytest.mark.parametrize(
    "text", ["!draupnir ban @x:y", "!mjolnir status", "!meowlnir help", "!on-call", "!", "well! done"]
)
async def test_but_for_what_another_bot_or_another_part_of_ours_answers(scene, text):
    await scene.says(MO, text, OFFICE)
    assert not {"refused.no_command", "refused.typo"} & {*scene.office}


@pytest.mark.parametrize("moderates", [False, True])
def test_no_word_of_another_bot_is_taken_for_a_slip_in_a_room(moderates):
    specs = [spec_of(kind) for commands in (RESOURCES, WELCOME) for kind in commands.types]
    names = {n for spec in specs for n in (spec.name, *spec.short, *chain.from_iterable(spec.also.values()))}
    unknown = {n for n in (*names, *RESOURCES.names, *WELCOME.names) if isinstance(COMMANDS.parse(f"!{n}"), Unknown)}
    assert {"helped", "talk", "más"} <= unknown
    asked = {n for n in unknown if stranger(Unknown(n, None), in_office=False, moderates=moderates) is not None}
    assert asked == set()


async def test_who_says_that_it_helped_hears_of_no_slip(scene):
    await scene.replies(ANA, "!helped 2", to=BEN)
    assert (scene.told(ANA), scene.decided) == ([], ())


async def test_under_a_tips_card_every_word_is_for_the_resources_bot(scene):
    tip = scene.wrote(MO, OFFICE)
    scene.store.tables.labels[BotName.MODERATION, card_label(3)] = tip
    await scene.says(MO, "!out", OFFICE, thread=tip)
    assert scene.office == []


async def test_a_member_who_mistypes_a_report_is_asked_in_private_and_the_room_sees_nothing(scene):
    await scene.replies(ANA, "!reprot", to=BEN)
    assert scene.told(ANA) == ["refused.typo"]
    assert [type(a) for a in scene.decided].count(Redact) == 1


@pytest.mark.parametrize("text", ["!mtue", "!foo", "!wow that is good"])
async def test_of_what_a_member_may_not_ask_for_nothing_is_said(scene, text):
    await scene.says(ANA, text)
    assert scene.last == []


async def test_an_order_under_an_alert_acts_on_nobody_and_says_why(scene):
    await scene.says(ANA, "I want to kill myself tonight")
    alert = scene.said_with("moderation.crisis.alert.immediate")
    await scene.says(MO, "!mute 2h", OFFICE, thread=alert)
    assert scene.office == ["refused.alert"]
    assert scene.state(ANA) is MembershipState.JOIN
    assert scene.level(ANA) is None


@pytest.mark.parametrize("text", ["!why I want to kill myself tonight", "!help I want to kill myself tonight"])
async def test_a_cry_behind_a_members_command_stays_for_whoever_comes_to_look(scene, text):
    await scene.replies(ANA, text, to=BEN)
    assert not [a for a in scene.all if isinstance(a, Redact)]
    (link,) = [p for s in scene.sent.values() for p in s.parts if getattr(p, "key", "") == "moderation.crisis.link"]
    said = next(event_id for (_, event_id), who in reversed(scene.authors.items()) if who == ANA)
    assert said in link.params["link"]


async def test_the_rota_can_be_asked_for_from_a_room_and_is_answered_in_the_moderators(scene):
    await scene.says(MO, "!on-call on")
    assert isinstance(scene.decided[0], Redact)
    assert scene.office == ["crisis.duty.on"]
    await scene.says(BEN, "!on-call on")
    assert isinstance(scene.decided[0], Redact)
    assert scene.told(BEN) == ["refused.not_moderator"]


async def test_what_was_said_long_ago_calls_people_and_asks_for_no_note(scene):
    await scene.says(ANA, "I want to kill myself tonight", sent_at=scene.now - timedelta(minutes=61))
    assert "crisis.late" in scene.office
    assert not [a for a in scene.last if isinstance(a, Schedule) and a.kind == WRITE]
    await scene.says(BEN, "I want to kill myself tonight", sent_at=scene.now - timedelta(minutes=59))
    assert [a for a in scene.last if isinstance(a, Schedule) and a.kind == WRITE]


@pytest.mark.parametrize(("text", "line"), [("!help mute", "help.mute"), ("!help !kick", "help.remove")])
async def test_one_line_of_the_help_can_be_asked_for_alone(scene, text, line):
    await scene.says(MO, text, OFFICE)
    assert scene.office == [line]
    await scene.says(ANA, text)
    assert scene.told(ANA) == ["help"], "what is for moderators is in no member's help"
    await scene.says(ANA, "!help report")
    assert scene.told(ANA) == ["help.report"]


@pytest.mark.parametrize("text", ["!help", "!help me please", "!help xyzzy"])
async def test_and_all_of_it_otherwise(scene, text):
    await scene.says(MO, text, OFFICE)
    assert scene.office == ["help.office"]


async def test_a_room_is_named_with_how_long_after_it(scene):
    await scene.says(MO, "!lock Harbour 2h", OFFICE)
    (lock,) = [each for (kind, _), each in scene.store.tables.records.items() if kind is RoomMeasure]
    assert (lock.room_id, lock.until - scene.now) == (HARBOUR, timedelta(hours=2))
    await scene.says(MO, "!slow Harbour off", OFFICE)
    assert scene.office == ["refused.which_room"]


@pytest.mark.parametrize("shown", ["a", "Eve", "p"])
def test_who_is_picked_from_the_list_can_be_published(shown):
    pill = f'<a href="https://matrix.to/#/@eve:evil.example">{shown}</a>'
    assert spelled_out(f"!publish {shown} spam", f"!publish {pill} spam") == "!publish @eve:evil.example spam"
