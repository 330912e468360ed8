# SPDX-License-Identifier: Apache-2.0
"""The one place where time passes, behind a protocol, so that a test can let a week go by at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting for a time."""

    def now(self) -> datetime:
        """The time, UTC."""

    async def sleep_until(self, at: datetime) -> None:
        """Come back once `now()` is `at` or later."""


class SystemClock:
    """The machine's clock.

    Long waits are cut into pieces, so that a machine that was asleep, or whose clock was set,
    is late by a minute at most.
    """

    longest_piece = 60.0

    def now(self) -> datetime:
        """The time, UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, at: datetime) -> None:
        """Come back once `now()` is `at` or later."""
        while (left := (at - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 — it is time itself that is waited for
            await asyncio.sleep(min(left, self.longest_piece))


async def wait_for(event: asyncio.Event, clock: Clock, until: datetime) -> None:
    """Come back when `event` is set or `until` has come, whichever is first. The event is left cleared."""
    if not event.is_set():
        tasks = (asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep_until(until)))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    event.clear()
