# SPDX-License-Identifier: Apache-2.0
"""A line of somebody's own leaves their private chat in one way only, however wrong a policy is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import BotName, Edit, EventRef, InPrivateChat, InRoom, OwnWords, Send, Words
from bots.core.events import Message
from bots.core.records import AgreedWords, CommunityRoom
from bots.core.rooms import Member, MembershipState, RoomRole, RoomView
from bots.core.runtime.invariants import Circumstances, refusal
from bots.core.runtime.own_words import Written
from bots.core.transport import TransportError
from fakes.actions_made_up import places, rooms, users
from fakes.parrot import ME, ORGANISER, World

ANNA, CHAT, ROOM = "@anna:x", "!chat", "!diabetes"
AT = datetime(2026, 3, 1, tzinfo=UTC)
events = st.sampled_from(["$line", "$other"])
lines = st.builds(OwnWords, users, events)
views = st.builds(
    RoomView,
    room_id=rooms,
    role=st.sampled_from(RoomRole),
    private_with=st.none() | users,
    encrypted=st.booleans(),
    members=st.dictionaries(users, st.builds(Member, st.sampled_from(MembershipState))),
)
messages = st.builds(
    Message,
    room_id=rooms,
    event_id=events,
    sender=users,
    sent_at=st.just(AT),
    text=st.text(max_size=5),
    encrypted=st.booleans(),
    authentic=st.booleans(),
)
known = st.builds(Written, chat=st.none() | views, message=st.none() | messages, agreed=st.none() | events)
sends = st.builds(Send, why=st.just("t"), place=places, parts=st.tuples(st.just(Words("a")), lines))
circumstances = st.builds(
    Circumstances,
    voice=st.sampled_from(BotName),
    me=st.just(ME),
    bots=st.just(frozenset({ME})),
    room=st.none() | views,
    written=known,
)


def may(send, at):
    """What must be so for a line to be said, put down once more in other words."""
    (line,) = (part for part in send.parts if isinstance(part, OwnWords))
    wrote, chat = at.written.message, at.written.chat
    theirs = (
        wrote is not None
        and chat is not None
        and (wrote.sender, wrote.event_id, wrote.room_id) == (line.user, line.event_id, chat.room_id)
        and (chat.role, chat.private_with) == (RoomRole.PRIVATE, line.user)
        and chat.encrypted
        and wrote.encrypted
        and wrote.authentic
    )
    if at.voice is not BotName.WELCOME:
        return False
    if isinstance(send.place, InPrivateChat):
        return send.place.user == line.user and (theirs or wrote is None)
    room = at.room
    inside = room is not None and line.user in room.members and room.members[line.user].state is MembershipState.JOIN
    fitting = inside and room.role is RoomRole.CONDITION and room.encrypted
    return theirs and fitting and at.written.agreed == line.event_id


@given(sends, circumstances)
def test_a_line_is_said_only_where_everything_says_so(send, at):
    assert (refusal(send, at) is None) is may(send, at)


ALLOWED = Circumstances(
    voice=BotName.WELCOME,
    me=ME,
    bots=frozenset({ME}),
    room=RoomView(room_id=ROOM, role=RoomRole.CONDITION, encrypted=True, members={ANNA: Member(MembershipState.JOIN)}),
    written=Written(
        chat=RoomView(room_id=CHAT, role=RoomRole.PRIVATE, private_with=ANNA, encrypted=True),
        message=Message(room_id=CHAT, event_id="$line", sender=ANNA, sent_at=AT, text="hi", encrypted=True),
        agreed="$line",
    ),
)
LINE = OwnWords(ANNA, "$line")
SAID = Send(why="t", place=InRoom(ROOM), parts=(Words("a"), LINE))


def but(**written):
    return replace(ALLOWED, written=replace(ALLOWED.written, **written))


WROTE, IN_CHAT = ALLOWED.written.message, ALLOWED.written.chat


@pytest.mark.parametrize(
    "at",
    [
        but(message=replace(WROTE, sender="@mo:x")),
        but(message=replace(WROTE, event_id="$other")),
        but(message=replace(WROTE, room_id="!lobby")),
        but(message=replace(WROTE, encrypted=False)),
        but(message=replace(WROTE, authentic=False)),
        but(message=None),
        but(chat=replace(IN_CHAT, private_with="@mo:x")),
        but(chat=replace(IN_CHAT, role=RoomRole.LOBBY)),
        but(chat=None),
        but(agreed=None),
        but(agreed="$other"),
        replace(ALLOWED, voice=BotName.MODERATION),
        replace(ALLOWED, room=None),
        replace(ALLOWED, room=replace(ALLOWED.room, role=RoomRole.LOBBY)),
        replace(ALLOWED, room=replace(ALLOWED.room, encrypted=False)),
        replace(ALLOWED, room=replace(ALLOWED.room, members={ANNA: Member(MembershipState.INVITE)})),
        replace(ALLOWED, room=replace(ALLOWED.room, members={ANNA: Member(MembershipState.LEAVE)})),
    ],
)
def test_each_of_the_conditions_is_one(at):
    assert refusal(SAID, ALLOWED) is None
    assert refusal(SAID, at) is not None


def test_two_lines_are_not_said_at_once():
    assert refusal(replace(SAID, parts=(LINE, LINE)), ALLOWED) is not None


def test_a_line_is_never_slipped_into_what_was_said_already():
    edit = Edit(why="t", room_id=ROOM, target=EventRef("$1"), parts=(Words("a"),))
    at = replace(ALLOWED, sender=ME)
    assert refusal(edit, at) is None
    assert refusal(replace(edit, parts=(Words("a"), LINE)), at) is not None


# As it is carried out.


@pytest.fixture
async def world():
    """Anna is in a condition's room, and has written a line to the parrot in their private chat."""
    world = World()
    await world.apply()
    world.homeserver.join(ME, world.lobby)
    world.room = world.homeserver.create_room(ORGANISER, join_rule="public")
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.remember(CommunityRoom(room_id=world.room, role=RoomRole.CONDITION, condition="ms"))
    for user in (ME, ANNA):
        world.homeserver.join(user, world.room)
    world.live = world.running().live
    hello = Send(why="t", place=InPrivateChat(ANNA, open=True), parts=(Words("test.second"),))
    await world.live.carry_out(hello, "t0")
    world.chat = await world.live.directory.private_chat(ANNA)
    world.homeserver.join(ANNA, world.chat)
    world.line = world.homeserver.say(ANNA, world.chat, "!ban @mo:x and <b>@room</b>")
    return world


