# SPDX-License-Identifier: Apache-2.0
"""Moderators give orders in a room, in their own room, and under a case, in words or by a tap."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Ban, InRoom, Invite, Redact, Remove, SetPower, Unban
from bots.core.events import Membership
from bots.core.rooms import Member, MembershipState
from bots.moderation.commands import BUTTONS, COMMANDS
from fakes.moderation_scene import (
    ANA,
    BEN,
    BOT,
    HARBOUR,
    HEL,
    LANTERN,
    LEO,
    LOBBY,
    MIA,
    MO,
    OFFICE,
    ORGANISER,
    RESOURCES,
    WELCOME,
    Scene,
)

JOIN, LEAVE, INVITE, BAN = (
    MembershipState.JOIN,
    MembershipState.LEAVE,
    MembershipState.INVITE,
    MembershipState.BAN,
)


@pytest.fixture
def scene():
    return Scene()


@pytest.mark.parametrize("command", ["!note be kind", "!mute", "!remove", "!ban", "!undo", "!report", "!unban"])
async def test_a_command_is_taken_out_of_the_room_before_anything_else(scene, command):
    await scene.replies(MO, command, to=ANA)
    first = scene.last[0]
    assert isinstance(first, Redact)
    assert first.sender == MO


async def test_an_organisers_command_is_taken_away_too(scene):
    await scene.replies(ORGANISER, "!mute", to=ANA)
    assert scene.level(ANA) == -1
    assert scene.last[0].asked_by_sender


async def test_a_mute_is_done_told_to_the_member_and_to_the_moderators(scene):
    await scene.replies(MO, "!mute 2h please rest a little", to=ANA)
    assert scene.deeds == [("SetPower", ANA, HARBOUR)]
    assert scene.level(ANA) == -1
    assert scene.told(ANA) == ["tell.mute.until"]
    assert scene.office == ["done.mute.until"]
    (tick,) = scene.ticks
    assert tick.due_at == scene.now + timedelta(hours=2)


async def test_in_the_members_rooms_the_bot_says_nothing(scene):
    for command in ("!note hm", "!warn hm", "!mute", "!unmute", "!remove", "!ban", "!unban", "!undo", "!report"):
        await scene.replies(MO, command, to=ANA)
        await scene.replies(ANA, command, to=BEN)
    assert not [a for a in scene.all if getattr(a, "place", None) in (InRoom(HARBOUR), InRoom(LOBBY))]


async def test_a_mute_ends_when_it_should_and_is_told(scene):
    await scene.replies(MO, "!mute 30m", to=ANA)
    await scene.waits(minutes=29)
    assert scene.level(ANA) == -1
    await scene.waits(minutes=2)
    assert scene.level(ANA) is None
    assert scene.told(ANA) == ["tell.over"]
    assert scene.office == ["over.mute"]
    assert scene.audits[-1].kind == "expire"


async def test_a_mute_gives_back_the_level_that_was_there(scene):
    await scene.replies(MO, "!mute 1h", to=HEL)
    assert scene.level(HEL) == -1
    await scene.waits(hours=2)
    assert scene.level(HEL) == 10


async def test_a_longer_mute_takes_the_place_of_a_shorter_one(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    await scene.waits(minutes=1)
    await scene.replies(MIA, "!mute 5h", to=ANA)
    await scene.waits(hours=2)
    assert scene.level(ANA) == -1
    await scene.waits(hours=4)
    assert scene.level(ANA) is None


async def test_taking_back_the_longer_mute_leaves_the_shorter_one_in_force(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    await scene.replies(MO, "!mute 5h", to=ANA)
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.level(ANA) == -1
    assert scene.office == ["undone.replaced"]
    assert scene.told(ANA) == ["tell.undo.before"]
    await scene.waits(hours=2)
    assert scene.level(ANA) is None


async def test_unmuting_ends_a_mute_and_taking_that_back_mutes_again(scene):
    await scene.replies(MO, "!mute 5h", to=ANA)
    await scene.replies(MO, "!unmute", to=ANA)
    assert scene.level(ANA) is None
    assert scene.told(ANA) == ["tell.unmute"]
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.level(ANA) == -1
    assert scene.told(ANA) == ["tell.undo.before"]
    await scene.waits(hours=6)
    assert scene.level(ANA) is None


async def test_what_an_organiser_set_by_hand_meanwhile_stays(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    scene.gives_power(ANA, 20, HARBOUR)
    await scene.waits(hours=2)
    assert scene.level(ANA) == 20


async def test_who_has_become_a_moderator_meanwhile_is_left_alone(scene):
    await scene.replies(MO, "!ban 1h", to=ANA)
    scene.gives_power(ANA, 50, HARBOUR)
    await scene.waits(hours=2)
    assert scene.state(ANA) is BAN


async def test_a_ban_takes_them_out_and_its_end_invites_them_again(scene):
    await scene.replies(MO, "!ban 7d selling cures", to=ANA)
    assert scene.state(ANA) is BAN
    assert scene.told(ANA) == ["tell.ban.until"]
    await scene.waits(days=8)
    assert scene.state(ANA) is INVITE
    assert scene.told(ANA) == ["tell.over"]


async def test_lifting_a_ban_invites_who_was_in_the_room_and_nobody_else(scene):
    await scene.replies(MO, "!ban", to=ANA)
    await scene.says(MO, f"!unban {ANA}", HARBOUR)
    assert scene.state(ANA) is INVITE
    await scene.leaves(BEN)
    await scene.replies(MO, "!ban", to=BEN)
    await scene.says(MO, f"!unban {BEN}", HARBOUR)
    assert scene.state(BEN) is LEAVE


async def test_removing_is_no_ban_and_taking_it_back_invites(scene):
    await scene.replies(MO, "!kick please read the guidelines", to=ANA)
    assert scene.state(ANA) is LEAVE
    assert scene.told(ANA) == ["tell.remove"]
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.state(ANA) is INVITE
    assert scene.office == ["undone.remove"]
    assert scene.told(ANA) == ["tell.undo"]


async def test_an_invitation_that_does_not_arrive_is_told_to_the_moderators(scene):
    await scene.replies(MO, "!remove", to=ANA)
    scene.broken[Invite] = "M_INVITE_BLOCKED"
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.office == ["could_not.undo", "failed.no_invitations"]
    assert scene.told(ANA) == []


@pytest.mark.parametrize("command", ["note", "warn"])
async def test_a_note_or_a_warning_is_only_said_in_private(scene, command):
    await scene.replies(MO, f"!{command} please sell nothing here", to=ANA)
    assert scene.deeds == []
    assert scene.told(ANA) == [f"tell.{command}"]
    assert scene.office == [f"done.{command}"]
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.told(ANA) == ["tell.undo"]
    assert scene.office == [f"undone.{command}"]


@pytest.mark.parametrize("command", ["!note", "!warn", "!mute", "!unmute", "!remove", "!ban", "!unban", "!undo"])
async def test_a_member_who_gives_orders_is_told_in_private_and_nothing_happens(scene, command):
    await scene.replies(ANA, command, to=BEN)
    assert scene.deeds == []
    assert scene.decisions == []
    assert scene.told(ANA) == ["refused.not_moderator"]
    assert scene.office == []


@pytest.mark.parametrize("who", [MO, MIA, ORGANISER])
@pytest.mark.parametrize("command", ["!warn", "!mute", "!remove", "!ban"])
async def test_nobody_acts_on_a_peer_or_on_an_organiser(scene, who, command):
    await scene.replies(MO, command, to=who)
    assert scene.deeds == []
    assert scene.office == ["refused.self" if who == MO else "refused.rank"]


@pytest.mark.parametrize("who", [BOT, WELCOME, RESOURCES])
async def test_nobody_acts_on_a_bot(scene, who):
    await scene.says(MO, f"!ban {who}", HARBOUR)
    assert scene.deeds == []
    assert scene.office == ["refused.bot"]


async def test_who_moderates_one_room_moderates_no_other(scene):
    await scene.replies(LEO, "!mute", to=ANA, room_id=LANTERN)
    assert scene.level(ANA, LANTERN) == -1
    await scene.replies(LEO, "!mute", to=ANA, room_id=HARBOUR)
    assert scene.level(ANA, HARBOUR) is None
    assert scene.told(LEO) == ["refused.not_moderator"]


async def test_everywhere_means_the_rooms_in_which_the_one_who_asks_moderates(scene):
    await scene.replies(MO, "!ban everywhere", to=ANA)
    assert {room for _, _, room in scene.deeds} == {LOBBY, HARBOUR, LANTERN}
    await scene.replies(LEO, "!mute everywhere", to=BEN, room_id=LANTERN)
    assert scene.deeds == [("SetPower", BEN, LANTERN)]


async def test_one_order_in_many_rooms_is_told_once_and_its_end_too(scene):
    await scene.replies(MO, "!mute 1h everywhere", to=ANA)
    assert scene.told(ANA) == ["tell.mute.until"]
    assert scene.office == ["many.going"]
    await scene.waits(hours=2)
    assert scene.told(ANA) == ["tell.over"]
    assert [scene.level(ANA, room) for room in (LOBBY, HARBOUR, LANTERN)] == [None] * 3


async def test_taking_back_one_order_takes_it_back_in_all_its_rooms_and_is_told_once(scene):
    await scene.replies(MO, "!mute everywhere", to=ANA)
    await scene.says(MO, "!undo", OFFICE)
    assert [scene.level(ANA, room) for room in (LOBBY, HARBOUR, LANTERN)] == [None] * 3
    assert scene.told(ANA) == ["tell.undo"]


async def test_the_first_room_in_which_it_works_tells_the_member(scene):
    scene.broken[SetPower, LOBBY] = "M_UNKNOWN"
    await scene.says(MO, f"!mute {ANA} everywhere", OFFICE)
    assert scene.told(ANA) == ["tell.mute.until"]
    assert [scene.level(ANA, room) for room in (LOBBY, HARBOUR, LANTERN)] == [None, -1, -1]


async def test_a_name_in_the_moderators_room_means_wherever_they_are(scene):
    await scene.leaves(ANA, LANTERN)
    await scene.says(MO, f"!remove {ANA}", OFFICE)
    assert {room for _, _, room in scene.deeds} == {LOBBY, HARBOUR}


async def test_without_a_name_or_a_reply_the_bot_asks_who_is_meant(scene):
    await scene.says(MO, "!mute 2h", HARBOUR)
    assert scene.office == ["refused.who"]
    await scene.says(MO, "!mute 2h", OFFICE)
    assert scene.office == ["refused.who"]


async def test_a_mention_is_as_good_as_a_reply_but_two_are_none(scene):
    await scene.says(MO, "!note hello", HARBOUR, mentions=frozenset({ANA}))
    assert scene.told(ANA) == ["tell.note"]
    await scene.says(MO, "!note hello", HARBOUR, mentions=frozenset({ANA, BEN}))
    assert scene.office == ["refused.who"]


async def test_undo_alone_takes_back_ones_own_last_decision(scene):
    await scene.replies(MO, "!mute", to=ANA)
    await scene.replies(MIA, "!mute", to=BEN)
    await scene.says(MO, "!undo", HARBOUR)
    assert scene.level(ANA) is None
    assert scene.level(BEN) == -1


async def test_undo_with_nothing_in_force_says_so(scene):
    await scene.says(MO, "!undo", HARBOUR)
    assert scene.office == ["refused.nothing_of_yours"]
    await scene.replies(MO, "!unmute", to=ANA)
    assert scene.office == ["refused.nothing"]


async def test_the_later_decision_is_taken_back_first(scene):
    await scene.replies(MO, "!remove", to=ANA)
    first = scene.decisions[0].number
    await scene.joins(ANA)
    await scene.replies(MO, "!ban", to=ANA)
    await scene.says(MO, f"!undo #{first}", OFFICE)
    assert scene.office == ["refused.later"]
    assert scene.state(ANA) is BAN


async def test_a_number_that_is_none_and_one_about_somebody_else_do_nothing(scene):
    await scene.says(MO, "!mute #99", OFFICE)
    assert scene.office == ["refused.unknown"]
    await scene.replies(MO, "!mute", to=ANA)
    number = scene.decisions[0].number
    await scene.says(MO, f"!undo #{number} {BEN}", OFFICE)
    assert scene.office == ["refused.mismatch"]
    assert scene.level(ANA) == -1


async def test_a_decision_has_a_number_that_no_case_has(scene):
    await scene.case()
    await scene.replies(MO, "!mute", to=ANA)
    await scene.case(target=BEN, by=ANA)
    numbers = [each.number for each in (*scene.cases, *scene.decisions)]
    assert len(set(numbers)) == len(numbers)


async def test_one_tap_on_the_line_that_tells_of_it_takes_it_back(scene):
    await scene.replies(MO, "!mute", to=ANA)
    line = scene.said_with("moderation.done.mute.until")
    assert scene.sent[line].buttons == ("↩️",)
    await scene.taps(MIA, "↩️", line)
    assert scene.level(ANA) is None


async def test_the_word_alone_under_that_line_is_enough(scene):
    await scene.replies(MO, "!ban", to=ANA)
    line = scene.said_with("moderation.done.ban")
    await scene.says(MIA, "undo", OFFICE, reply_to=line)
    assert scene.state(ANA) is INVITE


@pytest.mark.parametrize(("tap", "deed"), [("🔇", "SetPower"), ("👋", "Remove"), ("📝", None), ("⚠️", None)])
async def test_a_button_of_a_case_acts_in_the_room_of_the_case(scene, tap, deed):
    card = await scene.case(room_id=LANTERN)
    await scene.taps(MO, tap, card)
    assert scene.deeds == ([(deed, ANA, LANTERN)] if deed else [])
    assert len(scene.told(ANA)) == 1


async def test_every_button_has_a_word_that_does_the_same(scene):
    kinds = [COMMANDS.by_reaction(button) for button in BUTTONS]
    assert None not in kinds
    for button, kind in zip(BUTTONS, kinds, strict=True):
        tapped, written = Scene(), Scene()
        await tapped.taps(MO, button, await tapped.case())
        name = kind.__name__.lower()
        await written.says(MO, name, OFFICE, thread=await written.case())
        assert [type(a) for a in tapped.last if a.why != "moderation.tap"] == [type(a) for a in written.last], name
        assert tapped.deeds == written.deeds


async def test_a_sentence_in_a_case_that_begins_like_a_command_is_talk(scene):
    card = await scene.case()
    await scene.says(MO, "good morning", OFFICE)
    for talk in ("ban would be too much I think", "note to self", "remove what?", "help", "close call!"):
        await scene.says(MO, talk, OFFICE, thread=card)
        assert scene.last == []


async def test_a_slip_of_the_finger_is_taken_away_and_asked_about(scene):
    await scene.replies(MO, "!mtue 2h", to=ANA)
    assert isinstance(scene.last[0], Redact)
    assert scene.office == ["refused.typo"]
    assert scene.deeds == []


@pytest.mark.parametrize(
    "other", ["!find insulin", "!helplines de", "!helpline", "!appeal #3 please", "!topics", "!ok"]
)
async def test_what_is_for_another_bot_is_left_alone(scene, other):
    await scene.says(MO, other, HARBOUR)
    await scene.says(ANA, other, HARBOUR)
    assert scene.all == []


async def test_words_that_may_not_be_theirs_are_no_command(scene):
    await scene.replies(MO, "!ban", to=ANA, authentic=False)
    assert scene.all == []


async def test_a_moderator_who_was_demoted_is_none(scene):
    scene.gives_power(MO, 0)
    await scene.replies(MO, "!ban", to=ANA)
    assert scene.deeds == []


async def test_a_moderator_who_has_left_the_room_moderates_it_no_more(scene):
    await scene.leaves(MO)
    await scene.says(MO, f"!mute {ANA}", HARBOUR)
    assert scene.deeds == []


async def test_what_the_homeserver_refuses_is_said_and_is_not_in_force(scene):
    scene.broken[SetPower] = "M_FORBIDDEN"
    await scene.replies(MO, "!mute", to=ANA)
    assert scene.office == ["could_not.mute", "failed.no_power"]
    assert scene.told(ANA) == []
    assert scene.ticks == []
    assert not any(each.active for each in scene.decisions)


async def test_a_new_ban_that_fails_leaves_the_old_one_in_force(scene):
    await scene.replies(MO, "!ban 1d", to=ANA)
    scene.broken[Ban] = "M_UNKNOWN"
    await scene.replies(MO, "!ban 7d", to=ANA)
    assert scene.office == ["could_not.ban", "failed.other"]
    (active,) = [each for each in scene.decisions if each.active]
    await scene.waits(days=2)
    assert scene.state(ANA) is INVITE
    assert active.until is not None


async def test_an_end_that_fails_is_told_and_can_be_tried_again(scene):
    await scene.replies(MO, "!ban 1h", to=ANA)
    scene.broken[Unban] = "M_FORBIDDEN"
    await scene.waits(hours=2)
    assert scene.office == ["could_not.expiry", "failed.no_power"]
    scene.broken.clear()
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.state(ANA) is INVITE


async def test_an_undo_that_fails_leaves_everything_as_it_was(scene):
    await scene.replies(MO, "!mute 1h", to=ANA)
    scene.broken[SetPower] = "M_UNKNOWN"
    await scene.replies(MO, "!undo", to=ANA)
    assert scene.office == ["could_not.undo", "failed.other"]
    assert scene.told(ANA) == []
    scene.broken.clear()
    await scene.waits(hours=2)
    assert scene.level(ANA) is None
    assert scene.told(ANA) == ["tell.over"]


async def test_a_decision_taken_back_before_it_was_told_is_never_told(scene):
    scene.held = True
    await scene.replies(MO, "!mute", to=ANA)
    await scene.replies(MO, "!undo", to=ANA)
    scene.last = []
    await scene.hears_back()
    assert scene.told(ANA) == []
    assert scene.level(ANA) is None


async def test_somebody_with_no_private_chat_is_acted_on_and_the_moderators_know_they_were_not_told(scene):
    scene.without_chat.add(ANA)
    await scene.replies(MO, "!mute", to=ANA)
    assert scene.level(ANA) == -1
    assert "not_told" in scene.office


async def test_a_mute_does_not_end_by_leaving_and_coming_back(scene):
    await scene.replies(MO, "!mute", to=ANA)
    scene.gives_power(ANA, None, HARBOUR)
    await scene.leaves(ANA)
    await scene.joins(ANA)
    assert scene.level(ANA) == -1
    await scene.joins(BEN)
    assert scene.deeds == []


async def test_who_has_left_before_they_could_be_removed_is_said_to_be_gone(scene):
    await scene.leaves(ANA)
    await scene.replies(MO, "!remove", to=ANA)
    assert scene.office == ["refused.gone"]
    scene.broken[Remove] = "M_NOT_FOUND"
    await scene.replies(MO, "!remove", to=BEN)
    assert scene.office == ["could_not.remove", "failed.gone"]


async def test_the_reason_waits_only_until_it_is_told(scene):
    await scene.replies(MO, "!mute because of this", to=ANA)
    await scene.replies(MO, "!warn because of that", to=BEN)
    assert [each.reason for each in scene.decisions] == [None, None]


async def test_every_order_and_every_end_is_in_the_audit_log_without_words(scene):
    await scene.replies(MO, "!mute 1h a secret reason", to=ANA)
    await scene.replies(MO, "!undo", to=ANA)
    await scene.replies(MO, "!ban 1h", to=BEN)
    await scene.waits(hours=2)
    assert [(each.kind, each.actor, each.target) for each in scene.audits] == [
        ("mute", MO, ANA),
        ("undo", MO, ANA),
        ("ban", MO, BEN),
        ("expire", BOT, BEN),
    ]
    assert "secret" not in repr(scene.audits)


async def test_help_is_told_in_private_and_in_the_room_only_where_there_is_no_chat(scene):
    await scene.says(ANA, "!help", HARBOUR)
    assert scene.told(ANA) == ["help"]
    scene.without_chat.add(BEN)
    asked = await scene.says(BEN, "!help", HARBOUR)
    assert [a.place for a in asked.last if a.why == "moderation.help"][-1] == InRoom(HARBOUR)
    await scene.says(MO, "!help", OFFICE)
    assert scene.office == ["help.office"]


@pytest.mark.parametrize(("by", "heard"), [(BOT, []), (WELCOME, []), (LEO, ["others.banned"])])
async def test_a_ban_that_we_did_ourselves_is_not_told_as_that_of_others(scene, by, heard):
    ban = {**scene._base(HARBOUR, by), "user": ANA, "now": BAN, "previous": JOIN}
    await scene.happens(Membership(**ban))
    assert scene.office == heard


@pytest.mark.parametrize("room_id", [HARBOUR, OFFICE])
async def test_a_ban_that_somebody_else_made_is_told_and_left_as_it_is(scene, room_id):
    harbour = scene.views[HARBOUR]
    scene.views[HARBOUR] = replace(harbour, members={**harbour.members, ANA: Member(MembershipState.BAN)})
    await scene.says(MO, f"!unban {ANA}", room_id)
    assert scene.office == ["refused.not_my_ban"]
    assert scene.state(ANA) is MembershipState.BAN
