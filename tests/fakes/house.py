# SPDX-License-Identifier: Apache-2.0
"""A community in memory, with the real moderation and welcome bots running in it, on the runtime they always run on."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bots.core.actions import BotName
from bots.core.events import Message
from bots.core.language import Catalogue, shipped_words
from bots.core.records import CommunityRoom
from bots.core.rooms import PowerLevels, RoomRole
from bots.core.runtime.run import Running
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.store import MemoryStore
from bots.core.simulation.transport import MemoryTransport
from bots.moderation.bot import make_bot as make_moderation
from bots.resources.bot import make_bot as make_resources
from bots.welcome.bot import make_bot as make_welcome
from fakes.clock import FakeClock
from fakes.ears import by_plain_words
from fakes.welcome_scene import COMMUNITY

ORGANISER = "@organiser:kith.test"
MODERATION, WELCOME, RESOURCES = "@moderation:kith.test", "@welcome:kith.test", "@resources:kith.test"
MO, MIA = "@mo:kith.test", "@mia:kith.test"
ANA, BEN = "@ana:kith.test", "@ben:kith.test"
BOTS = frozenset({MODERATION, WELCOME, RESOURCES})
WORDS = Catalogue.load(shipped_words(), ["en"])
_MADE = {
    BotName.MODERATION: (MODERATION, make_moderation),
    BotName.WELCOME: (WELCOME, make_welcome),
    BotName.RESOURCES: (RESOURCES, make_resources),
}


@dataclass
class House:
    """Mo and Mia moderate; Ana and Ben are members of the lobby and of Harbour. Make one with `House.built`."""

    community: object = COMMUNITY
    clock: FakeClock = field(default_factory=FakeClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    hear: object = by_plain_words

    @classmethod
    async def built(cls, hear=by_plain_words, bots=(), **settings):
        house = cls(community=replace(COMMUNITY, **settings), hear=hear)
        house.homeserver = MemoryHomeserver(house.clock.now)
        house.lobby = await house.room(RoomRole.LOBBY, "The lobby", 0, join_rule="public")
        house.office = await house.room(RoomRole.MODERATORS, "The office", 1)
        house.harbour = await house.room(RoomRole.CONDITION, "Harbour", 2, condition="type-1-diabetes")
        for user in (MODERATION, WELCOME, RESOURCES, MO, MIA, ANA, BEN):
            for room in (house.lobby, house.office, house.harbour):
                if room != house.office or user not in (RESOURCES, ANA, BEN):
                    house.enters(user, room)
        house.runs(*bots)
        await house.settles()
        house.homeserver.news = len(house.homeserver.stream)
        return house

    async def room(self, role, name, position, *, condition=None, join_rule="invite", powers=None):
        """A room of the community's, as `apply` makes it."""
        levels = PowerLevels(
            users=powers or {MODERATION: 60, WELCOME: 25, MO: 50, MIA: 50},
            state_default=100,
            events={"m.room.power_levels": 60, "m.room.join_rules": 60},
            invite=25,
        )
        room_id = self.homeserver.create_room(ORGANISER, name=name, join_rule=join_rule, power_levels=levels)
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            record = CommunityRoom(room_id=room_id, role=role, condition=condition, position=position)
            await transaction.remember(record)
        return room_id

    def runs(self, *names, wrap_transport=lambda t: t):
        """Start the bots, as after a restart."""
        self.running = {}
        for name in names or (BotName.MODERATION, BotName.WELCOME):
            user, make = _MADE[name]
            self.running[name] = Running(
                bot=make(self.community, self.hear),
                transport=wrap_transport(MemoryTransport(self.homeserver, user)),
                store=self.store,
                community=self.community,
                catalogue=WORDS,
                bots=BOTS,
                organiser=ORGANISER,
                clock=self.clock,
                random=lambda: 0.0,
            )

    async def restarts(self, **settings):
        self.community = replace(self.community, **settings)
        self.runs()
        await self.settles()

    async def settles(self):
        for _ in range(60):
            moved = [await running.step() for running in self.running.values()]
            if not any(moved):
                return
        raise AssertionError("it never came to rest")

    async def waits(self, **time):
        self.clock.advance(timedelta(**time))
        await self.settles()

    # What people do.

    def enters(self, user, room_id):
        room = self.homeserver.rooms[room_id]
        if room.join_rule != "public":
            self.homeserver.invite(ORGANISER, room_id, user)
        self.homeserver.join(user, room_id)

    def says(self, user, text, room_id=None):
        return self.homeserver.say(user, room_id or self.harbour, text)

    async def orders(self, user, text, *, room_id=None, reply_to=None):
        event_id = self.homeserver.say(user, room_id or self.harbour, text, reply_to=reply_to)
        await self.settles()
        return event_id

    async def asks(self, text, user=MO):
        """A moderator writes in the moderators' room. Gives what the bot said to that, there."""
        before = len(self.homeserver.stream)
        await self.orders(user, text, room_id=self.office)
        return self.said(self.office, since=before)

    async def taps(self, key, words, user=MO):
        """A moderator taps a button under the last thing in the office with these words. Gives what is said to that."""
        message = [e for e in self.homeserver.timeline(self.office) if isinstance(e, Message) and words in e.text][-1]
        before = len(self.homeserver.stream)
        self.homeserver.react(user, self.office, message.event_id, key.replace("\ufe0f", ""))
        await self.settles()
        return self.said(self.office, since=before)

    # What the bots did.

    def said(self, room_id, *, since=0, by=MODERATION):
        events = [entry.event for entry in self.homeserver.stream[since:] if isinstance(entry.event, Message)]
        return [event.text for event in events if event.room_id == room_id and event.sender == by]

    @property
    def told(self):
        """What the moderators were told since the house was built."""
        return self.said(self.office, since=self.homeserver.news)

    def did(self, kind):
        """The events of this kind that the moderation bot made since the house was built."""
        events = [entry.event for entry in self.homeserver.stream[self.homeserver.news :] if entry.event]
        return [event for event in events if isinstance(event, kind) and event.sender == MODERATION]

    def level(self, user, room_id=None):
        return self.homeserver.rooms[room_id or self.harbour].power_levels.users.get(user)

    def state(self, user, room_id=None):
        member = self.homeserver.rooms[room_id or self.harbour].members.get(user)
        return member.state if member else None

    def recorded(self, kind):
        return [record for (known, _), record in self.store.tables.records.items() if known is kind]
