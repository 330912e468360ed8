# SPDX-License-Identifier: Apache-2.0
"""What the performer has to look up: in the store, one short transaction each, and in the transport's rooms."""

from __future__ import annotations

from dataclasses import dataclass

from bots.core.actions import BotName, InPrivateChat, Place
from bots.core.community import Community
from bots.core.records import PrivateChat, SpokenLanguage
from bots.core.rooms import RoomView
from bots.core.runtime.clock import Clock
from bots.core.runtime.ports import Store, Transaction
from bots.core.runtime.reader import StoreReader
from bots.core.transport import Transport


@dataclass(frozen=True)
class StoreDirectory:
    """A `bots.core.runtime.effects.Directory`."""

    bot: BotName
    store: Store
    transport: Transport
    bots: frozenset[str]
    community: Community
    clock: Clock

    async def private_chat(self, user: str) -> str | None:
        """The room id of the welcome bot's chat with this person."""
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            chat = await transaction.get(PrivateChat, user)
        return chat.room_id if chat else None

    async def remember_private_chat(self, user: str, room_id: str) -> None:
        """Write down where the chat with this person is."""
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            await transaction.remember(PrivateChat(user=user, room_id=room_id))

    async def event_id(self, label: str) -> str | None:
        """The event that the `Send` with this label made."""
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            return await transaction.event_id(label)

    async def view(self, room_id: str) -> RoomView | None:
        """The room, with its place in the community."""
        if room_id not in self.transport.joined_rooms():
            return None
        await self.transport.load_rooms(frozenset({room_id}))
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            reader = await StoreReader.open(transaction, self.transport, self.bots, {room_id})
        return reader.room(room_id)

    async def marker(self, user: str) -> str:
        """An opaque name for the private chat with this person: the keyed hash that stands for them at rest."""
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            return transaction.pseudonym(user)

    async def language(self, place: Place) -> str:
        """The member's own in private, if they chose one; else the room's, if it has one; else the community's."""
        async with self.store.transaction(self.bot, self.clock.now()) as transaction:
            user = place.user if isinstance(place, InPrivateChat) else await _private_with(transaction, place.room_id)
            if user is not None:
                spoken = await transaction.get(SpokenLanguage, user)
                return spoken.language if spoken else self.community.default_language
        return self.community.default_language


async def _private_with(transaction: Transaction, room_id: str) -> str | None:
    """Whose private chat the room is."""
    chats = await transaction.find(PrivateChat, room_id=room_id)
    return chats[0].user if chats else None
