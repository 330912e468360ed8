# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import (
    Ban,
    BotName,
    InPrivateChat,
    InRoom,
    Invite,
    PutRule,
    Quote,
    Redact,
    Remove,
    Send,
    SetPower,
    SetTopic,
    ShareHistory,
    Words,
)
from bots.core.rooms import Member, MembershipState, PowerLevels, RoomRole, RoomView
from bots.core.rooms.authority import power
from bots.core.rooms.policies import About, Policy
from bots.core.runtime.invariants import Circumstances, refusal
from fakes.actions_made_up import (
    actions,
    doors,
    edits,
    histories,
    powers,
    redacts,
    rooms,
    rules,
    sends,
    takes_back,
    topics,
    users,
)

ME, OTHER_BOT = "@bot:x", "@other_bot:x"
BOTS = frozenset({ME, OTHER_BOT})

levels = st.integers(-10, 110)
views = st.builds(
    RoomView,
    room_id=rooms,
    role=st.sampled_from(RoomRole),
    version=st.sampled_from(["10", "11", "12"]),
    creators=st.frozensets(users, max_size=2),
    power_levels=st.none()
    | st.builds(PowerLevels, users=st.dictionaries(users, levels), users_default=levels, state_default=levels),
    members=st.dictionaries(users, st.builds(Member, st.sampled_from(MembershipState))),
    encrypted=st.booleans(),
    history_visibility=st.sampled_from(["invited", "joined", "shared", "world_readable"]),
)
circumstances = st.builds(
    Circumstances,
    voice=st.sampled_from(BotName),
    me=st.just(ME),
    bots=st.just(BOTS),
    room=st.none() | views,
    sender=st.none() | users,
    inviter=st.none() | users,
    shares=st.booleans(),
)


def against(action):
    """The person that an action stands against, if it stands against anyone."""
    match action:
        case Redact(asked_by_sender=True):
            return None
        case Remove(user=user) | Ban(user=user) | SetPower(user=user) | Redact(sender=user):
            return user
    return None


@given(actions, circumstances)
def test_nothing_is_ever_done_against_a_bot_or_somebody_of_equal_power(action, at):
    target = against(action)
    if target is not None and refusal(action, at) is None:
        assert target not in BOTS
        assert at.room is not None
        assert power(at.room, ME) > power(at.room, target)


@given(redacts, circumstances)
def test_an_event_of_somebody_else_than_named_is_never_redacted(action, at):
    assert action.sender == at.sender or refusal(action, at) is not None


@given(edits | takes_back, circumstances)
def test_nobodys_words_are_changed_or_taken_back_but_the_bots_own(action, at):
    assert at.sender == at.me or refusal(action, at) is not None


@given(sends | edits, circumstances)
def test_nobody_is_quoted_outside_the_encrypted_moderators_room(action, at):
    in_the_right_room = at.room is not None and at.room.role is RoomRole.MODERATORS and at.room.encrypted
    if any(isinstance(part, Quote) for part in action.parts) and not in_the_right_room:
        assert refusal(action, at) is not None


@given(sends, circumstances)
def test_only_the_welcome_bot_speaks_in_private_chats(action, at):
    if isinstance(action.place, InPrivateChat) and at.voice is not BotName.WELCOME:
        assert refusal(action, at) is not None


@given(powers, circumstances)
def test_no_bot_makes_anybody_its_peer(action, at):
    if refusal(action, at) is None:
        assert action.level is None or action.level < power(at.room, ME)


@pytest.fixture
def at():
    """A room where the moderation bot has 60, a moderator 50 and Anna nothing."""
    room = RoomView(
        room_id="!diabetes",
        role=RoomRole.CONDITION,
        version="12",
        creators=frozenset({"@organiser:x"}),
        power_levels=PowerLevels(users={ME: 60, "@mo:x": 50}),
        members={user: Member(MembershipState.JOIN) for user in (ME, "@mo:x", "@anna:x", "@organiser:x")},
        encrypted=True,
    )
    return Circumstances(voice=BotName.MODERATION, me=ME, bots=BOTS, room=room, sender="@anna:x")


@pytest.mark.parametrize(
    "action",
    [
        Remove(why="t", room_id="!diabetes", user="@anna:x"),
        Ban(why="t", room_id="!diabetes", user="@mo:x"),
        SetPower(why="t", room_id="!diabetes", user="@anna:x", level=-1),
        SetPower(why="t", room_id="!diabetes", user="@anna:x", level=None),
        Redact(why="t", room_id="!diabetes", event_id="$1", sender="@anna:x"),
        Invite(why="t", room_id="!diabetes", user="@anna:x"),
        Send(why="t", place=InRoom("!diabetes"), parts=(Words("a"),)),
    ],
)
def test_what_moderation_is_for_is_allowed(action, at):
    assert refusal(action, at) is None


