# SPDX-License-Identifier: Apache-2.0
"""A store in memory with real transactions: what is not committed is not there. For simulations and tests."""

from __future__ import annotations

import asyncio
import copy
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, TypeVar, cast, get_args, get_type_hints

from bots.core.actions import Audit, BotName
from bots.core.events import Tick, Unreadable
from bots.core.records import Holding, Kept, Record, names, table_name
from bots.core.runtime.outcomes import OUTCOME_KIND
from bots.core.runtime.ports import Waiting

R = TypeVar("R", bound=Record)


@dataclass
class Tables:
    """What is in the store: rows by their keys."""

    records: dict[tuple[type[Record], tuple[object, ...]], Record] = field(default_factory=dict)
    positions: dict[tuple[BotName, str], str] = field(default_factory=dict)
    seen: set[tuple[BotName, str]] = field(default_factory=set)
    labels: dict[tuple[BotName, str], str] = field(default_factory=dict)
    outbox: dict[tuple[BotName, str], Waiting] = field(default_factory=dict)
    ticks: dict[tuple[BotName, str], Tick] = field(default_factory=dict)
    unreadable: dict[tuple[BotName, str], Unreadable] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    audit: list[tuple[datetime, Audit]] = field(default_factory=list)

    def copied(self) -> Tables:
        """The tables copied; what is in them is frozen."""
        return Tables(**{each.name: copy.copy(getattr(self, each.name)) for each in fields(self)})


