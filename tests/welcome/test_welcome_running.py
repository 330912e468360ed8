# SPDX-License-Identifier: Apache-2.0
"""The welcome bot in the real runtime, on a homeserver in memory."""

import json
from dataclasses import replace

import pytest

from bots.core.actions import BotName, Remove
from bots.core.events import Message
from bots.core.language import Catalogue, shipped_words
from bots.core.records import CommunityRoom, PrivateChat
from bots.core.rooms import MembershipState, PowerLevels, RoomRole
from bots.core.runtime.payload import from_json
from bots.core.runtime.run import Running
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.store import MemoryStore
from bots.core.simulation.transport import MemoryTransport
from bots.moderation.records import Case
from bots.welcome.bot import make_bot
from bots.welcome.records import Conversation
from bots.welcome.wording import sign_asked
from fakes.clock import FakeClock
from fakes.ears import by_plain_words
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, BOTS, COMMUNITY, ORGANISER

CATALOGUE = Catalogue.load(shipped_words(), ["en"])


class Place:
    """A lobby and two condition rooms, with the bot in them."""

    def __init__(self, community=COMMUNITY, transport=MemoryTransport):
        self.clock, self.store = FakeClock(), MemoryStore()
        self.community, self.transport = community, transport
        self.homeserver = MemoryHomeserver(self.clock.now)
        levels = PowerLevels(users={BOT: 25}, invite=25)
        self.lobby = self.homeserver.create_room(ORGANISER, join_rule="public", power_levels=levels)
        self.rooms = {
            id_: self.homeserver.create_room(ORGANISER, power_levels=levels) for id_ in ("epilepsy", "coeliac")
        }
        self.running = self.start()

    def start(self, wrap_store=lambda store: store, wrap_transport=lambda transport: transport):
        return Running(
            bot=make_bot(self.community, by_plain_words),
            transport=wrap_transport(self.transport(self.homeserver, BOT)),
            store=wrap_store(self.store),
            community=self.community,
            catalogue=CATALOGUE,
            bots=BOTS,
            organiser=ORGANISER,
            clock=self.clock,
            random=lambda: 0.0,
        )

    async def opens(self):
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            await transaction.remember(CommunityRoom(room_id=self.lobby, role=RoomRole.LOBBY))
            for id_, room_id in self.rooms.items():
                await transaction.remember(CommunityRoom(room_id=room_id, role=RoomRole.CONDITION, condition=id_))
        for room_id in (self.lobby, *self.rooms.values()):
            self.homeserver.invite(ORGANISER, room_id, BOT)
        await settle(self.running)

    async def restarts(self):
        self.running = self.start()
        await settle(self.running)

    async def chat(self, user=ANA):
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            chat = await transaction.get(PrivateChat, user)
        return chat.room_id

    async def comes(self, user=ANA):
        self.homeserver.join(user, self.lobby)
        await settle(self.running)
        chat = await self.chat(user)
        self.homeserver.join(user, chat)
        await settle(self.running)
        return chat

    async def agrees(self, chat, user=ANA):
        for _ in range(2):
            await self.says(chat, "yes", user)
        return await self.says(chat, "yes", user)

    async def reads(self, chat, user=ANA):
        """Writes the word that the bot asked for."""
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            conversation = await transaction.get(Conversation, user)
        return await self.says(chat, sign_asked(conversation.round), user)

    async def says(self, chat, text, user=ANA):
        before = len(self.homeserver.stream)
        self.homeserver.say(user, chat, text)
        await settle(self.running)
        return self.said(since=before)

    def said(self, room_id=None, since=0):
        events = [entry.event for entry in self.homeserver.stream[since:]]
        return "\n".join(
            e.text for e in events if isinstance(e, Message) and e.sender == BOT and room_id in (None, e.room_id)
        )


@pytest.fixture
async def place():
    place = Place()
    await place.opens()
    return place


async def test_from_the_lobby_to_the_room_over_restarts(place):
    chat = await place.comes()
    assert "I'm a bot" in place.said(chat)
    await place.restarts()
    assert "guidelines" in await place.says(chat, "yes")
    await place.restarts()
    assert "something about your health" in await place.says(chat, "yes")
    await place.restarts()
    assert "What brings you here?" in await place.says(chat, "yes")
    await place.restarts()
    assert "A small check" in await place.says(chat, "celiac")
    await place.restarts()
    assert "Meadow" not in place.said()
    assert "Meadow" in await place.reads(chat)
    assert place.rooms["coeliac"] in invited(place, ANA)
    assert place.rooms["epilepsy"] not in invited(place, ANA)
    await place.says(chat, "skip")
    await place.says(chat, "yes")
    assert place.said(place.rooms["coeliac"]) == ""
    place.homeserver.join(ANA, place.rooms["coeliac"])
    await settle(place.running)
    assert "Somebody new is here" in place.said(place.rooms["coeliac"])
    assert place.said(place.lobby) == ""


async def test_a_tap_on_the_button_under_the_question_is_an_answer(place):
    chat = await place.comes()
    asked = next(e for e in place.homeserver.timeline(chat) if isinstance(e, Message) and "Tap ✅" in e.text)
    before = len(place.homeserver.stream)
    place.homeserver.react(ANA, chat, asked.event_id, "✅")
    await settle(place.running)
    assert "These are our guidelines" in place.said(since=before)


