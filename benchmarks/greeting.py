# SPDX-License-Identifier: Apache-2.0
"""(f): many newcomers within minutes, each with a real client: from joining the lobby to a readable greeting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from benchmarks.ground import Ground
from benchmarks.load import Latency, latency
from benchmarks.machine import Usage, usage
from benchmarks.report import Row
from bots.core.events import Membership, Message
from bots.core.matrix.client import MatrixClient
from bots.core.rooms import MembershipState
from bots.core.transport import TransportError

# Seconds to wait for one's greeting.
_PATIENCE = 120.0
_AT_ONCE = 2
_AGAIN = 0.2
_LONG_POLL_MS = 10_000


@dataclass(frozen=True)
class Greeted:
    """How long the newcomers waited, what the bot used meanwhile (CPU seconds), and what it has in the end."""

    newcomers: Latency
    cpu: float
    used: Usage


async def people(ground: Ground, count: int, tell: Callable[[], object]) -> list[MatrixClient]:
    """So many people with clients that have synced."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> MatrixClient:
        async with free:
            person = await ground.person(f"newcomer-{number}")
            tell()
            return person

    return list(await asyncio.gather(*(one(number) for number in range(count))))


async def greetings(
    lobby: str, bot: str, pid: int, newcomers: Sequence[MatrixClient], every: float, tell: Callable[[], object]
) -> Greeted:
    """Have one newcomer join every so many seconds, whether or not the last one was greeted."""
    before = usage(pid).cpu

    async def one(person: MatrixClient) -> float | None:
        took: float | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                took = await _greeted(person, lobby, bot)
        tell()
        return took

    tasks = []
    for person in newcomers:
        tasks.append(asyncio.create_task(one(person)))
        await asyncio.sleep(every)
    took = await asyncio.gather(*tasks)
    used = usage(pid)
    return Greeted(latency(took), used.cpu - before, used)


async def _greeted(person: MatrixClient, lobby: str, bot: str) -> float:
    since = await _now(person)
    began = time.perf_counter()
    await _joined(person, lobby)
    while True:
        try:
            batch = await person.sync(since, timeout_ms=_LONG_POLL_MS)
        except TransportError:
            await asyncio.sleep(_AGAIN)
            continue
        since = batch.next_batch
        for event in batch.events:
            if not isinstance(event, Membership | Message) or event.sender != bot:
                continue
            if isinstance(event, Message):
                if event.encrypted:
                    return time.perf_counter() - began
            elif event.user == person.user_id and event.now is MembershipState.INVITE:
                await _joined(person, event.room_id)


async def _now(person: MatrixClient) -> str:
    while True:
        with suppress(TransportError):
            return (await person.sync(None, timeout_ms=0)).next_batch
        await asyncio.sleep(_AGAIN)


async def _joined(person: MatrixClient, room: str) -> None:
    """Come in, as often as it takes: a homeserver with its hands full lets a client wait until it gives up."""
    while True:
        with suppress(TransportError):
            await person.join(room)
            return
        await asyncio.sleep(_AGAIN)


def greeting_rows(found: Mapping[str, Greeted], reference: str) -> list[Row]:
    """The rows of (f)."""
    asked = max(each.newcomers.asked for each in found.values())
    figures: list[tuple[str, str, Callable[[Greeted], float]]] = [
        ("p50, joining to readable greeting", "s", lambda each: each.newcomers.p50),
        ("p95", "s", lambda each: each.newcomers.p95),
        (f"greeted of {asked}", "", lambda each: float(each.newcomers.answered)),
        ("CPU a newcomer", "CPU s", lambda each: each.cpu / max(1, each.newcomers.answered)),
        ("memory in the end, shared pages shared out", "MB", lambda each: each.used.memory),
    ]
    return [
        Row(
            part="f",
            what=what,
            unit=unit,
            values={title: of(each) for title, each in found.items()},
            reference=reference,
        )
        for what, unit, of in figures
    ]
