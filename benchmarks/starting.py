# SPDX-License-Identifier: Apache-2.0
"""(d): from the start of a process that has run before to its first readable answer, with few and with many rooms."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence

from benchmarks.ground import Ground
from benchmarks.load import Asker
from benchmarks.measures import PLAIN_NIO
from benchmarks.report import Row
from benchmarks.subjects import Subject

_EVERY = 0.25
_PATIENCE = 120.0
_AT_ONCE = 4


async def first_answer(subject: Subject) -> float:
    """Seconds from starting the process until a question that was asked since is answered; infinite if none is."""
    program = subject.program
    program.stop()
    begun = time.perf_counter()
    program.spawn()
    asker, room = subject.places[0]
    waiting: set[asyncio.Task[float | None]] = set()
    try:
        while time.perf_counter() - begun < _PATIENCE:
            # Again and again: a program need not answer what was asked before it listened.
            waiting.add(asyncio.create_task(_answered(asker, room)))
            done, waiting = await asyncio.wait(waiting, timeout=_EVERY, return_when=asyncio.FIRST_COMPLETED)
            times = [at for task in done if (at := task.result()) is not None]
            if times:
                return min(times) - begun
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await program.ready()
    return float("inf")


async def _answered(asker: Asker, room: str) -> float | None:
    question, _ = await asker.send(room)
    return await asker.answer(question, patience=_PATIENCE)


async def starts(subject: Subject, times: int) -> float:
    """The median of so many starts; one more goes before them, so that what is new is old."""
    await first_answer(subject)
    return statistics.median([await first_answer(subject) for _ in range(times)])


async def more_rooms(ground: Ground, subjects: Sequence[Subject], count: int) -> None:
    """So many quiet encrypted rooms that all subjects are in."""
    free = asyncio.Semaphore(_AT_ONCE)
    accounts = [subject.program.account for subject in subjects]

    async def one() -> None:
        async with free:
            await ground.room(accounts, [])

    await asyncio.gather(*(one() for _ in range(count)))


def start_rows(found: Mapping[int, Mapping[str, float]]) -> list[Row]:
    """The rows of (d), by the number of rooms."""
    return [
        Row(part="d", what=f"with {rooms} rooms", unit="s", values=values, reference=PLAIN_NIO)
        for rooms, values in found.items()
    ]