async def test_who_was_banned_from_the_room_is_told_in_private_that_it_did_not_work(place):
    place.homeserver.ban(ORGANISER, place.rooms["epilepsy"], ANA)
    chat = await place.comes()
    await place.agrees(chat)
    await place.says(chat, "epilepsy")
    assert "I could not invite you" in await place.reads(chat)


async def test_who_leaves_the_chat_and_comes_to_the_lobby_again_goes_on_there(place):
    chat = await place.comes()
    await place.agrees(chat)
    place.homeserver.leave(ANA, chat)
    place.homeserver.leave(ANA, place.lobby)
    await settle(place.running)
    before = len(place.homeserver.stream)
    again = await place.comes()
    assert "We go on where we stopped" in place.said(again, since=before)
    assert "What brings you here?" in place.said(again, since=before)


async def test_who_writes_first_is_answered_in_the_bots_own_chat(place):
    theirs = place.homeserver.create_room(ANA)
    place.homeserver.invite(ANA, theirs, BOT)
    await settle(place.running)
    chat = await place.chat()
    assert chat != theirs
    assert "I'm a bot" in place.said(chat)
    assert BOT not in place.homeserver.rooms[theirs].joined()


async def test_forget_me_says_goodbye_erases_and_makes_a_stranger_again(place):
    chat = await place.comes()
    assert "Shall I forget you?" in await place.says(chat, "!privacy erase")
    assert "This is your receipt" in await place.says(chat, "yes")
    assert BOT not in place.homeserver.rooms[chat].joined()
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert await transaction.get(Conversation, ANA) is None
    place.homeserver.leave(ANA, place.lobby)
    await settle(place.running)
    before = len(place.homeserver.stream)
    assert await place.comes() != chat
    assert "I'm a bot" in place.said(since=before)


async def test_leave_takes_somebody_out_of_every_room_and_forgets_them(place):
    chat = await place.comes()
    place.homeserver.invite(BOT, place.rooms["coeliac"], ANA)
    place.homeserver.join(ANA, place.rooms["coeliac"])
    place.homeserver.invite(BOT, place.rooms["epilepsy"], ANA)
    await settle(place.running)

    assert "out of every room" in await place.says(chat, "leave")
    assert "Then nothing changes" in await place.says(chat, "no")
    await place.says(chat, "!leave")
    goodbye = await place.says(chat, "yes")

    assert "• your Matrix name, locked away" in goodbye
    assert "What no bot can erase" in goodbye
    assert BOT not in place.homeserver.rooms[chat].joined()
    # The welcome bot has no power to take anybody out: the moderation bot does it, without a reason.
    theirs = [
        from_json(row.payload) for (bot, _), row in place.store.tables.outbox.items() if bot is BotName.MODERATION
    ]
    assert {(type(action), action.room_id, action.user) for action in theirs} == {
        (Remove, room_id, ANA) for room_id in (place.lobby, *place.rooms.values())
    }
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert await transaction.holdings(ANA) == []


async def test_who_helps_to_run_a_room_is_told_to_leave_it_by_hand(place):
    chat = await place.comes()
    room = place.homeserver.rooms[place.lobby]
    levels = replace(room.power_levels, users={**room.power_levels.users, ANA: 50})
    place.homeserver.rooms[place.lobby] = replace(room, power_levels=levels)
    await place.says(chat, "leave")

    assert '"Leave" in your app does' in await place.says(chat, "yes")
    assert not [bot for bot, _ in place.store.tables.outbox if bot is BotName.MODERATION]


async def test_a_copy_of_everything_comes_as_two_files_into_the_private_chat_only(place):
    chat = await place.comes()
    await place.says(chat, "!copy")

    files = place.homeserver.files
    assert set(files) == {(chat, "my-data.txt"), (chat, "my-data.json")}
    assert json.loads(files[chat, "my-data.json"])["conversation"]["rows"][0]["user"] == ANA
    assert "which room our private chat is" in files[chat, "my-data.txt"].decode()

    place.homeserver.files.clear()
    await place.says(chat, "!privacy export")
    assert len(place.homeserver.files) == 2

    place.homeserver.files.clear()
    place.homeserver._member(chat, "@eve:kith.test", ANA, MembershipState.JOIN)
    await place.says(chat, "copy")
    assert place.homeserver.files == {}, "somebody else is in the chat"


async def test_what_other_bots_keep_is_shown_too(place):
    chat = await place.comes()
    assert "moderators were asked" not in await place.says(chat, "my data")
    async with place.store.transaction(BotName.MODERATION, place.clock.now()) as transaction:
        case = Case(number=1, room_id="!r", event_id="$1", target=ANA, opened_at=place.clock.now())
        await transaction.remember(case)
    assert "moderators were asked to look at" in await place.says(chat, "privacy")


async def test_nothing_said_is_in_the_records(place):
    chat = await place.comes()
    await place.says(chat, "zebrafinch")
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert "zebrafinch" not in repr(await transaction.get(Conversation, ANA))


def invited(place, user):
    return [room_id for room_id, view in place.homeserver.rooms.items() if user in view.members]
