# SPDX-License-Identifier: Apache-2.0
"""Things that come at the same time, or before the bot has finished with what came before."""

from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.core.events import Message
from bots.core.rooms import MembershipState
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import NotReadyError
from bots.welcome.records import Conversation
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, BOTS
from welcome.test_welcome_running import Place


class NotBefore(MemoryTransport):
    """A homeserver on which nobody is given a key before they are in the room, as on a real one."""

    async def send(self, room_id, message, transaction_id):
        if self.room(room_id) is None or self.room(room_id).joined() <= BOTS:
            raise NotReadyError("KITHROOM_NOT_READY", "nobody but bots is in the room", retryable=True)
        return await super().send(room_id, message, transaction_id)


@pytest.fixture
async def place():
    place = Place(transport=NotBefore)
    await place.opens()
    return place


async def conversation(place):
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        return await transaction.get(Conversation, ANA)


async def test_an_answer_that_becomes_readable_just_when_it_is_looked_at_again_counts_once(place):
    chat = await place.comes()
    place.homeserver.withhold_key(chat, ANA, BOT)
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    place.clock.advance(timedelta(minutes=16))
    place.homeserver.give_key(chat, ANA, BOT)
    transport, looked_again = place.running.transport, []
    retry = transport.retry

    async def retry_slowly(unreadable):
        message = await retry(unreadable)
        if not looked_again:
            looked_again.append(unreadable)
            await place.running.scheduler.step()
        return message

    transport.retry = retry_slowly
    await settle(place.running)

    known = await conversation(place)
    assert looked_again
    assert (known.adult, known.agreed) == (True, 0), "the same yes is no yes to the guidelines"


async def some_hours_pass(place):
    for _ in range(12):
        place.clock.advance(timedelta(minutes=20))
        await settle(place.running)


async def test_who_leaves_without_waiting_for_the_goodbye_is_left_alone_and_greeted_when_they_come_back(place):
    chat = await place.comes()
    await place.says(chat, "forget me")
    place.homeserver.say(ANA, chat, "yes")
    place.homeserver.leave(ANA, chat)
    place.homeserver.leave(ANA, place.lobby)
    await settle(place.running)
    assert BOT not in place.homeserver.rooms[chat].joined()
    assert place.store.tables.outbox == {}

    again = await place.comes()
    assert again != chat
    assert "I'm a bot" in place.said(again)


async def test_who_turns_the_private_chat_down_is_not_asked_into_it_again_and_again(place):
    place.homeserver.join(ANA, place.lobby)
    await settle(place.running)
    chat = await place.chat()
    place.homeserver.leave(ANA, chat)
    await some_hours_pass(place)
    assert place.homeserver.rooms[chat].members[ANA].state is MembershipState.LEAVE
    assert place.store.tables.outbox == {}

    place.homeserver.leave(ANA, place.lobby)
    await settle(place.running)
    assert await place.comes() == chat
    assert place.said(chat).count("I'm a bot") == 1
    assert "18 or older" in place.said(chat)


async def test_who_says_yes_twice_to_being_forgotten_stays_forgotten(place):
    chat = await place.comes()
    await place.says(chat, "forget me")
    place.homeserver.say(ANA, chat, "yes")
    place.homeserver.say(ANA, chat, "yes, I'm sure")
    await settle(place.running)

    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        assert await transaction.holdings(ANA) == []
    assert [room.room_id for room in place.homeserver.rooms.values() if ANA in room.joined()] == [place.lobby, chat]


async def test_a_second_yes_is_no_yes_to_what_nobody_has_seen_yet(place):
    chat = await place.comes()
    place.homeserver.say(ANA, chat, "yes")
    place.homeserver.say(ANA, chat, "yes, I am")
    await settle(place.running)
    known = await conversation(place)
    assert (known.adult, known.agreed) == (True, 0)

    assert "something about your health" in await place.says(chat, "yes")
    assert (await conversation(place)).agreed == 1


async def test_nobody_is_forgotten_before_they_were_asked_whether_they_mean_it(place):
    chat = await place.comes()
    place.homeserver.say(ANA, chat, "forget me")
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    assert "Shall I forget you?" in place.said(chat)
    assert await conversation(place) is not None

    await place.says(chat, "yes")
    assert await conversation(place) is None


async def test_who_answers_while_the_buttons_are_still_put_under_the_question_has_answered(place):
    chat = await place.comes()
    transport, answered = place.running.transport, []
    react = transport.react

    async def react_slowly(room_id, event_id, key, transaction_id):
        if not answered:
            answered.append(place.homeserver.say(ANA, chat, "yes"))
            await place.running.loop.step(timeout_ms=0)
        return await react(room_id, event_id, key, transaction_id)

    transport.react = react_slowly
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)

    assert answered
    assert (await conversation(place)).agreed == 1
    assert "something about your health" in place.said(chat)


async def test_a_poll_that_is_still_to_come_keeps_nobody_from_answering_in_words(place):
    chat = await place.comes()
    await place.says(chat, "polls")
    transport, answered = place.running.transport, []
    send = transport.send

    async def send_slowly(room_id, message, transaction_id):
        if message.choices and not answered:
            answered.append(place.homeserver.say(ANA, chat, "yes"))
            await place.running.loop.step(timeout_ms=0)
        return await send(room_id, message, transaction_id)

    transport.send = send_slowly
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)

    assert answered
    assert (await conversation(place)).agreed == 1


async def test_a_yes_that_comes_late_is_no_yes_to_a_question_that_was_asked_after_it(place):
    chat = await place.comes()
    place.clock.advance(timedelta(minutes=1))
    place.homeserver.withhold_key(chat, ANA, BOT)
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    place.clock.advance(timedelta(minutes=1))
    asked = next(e for e in place.homeserver.timeline(chat) if isinstance(e, Message) and "Tap ✅" in e.text)
    place.homeserver.react(ANA, chat, asked.event_id, "✅")
    await settle(place.running)
    place.homeserver.give_key(chat, ANA, BOT)
    await settle(place.running)
    known = await conversation(place)
    assert (known.adult, known.agreed, known.heard) == (True, 0, True)

    await place.says(chat, "yes")
    assert (await conversation(place)).agreed == 1


async def test_a_yes_whose_key_came_late_counts_for_the_question_that_still_stands(place):
    chat = await place.comes()
    place.clock.advance(timedelta(minutes=1))
    place.homeserver.withhold_key(chat, ANA, BOT)
    place.homeserver.say(ANA, chat, "yes")
    await settle(place.running)
    place.clock.advance(timedelta(minutes=20))
    await settle(place.running)
    assert "I can't read" in place.said(chat)

    place.homeserver.give_key(chat, ANA, BOT)
    await settle(place.running)
    assert (await conversation(place)).adult
