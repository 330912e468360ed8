# SPDX-License-Identifier: Apache-2.0
"""People who ask, with real encryption, and who time how long it takes until an answer is readable on their side."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from bots.core.events import Message
from bots.core.language import Rendered
from bots.core.transport import Outgoing, Transport, TransportError

QUESTION = Rendered("!find gluten free travel", "!find gluten free travel")
_numbers = count()


@dataclass
class Asker:
    """One person's client. `listen` runs beside the asking."""

    client: Transport
    bot: str
    since: str | None = None
    _waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _early: dict[str, float] = field(default_factory=dict)

    async def listen(self) -> None:
        """Sync for ever, and note when each answer became readable."""
        while True:
            try:
                batch = await self.client.sync(self.since, timeout_ms=10_000)
            except TransportError:
                await asyncio.sleep(0.2)
                continue
            self.since = batch.next_batch
            now = time.perf_counter()
            for event in batch.events:
                if isinstance(event, Message) and event.sender == self.bot and event.thread:
                    future = self._waiting.pop(event.thread, None)
                    if future is None:
                        self._early.setdefault(event.thread, now)
                    elif not future.done():
                        future.set_result(now)

    async def send(self, room: str) -> tuple[str, float]:
        """Ask in a room; the question's event id, and when its sending began."""
        before = time.perf_counter()
        message = Outgoing(rendered=QUESTION, notice=False)
        return await self.client.send(room, message, f"bench{next(_numbers)}"), before

    async def answer(self, question: str, *, patience: float) -> float | None:
        """When the answer to a question became readable; None when none did within `patience` seconds."""
        if question in self._early:
            return self._early.pop(question)
        future = self._waiting[question] = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(future, patience)
        self._waiting.pop(question, None)
        return None

    async def ask(self, room: str, *, patience: float) -> float | None:
        """Seconds from the sending of a question to its readable answer; None when none came in time."""
        question, before = await self.send(room)
        at = await self.answer(question, patience=patience)
        return None if at is None else at - before


@dataclass(frozen=True)
class Latency:
    """Seconds; `answered` of `asked`."""

    asked: int
    answered: int
    p50: float
    p95: float


@dataclass(frozen=True)
class Burst:
    """How many of a burst were answered, and at which rate (answers a second, first question to last answer)."""

    asked: int
    answered: int
    rate: float


def latency(samples: Sequence[float | None]) -> Latency:
    """The percentiles of the answers that came."""
    came = sorted(sample for sample in samples if sample is not None)
    if not came:
        return Latency(len(samples), 0, float("inf"), float("inf"))
    return Latency(len(samples), len(came), _percentile(came, 0.50), _percentile(came, 0.95))


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def one_a_second(asker: Asker, rooms: Sequence[str], questions: int) -> list[float | None]:
    """Ask once a second, room after room, whether or not the last answer has come."""
    tasks = []
    for number in range(questions):
        tasks.append(asyncio.create_task(asker.ask(rooms[number % len(rooms)], patience=30)))
        await asyncio.sleep(1)
    return list(await asyncio.gather(*tasks))


async def burst(askers: Sequence[Asker], rooms: Sequence[str], questions: int, *, patience: float) -> Burst:
    """Ask `questions` as fast as they go, from every asker, over all rooms."""
    start = time.perf_counter()
    numbers = iter(range(questions))
    waiting: list[asyncio.Task[float | None]] = []

    async def sender(asker: Asker) -> None:
        for number in numbers:
            question, _ = await asker.send(rooms[number % len(rooms)])
            waiting.append(asyncio.create_task(asker.answer(question, patience=patience)))

    await asyncio.gather(*(sender(asker) for asker in askers for _ in range(_AT_ONCE)))
    ends = [at for at in await asyncio.gather(*waiting) if at is not None]
    return Burst(questions, len(ends), len(ends) / (max(ends, default=start + 1) - start))


# Requests that one client has on the way; more would only queue in the homeserver.
_AT_ONCE = 3
