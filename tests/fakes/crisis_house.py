# SPDX-License-Identifier: Apache-2.0
"""The house of `fakes.house`, in which members have a private chat with the welcome bot, and messages name their tier.

A message is `"[T3] …"`; what it says besides is nowhere to be found again.
"""

from pathlib import Path

from bots.core.actions import BotName
from bots.core.events import Message, Reaction
from bots.core.records import PrivateChat
from bots.core.settings import load_community
from bots.welcome.records import Conversation, Step
from fakes.ears import by_marks
from fakes.house import ANA, BEN, MIA, MO, WELCOME, House

EXAMPLE = load_community(Path(__file__).parents[2] / "config")
__all__ = ["ANA", "BEN", "EXAMPLE", "MIA", "MO", "CrisisHouse"]


class CrisisHouse(House):
    @classmethod
    async def built(cls, *, chats=(ANA, MO), country="ie", **settings):
        house = await super().built(
            hear=by_marks, **{"countries": EXAMPLE.countries, "moderators": (MO, MIA), **settings}
        )
        house.chats = {}
        for user in chats:
            await house.agrees(user, country)
        return house

    async def agrees(self, user, country=""):
        """They have a private chat with the welcome bot, and told it where they live."""
        room_id = self.homeserver.create_room(WELCOME, name="Chat")
        self.homeserver.invite(WELCOME, room_id, user)
        self.homeserver.join(user, room_id)
        conversation = Conversation(user=user, step=Step.DONE, country=country, adult=True, asked_at=self.clock.now())
        async with self.store.transaction(BotName.WELCOME, self.clock.now()) as transaction:
            await transaction.remember(PrivateChat(user=user, room_id=room_id))
            await transaction.remember(conversation)
        self.chats[user] = room_id
        await self.settles()

    async def cries(self, text, user=ANA, room_id=None, **other):
        """Somebody says it in a room. Gives its event id."""
        event_id = self.homeserver.say(user, room_id or self.harbour, text, **other)
        await self.settles()
        return event_id

    async def tells_the_bot(self, text, user=ANA):
        """Somebody says it in the private chat. Gives what the bot says to it."""
        before = len(self.homeserver.stream)
        self.homeserver.say(user, self.chats[user], text)
        await self.settles()
        return self.said(self.chats[user], since=before, by=WELCOME)

    def noted(self, user=ANA):
        """What somebody was told in private since the house was built."""
        return self.said(self.chats[user], since=self.homeserver.news, by=WELCOME)

    async def taps_in_private(self, key, user=ANA):
        """A tap under the last thing that the bot said there."""
        message = [e for e in self.homeserver.timeline(self.chats[user]) if isinstance(e, Message)][-1]
        before = len(self.homeserver.stream)
        self.homeserver.react(user, self.chats[user], message.event_id, key)
        await self.settles()
        return self.said(self.chats[user], since=before, by=WELCOME)

    def mentioned(self):
        """Who was notified in the moderators' room, message by message."""
        return [
            sorted(e.mentions) for e in self.homeserver.timeline(self.office) if isinstance(e, Message) and e.mentions
        ]

    def happened_in_rooms(self):
        """What any bot did in the members' rooms since the house was built."""
        return [
            e.event
            for e in self.homeserver.stream[self.homeserver.news :]
            if e.event
            and e.event.sender in (WELCOME, "@moderation:kith.test")
            and e.event.room_id in (self.lobby, self.harbour)
        ]

    def buttons(self, words):
        """The reactions under the last thing in the office with these words."""
        message = [e for e in self.homeserver.timeline(self.office) if isinstance(e, Message) and words in e.text][-1]
        return [
            e.key
            for e in self.homeserver.timeline(self.office)
            if isinstance(e, Reaction) and e.target == message.event_id
        ]
