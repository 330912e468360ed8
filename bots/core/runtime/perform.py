# SPDX-License-Identifier: Apache-2.0
"""The performer: works through one bot's outbox, until every action in it is done, refused or given up.

Within one place in order, over places side by side, the most urgent first;
when the homeserver says "slow down", everything waits for as long as it says, and nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bots.core.actions import TOO_LATE, BotName, Outward, Send
from bots.core.runtime.backoff import backoff
from bots.core.runtime.clock import Clock, wait_for
from bots.core.runtime.effects import Effects
from bots.core.runtime.metrics import Metrics
from bots.core.runtime.outcomes import OUTCOME_KIND, outcome_payload
from bots.core.runtime.payload import from_json
from bots.core.runtime.pending import Pending
from bots.core.runtime.ports import Store, StoreAwayError, Waiting, what_failed
from bots.core.transport import NotReadyError, TokenRevokedError, TransportError

# How many places are served side by side.
WIDTH = 16
# How often the outbox is looked at without having been woken: another bot's process may have put something in.
POLL = timedelta(seconds=1)
# How long it is left alone at the most when it could not be looked at.
LONGEST_WAIT = timedelta(seconds=30)
# After so many answers that something broke over there, it is this action that breaks it.
MOST_SERVER_ERRORS = 12
# Somebody who has had no device for so long is not coming back for this message.
LONGEST_NOT_READY = timedelta(days=7)
INTERNAL = "KITHROOM_INTERNAL"

_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of an action: what `Effects.carry_out` gave, or why it was given up."""

    event_id: str | None = None
    error: TransportError | None = None


