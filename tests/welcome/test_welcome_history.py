# SPDX-License-Identifier: Apache-2.0
"""Who is given a room's past, in the real runtime, on a homeserver in memory."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName, InRoom, Send, Words
from bots.core.community import HistorySharing
from bots.core.events import Message
from bots.core.language import Catalogue, shipped_words
from bots.core.records import CommunityRoom
from bots.core.rooms import PowerLevels, RoomRole
from bots.core.runtime.run import Running
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.store import MemoryStore
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import TransportError
from bots.welcome.bot import make_bot
from bots.welcome.records import Conversation, Step
from fakes.clock import FakeClock
from fakes.ears import by_plain_words
from fakes.parrot import settle
from fakes.welcome_scene import ANA, BOT, BOTS, COMMUNITY, MODERATOR, ORGANISER

CATALOGUE = Catalogue.load(shipped_words(), ["en"])
MODERATION = "@moderation:kith.test"


@dataclass(frozen=True)
class OtherHand:
    """The moderation bot, as far as it is a hand of the welcome bot."""

    handlers: tuple = ()
    name: BotName = BotName.MODERATION
    display_name: str = "moderation.display_name"
    records: tuple = ()


class Giving(MemoryTransport):
    """Notes who has handed a past over."""

    def __init__(self, homeserver, user, givers):
        super().__init__(homeserver, user)
        self.givers = givers

    async def share_history(self, room_id, user, since):
        given = await super().share_history(room_id, user, since)
        self.givers += [self.user_id] * bool(given)
        return given


class Place:
    """A room that shares its history and one that keeps it, with the bot in both, and Ana, who has met the bot."""

    def __init__(self):
        self.clock, self.store, self.givers = FakeClock(), MemoryStore(), []
        self.homeserver = MemoryHomeserver(self.clock.now)
        self.community = replace(
            COMMUNITY,
            history_for=timedelta(days=7),
            conditions=tuple(
                replace(c, history=HistorySharing.ON) if c.id == "coeliac" else c for c in COMMUNITY.conditions
            ),
        )
        levels = PowerLevels(users={BOT: 25, MODERATION: 60, MODERATOR: 50}, invite=25)
        # The homeserver says of both that newcomers may read on: the organiser's word counts.
        self.rooms = {
            id_: self.homeserver.create_room(ORGANISER, power_levels=levels, history_visibility="shared")
            for id_ in ("coeliac", "epilepsy")
        }
        self.running = self.runs(make_bot(self.community, by_plain_words), BOT)
        # It decides nothing here, and does what the welcome bot asks it for.
        self.other_hand = self.runs(OtherHand(), MODERATION)

    def runs(self, bot, user):
        return Running(
            bot=bot,
            transport=Giving(self.homeserver, user, self.givers),
            store=self.store,
            community=self.community,
            catalogue=CATALOGUE,
            bots=BOTS,
            organiser=ORGANISER,
            clock=self.clock,
            random=lambda: 0.0,
        )

    async def settles(self):
        """Until neither bot has anything to do."""
        for _ in range(3):
            await settle(self.running)
            await settle(self.other_hand)

    async def opens(self):
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            for id_, room_id in self.rooms.items():
                await transaction.remember(CommunityRoom(room_id=room_id, role=RoomRole.CONDITION, condition=id_))
            await transaction.remember(Conversation(user=ANA, step=Step.DONE, asked_at=self.clock.now()))
        for room_id in self.rooms.values():
            self.homeserver.invite(ORGANISER, room_id, BOT)
            self.homeserver.invite(ORGANISER, room_id, MODERATION)
            self.homeserver.invite(ORGANISER, room_id, MODERATOR)
        await self.settles()
        for room_id in self.rooms.values():
            self.homeserver.join(MODERATOR, room_id)
        await settle(self.running)

    async def comes_in(self, condition, by):
        self.homeserver.invite(by, self.rooms[condition], ANA)
        self.homeserver.join(ANA, self.rooms[condition])
        await self.settles()

    @property
    def handed_over(self):
        return [(room_id, user) for room_id, user, _ in self.homeserver.handed_over]


@pytest.fixture
async def place():
    place = Place()
    await place.opens()
    return place


async def test_whom_the_bot_invited_is_given_the_last_days_when_they_come_in(place):
    await place.comes_in("coeliac", by=BOT)

    assert place.homeserver.handed_over == [(place.rooms["coeliac"], ANA, place.clock.now() - timedelta(days=7))]


async def test_a_room_that_keeps_its_history_gives_nothing_whatever_the_homeserver_says(place):
    await place.comes_in("epilepsy", by=BOT)

    assert place.handed_over == []


async def test_who_came_by_anothers_invitation_is_given_nothing(place):
    await place.comes_in("coeliac", by=MODERATOR)

    assert place.handed_over == []


async def test_whom_the_moderation_bot_had_to_invite_is_given_the_last_days_by_its_hand(place):
    await place.comes_in("coeliac", by=MODERATION)

    assert place.handed_over == [(place.rooms["coeliac"], ANA)]
    assert place.givers == [MODERATION]


async def test_an_invitation_that_is_kept_from_the_one_hand_brings_the_past_by_the_other(place, monkeypatch):
    async def blocked(*_):
        raise TransportError("M_INVITE_BLOCKED", "not from you")

    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        known = await transaction.get(Conversation, ANA)
        agreed = replace(known, adult=True, agreed=1, health=1, reads=True, heard=True)
        await transaction.remember(replace(agreed, chosen="coeliac"))
    chat = await has_a_chat(place)
    monkeypatch.setattr(place.running.transport, "invite", blocked)
    place.homeserver.say(ANA, chat, "again")
    await place.settles()
    assert place.handed_over == []
    place.clock.advance(timedelta(hours=1))
    await place.settles()

    assert "our moderation bot sent you one" in told(place, chat)[-1]
    assert place.givers == [MODERATION]
    place.homeserver.join(ANA, place.rooms["coeliac"])
    await place.settles()
    assert place.givers == [MODERATION, MODERATION]


async def test_who_left_is_given_nothing_until_the_bot_invites_them_again(place):
    await place.comes_in("coeliac", by=BOT)
    place.homeserver.leave(ANA, place.rooms["coeliac"])
    await place.comes_in("coeliac", by=MODERATOR)

    assert len(place.handed_over) == 1


async def test_the_keys_go_out_with_the_invitation_and_once_more_at_the_door(place):
    async with place.store.transaction(BotName.WELCOME, place.clock.now()) as transaction:
        known = await transaction.get(Conversation, ANA)
        agreed = replace(known, step=Step.DONE, adult=True, agreed=1, health=1, reads=True, heard=True)
        await transaction.remember(replace(agreed, chosen="coeliac"))
    chat = place.homeserver.private_chat(BOT, ANA, "mark", "Chat")
    await place.running.live.directory.remember_private_chat(ANA, chat)
    place.homeserver.join(ANA, chat)
    await place.settles()

    place.homeserver.say(ANA, chat, "again")
    await place.settles()
    invited = place.handed_over[:]
    place.homeserver.join(ANA, place.rooms["coeliac"])
    await place.settles()

    assert invited == [(place.rooms["coeliac"], ANA)]
    assert place.handed_over == invited * 2


async def test_whose_device_is_confirmed_later_is_given_the_keys_then(place):
    place.homeserver.without_signed_devices.add(ANA)
    await place.comes_in("coeliac", by=BOT)
    assert place.handed_over == []

    place.clock.advance(timedelta(minutes=20))
    await place.settles()
    assert place.handed_over == []

    place.homeserver.without_signed_devices.clear()
    place.clock.advance(timedelta(hours=2))
    await place.settles()
    assert place.handed_over == [(place.rooms["coeliac"], ANA)]


async def gets_a_device(place, **after):
    place.clock.advance(timedelta(**after))
    place.homeserver.give_device(ANA)
    await place.settles()
    before = len(place.handed_over)
    for _ in range(2):
        place.clock.advance(timedelta(seconds=61))
        await place.settles()
    return place.handed_over[before:]


async def test_a_new_device_in_the_first_days_is_given_the_keys_as_well(place):
    await place.comes_in("coeliac", by=BOT)
    assert await gets_a_device(place, hours=1) == [(place.rooms["coeliac"], ANA)]
    assert await gets_a_device(place, days=3) == [(place.rooms["coeliac"], ANA)]
    assert await gets_a_device(place, days=4) == []


async def test_a_new_device_that_changes_again_at_once_is_given_them_once(place):
    await place.comes_in("coeliac", by=BOT)
    place.homeserver.give_device(ANA)
    await place.settles()
    place.clock.advance(timedelta(seconds=30))
    assert await gets_a_device(place) == [(place.rooms["coeliac"], ANA)]


@pytest.mark.parametrize("by", [BOT, MODERATOR])
async def test_a_new_device_of_who_left_or_came_another_way_is_given_nothing(place, by):
    await place.comes_in("coeliac", by=by)
    if by == BOT:
        place.homeserver.leave(ANA, place.rooms["coeliac"])
        await place.settles()
    assert await gets_a_device(place, hours=1) == []


async def test_a_new_device_of_somebody_in_a_room_that_keeps_its_history_is_given_nothing(place):
    await place.comes_in("epilepsy", by=BOT)
    assert await gets_a_device(place, hours=1) == []


async def has_a_chat(place):
    chat = place.homeserver.private_chat(BOT, ANA, "mark", "Chat")
    await place.running.live.directory.remember_private_chat(ANA, chat)
    place.homeserver.join(ANA, chat)
    await place.settles()
    return chat


def told(place, chat):
    return [e.text for e in place.homeserver.timeline(chat) if isinstance(e, Message) and e.sender == BOT]


@pytest.mark.parametrize(
    ("devices", "steps"),
    [
        (("Element X iOS",), "Confirm your identity"),
        (("app.element.io: Chrome on Windows",), "Verify this device"),
        (("Element Desktop: Linux", "Element X Android"), "signing out and in again"),
        ((), "signing out and in again"),
    ],
)
async def test_whose_device_is_not_confirmed_hears_so_once_with_what_to_do_in_their_app(place, devices, steps):
    chat = await has_a_chat(place)
    place.homeserver.device_names[ANA] = devices
    place.homeserver.without_signed_devices.add(ANA)
    await place.comes_in("coeliac", by=BOT)

    (said,) = told(place, chat)
    assert "In Meadow you can also read" in said
    assert steps in said
    for _ in range(3):
        place.clock.advance(timedelta(hours=6))
        await place.settles()
    assert told(place, chat) == [said]


async def test_who_says_that_it_is_done_is_given_the_keys_if_it_is(place):
    chat = await has_a_chat(place)
    place.homeserver.without_signed_devices.add(ANA)
    await place.comes_in("coeliac", by=BOT)

    place.homeserver.say(ANA, chat, "Done!")
    await place.settles()
    assert "I look again" in told(place, chat)[-2]
    assert "I still see no confirmed app" in told(place, chat)[-1]
    assert place.handed_over == []

    place.homeserver.without_signed_devices.clear()
    place.homeserver.say(ANA, chat, "ok, verified now")
    await place.settles()
    assert place.handed_over == [(place.rooms["coeliac"], ANA)]
    assert "the last days are open" in told(place, chat)[-1]

    # From then on it is a word like any other.
    place.homeserver.say(ANA, chat, "done")
    await place.settles()
    assert "I look again" not in told(place, chat)[-1]


async def test_who_is_confirmed_in_time_hears_that_it_worked_without_asking(place):
    chat = await has_a_chat(place)
    place.homeserver.without_signed_devices.add(ANA)
    await place.comes_in("coeliac", by=BOT)
    place.homeserver.without_signed_devices.clear()
    place.clock.advance(timedelta(minutes=16))
    await place.settles()

    assert "the last days are open" in told(place, chat)[-1]
    assert len(told(place, chat)) == 2


async def test_who_asked_for_quiet_is_not_told_and_given_the_keys_all_the_same(place):
    chat = await has_a_chat(place)
    place.homeserver.say(ANA, chat, "stop")
    await place.settles()
    before = told(place, chat)
    place.homeserver.without_signed_devices.add(ANA)
    await place.comes_in("coeliac", by=BOT)
    place.homeserver.without_signed_devices.clear()
    place.clock.advance(timedelta(minutes=16))
    await place.settles()

    assert told(place, chat) == before
    assert place.handed_over == [(place.rooms["coeliac"], ANA)]


async def test_who_left_meanwhile_is_given_nothing(place):
    place.homeserver.without_signed_devices.add(ANA)
    await place.comes_in("coeliac", by=BOT)
    place.homeserver.leave(ANA, place.rooms["coeliac"])
    place.homeserver.without_signed_devices.clear()

    place.clock.advance(timedelta(days=1))
    await place.settles()

    assert place.handed_over == []


@pytest.mark.parametrize(("condition", "shares"), [("coeliac", True), ("epilepsy", False)])
async def test_what_a_bot_says_itself_is_for_newcomers_where_the_room_is(place, condition, shares, monkeypatch):
    said = []
    transport = place.running.transport
    send = transport.send

    async def spy(room_id, message, transaction_id):
        said.append(message.shared_history)
        return await send(room_id, message, transaction_id)

    monkeypatch.setattr(transport, "send", spy)
    words = Send(why="x", place=InRoom(place.rooms[condition]), parts=(Words("welcome.newcomer"),))
    await place.running.live.carry_out(words, "t1")

    assert said == [shares]
