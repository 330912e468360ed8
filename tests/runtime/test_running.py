# SPDX-License-Identifier: Apache-2.0
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName
from bots.core.events import Message, Reaction, Redaction, Unreadable
from bots.core.rooms import MembershipState
from bots.core.runtime.ports import StoreAwayError
from bots.core.runtime.unreadable import with_reason
from bots.core.simulation.homeserver import session_id
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import NotReadyError, TransportError
from fakes.parrot import ME, ORGANISER, Parrot, World, settle


@pytest.fixture
async def world():
    """The parrot has come to the lobby, and nobody else has yet."""
    world = World()
    await world.apply()
    world.homeserver.invite(ORGANISER, world.lobby, ME)
    world.running_bot = world.running()
    await settle(world.running_bot)
    return world


async def test_an_invitation_by_the_organiser_is_accepted(world):
    assert ME in world.homeserver.rooms[world.lobby].joined()


async def test_an_invitation_by_anybody_else_is_not(world):
    room = world.homeserver.create_room("@anna:x")
    world.homeserver.invite("@anna:x", room, ME)
    await settle(world.running_bot)

    assert ME not in world.homeserver.rooms[room].joined()


async def test_a_message_is_answered_once_in_order_with_its_button(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(world.running_bot)

    assert world.said(world.lobby) == ["you said hi", "and that was that"]
    echo, second = (e for e in world.homeserver.timeline(world.lobby) if isinstance(e, Message) and e.sender == ME)
    assert second.reply_to == echo.event_id
    buttons = [e for e in world.homeserver.timeline(world.lobby) if isinstance(e, Reaction)]
    assert [(e.sender, e.target, e.key) for e in buttons] == [(ME, echo.event_id, "👍")]


class Slow:
    """A homeserver on which somebody taps, and the bot hears of it, before its own buttons are there."""

    def __init__(self, transport, taps):
        self._transport, self._taps = transport, taps

    def __getattr__(self, name):
        return getattr(self._transport, name)

    async def react(self, room_id, event_id, key, transaction_id):
        await self._taps(room_id, event_id)
        return await self._transport.react(room_id, event_id, key, transaction_id)


async def test_a_tap_that_comes_before_the_buttons_do_is_heard(world):
    async def taps(room_id, event_id):
        world.homeserver.react("@anna:x", room_id, event_id, "✅")
        await quick.loop.step(timeout_ms=0)

    quick = world.running(wrap_transport=lambda transport: Slow(transport, taps))
    await settle(quick)
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(quick)

    assert "you said ✅ on an echo" in world.said(world.lobby)


class Counting:
    """A store that counts how often its transactions are asked for a position."""

    def __init__(self, store):
        self._store = store
        self.asked = 0

    def transaction(self, bot, now):
        return self._counted(self._store.transaction(bot, now))

    def reading(self, bot, now):
        return self._counted(self._store.reading(bot, now))

    @asynccontextmanager
    async def _counted(self, opened):
        async with opened as transaction:
            position = transaction.position

            async def counted(name):
                self.asked += 1
                return await position(name)

            transaction.position = counted
            yield transaction


class Writes:
    """A store that counts the transactions which may write."""

    def __init__(self, store):
        self._store = store
        self.begun = 0

    def transaction(self, bot, now):
        self.begun += 1
        return self._store.transaction(bot, now)

    def reading(self, bot, now):
        return self._store.reading(bot, now)


async def test_a_bot_that_hears_but_itself_writes_nothing(world):
    running = world.running(wrap_store=Writes)
    world.homeserver.join("@anna:x", world.lobby)
    await settle(running)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await running.step()
    assert running.store.begun
    running.store.begun = 0
    batch = await running.loop.step(timeout_ms=0)

    assert batch.own
    assert running.store.begun == 0
    assert world.said(world.lobby) == ["you said hi", "and that was that"]


class Lazy:
    """A transport that knows a room only once it was asked to load it, as the real one."""

    def __init__(self, transport):
        self._transport = transport
        self._loaded = set()

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def room(self, room_id):
        return self._transport.room(room_id) if room_id in self._loaded else None

    async def load_rooms(self, room_ids):
        self._loaded |= room_ids


async def test_a_bot_in_many_rooms_asks_about_each_of_them_once(world):
    for _ in range(40):
        world.homeserver.invite(ORGANISER, world.homeserver.create_room(ORGANISER), ME)
    await settle(world.running_bot)
    counting = Counting(world.store)
    again = world.running(wrap_store=lambda _: counting, wrap_transport=Lazy)
    await settle(again)
    counting.asked = 0
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(again)

    assert "you said hi" in world.said(world.lobby)
    assert counting.asked < 10


async def test_a_newcomer_is_greeted_in_a_private_encrypted_chat(world):
    world.homeserver.join("@anna:x", world.lobby)
    await settle(world.running_bot)

    (chat,) = [room for room in world.homeserver.rooms.values() if room.room_id != world.lobby]
    assert chat.encrypted
    assert set(chat.members) == {ME, "@anna:x"}
    assert world.said(chat.room_id) == ["hello @anna:x"]


class NotBefore:
    """A homeserver on which nobody is given a key before they are in the room, as on a real one."""

    def __init__(self, transport):
        self._transport = transport

    def __getattr__(self, name):
        return getattr(self._transport, name)

    async def send(self, room_id, message, transaction_id):
        if self.room(room_id) is None or self.room(room_id).joined() == {ME}:
            raise NotReadyError("KITHROOM_NOT_READY", "nobody but bots is in the room", retryable=True)
        return await self._transport.send(room_id, message, transaction_id)


async def test_who_takes_an_hour_to_come_into_the_private_chat_is_greeted_at_once(world):
    running = world.running(wrap_transport=NotBefore)
    world.homeserver.join("@anna:x", world.lobby)
    await settle(running)
    (chat,) = [room for room in world.homeserver.rooms if room != world.lobby]
    for _ in range(20):
        world.clock.advance(180)
        await settle(running)
    assert world.said(chat) == []

    world.homeserver.join("@anna:x", chat)
    await settle(running)
    # A parrot greets whoever comes into any room.
    assert world.said(chat) == ["hello @anna:x", "hello @anna:x"]


async def test_who_joined_while_the_bot_was_away_is_greeted_when_it_comes_back(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "anybody there?")
    await settle(world.running())

    assert world.said() == ["hello @anna:x", "you said anybody there?", "and that was that"]


async def test_who_was_there_before_the_bot_is_greeted_but_not_answered():
    world = World()
    await world.apply()
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "an old question")
    world.homeserver.join(ME, world.lobby)
    await settle(world.running())

    assert world.said() == ["hello @anna:x"]