@dataclass
class Performer:
    """`store` is where the outbox is, `random` gives numbers from 0 up to 1 for the backoff.

    `outcome_ready` is called when an outcome waits for this same bot.
    """

    bot: BotName
    store: Store
    effects: Effects
    clock: Clock
    metrics: Metrics
    random: Callable[[], float]
    pending: Pending = field(default_factory=Pending)
    outcome_ready: Callable[[], None] = lambda: None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _look: bool = True
    _rows: dict[str, Waiting] = field(default_factory=dict)
    _running: dict[str, tuple[Waiting, asyncio.Task[bool]]] = field(default_factory=dict)
    _held: dict[str, datetime] = field(default_factory=dict)
    _not_ready: set[str] = field(default_factory=set)
    _unanswered: set[str] = field(default_factory=set)
    _device_changes: int = 0
    _attempts: dict[str, int] = field(default_factory=dict)
    _server_errors: dict[str, int] = field(default_factory=dict)
    _results: dict[str, _Result] = field(default_factory=dict)
    _paused_until: datetime | None = None

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._look = True
        self._wake.set()

    def take(self, rows: Sequence[Waiting]) -> None:
        """These were committed to the outbox a moment ago: nobody need read them there."""
        self.pending.decided(rows)
        self._rows |= {row.transaction_id: row for row in rows}
        self._wake.set()

    def sending(self, transaction_ids: Collection[str]) -> Sequence[Waiting]:
        """Those of these rows that are known here and not finished."""
        return [self._rows[id_] for id_ in transaction_ids if id_ in self._rows]

    def devices_changed(self) -> None:
        """What could not be read by anybody may be readable now."""
        self._device_changes += 1
        for place in self._not_ready:
            self._held.pop(place, None)
        self._not_ready.clear()
        self.wake()

    def homeserver_is_back(self) -> None:
        """It is heard again: what it did not answer is tried at once, and not when its wait is over."""
        for place in self._unanswered:
            self._held.pop(place, None)
        self._unanswered.clear()
        self.wake()

    async def run(self) -> None:
        """Work until cancelled. Raises TokenRevokedError when there is no way on."""
        next_look, failures = self.clock.now(), 0
        try:
            while True:
                if self.clock.now() >= next_look:
                    self._look = True
                    next_look = self.clock.now() + POLL
                try:
                    await self._turn()
                except TokenRevokedError:
                    raise
                except Exception as error:  # noqa: BLE001 — the store is away: what waits in it waits on
                    failures += 1
                    next_look = self.clock.now() + backoff(failures, self.random(), cap=LONGEST_WAIT)
                    structlog.get_logger().error(
                        "the outbox can't be reached", bot=self.bot.value, **what_failed(error)
                    )
                else:
                    failures = 0
                await wait_for(self._wake, self.clock, next_look)
        finally:
            await self._let_go()

    async def drain(self) -> int:
        """Carry out everything that is due now, and what comes in meanwhile; come back when only waiting is left.

        Gives how many actions were finished. For tests and simulations; a running bot uses `run`.
        """
        finished = 0
        try:
            while True:
                self._look = True
                finished += await self._turn()
                if not self._running:
                    return finished
                await asyncio.wait([task for _, task in self._running.values()], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._let_go()

    async def _turn(self) -> int:
        """Look for new rows if there may be some, take in what is finished, start what can be started.

        Gives how many actions were finished since the last turn.
        """
        if self._look:
            self._look = False
            known = frozenset(self._rows)
            async with self.store.reading(self.bot, self.clock.now()) as transaction:
                waiting = await transaction.waiting_ids()
                # A row never changes, and opening a sealed one costs: only the new ones are read.
                new = await transaction.waiting([id_ for id_ in waiting if id_ not in self._rows])
            self.pending.decided(new)
            rows = self._rows | {row.transaction_id: row for row in new}
            taken = {id_: row for id_, row in self._rows.items() if id_ not in known}
            self._rows = {id_: rows[id_] for id_ in waiting if id_ in rows} | taken
        # In this order: a row that was finished while it was being read again is taken out here.
        finished = 0
        for place, (row, task) in list(self._running.items()):
            if task.done():
                del self._running[place]
                if task.result():
                    self._rows.pop(row.transaction_id, None)
                    finished += 1
        self.metrics.outbox_depth.set(len(self._rows))
        for row in self._startable():
            task = asyncio.create_task(self._perform(row))
            task.add_done_callback(lambda _: self._wake.set())
            self._running[row.place] = (row, task)
        return finished

    def _startable(self) -> list[Waiting]:
        """The head of each free place, the most urgent first, as many as there are hands."""
        now = self.clock.now()
        if self._paused_until is not None and now < self._paused_until:
            return []
        heads: dict[str, Waiting] = {}
        due = (row for row in self._rows.values() if row.not_before is None or row.not_before <= now)
        for row in sorted(due, key=lambda row: row.priority):
            heads.setdefault(row.place, row)
        free = [
            row for row in heads.values() if row.place not in self._running and self._held.get(row.place, now) <= now
        ]
        return free[: WIDTH - len(self._running)]

    async def _perform(self, row: Waiting) -> bool:
        """Carry one action out. Gives whether the row is finished, one way or the other."""
        action = from_json(row.payload)
        if action.not_after is not None and action.not_after <= self.clock.now():
            late = _Result(error=TransportError(TOO_LATE, "it could not be done while it helps"))
            self._results.setdefault(row.transaction_id, late)
        try:
            result = self._results.get(row.transaction_id) or await self._carry_out(row, action)
            if result is None:
                return False
            # Kept until it is written down: what was done once is not done again because a disk is full.
            self._results[row.transaction_id] = result
            await self._finish(row, action, result)
        except StoreAwayError as error:
            wait = self._hold(row, None, action.not_after if row.transaction_id not in self._results else None)
            self._log("the database is away", action, row, detail=str(error), seconds=wait.total_seconds())
            return False
        return True

    async def _carry_out(self, row: Waiting, action: Outward) -> _Result | None:
        """Do it, and say what came of it; None when it is to be tried again."""
        device_changes = self._device_changes
        try:
            return _Result(await self.effects.carry_out(action, row.transaction_id))
        except (TokenRevokedError, StoreAwayError):
            raise
        except TransportError as error:
            if isinstance(error, NotReadyError) and self._device_changes != device_changes:
                # Whoever was missing may have come meanwhile, and nobody would say so again.
                return None
            return None if self._try_again(row, error, action.not_after) else _Result(error=error)
        except Exception as error:  # noqa: BLE001 — whatever is wrong with one action, the others go on
            self._log("an action broke", action, row, error_type=type(error).__name__)
            return _Result(error=TransportError(INTERNAL, type(error).__name__))

    def _try_again(self, row: Waiting, error: TransportError, not_after: datetime | None) -> bool:
        """Whether this action is tried again; if so, not at once."""
        now = self.clock.now()
        if isinstance(error, NotReadyError):
            if now - row.created_at > LONGEST_NOT_READY:
                return False
            self._not_ready.add(row.place)
        elif error.status == _TOO_MANY_REQUESTS:
            self.metrics.rate_limited.inc()
            wait = self._wait(row, error.retry_after)
            self._paused_until = max(self._paused_until or now, now + wait)
            return True
        elif error.may_stay:
            # Counted apart: the homeserver may have been away for an hour before it says this for the first time.
            errors = self._server_errors[row.transaction_id] = self._server_errors.get(row.transaction_id, 0) + 1
            if not error.retryable or errors >= MOST_SERVER_ERRORS:
                return False
        else:
            self._unanswered.add(row.place)
        self._hold(row, error.retry_after, not_after)
        return True

    def _hold(self, row: Waiting, retry_after: float | None, not_after: datetime | None) -> timedelta:
        """Leave the action's place alone for a while: to be given up in time, no later than `not_after`."""
        now = self.clock.now()
        wait = self._wait(row, retry_after)
        self._held[row.place] = now + wait if not_after is None else min(now + wait, not_after)
        return wait

    def _wait(self, row: Waiting, retry_after: float | None) -> timedelta:
        attempt = self._attempts[row.transaction_id] = self._attempts.get(row.transaction_id, 0) + 1
        return backoff(attempt, self.random(), retry_after=retry_after)

    async def _finish(self, row: Waiting, action: Outward, result: _Result) -> None:
        """Delete the row, keep the label, put the outcome on its way: together, or not at all."""
        error, event_id = result.error, result.event_id
        now = self.clock.now()
        async with self.store.transaction(self.bot, now) as transaction:
            await transaction.done(row.transaction_id)
            if isinstance(action, Send) and action.label is not None and event_id is not None:
                await transaction.set_label(action.label, event_id)
            if action.follow_up:
                payload = outcome_payload(row.payload, error, event_id)
                await transaction.schedule(row.transaction_id, OUTCOME_KIND, now, payload, bot=row.asked_by)
        self._results.pop(row.transaction_id, None)
        self._attempts.pop(row.transaction_id, None)
        self._held.pop(row.place, None)
        self._server_errors.pop(row.transaction_id, None)
        if error is None:
            self.metrics.performed.inc()
            self.metrics.event_to_action.observe(max(0.0, (now - row.created_at).total_seconds()))
        else:
            self.metrics.failed.inc()
            self._log("an action was not carried out", action, row, errcode=error.errcode)
        self.pending.finished(action, row.transaction_id, ok=error is None)
        if action.follow_up and row.asked_by is self.bot:
            self.outcome_ready()

    def _log(self, sentence: str, action: Outward, row: Waiting, **fields: Any) -> None:
        structlog.get_logger().warning(
            sentence, bot=self.bot.value, action=type(action).__name__, rule=action.why, priority=row.priority, **fields
        )

    async def _let_go(self) -> None:
        tasks = [task for _, task in self._running.values()]
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
