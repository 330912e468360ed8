# SPDX-License-Identifier: Apache-2.0
"""Members report; the moderators see a case with what was said, and nobody else sees anything."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import InRoom, Log, Quote, Send
from bots.moderation.cases.reporting import LIMITS
from bots.moderation.commands import BUTTONS
from bots.moderation.standing.unreadable import QUIET
from fakes.moderation_scene import ANA, BEN, BOT, HARBOUR, HEL, LANTERN, LEO, MIA, MO, OFFICE, Scene
from fakes.welcome_scene import COMMUNITY


@pytest.fixture
def scene():
    return Scene()


async def test_a_report_is_a_card_with_what_was_said_and_with_buttons(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said, remark="this scares me")
    (case,) = scene.cases
    card = scene.sent[scene.card(case.number)]
    assert card.place == InRoom(OFFICE)
    assert Quote(HARBOUR, said) in card.parts
    assert card.buttons == BUTTONS
    assert scene.office == ["case", "case.place", "case.remark", "history.none", "case.buttons"]
    assert scene.told(BEN) == ["report.thanks"]


async def test_whom_a_report_is_about_never_learns_of_it(scene):
    await scene.reports(BEN, ANA)
    assert ANA not in scene.told_anybody


async def test_a_flag_on_a_message_is_as_good_as_a_reply(scene):
    said = scene.wrote(ANA)
    await scene.taps(BEN, "🚩", said, HARBOUR)
    assert [each.target for each in scene.cases] == [ANA]
    assert scene.last[0].event_id != said, "the flag is taken away, not the message"


async def test_the_homeservers_own_button_is_as_good_and_takes_nothing_away(scene):
    await scene.presses_report(BEN, scene.wrote(ANA))
    assert [each.target for each in scene.cases] == [ANA]
    assert not [a for a in scene.last if type(a).__name__ == "Redact"]


async def test_several_reports_of_one_message_are_one_case(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    await scene.presses_report(HEL, said)
    (case,) = scene.cases
    assert case.reports == 2
    assert scene.office == ["case.again"]


async def test_nobody_reports_the_same_message_twice(scene):
    said = scene.wrote(ANA)
    for _ in range(2):
        await scene.reports(BEN, ANA, event_id=said)
    (case,) = scene.cases
    assert case.reports == 1
    assert scene.told(BEN) == ["report.again"]


async def test_a_report_opens_a_case_that_was_closed(scene):
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    await scene.taps(MO, "✅", scene.card(1))
    assert scene.office == ["case.closed"]
    assert not scene.cases[0].open
    await scene.reports(HEL, ANA, event_id=said)
    assert scene.cases[0].open


@pytest.mark.parametrize(("within", "most"), LIMITS)
async def test_a_flood_of_reports_is_held(scene, within, most):
    apart = within / (most + 1)
    for _ in range(most):
        scene.now += apart
        await scene.reports(BEN, ANA)
    before = len(scene.cases)
    await scene.reports(BEN, ANA)
    assert len(scene.cases) == before
    assert scene.told(BEN) == ["report.often"]


async def test_who_flags_several_adverts_one_after_the_other_is_heard(scene):
    for _ in range(3):
        await scene.reports(BEN, ANA)
        assert scene.told(BEN) == ["report.thanks"]
    assert len(scene.cases) == 3


async def test_a_report_that_points_at_nothing_is_explained(scene):
    await scene.says(BEN, "!report he is rude", HARBOUR)
    assert scene.told(BEN) == ["report.which"]
    assert scene.cases == []


async def test_a_report_of_a_bot_or_of_what_nobody_knows_is_answered(scene):
    await scene.reports(BEN, BOT)
    assert scene.told(BEN) == ["report.unknown"]
    await scene.says(BEN, "!report", HARBOUR, reply_to="$gone")
    assert scene.told(BEN) == ["report.unknown"]


async def test_without_a_moderators_room_a_report_is_kept_and_shown_when_there_is_one(scene):
    office = scene.views.pop(OFFICE)
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said, remark="this scares me")
    await scene.presses_report(HEL, said)
    assert scene.told(HEL) == ["report.kept"]
    await scene.waits(hours=1)
    assert scene.office == []

    scene.views[OFFICE] = office
    await scene.waits(minutes=10)
    assert scene.office == [
        *("case", "case.place", "case.remark", "case.again", "case.late", "history.none", "case.buttons")
    ]
    assert "this scares me" not in repr(scene.store.tables.records)
    await scene.waits(hours=1)
    assert scene.office == [], "once"


async def test_what_is_added_to_a_case_that_nobody_saw_yet_is_shown_with_it(scene):
    office = scene.views.pop(OFFICE)
    said = scene.wrote(ANA)
    await scene.reports(BEN, ANA, event_id=said)
    scene.now += timedelta(minutes=1)
    await scene.reports(HEL, ANA, event_id=said, remark="it is a scam")
    scene.views[OFFICE] = office
    await scene.waits(minutes=10)
    assert scene.office.count("case") == 1
    remarks = [p.params for a in scene.last if isinstance(a, Send) for p in a.parts if getattr(p, "params", None)]
    assert {"remark": "it is a scam"} in remarks


async def test_a_card_that_could_not_be_sent_is_tried_again(scene):
    scene.broken[Send, OFFICE] = "M_FORBIDDEN"
    await scene.reports(BEN, ANA)
    assert not scene.cases[0].shown
    scene.broken.clear()
    await scene.waits(minutes=10)
    assert "case" in scene.office
    assert scene.cases[0].shown


async def test_a_case_is_closed_by_a_moderator_only(scene):
    card = await scene.case()
    await scene.says(BEN, "!close", OFFICE, thread=card)
    assert scene.cases[0].open
    await scene.says(MO, "!close", OFFICE)
    assert scene.office == ["refused.which_case"]
    await scene.says(MO, "!close #7", OFFICE)
    assert scene.office == ["refused.unknown"]
    await scene.says(MO, "!close #1", OFFICE)
    assert not scene.cases[0].open


async def test_what_is_done_about_a_case_is_said_in_its_thread(scene):
    card = await scene.case()
    await scene.taps(MO, "🔇", card)
    (done,) = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert done.thread.label == "case:1"
    await scene.says(MO, "undo", OFFICE, thread=card)
    (undone,) = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert undone.thread.label == "case:1"
    assert scene.level(ANA) is None


async def test_undo_in_a_case_leaves_decisions_outside_of_it_alone(scene):
    await scene.replies(MO, "!mute 5h", to=ANA)
    card = await scene.case()
    await scene.says(MIA, "undo", OFFICE, thread=card)
    assert scene.office == ["refused.nothing"]
    assert scene.level(ANA) == -1


async def test_many_reports_about_one_person_are_told_of_themselves_once(scene):
    for who in (BEN, HEL, MIA, LEO):
        await scene.reports(who, ANA)
        assert "case.flood" not in scene.office
    await scene.reports(MO, ANA)
    assert scene.office[-1] == "case.flood"
    await scene.reports("@cy:kith.test", ANA)
    assert "case.flood" not in scene.office


async def test_reports_about_different_people_are_no_flood(scene):
    for who in (HEL, MIA, LEO, MO, BEN):
        await scene.reports(who, ANA if who in (HEL, MIA) else "@cy:kith.test")
        scene.now += timedelta(minutes=25)
    assert "case.flood" not in [p.key for send in scene.sent.values() for p in send.parts if hasattr(p, "key")]


async def test_who_reported_is_told_to_nobody(scene):
    await scene.reports(BEN, ANA, remark="no")
    to_office = [a for a in scene.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert to_office
    assert BEN not in repr(to_office)


async def test_where_the_organiser_wants_it_moderators_see_who_reported(scene):
    scene = Scene(community=replace(COMMUNITY, show_reporters=True))
    await scene.reports(BEN, ANA)
    assert "case.reporter" in scene.office
    await scene.tells(HEL, "it goes on", HARBOUR, scene.cases[0].event_id)
    assert scene.office == ["case.again", "case.remark", "case.reporter"]
    assert ANA not in scene.told_anybody


async def test_a_report_is_in_the_audit_log_without_words(scene):
    await scene.reports(BEN, ANA, remark="a secret remark")
    (line,) = scene.audits
    assert (line.kind, line.actor, line.target, line.case) == ("report", BEN, ANA, 1)
    assert "secret" not in repr(scene.audits)
    assert "secret" not in repr(scene.store.tables.records)


@pytest.mark.parametrize(
    ("withheld", "cause"),
    [(None, "unknown"), ("m.unverified", "unverified"), ("m.no_olm", "no_olm"), ("of.somebody", "unknown")],
)
async def test_what_cannot_be_read_is_told_with_its_reason_and_held_against_nobody(scene, withheld, cause):
    await scene.is_unreadable(ANA, withheld=withheld)
    (said,) = [a for a in scene.last if isinstance(a, Send)]
    assert said.place == InRoom(OFFICE)
    assert said.parts[1].params["cause"].key == f"moderation.unreadable.{cause}"
    assert scene.deeds == []


async def test_moderators_hear_once_a_day_of_a_room_where_a_cry_for_help_may_go_unheard(scene):
    await scene.is_unreadable(ANA)
    assert scene.office == ["unreadable.room", "unreadable"]
    for _ in range(4):
        await scene.is_unreadable(ANA)
        assert scene.office == []
    await scene.is_unreadable(BEN)
    assert scene.office == []
    await scene.is_unreadable(BEN, LANTERN)
    assert scene.office == ["unreadable.room", "unreadable"]
    scene.now += QUIET
    await scene.is_unreadable(ANA)
    (said,) = [a for a in scene.last if isinstance(a, Send)]
    assert said.parts[0].params["room"] == "Harbour"
    assert said.parts[1].params["count"] == 5


async def test_who_keeps_the_key_back_is_told_of_even_where_the_room_was(scene):
    await scene.is_unreadable(ANA)
    await scene.is_unreadable(BEN, withheld="m.blacklisted")
    assert scene.office == ["unreadable"]
    await scene.is_unreadable(BEN, withheld="m.blacklisted")
    assert scene.office == []


async def test_without_a_moderators_room_the_log_says_that_the_crisis_watch_is_blind(scene):
    del scene.views[OFFICE]
    await scene.is_unreadable(ANA)
    assert [a.sentence for a in scene.last if isinstance(a, Log) and a.alarm] == ["the crisis watch is blind in a room"]


async def test_somebody_who_is_reported_as_a_whole_is_a_case_without_a_message(scene):
    await scene.presses_report_of_a_person(BEN, ANA)
    (case,) = scene.cases
    assert (case.target, case.event_id, case.room_id) == (ANA, None, None)
    assert scene.office == ["case.person", "case.remark", "history.none", "case.buttons"]
    assert scene.told(BEN) == ["report.thanks"]
    assert ANA not in scene.told_anybody
    await scene.presses_report_of_a_person(HEL, ANA)
    assert len(scene.cases) == 1
    await scene.says(MO, "mute 1h", OFFICE, thread=scene.card(case.number))
    assert scene.level(ANA) == -1


async def test_a_report_of_or_by_somebody_from_elsewhere_is_not_ours(scene):
    await scene.presses_report_of_a_person(BEN, "@stranger:kith.test")
    await scene.presses_report_of_a_person("@stranger:kith.test", ANA)
    assert scene.cases == []


async def test_what_was_reported_through_a_night_is_no_flood_when_the_bot_comes_to_read_it(scene):
    for minutes in (50, 40, 30, 20):
        at = scene.now - timedelta(minutes=minutes)
        await scene.says(BEN, "!report", reply_to=scene.wrote(ANA), sent_at=at)
        assert scene.told(BEN) == ["report.thanks"]
    assert len(scene.cases) == 4