async def test_who_joins_a_room_that_has_just_become_the_communitys_is_met_there():
    world = World()
    world.homeserver.join(ME, world.lobby)
    running = world.running()
    await settle(running)
    world.homeserver.say(ORGANISER, world.lobby, "is anybody there yet?")
    await settle(running)
    assert running._rooms.known(world.clock.now()) == ()
    # Whoever sets the community up writes its rooms down when everybody is in them: what was read a moment ago is old.
    await world.apply()
    world.homeserver.join("@anna:x", world.lobby)
    await running.step()

    assert [room.room_id for room in running._rooms.known(world.clock.now()) or ()] == [world.lobby]


async def test_a_failing_handler_stops_neither_the_others_nor_the_bot(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "boom")
    world.homeserver.say("@anna:x", world.lobby, "still there?")
    await settle(world.running_bot)

    assert world.said(world.lobby) == ["you said still there?", "and that was that"]
    assert world.running_bot.metrics.handler_errors._value.get() == 1


async def test_an_event_is_not_lost_because_the_database_was_away_while_it_was_decided_on(world):
    handler = world.bot.handlers[0]
    away = [StoreAwayError("full")]

    async def gather(event, reader):
        if away:
            raise away.pop()
        return await handler.gather(event, reader)

    world.bot = Parrot(handlers=(replace(handler, gather=gather),))
    running = world.running()
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    with pytest.raises(StoreAwayError):
        await settle(running)
    await settle(running)

    assert world.said(world.lobby) == ["you said hi", "and that was that"]


async def test_an_outcome_comes_home(world):
    world.homeserver.join("@anna:x", world.lobby)
    event_id = world.homeserver.say("@anna:x", world.lobby, "!gone")
    await settle(world.running_bot)

    assert [e.target for e in world.homeserver.timeline(world.lobby) if isinstance(e, Redaction)] == [event_id]
    assert world.said(world.lobby)[-1] == "outcome none"


async def test_an_invariant_stops_an_action_and_says_so(world):
    world.homeserver.say(ORGANISER, world.lobby, "!gone")
    await settle(world.running_bot)

    assert not [e for e in world.homeserver.timeline(world.lobby) if isinstance(e, Redaction)]
    assert world.said(world.lobby)[-1] == "outcome KITHROOM_REFUSED"


async def test_a_room_that_shows_nothing_for_a_moment_is_not_a_room_where_the_bot_is_not(world):
    running = world.running_bot
    running.transport.room = lambda _: None
    with pytest.raises(TransportError) as caught:
        await running.live.directory.view(world.lobby)
    assert caught.value.retryable

    world.homeserver.leave(ME, world.lobby)
    await running.transport.sync(None, timeout_ms=0)
    assert await running.live.directory.view(world.lobby) is None


