# SPDX-License-Identifier: Apache-2.0
"""One bot, running: the loop, the performer, the scheduler and the operator's pages, until somebody says stop."""

from __future__ import annotations

import asyncio
import random as machine_random
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bots.core.actions import BotName
from bots.core.bot import Bot
from bots.core.community import Community, HistorySharing
from bots.core.events import AnyEvent, Membership, Started
from bots.core.language import Catalogue
from bots.core.pages import Seen
from bots.core.rooms import MembershipState
from bots.core.runtime.clock import Clock, SystemClock
from bots.core.runtime.community_rooms import CommunityRooms
from bots.core.runtime.decide import Decider
from bots.core.runtime.directory import StoreDirectory
from bots.core.runtime.effects import DryRun
from bots.core.runtime.http import application, serve
from bots.core.runtime.live import Live
from bots.core.runtime.loop import Loop
from bots.core.runtime.metrics import Metrics
from bots.core.runtime.observe import Watching
from bots.core.runtime.pending import Pending
from bots.core.runtime.perform import Performer
from bots.core.runtime.ports import Store
from bots.core.runtime.reader import StoreReader
from bots.core.runtime.scheduler import Scheduler
from bots.core.transport import SyncBatch, TokenRevokedError, Transport

EXIT_OK = 0
EXIT_TOKEN_REVOKED = 3


@dataclass
class Running:
    """The parts of one bot, wired to each other. Nothing happens until `run`, or until a test takes the steps itself.

    `bots` are the user ids of all of the community's bots, `organiser` the one whose invitations are always accepted.
    With `dry_run` nothing leaves: what would have been done is on the log.
    `look` looks at web addresses, for the bot that does.
    `mistakes` are in the organiser's settings: those that `community` is made from were right at `settings_of`.
    """

    bot: Bot
    transport: Transport
    store: Store
    community: Community
    catalogue: Catalogue
    bots: frozenset[str]
    organiser: str
    clock: Clock = field(default_factory=SystemClock)
    random: Callable[[], float] = machine_random.random
    dry_run: bool = False
    mistakes: tuple[str, ...] = ()
    settings_of: datetime | None = None
    look: Callable[[str], Awaitable[Seen]] | None = None

    def __post_init__(self) -> None:
        name = self.bot.name
        rooms, pending = CommunityRooms(), Pending()
        self.metrics = Metrics()
        self.live = Live(
            voice=name,
            transport=self.transport,
            directory=StoreDirectory(name, self.store, self.transport, self.bots, self.community, self.clock, rooms),
            catalogue=self.catalogue,
            bots=self.bots,
            sharing=frozenset(c.id for c in self.community.conditions if c.history is HistorySharing.ON),
            look=self.look,
        )
        # What is watched is what is done to people: the other two bots do what people ask them for.
        watching = Watching.of(self.community) if name is BotName.MODERATION else None
        self.decider = Decider(self.bot, self.metrics, watching)
        self.performer = Performer(
            bot=name,
            store=self.store,
            effects=DryRun(name) if self.dry_run else self.live,
            clock=self.clock,
            metrics=self.metrics,
            random=self.random,
            pending=pending,
        )
        self.scheduler = Scheduler(
            bot=name,
            transport=self.transport,
            store=self.store,
            decider=self.decider,
            clock=self.clock,
            bots=self.bots,
            rooms=rooms,
            pending=pending,
            committed=self.performer.take,
        )
        self.performer.outcome_ready = self.scheduler.wake
        self.loop = Loop(
            bot=name,
            transport=self.transport,
            store=self.store,
            decider=self.decider,
            clock=self.clock,
            metrics=self.metrics,
            bots=self.bots,
            rooms=rooms,
            pending=pending,
            organiser=self.organiser,
            random=self.random,
            sending=self.performer.sending,
            committed=self._committed,
            heard_again=self._homeserver_is_back,
        )
        self._rooms, self._pending = rooms, pending
        self._caught_up = asyncio.Event()
        self._told_started = False

    def _committed(self, batch: SyncBatch, reader: StoreReader | None) -> None:
        if not self._caught_up.is_set():
            # What was sent just before a crash shows itself here, however long ago that was.
            self.live.already_sent.update(batch.own)
            self._caught_up.set()
        # Of somebody who comes in, and was in another of the bot's rooms, not every homeserver says it in both ways.
        if batch.devices_changed or any(map(_comes_in, batch.events)):
            self.performer.devices_changed()
        if reader is not None and reader.enqueued:
            self.performer.take(reader.enqueued)
        if reader is not None and reader.scheduled:
            self.scheduler.wake()

    def _homeserver_is_back(self) -> None:
        self.live.homeserver_is_back()
        self.performer.homeserver_is_back()

    async def _started(self) -> None:
        """Let the bot know that it runs, where it cares: once. What goes wrong with that stops nothing else."""
        if self._told_started or not any(handler.event is Started for handler in self.bot.handlers):
            return
        self._told_started = True
        now = self.clock.now()
        event = Started(at=now, mistakes=self.mistakes, settings_of=self.settings_of)
        try:
            async with self.store.transaction(self.bot.name, now) as transaction:
                reader = await StoreReader.open(
                    transaction, self.transport, self.bots, self._rooms, pending=self._pending
                )
                await self.decider.decide(event, f"started:{now.isoformat()}", reader)
        except Exception as error:  # noqa: BLE001 — a bot that can't say how it stands still protects
            structlog.get_logger().error(
                "how things stand could not be told", bot=self.bot.name.value, error_type=type(error).__name__
            )
            return
        self.performer.take(reader.enqueued)
        self.scheduler.wake()

    async def work(self) -> None:
        """Everything at once, until cancelled. Raises TokenRevokedError (in an ExceptionGroup)."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.loop.run(), name="loop")
            # The rooms are as the homeserver says they are only once it has been heard.
            await self._caught_up.wait()
            await self._started()
            tasks.create_task(self.performer.run(), name="performer")
            tasks.create_task(self.scheduler.run(), name="scheduler")

    async def step(self) -> bool:
        """One turn of everything without waiting: for tests and simulations. Gives whether something happened."""
        batch = await self.loop.step(timeout_ms=0)
        await self._started()
        ticks = await self.scheduler.step()
        finished = await self.performer.drain()
        return bool(batch.events or ticks or finished)


async def run_bot(running: Running, *, http_port: int | None = None, stop: asyncio.Event | None = None) -> int:
    """Run until SIGTERM, SIGINT or `stop`. Gives the exit code: 0, or 3 when the account's token was revoked.

    `http_port` is where `/healthz` and `/metrics` are on loopback: 0 for any, None for nowhere.
    What was begun and not finished is in the outbox, and goes on at the next start.
    """
    stop = stop or asyncio.Event()
    log = structlog.get_logger().bind(bot=running.bot.name.value)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(running.transport.close)
        stack.enter_context(_signals_set(stop))
        if http_port is not None:
            pages = application(running.metrics, lambda: running.transport.health, running.clock)
            port = await stack.enter_async_context(serve(pages, http_port))
            log.info("health and metrics", port=port)
        work = asyncio.create_task(running.work())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        work.cancel()
        code = EXIT_OK
        try:
            await work
        except* TokenRevokedError:
            log.error("the homeserver no longer accepts this bot's access token: log it in again, then start it")
            code = EXIT_TOKEN_REVOKED
        except* asyncio.CancelledError:
            log.info("stopped")
        return code


@contextmanager
def _signals_set(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _comes_in(event: AnyEvent) -> bool:
    return isinstance(event, Membership) and event.now is MembershipState.JOIN
