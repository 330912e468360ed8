# SPDX-License-Identifier: Apache-2.0
"""A store in memory with real transactions: what is not committed is not there."""

from __future__ import annotations

import asyncio
import copy
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, get_type_hints

from bots.core.actions import Audit, BotName
from bots.core.events import Tick
from bots.core.records import Kept
from bots.core.runtime.ports import Waiting


@dataclass
class Tables:
    records: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)
    seen: set = field(default_factory=set)
    labels: dict = field(default_factory=dict)
    outbox: dict = field(default_factory=dict)
    ticks: dict = field(default_factory=dict)
    unreadable: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    audit: list[Audit] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)

    def copied(self) -> Tables:
        """The tables copied; what is in them is frozen."""
        return Tables(**{each.name: copy.copy(getattr(self, each.name)) for each in fields(self)})


class MemoryStore:
    def __init__(self) -> None:
        self.tables = Tables()
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self, bot: BotName, now: datetime) -> AsyncIterator[MemoryTransaction]:
        async with self._lock:
            mine = self.tables.copied()
            yield MemoryTransaction(mine, bot, now)
            self.tables = mine


def pseudonym(user: str) -> str:
    return hashlib.sha256(user.encode()).hexdigest()[:16]


class MemoryTransaction:
    def __init__(self, tables: Tables, bot: BotName, now: datetime) -> None:
        self._t = tables
        self._bot = bot
        self.now = now

    @asynccontextmanager
    async def savepoint(self):
        before = self._t.copied()
        try:
            yield
        except BaseException:
            for each in fields(Tables):
                setattr(self._t, each.name, getattr(before, each.name))
            raise

    def pseudonym(self, user):
        return pseudonym(user)

    async def get(self, record, *key):
        return self._t.records.get((record.__name__, self._key(record, key)))

    async def find(self, record, **where):
        hashed = _hashed(record)
        wanted = {k: pseudonym(v) if k in hashed else v for k, v in where.items()}
        every = [value for (name, _), value in self._t.records.items() if name == record.__name__]
        return [r for r in every if all(getattr(r, k) == v for k, v in wanted.items())]

    async def remember(self, record):
        kind = type(record)
        key = self._key(kind, [getattr(record, name) for name in kind.key])
        kept = replace(record, **{name: pseudonym(getattr(record, name)) for name in _hashed(kind)})
        self._t.records[kind.__name__, key] = kept

    async def forget(self, record, *key):
        self._t.records.pop((record.__name__, self._key(record, key)), None)

    async def erase(self, user):
        self._t.erased.append(user)

    async def audit(self, entry):
        self._t.audit.append(entry)

    async def next_number(self, series):
        self._t.numbers[series] = self._t.numbers.get(series, 0) + 1
        return self._t.numbers[series]

    async def position(self, name):
        return self._t.positions.get((self._bot, name))

    async def set_position(self, name, value):
        self._t.positions[self._bot, name] = value

    async def seen(self, source):
        return (self._bot, source) in self._t.seen

    async def mark_seen(self, source):
        self._t.seen.add((self._bot, source))

    async def label(self, event_id):
        return next((k[1] for k, v in self._t.labels.items() if v == event_id and k[0] is self._bot), None)

    async def event_id(self, label):
        return self._t.labels.get((self._bot, label))

    async def set_label(self, label, event_id):
        self._t.labels[self._bot, label] = event_id

    async def enqueue(self, voice, *, transaction_id, place, priority, not_before, payload: Mapping[str, Any]):
        row = Waiting(
            transaction_id=transaction_id,
            asked_by=self._bot,
            place=place,
            priority=priority,
            not_before=not_before,
            created_at=self.now,
            payload=payload,
        )
        self._t.outbox.setdefault((voice, transaction_id), row)

    async def waiting(self):
        return [row for (voice, _), row in self._t.outbox.items() if voice is self._bot]

    async def done(self, transaction_id):
        self._t.outbox.pop((self._bot, transaction_id), None)

    async def schedule(self, id_, kind, at, payload, *, bot=None):
        self._t.ticks[bot or self._bot, id_] = Tick(id=id_, kind=kind, due_at=at, payload=payload)

    async def cancel(self, id_):
        self._t.ticks.pop((self._bot, id_), None)

    async def due(self, now):
        mine = [tick for (bot, _), tick in self._t.ticks.items() if bot is self._bot and tick.due_at <= now]
        return sorted(mine, key=lambda tick: tick.due_at)

    async def next_due(self):
        return min((tick.due_at for (bot, _), tick in self._t.ticks.items() if bot is self._bot), default=None)

    async def keep_unreadable(self, event):
        self._t.unreadable[self._bot, event.event_id] = event

    async def unreadable(self, room_id, session_id):
        mine = [event for (bot, _), event in self._t.unreadable.items() if bot is self._bot]
        return [event for event in mine if (event.room_id, event.session_id) == (room_id, session_id)]

    async def drop_unreadable(self, event_id):
        self._t.unreadable.pop((self._bot, event_id), None)

    def _key(self, record, values):
        hashed = _hashed(record)
        return tuple(pseudonym(v) if n in hashed else v for n, v in zip(record.key, values, strict=True))


def _hashed(record):
    hints = get_type_hints(record, include_extras=True)
    return {name for name, hint in hints.items() if Kept.HASHED in getattr(hint, "__metadata__", ())}