async def test_a_tick_comes_when_it_is_due_and_not_before(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "!later")
    await settle(world.running_bot)
    world.clock.advance(timedelta(minutes=59))
    await settle(world.running_bot)
    assert "it is later" not in world.said(world.lobby)

    world.clock.advance(timedelta(minutes=2))
    await settle(world.running())

    assert world.said(world.lobby).count("it is later") == 1


async def test_a_message_whose_key_comes_late_is_answered_when_it_comes(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(world.running_bot)
    assert world.said(world.lobby) == []

    world.homeserver.give_key(world.lobby, "@anna:x", ME)
    await settle(world.running())

    assert world.said(world.lobby) == ["you said hi", "and that was that"]


class Stumbling(MemoryTransport):
    """Fails as often as told when it is asked for one event, or for a sync."""

    def __init__(self, *args):
        super().__init__(*args)
        self.events = self.syncs = 0

    async def retry(self, unreadable):
        self._stumble("events")
        return await super().retry(unreadable)

    async def sync(self, since, *, timeout_ms):
        self._stumble("syncs")
        return await super().sync(since, timeout_ms=timeout_ms)

    def _stumble(self, what):
        left = getattr(self, what)
        setattr(self, what, max(0, left - 1))
        if left:
            raise TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)


async def with_an_unread_message(world):
    """Anna has said something in the lobby, and its key is missing; the bot, and its homeserver that can stumble."""
    transport = Stumbling(world.homeserver, ME)
    running = world.running(wrap_transport=lambda _: transport)
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME)
    world.homeserver.say("@anna:x", world.lobby, "hi")
    await settle(running)
    return running, transport


async def patiently(running):
    """`settle`, with the sleep of a loop that has failed left out."""
    for _ in range(20):
        try:
            await settle(running)
        except TransportError:
            continue
        return


async def test_a_message_whose_key_came_while_the_homeserver_stumbled_is_answered_at_once(world):
    running, transport = await with_an_unread_message(world)

    world.homeserver.give_key(world.lobby, "@anna:x", ME)
    transport.syncs, transport.events = 5, 1
    await patiently(running)

    assert world.said(world.lobby) == ["you said hi", "and that was that"]


async def test_what_is_readable_is_not_told_as_unreadable_because_the_homeserver_stumbled(world):
    running, transport = await with_an_unread_message(world)

    # A night in which the machine slept.
    world.clock.advance(timedelta(hours=9))
    transport.events = 1
    await settle(running)
    assert world.said(world.lobby) == []
    await settle(running)

    assert world.said(world.lobby) == ["can't read"]


async def test_a_key_that_never_comes_is_told_of_once_for_all_its_messages(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME, "m.unverified")
    for text in ("one", "two", "three"):
        world.homeserver.say("@anna:x", world.lobby, text)
        await settle(world.running_bot)
        # Whoever goes on writing puts it off for nobody.
        world.clock.advance(timedelta(minutes=4))
    assert world.said(world.lobby) == []

    world.clock.advance(timedelta(minutes=4))
    await settle(world.running_bot)

    assert world.said(world.lobby) == ["can't read"]


async def test_why_a_key_was_kept_back_is_asked_when_moderators_are_told(world):
    event = Unreadable(
        room_id=world.lobby, event_id="$e", sender="@anna:x", sent_at=world.clock.now(), session_id="s", withheld="m.no"
    )
    transport = MemoryTransport(world.homeserver, ME)
    assert (await with_reason(transport, event)).withheld == "m.no"
    world.homeserver.withhold_key(world.lobby, "@anna:x", ME, "m.unverified")
    event = replace(event, session_id=session_id(world.lobby, "@anna:x"))
    assert (await with_reason(transport, event)).withheld == "m.unverified"


async def test_the_outbox_is_empty_when_all_is_done(world):
    world.homeserver.join("@anna:x", world.lobby)
    world.homeserver.say("@anna:x", world.lobby, "!gone")
    await settle(world.running_bot)

    assert world.store.tables.outbox == {}
    assert not [tick for (bot, _), tick in world.store.tables.ticks.items() if bot is BotName.WELCOME]


async def test_somebody_who_left_the_private_chat_is_invited_again(world):
    world.homeserver.join("@anna:x", world.lobby)
    await settle(world.running_bot)
    (chat,) = [room for room in world.homeserver.rooms if room != world.lobby]
    world.homeserver.leave("@anna:x", chat)
    world.homeserver.leave("@anna:x", world.lobby)
    world.homeserver.join("@anna:x", world.lobby)
    await settle(world.running_bot)

    assert world.homeserver.rooms[chat].members["@anna:x"].state is MembershipState.INVITE
    assert world.said(chat) == ["hello @anna:x", "hello @anna:x"]
