# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest

from bots.core.actions import (
    BotName,
    Edit,
    EventRef,
    InPrivateChat,
    InRoom,
    Invite,
    LabelRef,
    Quote,
    Redact,
    Remove,
    Send,
    TakeBack,
    Words,
)
from bots.core.events import Message, Redaction
from bots.core.records import CommunityRoom
from bots.core.rooms import MembershipState, PowerLevels, RoomRole
from bots.core.runtime.effects import DryRun, Recording
from bots.core.runtime.live import LONGEST_WAIT
from bots.core.transport import NotReadyError, TransportError
from fakes.parrot import BOTS, ME, ORGANISER, World

HELLO = (Words("test.second"),)
REFUSED, NO_CHAT = "KITHROOM_REFUSED", "KITHROOM_NO_PRIVATE_CHAT"


@pytest.fixture
async def world():
    """The parrot is in the lobby with Anna and Mo, and in the moderators' room with Mo."""
    world = World()
    await world.apply()
    world.moderators = world.homeserver.create_room(
        ORGANISER, join_rule="public", power_levels=PowerLevels(users={ME: 60, "@mo:x": 50})
    )
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.remember(CommunityRoom(room_id=world.moderators, role=RoomRole.MODERATORS))
    for user, room in (
        (ME, world.lobby),
        ("@anna:x", world.lobby),
        (ME, world.moderators),
        ("@mo:x", world.moderators),
    ):
        world.homeserver.join(user, room)
    world.live = world.running().live
    return world


def last(world, room_id):
    return [event for event in world.homeserver.timeline(room_id) if isinstance(event, Message)][-1]


async def refused(world, action):
    with pytest.raises(TransportError) as raised:
        await world.live.carry_out(action, "t")
    return raised.value.errcode


async def test_a_quote_says_in_the_moderators_room_what_the_event_says_now(world):
    event = world.homeserver.say("@anna:x", world.lobby, "first")
    world.homeserver.say("@anna:x", world.lobby, "<b>second</b>", replaces=event)
    send = Send(why="t", place=InRoom(world.moderators), parts=(*HELLO, Quote(world.lobby, event)))
    await world.live.carry_out(send, "t")

    said = last(world, world.moderators)
    assert said.text == "and that was that\n\n> <b>second</b>\n\nedited"
    assert "<blockquote>&lt;b&gt;second&lt;/b&gt;</blockquote>" in said.formatted


async def test_a_quote_of_what_is_gone_says_so(world):
    event = world.homeserver.say("@anna:x", world.lobby, "nasty")
    world.homeserver.redact("@anna:x", world.lobby, event)
    await world.live.carry_out(Send(why="t", place=InRoom(world.moderators), parts=(Quote(world.lobby, event),)), "t")

    assert last(world, world.moderators).text == "gone"


async def test_what_is_to_be_quoted_is_taken_out_after_it_was_or_when_that_takes_too_long(world):
    said = world.homeserver.say("@anna:x", world.lobby, "buy my cure")
    redact = Redact(why="t", room_id=world.lobby, event_id=said, sender="@anna:x", after="case:1")
    for _ in range(LONGEST_WAIT):
        assert await refused(world, redact) == "KITHROOM_NOT_QUOTED"
    assert await world.live.transport.event(world.lobby, said) is not None
    await world.live.carry_out(redact, "t")
    assert await world.live.transport.event(world.lobby, said) is None

    said = world.homeserver.say("@anna:x", world.lobby, "buy my cure")
    assert await refused(world, replace(redact, event_id=said)) == "KITHROOM_NOT_QUOTED"
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.set_label("case:1", "$card")
    await world.live.carry_out(replace(redact, event_id=said), "another")
    assert await world.live.transport.event(world.lobby, said) is None


async def test_what_another_bot_is_to_say_before_is_waited_for_as_well(world):
    said = world.homeserver.say("@anna:x", world.lobby, "buy my cure")
    redact = Redact(
        why="t", room_id=world.lobby, event_id=said, sender="@anna:x", after="given", after_voice=BotName.RESOURCES
    )
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.set_label("given", "$one")
    assert await refused(world, redact) == "KITHROOM_NOT_QUOTED"
    async with world.store.transaction(BotName.RESOURCES, world.clock.now()) as transaction:
        await transaction.set_label("given", "$other")
    await world.live.carry_out(redact, "t")
    assert await world.live.transport.event(world.lobby, said) is None


async def test_nobody_is_quoted_in_the_lobby(world):
    event = world.homeserver.say("@anna:x", world.lobby, "hi")
    quote = Send(why="t", place=InRoom(world.lobby), parts=(Quote(world.lobby, event),))

    assert await refused(world, quote) == REFUSED


