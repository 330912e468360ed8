# SPDX-License-Identifier: Apache-2.0
"""One sleeper for all that was put by: ticks, outcomes that come home, second looks at what could not be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bots.core.actions import BotName
from bots.core.events import Message, Tick, Unreadable
from bots.core.runtime.backoff import backoff
from bots.core.runtime.clock import Clock, wait_for
from bots.core.runtime.community_rooms import CommunityRooms
from bots.core.runtime.decide import Decider
from bots.core.runtime.outcomes import OUTCOME_KIND, to_outcome
from bots.core.runtime.pending import Pending
from bots.core.runtime.ports import Store, Waiting, what_failed
from bots.core.runtime.reader import StoreReader
from bots.core.runtime.unreadable import UNREADABLE_KIND, readable, with_reason
from bots.core.transport import TokenRevokedError, Transport, TransportError

# Another bot's process may bring an outcome home at any time.
POLL = timedelta(seconds=1)
# How long a tick waits for a homeserver that does not say what has to be known of the message that it is about.
PATIENCE = timedelta(minutes=10)
# How long it is left alone at the most when something failed.
LONGEST_WAIT = timedelta(seconds=30)
_SPREAD = 0.5
# How often what is past its retention is deleted.
EXPIRE_EVERY = timedelta(hours=1)


@dataclass
class Scheduler:
    """`committed` is called after each commit with what it put into the outbox, so that the performer goes to work."""

    bot: BotName
    transport: Transport
    store: Store
    decider: Decider
    clock: Clock
    bots: frozenset[str]
    rooms: CommunityRooms
    pending: Pending
    committed: Callable[[Sequence[Waiting]], None] = lambda _rows: None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    # Since when each of those that are put off has been tried.
    _tried_since: dict[str, datetime] = field(default_factory=dict)

    def wake(self) -> None:
        """Something new was put by."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        next_expiry, failures = self.clock.now(), 0
        while True:
            try:
                await self.step()
                if self.clock.now() >= next_expiry:
                    async with self.store.transaction(self.bot, self.clock.now()) as transaction:
                        await transaction.expire()
                    next_expiry = self.clock.now() + EXPIRE_EVERY
            except TokenRevokedError:
                raise
            except Exception as error:  # noqa: BLE001 — nothing was committed: what is due stays due
                failures += 1
                wait = backoff(failures, _SPREAD, cap=LONGEST_WAIT)
                structlog.get_logger().error(
                    "what was due could not be decided", bot=self.bot.value, **what_failed(error)
                )
                await self.clock.sleep_until(self.clock.now() + wait)
            else:
                failures = 0
                await wait_for(self._wake, self.clock, self.clock.now() + POLL)

    async def step(self) -> int:
        """Everything that is due by now, in one transaction. Gives how many ticks that were."""
        now = self.clock.now()
        async with self.store.reading(self.bot, now) as transaction:
            due = list(await transaction.due(now))
        if not due:
            return 0
        due, messages, unreadable = await self._second_look(due)
        due, senders = await self._senders(due)
        async with self.store.transaction(self.bot, now) as transaction:
            rooms = {*_room_ids(due), *(event.room_id for event in messages)}
            reader = await StoreReader.open(
                transaction, self.transport, self.bots, self.rooms, rooms, senders, self.pending
            )
            for message in messages:
                if await transaction.drop_unreadable(message.event_id):
                    await self.decider.decide(message, message.event_id, reader)
            for tick in due:
                self._tried_since.pop(tick.id, None)
                # Before the handlers, one of which may put the same tick by again.
                if not await transaction.cancel(tick.id, due_at=tick.due_at):
                    # It was cancelled or put off, meanwhile or by one of the others.
                    continue
                source = f"tick:{tick.id}:{tick.due_at.isoformat()}"
                if tick.kind == OUTCOME_KIND:
                    await self.decider.decide(to_outcome(tick), source, reader)
                elif tick.kind != UNREADABLE_KIND:
                    await self.decider.decide(tick, source, reader)
                elif (event := unreadable.get(tick.id)) is not None:
                    await self.decider.decide(event, f"unreadable:{event.event_id}", reader)
        self.committed(reader.enqueued)
        return len(due)

    async def _second_look(self, due: list[Tick]) -> tuple[list[Tick], list[Message], dict[str, Unreadable]]:
        """What has become readable meanwhile, and, by tick, the first event of each session that has not.

        Before them what is to be decided on now: of what can't be told yet whether it is readable, nobody is told.
        """
        messages: list[Message] = []
        unreadable: dict[str, Unreadable] = {}
        ready: list[Tick] = []
        for tick in due:
            if tick.kind == UNREADABLE_KIND:
                async with self.store.reading(self.bot, self.clock.now()) as transaction:
                    room_id, session_id = str(tick.payload["room_id"]), str(tick.payload["session_id"])
                    waiting = await transaction.unreadable(room_id, session_id)
                try:
                    came = await readable(self.transport, waiting)
                except TransportError as error:
                    if self._is_put_off(tick, error):
                        continue
                    came = []
                messages += came
                left = [event for event in waiting if event.event_id not in {message.event_id for message in came}]
                if left:
                    unreadable[tick.id] = await with_reason(self.transport, left[0])
            ready.append(tick)
        return ready, messages, unreadable

    async def _senders(self, due: list[Tick]) -> tuple[list[Tick], dict[tuple[str, str], str]]:
        """Who sent the events that handlers will ask about. What can't be looked up now stays due, for a while."""
        senders: dict[tuple[str, str], str] = {}
        ready: list[Tick] = []
        for tick in due:
            room_id = tick.payload.get("room_id")
            targets = self.decider.targets(tick) if isinstance(room_id, str) else ()
            try:
                found = {(room_id, id_): await self.transport.event_sender(str(room_id), id_) for id_ in targets}
            except TransportError as error:
                if self._is_put_off(tick, error):
                    continue
                found = {}
            senders |= {(str(room), id_): sender for (room, id_), sender in found.items() if sender is not None}
            ready.append(tick)
        return ready, senders

    def _is_put_off(self, tick: Tick, error: TransportError) -> bool:
        """Whether this tick stays due for now. Raises TokenRevokedError."""
        if isinstance(error, TokenRevokedError):
            raise error
        now = self.clock.now()
        # Counted from the first try, not from when it was due: the machine may have slept for a night.
        if error.retryable and now - self._tried_since.setdefault(tick.id, now) < PATIENCE:
            return True
        self._tried_since.pop(tick.id, None)
        return False


def _room_ids(due: list[Tick]) -> Iterator[str]:
    """Whatever in the payloads looks like a room: a handler may ask for it."""

    def within(value: object) -> Iterator[str]:
        if isinstance(value, str) and value.startswith("!"):
            yield value
        elif isinstance(value, Mapping):
            for inner in value.values():
                yield from within(inner)

    for tick in due:
        yield from within(tick.payload)