@given(redacts, circumstances)
def test_no_bots_words_are_taken_away_at_anybodys_wish(action, at):
    assert action.sender not in BOTS or refusal(action, at) is not None


def test_an_organisers_own_command_is_taken_away_and_nothing_else_of_theirs(at):
    theirs = replace(at, sender="@organiser:x")
    redact = Redact(why="t", room_id="!diabetes", event_id="$1", sender="@organiser:x")

    assert refusal(redact, theirs) is not None
    assert refusal(replace(redact, asked_by_sender=True), theirs) is None


def test_the_organiser_is_above_every_bot(at):
    refused = refusal(Remove(why="t", room_id="!diabetes", user="@organiser:x"), at)

    assert refused == "a bot never acts on somebody whose power is equal to its own or more"


@given(histories, circumstances)
def test_a_rooms_past_goes_only_where_everything_says_so(action, at):
    room = at.room
    may = (
        at.shares
        and room is not None
        and room.role is RoomRole.CONDITION
        and room.encrypted
        and room.history_visibility in ("shared", "world_readable")
        and at.inviter == at.me
    )

    assert (refusal(action, at) is None) is may


def test_a_rooms_past_goes_to_somebody_whom_this_bot_invited():
    room = RoomView(room_id="!r", role=RoomRole.CONDITION, encrypted=True, history_visibility="shared")
    at = Circumstances(voice=BotName.WELCOME, me=ME, bots=BOTS, room=room, inviter=ME, shares=True)
    action = ShareHistory(why="x", room_id="!r", user="@anna:x", since=datetime(2026, 1, 1, tzinfo=UTC))

    assert refusal(action, at) is None
    assert "invitation" in (refusal(action, replace(at, inviter="@mo:x")) or "")
    assert "organiser" in (refusal(action, replace(at, shares=False)) or "")


@given(topics, circumstances)
def test_a_topic_holds_whole_sentences_and_stands_over_a_private_chat_only(action, at):
    room = at.room
    alone = room is not None and room.role is RoomRole.PRIVATE and room.private_with == action.user
    may = (
        alone
        and room.encrypted
        and room.joined() == {at.me, action.user}
        and not any(words.params for words in action.parts)
    )

    assert (refusal(action, at) is None) is may


def test_a_hint_to_the_person_whose_chat_it_is_is_allowed():
    members = {user: Member(MembershipState.JOIN) for user in (ME, "@anna:x")}
    room = RoomView(room_id="!c", role=RoomRole.PRIVATE, private_with="@anna:x", encrypted=True, members=members)
    at = Circumstances(voice=BotName.WELCOME, me=ME, bots=BOTS, room=room)
    hint = SetTopic(why="t", user="@anna:x", parts=(Words("a"),))

    assert refusal(hint, at) is None
    assert refusal(replace(hint, parts=(Words("a", {"who": "x"}),)), at) is not None
    assert refusal(replace(hint, user="@mo:x"), at) is not None


@given(doors, circumstances)
def test_no_room_but_the_lobby_is_ever_opened_to_anybody(action, at):
    lobby = at.room is not None and at.room.role is RoomRole.LOBBY
    assert (refusal(action, at) is None) is (lobby or not action.open)


@given(rules, circumstances)
def test_rules_are_written_on_our_own_list_and_nowhere_else(action, at):
    ours = at.room is not None and at.room.role is RoomRole.OWN_LIST
    assert ours or refusal(action, at) is not None
    assert not ours or isinstance(action, PutRule) or refusal(action, at) is None


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (Policy(About.USER, "@eve:evil.example", reason="spam"), True),
        (Policy(About.USER, "@eve:x", reason="spam"), True),
        (Policy(About.USER, "@eve:evil.example", reason="spam, and she is ill"), False),
        (Policy(About.USER, "@eve:evil.example"), False),
        (Policy(About.USER, OTHER_BOT, reason="spam"), False),
        (Policy(About.USER, ME, reason="spam").hidden(), False),
        (Policy(About.USER, "@*:x", reason="spam"), False),
        (Policy(About.SERVER, "X", reason="spam"), False),
        (Policy(About.SERVER, "*", reason="spam"), False),
        (Policy(About.SERVER, "evil.example", reason="spam"), True),
    ],
)
def test_a_public_rule_gives_one_of_a_few_words_and_names_none_of_us(policy, allowed):
    at = Circumstances(
        voice=BotName.MODERATION, me=ME, bots=BOTS, room=RoomView(room_id="!list", role=RoomRole.OWN_LIST)
    )
    assert (refusal(PutRule(why="l", room_id="!list", state_key="k", policy=policy), at) is None) is allowed
