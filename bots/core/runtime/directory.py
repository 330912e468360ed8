# SPDX-License-Identifier: Apache-2.0
"""What the performer has to look up: in the store, one short transaction each, and in the transport's rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import BotName, InPrivateChat, Place
from bots.core.community import Community
from bots.core.language import Manner
from bots.core.records import AgreedWords, Holding, PrivateChat, SpokenLanguage
from bots.core.rooms import RoomView, place_of
from bots.core.runtime.clock import Clock
from bots.core.runtime.community_rooms import CommunityRooms
from bots.core.runtime.ports import Store
from bots.core.runtime.reader import StoreReader, in_community
from bots.core.transport import Transport, TransportError


@dataclass(frozen=True)
class StoreDirectory:
    """A `bots.core.runtime.ports.Directory`."""

    bot: BotName
    store: Store
    transport: Transport
    bots: frozenset[str]
    community: Community
    clock: Clock
    rooms: CommunityRooms

    async def private_chat(self, user: str) -> str | None:
        """The room id of the welcome bot's chat with this person."""
        async with self.store.reading(self.bot, self.clock.now()) as transaction:
            chat = await transaction.get(PrivateChat, user)
        return chat.room_id if chat else None

    async def remember_private_chat(self, user: str, room_id: str) -> None:
        """Write down where the chat with this person is."""
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            await transaction.remember(PrivateChat(user=user, room_id=room_id))

    async def agreed_words(self, user: str, room_id: str) -> str | None:
        """The event id of the line that this person agreed to having said for them in a room."""
        async with self.store.reading(self.bot, self.clock.now()) as transaction:
            agreed = await transaction.get(AgreedWords, user, room_id)
        return agreed.event_id if agreed else None

    async def event_id(self, label: str, voice: BotName | None = None) -> str | None:
        """The event that the `Send` with this label made, by the bot with this voice (None: by this one)."""
        async with self.store.reading(voice or self.bot, self.clock.now()) as transaction:
            return await transaction.event_id(label)

    async def view(self, room_id: str) -> RoomView | None:
        """The room, with its place in the community; None when the bot is not in it.

        Raises TransportError where the homeserver shows nothing of a room that the bot is in by its own word.
        """
        if room_id not in self.transport.joined_rooms():
            return None
        await self.transport.load_rooms(frozenset({room_id}))
        view, now = self.transport.room(room_id), self.clock.now()
        if view is None:
            # A bot that was sent away is told so by the next sync, and is then in no such room.
            raise TransportError("M_FORBIDDEN", "the room does not show itself", status=403, retryable=True)
        if (placed := in_community(view, self.rooms.known(now) or ())) is not None:
            return placed
        async with self.store.reading(self.bot, now) as transaction:
            reader = await StoreReader.open(transaction, self.transport, self.bots, self.rooms, {room_id})
        return reader.room(room_id)

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What is kept about this person, in every bot's tables."""
        async with self.store.reading(self.bot, self.clock.now()) as transaction:
            return await transaction.holdings(user)

    async def marker(self, user: str) -> str:
        """An opaque name for the private chat with this person: the keyed hash that stands for them at rest."""
        async with self.store.reading(self.bot, self.clock.now()) as transaction:
            return transaction.pseudonym(user)

    async def manner(self, place: Place, view: RoomView | None = None) -> Manner:
        """In private the language that the member chose, if they chose one; in a room its own; else the community's.

        `view` is the room, where it is one, from whoever has just looked it up.
        """
        usual = Manner(self.community.default_language)
        if isinstance(place, InPrivateChat):
            user = place.user
        else:
            view = view or await self.view(place.room_id)
            if view is None:
                return usual
            if view.private_with is None:
                called = place_of(view.role, view.condition)
                return Manner(self.community.language_in(called), called)
            user = view.private_with
        if len(self.community.languages) == 1:
            return usual
        async with self.store.reading(self.bot, self.clock.now()) as transaction:
            spoken = await transaction.get(SpokenLanguage, user)
        return Manner(spoken.language) if spoken else usual