async def agrees(world, line):
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.remember(AgreedWords(user=ANNA, room_id=world.room, event_id=line))


async def says(world, line, place=None):
    parts = (Words("test.second"), OwnWords(ANNA, line))
    await world.live.carry_out(Send(why="t", place=place or InRoom(world.room), parts=parts), "t1")


async def fails(world, line):
    with pytest.raises(TransportError) as raised:
        await says(world, line)
    assert world.said(world.room) == []
    return raised.value.errcode


async def test_the_room_hears_the_line_as_a_quotation_that_commands_nothing_and_pings_nobody(world):
    await agrees(world, world.line)
    await says(world, world.line)

    (said,) = (e for e in world.homeserver.timeline(world.room) if isinstance(e, Message))
    assert said.text == "and that was that\n\n> !ban @mo:x and <b>@\u2060room</b>"
    assert "&lt;b&gt;" in said.formatted
    assert not said.mentions
    assert not said.mentions_room


async def test_without_a_yes_to_this_line_in_this_room_nothing_is_said(world):
    assert await fails(world, world.line) == "KITHROOM_REFUSED"
    await agrees(world, world.homeserver.say(ANNA, world.chat, "another"))
    assert await fails(world, world.line) == "KITHROOM_REFUSED"


@pytest.mark.parametrize("after", ["edited", "redacted"])
async def test_a_line_that_was_changed_or_taken_back_after_the_yes_is_not_said(world, after):
    await agrees(world, world.line)
    if after == "edited":
        world.homeserver.say(ANNA, world.chat, "something else", replaces=world.line)
    else:
        world.homeserver.redact(ANNA, world.chat, world.line)

    assert await fails(world, world.line) == "KITHROOM_NOT_AS_WRITTEN"


async def test_a_line_of_anybody_else_in_the_chat_is_not_said_as_theirs(world):
    world.homeserver.invite(ME, world.chat, "@eve:x")
    world.homeserver.join("@eve:x", world.chat)
    line = world.homeserver.say("@eve:x", world.chat, "as if I were Anna")
    await agrees(world, line)

    assert await fails(world, line) == "KITHROOM_REFUSED"


async def test_what_was_said_in_a_room_is_no_line(world):
    line = world.homeserver.say(ANNA, world.room, "in the room")
    before = world.said(world.room)
    await agrees(world, line)
    with pytest.raises(TransportError):
        await says(world, line)

    assert world.said(world.room) == before


async def test_who_left_the_room_is_not_spoken_for_there(world):
    await agrees(world, world.line)
    world.homeserver.leave(ANNA, world.room)

    assert await fails(world, world.line) == "KITHROOM_REFUSED"


async def test_the_person_sees_it_beforehand_and_that_it_is_gone_when_it_is(world):
    await says(world, world.line, InPrivateChat(ANNA))
    assert world.said(world.chat)[-1].endswith("<b>@\u2060room</b>")

    world.homeserver.redact(ANNA, world.chat, world.line)
    await world.live.carry_out(Send(why="t", place=InPrivateChat(ANNA), parts=(OwnWords(ANNA, world.line),)), "t2")
    assert world.said(world.chat)[-1] == "gone"


async def test_nobody_else_sees_it_beforehand(world):
    hello = Send(why="t", place=InPrivateChat("@mo:x", open=True), parts=(Words("test.second"),))
    await world.live.carry_out(hello, "t3")
    with pytest.raises(TransportError):
        await says(world, world.line, InPrivateChat("@mo:x"))


async def test_it_is_not_slipped_into_an_edit(world):
    await agrees(world, world.line)
    said = await world.live.carry_out(Send(why="t", place=InRoom(world.room), parts=(Words("test.second"),)), "t4")
    edit = Edit(why="t", room_id=world.room, target=EventRef(said), parts=(OwnWords(ANNA, world.line),))
    with pytest.raises(TransportError) as raised:
        await world.live.carry_out(edit, "t5")

    assert raised.value.errcode == "KITHROOM_REFUSED"