async def test_another_bot_does_not_speak_in_private_chats_nor_opens_one(world):
    world.live.voice = BotName.MODERATION

    assert await refused(world, Send(why="t", place=InPrivateChat("@anna:x", open=True), parts=HELLO)) == REFUSED
    assert set(world.homeserver.rooms) == {world.lobby, world.moderators}


async def test_without_a_private_chat_nothing_is_said_unless_it_may_be_opened(world):
    assert await refused(world, Send(why="t", place=InPrivateChat("@anna:x"), parts=HELLO)) == NO_CHAT

    await world.live.carry_out(Send(why="t", place=InPrivateChat("@anna:x", open=True), parts=HELLO), "t1")
    await world.live.carry_out(Send(why="t", place=InPrivateChat("@anna:x"), parts=HELLO), "t2")

    (chat,) = set(world.homeserver.rooms) - {world.lobby, world.moderators}
    assert world.said(chat) == ["and that was that"] * 2


async def test_who_left_the_private_chat_is_left_alone(world):
    await world.live.carry_out(Send(why="t", place=InPrivateChat("@anna:x", open=True), parts=HELLO), "t1")
    (chat,) = set(world.homeserver.rooms) - {world.lobby, world.moderators}
    world.homeserver.leave("@anna:x", chat)

    assert await refused(world, Send(why="t", place=InPrivateChat("@anna:x"), parts=HELLO)) == NO_CHAT


async def test_who_is_invited_to_a_chat_of_which_a_sync_told_the_first_half_is_not_invited_twice(world):
    say = Send(why="t", place=InPrivateChat("@anna:x", open=True), parts=HELLO)
    await world.live.carry_out(say, "t1")
    (chat,) = set(world.homeserver.rooms) - {world.lobby, world.moderators}
    room = world.homeserver.rooms[chat]
    members = {user: member for user, member in room.members.items() if user != "@anna:x"}
    world.homeserver.rooms[chat] = replace(room, members=members)

    await world.live.carry_out(say, "t2")

    assert world.homeserver.rooms[chat].members.keys() == {ME}
    assert world.said(chat) == ["and that was that"] * 2


async def test_an_event_of_somebody_else_is_not_redacted(world):
    event = world.homeserver.say("@anna:x", world.lobby, "hi")

    assert await refused(world, Redact(why="t", room_id=world.lobby, event_id=event, sender="@mo:x")) == REFUSED
    assert await refused(world, Redact(why="t", room_id=world.lobby, event_id="$no", sender="@mo:x")) == "M_NOT_FOUND"


@pytest.mark.parametrize("user", sorted(BOTS | {ORGANISER}))
async def test_neither_bots_nor_the_organiser_are_removed(world, user):
    assert await refused(world, Remove(why="t", room_id=world.lobby, user=user)) == REFUSED


async def test_what_is_so_already_is_done(world):
    await world.live.carry_out(Invite(why="t", room_id=world.lobby, user="@anna:x"), "t1")
    await world.live.carry_out(Remove(why="t", room_id=world.lobby, user="@carl:x"), "t2")

    assert world.homeserver.rooms[world.lobby].members["@anna:x"].state is MembershipState.JOIN


async def test_who_knocks_is_removed_as_who_is_invited_is(world):
    room = world.homeserver.create_room(ORGANISER, join_rule="knock", power_levels=PowerLevels(users={ME: 60}))
    world.homeserver.invite(ORGANISER, room, ME)
    world.homeserver.join(ME, room)
    world.homeserver.knock("@carl:x", room)
    await world.live.carry_out(Remove(why="t", room_id=room, user="@carl:x"), "t")

    assert world.homeserver.rooms[room].members["@carl:x"].state is MembershipState.LEAVE


async def test_a_reference_to_a_label_that_was_never_sent_is_left_out(world):
    send = Send(why="t", place=InRoom(world.lobby), parts=HELLO, reply_to=LabelRef("never"), thread=EventRef("$1"))
    await world.live.carry_out(send, "t")

    said = last(world, world.lobby)
    assert said.reply_to is None
    assert said.thread == "$1"


async def test_a_bot_changes_what_it_said_and_nothing_that_anybody_else_said(world):
    said = await world.live.carry_out(Send(why="t", place=InRoom(world.lobby), parts=(Words("test.later"),)), "t1")
    edit = Edit(why="t", room_id=world.lobby, target=EventRef(said), parts=HELLO)
    assert await world.live.carry_out(edit, "t2") == await world.live.carry_out(edit, "t2")
    assert (await world.live.transport.event(world.lobby, said)).text == "and that was that"
    assert len(world.said(world.lobby)) == 2

    theirs = world.homeserver.say("@anna:x", world.lobby, "hi")
    assert await refused(world, Edit(why="t", room_id=world.lobby, target=EventRef(theirs), parts=HELLO)) == REFUSED