class MemoryStore:
    """A `bots.core.runtime.ports.Store`. One transaction at a time."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self, bot: BotName, now: datetime) -> AsyncIterator[MemoryTransaction]:
        """Commits at the end; an exception undoes it all."""
        async with self._lock:
            mine = self.tables.copied()
            yield MemoryTransaction(mine, bot, now)
            self.tables = mine

    @asynccontextmanager
    async def reading(self, bot: BotName, now: datetime) -> AsyncIterator[MemoryTransaction]:
        """What is written in it is nowhere."""
        yield MemoryTransaction(self.tables.copied(), bot, now)


class MemoryTransaction:
    """A `bots.core.runtime.ports.Transaction`."""

    def __init__(self, tables: Tables, bot: BotName, now: datetime) -> None:
        self._tables = tables
        self._bot = bot
        self.now = now

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is written inside is undone if it raises."""
        before = self._tables.copied()
        try:
            yield
        except BaseException:
            for each in fields(Tables):
                setattr(self._tables, each.name, getattr(before, each.name))
            raise

    def pseudonym(self, user: str) -> str:
        """A hash of the user id (without a key: nothing here is at rest); one that is a hash already stays as it is."""
        return user if user.startswith("~") else "~" + hashlib.sha256(user.encode()).hexdigest()[:32]

    async def get(self, record: type[R], *key: object) -> R | None:
        """The record with this key."""
        return cast("R | None", self._tables.records.get((record, self._key(record, key))))

    async def find(self, record: type[R], **where: object) -> Sequence[R]:
        """The records whose fields equal `where`, oldest first."""
        hashed = _hashed(record)
        people = {name: self.pseudonym(str(v)) for name, v in where.items() if name in hashed and v is not None}
        wanted = where | people
        every = [cast("R", found) for (kind, _), found in self._tables.records.items() if kind is record]
        return [found for found in every if all(getattr(found, name) == v for name, v in wanted.items())]

    async def remember(self, record: Record) -> None:
        """Write a record, in place of one with the same key."""
        kind = type(record)
        key = self._key(kind, [getattr(record, name) for name in kind.key])
        people = {name: getattr(record, name) for name in _hashed(kind)}
        hidden = {name: self.pseudonym(user) for name, user in people.items() if user is not None}
        self._tables.records[kind, key] = replace(record, **hidden)  # type: ignore[type-var]  # each is a dataclass

    async def forget(self, record: type[Record], *key: object) -> None:
        """Delete a record."""
        self._tables.records.pop((record, self._key(record, key)), None)

    async def erase(self, user: str) -> None:
        """Delete what is about the user and need not be kept."""
        for (kind, key), record in list(self._tables.records.items()):
            if kind.duty.on_erase == "delete" and self._is_about(record, user):
                del self._tables.records[kind, key]
        for at, event in list(self._tables.unreadable.items()):
            if event.sender == user:
                del self._tables.unreadable[at]
        for id_, tick in list(self._tables.ticks.items()):
            if tick.kind != OUTCOME_KIND and names(tick.payload, user):
                del self._tables.ticks[id_]

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What the records keep about the user; the runtime's own tables are the database's alone to tell of."""
        rows: dict[type[Record], list[dict[str, object]]] = {}
        for (kind, _), record in self._tables.records.items():
            if self._is_about(record, user):
                shown = {name: getattr(record, name) for name in get_type_hints(kind) if name not in ("key", "duty")}
                rows.setdefault(kind, []).append(shown)
        return [Holding(table=table_name(kind), duty=kind.duty, rows=tuple(found)) for kind, found in rows.items()]

    def _is_about(self, record: Record, user: str) -> bool:
        kind, subject = type(record), type(record).duty.subject
        if subject is None:
            return False
        return bool(getattr(record, subject) == (self.pseudonym(user) if subject in _hashed(kind) else user))

    async def audit(self, entry: Audit) -> None:
        """Add a line to the audit log."""
        self._tables.audit.append((self.now, entry))

    async def audit_counts(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many lines of each kind the audit log has from that time."""
        return Counter(entry.kind for at, entry in self._tables.audit if since <= at < until)

    async def audit_end(self) -> str:
        """The last line of the audit log, by its number and the beginning of its hash: `120:3f2a…`."""
        return f"{len(self._tables.audit)}:"

    async def next_number(self, series: str) -> int:
        """The next number of a series, from 1."""
        self._tables.numbers[series] = self._tables.numbers.get(series, 0) + 1
        return self._tables.numbers[series]

    async def position(self, name: str) -> str | None:
        """How far this bot has come in a stream."""
        return self._tables.positions.get((self._bot, name))

    async def set_position(self, name: str, value: str) -> None:
        """Write down how far."""
        self._tables.positions[self._bot, name] = value

    async def seen(self, source: str) -> bool:
        """Whether this bot has decided on an event before."""
        return (self._bot, source) in self._tables.seen

    async def mark_seen(self, source: str) -> bool:
        """Write down that it has. Gives whether that is news."""
        news = (self._bot, source) not in self._tables.seen
        self._tables.seen.add((self._bot, source))
        return news

    async def label(self, event_id: str) -> str | None:
        """The label of the send that made an event."""
        mine = ((label, made) for (bot, label), made in self._tables.labels.items() if bot is self._bot)
        return next((label for label, made in mine if made == event_id), None)

    async def event_id(self, label: str) -> str | None:
        """The event that the send with this label made."""
        return self._tables.labels.get((self._bot, label))

    async def set_label(self, label: str, event_id: str) -> None:
        """Keep which event a labelled send made."""
        self._tables.labels[self._bot, label] = event_id

    async def enqueue(
        self,
        voice: BotName,
        *,
        transaction_id: str,
        place: str,
        priority: int,
        not_before: datetime | None,
        payload: Mapping[str, Any],
    ) -> None:
        """Put an action into the outbox of `voice`, once."""
        row = Waiting(
            transaction_id=transaction_id,
            asked_by=self._bot,
            place=place,
            priority=priority,
            not_before=not_before,
            created_at=self.now,
            payload=payload,
        )
        self._tables.outbox.setdefault((voice, transaction_id), row)

    async def waiting_ids(self) -> Sequence[str]:
        """The transaction ids of the outbox, oldest first."""
        return [transaction_id for voice, transaction_id in self._tables.outbox if voice is self._bot]

    async def waiting(self, of: Collection[str] | None = None) -> Sequence[Waiting]:
        """The outbox, oldest first."""
        mine = [row for (voice, _), row in self._tables.outbox.items() if voice is self._bot]
        return mine if of is None else [row for row in mine if row.transaction_id in of]

    async def waiting_at(self, place: str) -> Sequence[Waiting]:
        """What of the outbox is for this place."""
        return [row for row in await self.waiting() if row.place == place]

    async def done(self, transaction_id: str) -> None:
        """Delete the row."""
        self._tables.outbox.pop((self._bot, transaction_id), None)

    async def schedule(
        self, id_: str, kind: str, at: datetime, payload: Mapping[str, object], *, bot: BotName | None = None
    ) -> None:
        """Put a tick by."""
        self._tables.ticks[bot or self._bot, id_] = Tick(id=id_, kind=kind, due_at=at, payload=payload)

    async def cancel(self, id_: str, *, due_at: datetime | None = None) -> bool:
        """No tick with this id (and due at that time). Gives whether there was one."""
        tick = self._tables.ticks.get((self._bot, id_))
        if tick is None or due_at not in (None, tick.due_at):
            return False
        del self._tables.ticks[self._bot, id_]
        return True

    async def due(self, now: datetime) -> Sequence[Tick]:
        """The ticks that are due, earliest first."""
        mine = [tick for (bot, _), tick in self._tables.ticks.items() if bot is self._bot and tick.due_at <= now]
        return sorted(mine, key=lambda tick: tick.due_at)

    async def next_due(self) -> datetime | None:
        """When the earliest tick is due."""
        return min((tick.due_at for (bot, _), tick in self._tables.ticks.items() if bot is self._bot), default=None)

    async def expire(self) -> int:
        """Nothing: what is in memory ends with the process."""
        return 0

    async def keep_unreadable(self, event: Unreadable) -> None:
        """Keep the ids of an event without a key."""
        self._tables.unreadable[self._bot, event.event_id] = event

    async def unreadable(self, room_id: str, session_id: str) -> Sequence[Unreadable]:
        """Those of one session, oldest first."""
        mine = [event for (bot, _), event in self._tables.unreadable.items() if bot is self._bot]
        return [event for event in mine if (event.room_id, event.session_id) == (room_id, session_id)]

    async def drop_unreadable(self, event_id: str) -> bool:
        """It has been read. Gives whether it was still kept."""
        return self._tables.unreadable.pop((self._bot, event_id), None) is not None

    def _key(self, record: type[Record], values: Sequence[object]) -> tuple[object, ...]:
        hashed = _hashed(record)
        named = zip(record.key, values, strict=True)
        return tuple(self.pseudonym(str(value)) if name in hashed else value for name, value in named)


# Asking a class for its hints takes longer than all the rest of a lookup.
_HASHED: dict[str, frozenset[str]] = {}


def _hashed(record: type[Record]) -> frozenset[str]:
    name = f"{record.__module__}.{record.__qualname__}"
    if name not in _HASHED:
        hints = get_type_hints(record, include_extras=True)
        # Optional or not.
        _HASHED[name] = frozenset(
            field
            for field, hint in hints.items()
            if any(Kept.HASHED in getattr(each, "__metadata__", ()) for each in (hint, *get_args(hint)))
        )
    return _HASHED[name]
