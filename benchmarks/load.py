# SPDX-License-Identifier: Apache-2.0
"""People who ask, with real encryption, and who time how long it takes until an answer is readable on their side.

They use Kithroom's own client (`bots.core.matrix`), whoever answers them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from bots.core.events import Message
from bots.core.language import Rendered
from bots.core.matrix.client import MatrixClient
from bots.core.transport import Outgoing, TransportError

QUESTION = Rendered("!find insulin", "!find insulin")
# Requests that one person has on the way in a burst; more would only queue in the homeserver.
_AT_ONCE = 3
_numbers = count()


@dataclass
class Asker:
    """One person's client. `listen` runs beside the asking."""

    client: MatrixClient
    since: str | None = None
    _waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _early: dict[str, float] = field(default_factory=dict)

    async def listen(self) -> None:
        """Sync for ever, and note when each answer (the first message in the question's thread) became readable."""
        while True:
            try:
                batch = await self.client.sync(self.since, timeout_ms=10_000)
            except TransportError:
                await asyncio.sleep(0.2)
                continue
            self.since = batch.next_batch
            now = time.perf_counter()
            for event in batch.events:
                if isinstance(event, Message) and event.thread:
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


# Who asks where.
Place = tuple[Asker, str]


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

    def __add__(self, other: Burst) -> Burst:
        """Both, one after the other."""
        answered = self.answered + other.answered
        seconds = sum(each.answered / each.rate for each in (self, other) if each.rate)
        return Burst(self.asked + other.asked, answered, answered / seconds if seconds else 0.0)


def latency(samples: Sequence[float | None]) -> Latency:
    """The percentiles of the answers that came."""
    came = sorted(sample for sample in samples if sample is not None)
    if not came:
        return Latency(len(samples), 0, float("inf"), float("inf"))
    return Latency(len(samples), len(came), _percentile(came, 0.50), _percentile(came, 0.95))


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def steadily(
    places: Sequence[Place],
    interval: float,
    questions: int | None,
    *,
    until: asyncio.Event | None = None,
    patience: float = 30,
    asked: Callable[[], object] = lambda: None,
) -> list[float | None]:
    """Ask every `interval` seconds, place after place, whether or not the last answer has come.

    Stops after so many `questions`, or when `until` is set. Gives how long each answer took.
    """
    tasks: list[asyncio.Task[float | None]] = []
    while (questions is None or len(tasks) < questions) and not (until and until.is_set()):
        asker, room = places[len(tasks) % len(places)]
        tasks.append(asyncio.create_task(asker.ask(room, patience=patience)))
        asked()
        await asyncio.sleep(interval)
    return list(await asyncio.gather(*tasks))


async def burst(
    places: Sequence[Place], questions: int, *, patience: float, ended: Callable[[], object] = lambda: None
) -> Burst:
    """Ask `questions` as fast as they go, everybody at once, over all rooms."""
    queues: dict[int, tuple[Asker, deque[str]]] = {}
    for number in range(questions):
        asker, room = places[number % len(places)]
        queues.setdefault(id(asker), (asker, deque()))[1].append(room)
    waiting: list[asyncio.Task[float | None]] = []

    async def answered(asker: Asker, question: str) -> float | None:
        at = await asker.answer(question, patience=patience)
        ended()
        return at

    async def sender(asker: Asker, rooms: deque[str]) -> None:
        while rooms:
            question, _ = await asker.send(rooms.popleft())
            waiting.append(asyncio.create_task(answered(asker, question)))

    start = time.perf_counter()
    await asyncio.gather(*(sender(asker, rooms) for asker, rooms in queues.values() for _ in range(_AT_ONCE)))
    ends = [at for at in await asyncio.gather(*waiting) if at is not None]
    return Burst(questions, len(ends), len(ends) / (max(ends, default=start + 1) - start))
