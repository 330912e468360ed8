# SPDX-License-Identifier: Apache-2.0
"""What a handler's `gather` may look at: the open transaction, and the rooms as the homeserver says they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bots.core.actions import Send
from bots.core.records import CommunityRoom, Holding, PrivateChat, Record
from bots.core.rooms import RoomRole, RoomView
from bots.core.runtime.community_rooms import CommunityRooms
from bots.core.runtime.payload import from_json
from bots.core.runtime.pending import Change, Pending, changed, changed_by
from bots.core.runtime.ports import Transaction, Waiting
from bots.core.transport import Transport

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass
class StoreReader:
    """A `bots.core.bot.Reader` for as long as `transaction` is open.

    `senders` are the answers to what handlers' `target`s asked, by (room id, event id).
    `enqueued` is what decisions put into this bot's own outbox; `scheduled` is set when one puts a tick by.
    `pending` is what earlier ones put there and no sync has told of.
    """

    transaction: Transaction
    transport: Transport
    bots: frozenset[str]
    senders: Mapping[tuple[str, str], str] = field(default_factory=dict)
    enqueued: list[Waiting] = field(default_factory=list)
    scheduled: bool = False
    pending: Pending = field(default_factory=Pending)
    _soon: dict[str, list[Change]] = field(default_factory=dict)
    _looked_at: int = 0
    _community: tuple[CommunityRoom, ...] = ()
    _private: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def open(
        cls,
        transaction: Transaction,
        transport: Transport,
        bots: frozenset[str],
        community: CommunityRooms,
        room_ids: Iterable[str] = (),
        senders: Mapping[tuple[str, str], str] | None = None,
        pending: Pending | None = None,
    ) -> StoreReader:
        """A reader that knows the community's rooms, and which of `room_ids` are private chats, and with whom."""
        reader = cls(transaction, transport, bots, senders or {}, pending=pending or Pending())
        reader._community = await community.read(transaction)
        known = {room.room_id for room in reader._community}
        for room_id in set(room_ids) - known:
            for chat in await transaction.find(PrivateChat, room_id=room_id):
                reader._private[room_id] = chat.user
        return reader

    @property
    def community(self) -> frozenset[str]:
        """The ids of the community's rooms."""
        return frozenset(room.room_id for room in self._community)

    @property
    def now(self) -> datetime:
        """The time of this decision, UTC."""
        return self.transaction.now

    @property
    def me(self) -> str:
        """The user id of the bot itself."""
        return self.transport.user_id

    def room(self, room_id: str) -> RoomView | None:
        """The room, with its place in the community, and as it will be when what was decided is done."""
        view = self.transport.room(room_id)
        if view is None:
            return None
        view = changed(self.pending.over(view), self._decided_now(room_id))
        if (placed := in_community(view, self._community)) is not None:
            return placed
        if room_id in self._private:
            return replace(view, role=RoomRole.PRIVATE, private_with=self._private[room_id])
        return view

    def _decided_now(self, room_id: str) -> Sequence[Change]:
        """What is changed in the room by decisions of this transaction."""
        if self._looked_at > len(self.enqueued):
            # Some were undone.
            self._soon, self._looked_at = {}, 0
        for row in self.enqueued[self._looked_at :]:
            if (change := changed_by(row)) is not None:
                self._soon.setdefault(change.room_id, []).append(change)
        self._looked_at = len(self.enqueued)
        return self._soon.get(room_id, ())

    def rooms(self, role: RoomRole) -> tuple[RoomView, ...]:
        """The community's rooms of this role that the bot is in, in the order of the settings."""
        views = (self.room(known.room_id) for known in self._community if known.role is role)
        return tuple(view for view in views if view is not None)

    def forget_chat_with(self, user: str) -> None:
        """What is kept about this person was erased: what else they said there is said by a stranger."""
        self._private = {room_id: person for room_id, person in self._private.items() if person != user}

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it is known."""
        return self.transport.device_names(user)

    def pseudonym(self, user: str) -> str:
        """The keyed hash under which a `Hashed` field keeps this user id."""
        return self.transaction.pseudonym(user)

    async def get(self, record: type[R], *key: object) -> R | None:
        """The record with this key."""
        return await self.transaction.get(record, *key)

    async def find(self, record: type[R], **where: object) -> Sequence[R]:
        """The records whose fields equal `where`, oldest first."""
        return await self.transaction.find(record, **where)

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What is kept about a user, in every bot's tables."""
        return await self.transaction.holdings(user)

    async def label(self, event_id: str) -> str | None:
        """The label of the `Send` that made this event."""
        return await self.transaction.label(event_id)

    async def event_id(self, label: str) -> str | None:
        """The event that the `Send` with this label made."""
        return await self.transaction.event_id(label)

    async def audit_counts(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many lines of each kind the audit log has from `since` on, before `until`."""
        return await self.transaction.audit_counts(since, until)

    async def audit_end(self) -> str:
        """The last line of the audit log, by its number and the beginning of its hash: `120:3f2a…`."""
        return await self.transaction.audit_end()

    async def next_number(self, series: str) -> int:
        """The next number of a series."""
        return await self.transaction.next_number(series)

    async def waiting(self) -> int:
        """How many actions of this bot wait to be carried out."""
        return len(await self.transaction.waiting_ids())

    def chat_lane(self, user: str) -> str:
        """The place in the outbox of what is said to somebody in private."""
        return f"chat:{self.pseudonym(user)}"

    async def about_to_say(self, user: str) -> Sequence[str]:
        """The labels of what is about to be said to somebody in private, and that no sync has shown."""
        actions = [from_json(row.payload) for row in await self.transaction.waiting_at(self.chat_lane(user))]
        labels = [action.label for action in actions if isinstance(action, Send) and action.label]
        return [label for label in labels if await self.transaction.event_id(label) is None]

    async def message_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event, if a handler's `target` named it beforehand."""
        return self.senders.get((room_id, event_id))

    async def aside(self, work: Callable[[], T]) -> T:
        """What `work` gives, computed on a thread."""
        return await asyncio.to_thread(work)


def in_community(view: RoomView, community: Iterable[CommunityRoom]) -> RoomView | None:
    """The room with its place in the community; None when it has none."""
    for known in community:
        if known.room_id == view.room_id:
            return replace(view, role=known.role, condition=known.condition)
    return None
