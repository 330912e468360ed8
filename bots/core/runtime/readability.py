# SPDX-License-Identifier: Apache-2.0
"""How much of what is said in each room the bot can read: counted by the day, written down about once a minute.

A few messages may go uncounted in a crash; nobody depends on the exact number, and nobody's name is in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bots.core.events import AnyEvent, Message, Unreadable
from bots.core.records import Readability
from bots.core.runtime.ports import Transaction

WRITE_EVERY = timedelta(minutes=1)


@dataclass
class ReadCounts:
    """What one bot has read since it was last written down."""

    _read: Counter[str] = field(default_factory=Counter)
    _unread: Counter[str] = field(default_factory=Counter)
    _next: datetime | None = None

    async def write(self, transaction: Transaction) -> None:
        """Add what was counted to the day's figures, if it is time to."""
        now = transaction.now
        # A clock that was set back must not keep the figures waiting for it to come round again.
        if self._next is not None and self._next - WRITE_EVERY <= now < self._next:
            return
        day = now.date().isoformat()
        for room_id in self._read.keys() | self._unread.keys():
            before = await transaction.get(Readability, room_id, day) or Readability(room_id=room_id, day=day)
            await transaction.remember(
                Readability(
                    room_id=room_id,
                    day=day,
                    read=before.read + self._read[room_id],
                    unread=max(0, before.unread + self._unread[room_id]),
                )
            )
        self._next = now + WRITE_EVERY

    def committed(self, now: datetime, events: Iterable[AnyEvent], late: Iterable[Message]) -> None:
        """Count a batch that was decided on. `late` are those that had counted as not readable before."""
        if self._next == now + WRITE_EVERY:
            self._read.clear()
            self._unread.clear()
        for event in events:
            if isinstance(event, Message) and event.encrypted:
                self._read[event.room_id] += 1
            elif isinstance(event, Unreadable):
                self._unread[event.room_id] += 1
        for message in late:
            self._read[message.room_id] += 1
            self._unread[message.room_id] -= 1