async def test_a_bot_takes_back_what_it_said_and_nothing_that_anybody_else_said(world):
    said = await world.live.carry_out(Send(why="t", place=InRoom(world.lobby), parts=HELLO), "t1")
    back = TakeBack(why="t", room_id=world.lobby, target=EventRef(said))
    await world.live.carry_out(back, "t2")
    await world.live.carry_out(back, "t2")
    assert await world.live.transport.event(world.lobby, said) is None
    assert sum(isinstance(event, Redaction) for event in world.homeserver.timeline(world.lobby)) == 1

    theirs = world.homeserver.say("@anna:x", world.lobby, "hi")
    assert await refused(world, replace(back, target=EventRef(theirs))) == REFUSED
    await world.live.carry_out(replace(back, target=LabelRef("never")), "t3")


async def test_an_edit_quotes_nobody_in_the_lobby(world):
    said = await world.live.carry_out(Send(why="t", place=InRoom(world.lobby), parts=HELLO), "t1")
    event = world.homeserver.say("@anna:x", world.lobby, "hi")
    edit = Edit(why="t", room_id=world.lobby, target=EventRef(said), parts=(Quote(world.lobby, event),))

    assert await refused(world, edit) == REFUSED


@pytest.mark.parametrize("target", [LabelRef("never"), EventRef("$no")])
async def test_what_was_never_said_can_not_be_changed(world, target):
    assert await refused(world, Edit(why="t", room_id=world.lobby, target=target, parts=HELLO)) == "M_NOT_FOUND"


async def test_a_thread_that_is_in_another_room_is_left_out(world):
    """The moderators' room was upgraded: the case's card is in the old one."""
    async with world.store.transaction(BotName.WELCOME, world.clock.now()) as transaction:
        await transaction.set_label("case:1", world.homeserver.say(ME, world.moderators, "the card"))
    for room_id in (world.moderators, world.lobby):
        await world.live.carry_out(
            Send(why="t", place=InRoom(room_id), parts=HELLO, thread=LabelRef("case:1")), room_id
        )
    assert last(world, world.moderators).thread is not None
    assert last(world, world.lobby).thread is None


async def test_what_a_sync_has_shown_to_be_sent_is_not_sent_again(world):
    event = world.homeserver.say(ME, world.lobby, "before the crash")
    world.live.already_sent["t"] = event

    assert await world.live.carry_out(Send(why="t", place=InRoom(world.lobby), parts=HELLO), "t") == event
    assert world.said(world.lobby) == ["before the crash"]


async def test_what_nobody_could_read_is_not_said(world):
    world.homeserver.without_devices.add("@anna:x")

    with pytest.raises(NotReadyError):
        await world.live.carry_out(Send(why="t", place=InPrivateChat("@anna:x", open=True), parts=HELLO), "t")
    assert world.said() == []


async def test_a_dry_run_touches_nothing_and_succeeds(world):
    before = len(world.homeserver.stream)

    assert await DryRun(BotName.WELCOME).carry_out(Send(why="t", place=InRoom(world.lobby), parts=HELLO), "t")
    assert len(world.homeserver.stream) == before


async def test_a_recording_keeps_what_was_asked_for_and_tells_what_failed(world):
    failed = []
    recording = Recording(world.live, lambda action, error: failed.append(error.errcode))
    remove = Remove(why="t", room_id=world.lobby, user=ME)
    with pytest.raises(TransportError):
        await recording.carry_out(remove, "t")

    assert recording.actions == [remove]
    assert failed == ["KITHROOM_REFUSED"]
    assert await Recording().carry_out(Send(why="t", place=InRoom("!a"), parts=HELLO), "t") == "$recorded-t"


async def test_while_the_homeserver_is_away_no_time_is_counted_in_which_something_could_have_been_quoted(world):
    said = world.homeserver.say("@anna:x", world.lobby, "buy my cure")
    redact = Redact(why="t", room_id=world.lobby, event_id=said, sender="@anna:x", after="case:1")
    for _ in range(LONGEST_WAIT):
        assert await refused(world, redact) == "KITHROOM_NOT_QUOTED"
    world.live.homeserver_is_back()
    assert await refused(world, redact) == "KITHROOM_NOT_QUOTED"
    assert await world.live.transport.event(world.lobby, said) is not None
