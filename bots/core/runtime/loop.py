# SPDX-License-Identifier: Apache-2.0
"""One bot's way in: sync, decide, commit.

Everything that one sync response leads to, its sync token included, is written in one transaction.
What needs the network (rooms, senders, keys that came late) is fetched before; nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeGuard

import structlog

from bots.core.actions import BotName, Join, Send
from bots.core.events import (
    AnyEvent,
    DevicesChanged,
    Event,
    Left,
    Membership,
    Message,
    Outcome,
    Report,
    RoomStateChanged,
    Started,
    Tick,
    Unreadable,
)
from bots.core.rooms import MembershipState
from bots.core.rooms.policies import POLICY_TYPES
from bots.core.runtime.backoff import backoff
from bots.core.runtime.clock import Clock
from bots.core.runtime.community_rooms import CommunityRooms
from bots.core.runtime.decide import Decider, transaction_id
from bots.core.runtime.lookups import Lookups
from bots.core.runtime.made_up_ids import devices_id, position_of, present_id
from bots.core.runtime.metrics import Metrics
from bots.core.runtime.payload import from_json
from bots.core.runtime.pending import Pending
from bots.core.runtime.ports import Store, Waiting, what_failed
from bots.core.runtime.readability import ReadCounts
from bots.core.runtime.reader import StoreReader
from bots.core.runtime.reports import unread, were_read
from bots.core.runtime.unreadable import keep
from bots.core.transport import SyncBatch, TokenRevokedError, Transport, TransportError

LONG_POLL_MS = 30_000
# Whoever is away is asked for this often at the least: when they are back, nobody is to wait for long.
LONGEST_WAIT = timedelta(seconds=30)
REPORTS_EVERY = timedelta(minutes=1)
_SYNC = "sync"


@dataclass
class Loop:
    """`organiser` is the user whose invitations are accepted without asking.

    `sending` gives those of these rows of the outbox that the performer has in hand.
    `committed` is called after each batch, with what it was decided with if there was something to decide,
    so that the performer and the scheduler can go to work; `heard_again` after the first batch after failures.
    """

    bot: BotName
    transport: Transport
    store: Store
    decider: Decider
    clock: Clock
    metrics: Metrics
    bots: frozenset[str]
    rooms: CommunityRooms
    pending: Pending
    organiser: str
    random: Callable[[], float]
    sending: Callable[[Collection[str]], Sequence[Waiting]]
    committed: Callable[[SyncBatch, StoreReader | None], None] = lambda _batch, _reader: None
    heard_again: Callable[[], None] = lambda: None
    _since: str | None = None
    _heard: bool = False
    _failures: int = 0
    _community: frozenset[str] | None = None
    _arrived: set[str] = field(default_factory=set)
    _next_reports: datetime | None = None
    _read_counts: ReadCounts = field(default_factory=ReadCounts)

    def __post_init__(self) -> None:
        self._lookups = Lookups(self.transport, self.decider.targets)

    async def run(self) -> None:
        """Sync until cancelled. Raises TokenRevokedError when the account is no longer the bot's."""
        log = structlog.get_logger().bind(bot=self.bot.value)
        # The first answer comes at once, however little there is to tell: the performer waits for it.
        timeout_ms = 0
        while True:
            try:
                await self.step(timeout_ms=timeout_ms)
                timeout_ms = LONG_POLL_MS
                if self._failures:
                    self.heard_again()
                self._failures = 0
            except TokenRevokedError:
                raise
            except Exception as error:  # noqa: BLE001 — nothing was committed: the same batch comes again
                self._failures += 1
                told = error.retry_after if isinstance(error, TransportError) else None
                wait = backoff(self._failures, self.random(), retry_after=told, cap=LONGEST_WAIT)
                log.warning(
                    "sync failed, trying again",
                    errcode=error.errcode if isinstance(error, TransportError) else None,
                    attempt=self._failures,
                    seconds=wait.total_seconds(),
                    **what_failed(error),
                )
                await self.clock.sleep_until(self.clock.now() + wait)

    async def step(self, *, timeout_ms: int = LONG_POLL_MS) -> SyncBatch:
        """One sync response, from asking for it to having committed it."""
        if self._since is None:
            async with self.store.reading(self.bot, self.clock.now()) as transaction:
                self._since = await transaction.position(_SYNC)
        since = self._since
        self.pending.asking()
        batch = await self.transport.sync(since, timeout_ms=timeout_ms)
        received = self.clock.now()
        joined = self.transport.joined_rooms()
        await self._lookups.rooms(batch.room_ids | await self._needed(joined, received, self._come_to(batch)))
        self.pending.told(self.transport.room)
        late = await self._late(batch, received)
        reports = await self._reports(received)
        coming = [*late, *(self._wanted(batch)), *reports, *self._devices(batch, since, received)]
        senders = await self._lookups.senders(coming)
        labels = await self._labels(batch, received)
        reader = None
        # Where nothing is to be written, the place in the stream need not be: after a crash the same comes again.
        if batch.initial or coming or labels or batch.left or joined - self._arrived:
            async with self.store.transaction(self.bot, received) as transaction:
                rooms = {event.room_id for event in coming if not isinstance(event, Started | Tick | Outcome)}
                if not self._heard:
                    # What an earlier process of this bot decided.
                    self.pending.decided(await transaction.waiting())
                reader = await StoreReader.open(
                    transaction, self.transport, self.bots, self.rooms, rooms, senders, self.pending
                )
                for label, event_id in labels.items():
                    await transaction.set_label(label, event_id)
                for here in await self._present(batch, joined, since, reader):
                    await self._decide_once(here, reader)
                for message in late:
                    # The scheduler may have had its second look while this was fetched.
                    if await transaction.drop_unreadable(message.event_id):
                        await self.decider.decide(message, message.event_id, reader)
                for event in coming[len(late) :]:
                    await self._decide_once(event, reader)
                await were_read(reports, transaction)
                for room_id in batch.left:
                    await transaction.set_position(position_of(room_id), "")
                    await self.decider.decide(Left(room_id=room_id), f"left:{room_id}:{since}", reader)
                await transaction.set_position(_SYNC, batch.next_batch)
                await self._read_counts.write(transaction)
            self._community = reader.community
            if self.bot is BotName.MODERATION:
                self._read_counts.committed(received, coming[len(late) :], late)
        self._since = batch.next_batch
        self._heard = True
        self._lookups.batch_decided()
        self._arrived = {room for room in joined if room in self._arrived or self.transport.room(room) is not None}
        self.metrics.batches.inc()
        self.metrics.last_sync = received
        self.committed(batch, reader)
        return batch

    def _come_to(self, batch: SyncBatch) -> frozenset[str]:
        """The rooms to which somebody came."""
        return frozenset(
            event.room_id
            for event in batch.events
            if isinstance(event, Membership) and event.now is MembershipState.JOIN and event.user not in self.bots
        )

    async def _needed(self, joined: frozenset[str], now: datetime, come_to: frozenset[str]) -> frozenset[str]:
        """The rooms that a handler may ask about, whatever happened: the community's, and those new to the bot.

        A room that somebody came to may have become the community's a moment ago, and nobody is to be overlooked there.
        """
        if self._community is None or joined - self._arrived or come_to - self._community:
            self.rooms.forget()
            async with self.store.reading(self.bot, now) as transaction:
                self._community = frozenset(room.room_id for room in await self.rooms.read(transaction))
                # Asked once a room and process: with hundreds of rooms it would be hundreds of questions a sync.
                self._arrived |= {
                    room for room in joined - self._arrived if await transaction.position(position_of(room))
                }
        return frozenset(joined & self._community | joined - self._arrived)

    def _wanted(self, batch: SyncBatch) -> list[AnyEvent]:
        """The events to decide on: not the bot's own, and of what happened before it was here only invitations."""
        me = self.transport.user_id
        # Of a policy list, whose rules may come by the thousand, what counts is how it is after the last of them.
        last = {event.room_id: event.event_id for event in batch.events if _is_policy(event)}
        return [
            event
            for event in batch.events
            if isinstance(event, Event)
            and event.sender != me
            and (not batch.initial or _invites(event, me))
            and (not _is_policy(event) or last[event.room_id] == event.event_id)
        ]

    def _devices(self, batch: SyncBatch, since: str | None, now: datetime) -> list[DevicesChanged]:
        """Whose devices changed, for a bot that asks: for most it is a matter of encryption alone."""
        if batch.initial or not self.decider.hears(DevicesChanged):
            return []
        others = sorted(batch.devices_changed - self.bots)
        return [
            DevicesChanged(room_id="", event_id=devices_id(user, since), sender=user, sent_at=now) for user in others
        ]

    async def _labels(self, batch: SyncBatch, now: datetime) -> dict[str, str]:
        """By label, which events the bot's labelled sends made, as soon as they show.

        Somebody who is quick taps a button before the performer has put the last one there: it comes in the same batch.
        """
        if not batch.own:
            return {}
        rows = self.sending(batch.own)
        if batch.initial or not self._heard:
            # What was sent just before a crash: the performer has not looked yet.
            async with self.store.reading(self.bot, now) as transaction:
                rows = await transaction.waiting(batch.own)
        sends = ((from_json(row.payload), batch.own[row.transaction_id]) for row in rows)
        return {send.label: event_id for send, event_id in sends if isinstance(send, Send) and send.label is not None}

    async def _late(self, batch: SyncBatch, now: datetime) -> list[Message]:
        """What could not be read before, and can be now that its key has come."""
        waiting: list[Unreadable] = []
        if not batch.keys_came:
            return []
        async with self.store.reading(self.bot, now) as transaction:
            for room_id, session_id in sorted(batch.keys_came):
                waiting += await transaction.unreadable(room_id, session_id)
        return await self._lookups.readable(waiting)

    async def _reports(self, now: datetime) -> list[Report]:
        """What members reported with their client's own button: for the moderation bot, once a minute."""
        if self.bot is not BotName.MODERATION or (self._next_reports is not None and now < self._next_reports):
            return []
        self._next_reports = now + REPORTS_EVERY
        return await unread(self.transport, self.store, now)

    async def _present(
        self, batch: SyncBatch, joined: frozenset[str], since: str | None, reader: StoreReader
    ) -> list[Membership]:
        """The people who are in a room that is new to the bot, as if they came now: somebody should greet them."""
        present: list[Membership] = []
        for room_id in sorted(joined - self._arrived):
            view = self.transport.room(room_id)
            if view is None or await reader.transaction.position(position_of(room_id)):
                continue
            await reader.transaction.set_position(position_of(room_id), "joined")
            told = {e.user for e in batch.events if isinstance(e, Membership) and e.room_id == room_id}
            users = view.joined() - self.bots - {self.organiser} - (frozenset() if batch.initial else told)
            present += [
                Membership(
                    room_id=room_id,
                    event_id=present_id(room_id, user, since),
                    sender=user,
                    sent_at=reader.now,
                    user=user,
                    now=MembershipState.JOIN,
                    display_name=view.members[user].display_name,
                )
                for user in sorted(users)
            ]
        return present

    async def _decide_once(self, event: AnyEvent, reader: StoreReader) -> None:
        assert isinstance(event, Event)
        transaction = reader.transaction
        if not await transaction.mark_seen(event.event_id):
            return
        if isinstance(event, Unreadable):
            await keep(event, transaction)
            return
        if _invites(event, self.transport.user_id) and event.sender == self.organiser:
            join = Join(why="runtime.organiser_invites", room_id=event.room_id)
            await self.decider.write(join, transaction_id(self.bot, event.event_id, -1, 0), reader)
        await self.decider.decide(event, event.event_id, reader)


def _invites(event: AnyEvent, me: str) -> bool:
    return isinstance(event, Membership) and event.user == me and event.now is MembershipState.INVITE


def _is_policy(event: AnyEvent) -> TypeGuard[RoomStateChanged]:
    return isinstance(event, RoomStateChanged) and event.type in POLICY_TYPES
