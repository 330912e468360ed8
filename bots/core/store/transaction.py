# SPDX-License-Identifier: Apache-2.0
"""One transaction of one bot: everything the runtime and the policies read and write."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.core.actions import Audit, BotName
from bots.core.events import Tick, Unreadable
from bots.core.records import Holding, Record
from bots.core.runtime.ports import Waiting
from bots.core.store import schema
from bots.core.store.audit_log import AuditLog
from bots.core.store.columns import as_json, record_table
from bots.core.store.keys import Keys
from bots.core.store.people import People

R = TypeVar("R", bound=Record)
# How many values one question names; databases have their limits.
_MOST_NAMED = 500


class Transaction:
    """What is written is seen by later reads in it, and by others when it commits. Times are UTC."""

    def __init__(self, connection: AsyncConnection, keys: Keys, bot: BotName, now: datetime) -> None:
        self._connection = connection
        self._keys = keys
        self._bot = bot
        self._now = now

    @property
    def now(self) -> datetime:
        """When it began, by the clock of whoever began it."""
        return self._now

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is written inside is undone if it raises; what was written before stays."""
        async with self._connection.begin_nested():
            yield

    def pseudonym(self, user: str) -> str:
        """The keyed hash that a `Hashed` field gives back for this user id."""
        return self._keys.pseudonym(user)

    # Records.

    async def get(self, record: type[R], *key: object) -> R | None:
        """The record with this key; keys that are `Hashed` or `Person` are given as user ids."""
        table = record_table(record)
        conditions = table.where(dict(zip(record.key, key, strict=True)), self._keys)
        row = (await self._connection.execute(sa.select(table.table).where(*conditions))).mappings().first()
        return None if row is None else table.read(dict(row), self._keys)

    async def find(self, record: type[R], **where: object) -> Sequence[R]:
        """The records whose fields equal `where`, oldest first. Raises TypeError for a field that can't be searched."""
        table = record_table(record)
        query = sa.select(table.table).where(*table.where(where, self._keys))
        query = query.order_by(table.table.c.made_at, *table.table.primary_key)
        rows = (await self._connection.execute(query)).mappings().all()
        return [table.read(dict(row), self._keys) for row in rows]

    async def remember(self, record: Record) -> None:
        """Write a record, in place of one with the same key."""
        table = record_table(type(record))
        values = table.values(record, self._keys) | {"changed_at": self._now}
        await self._upsert(table.table, values | {"made_at": self._now}, update=values)

    async def forget(self, record: type[Record], *key: object) -> None:
        """Delete a record."""
        table = record_table(record)
        conditions = table.where(dict(zip(record.key, key, strict=True)), self._keys)
        await self._connection.execute(sa.delete(table.table).where(*conditions))

    # Where the bot is, and what it has decided on.

    async def position(self, name: str) -> str | None:
        """How far this bot has come in a stream."""
        t = schema.positions
        query = sa.select(t.c.value).where(t.c.bot == self._bot, t.c.name == name)
        return cast("str | None", await self._connection.scalar(query))

    async def set_position(self, name: str, value: str) -> None:
        """Write down how far."""
        await self._upsert(schema.positions, {"bot": self._bot, "name": name, "value": value}, update={"value": value})

    async def seen(self, source: str) -> bool:
        """Whether this bot has decided on an event before."""
        t = schema.seen
        query = sa.select(t.c.at).where(t.c.bot == self._bot, t.c.source == self._keys.hashed("seen", source))
        return await self._connection.scalar(query) is not None

    async def mark_seen(self, source: str) -> bool:
        """Write down that it has. Gives whether that is news."""
        values = {"bot": self._bot, "source": self._keys.hashed("seen", source), "at": self._now}
        return await self._upsert(schema.seen, values, update=None)

    # Labels.

    async def label(self, event_id: str) -> str | None:
        """The label of the send that made an event."""
        t = schema.labels
        query = sa.select(t.c.label_sealed).where(t.c.bot == self._bot, t.c.event_id == event_id)
        sealed = await self._connection.scalar(query)
        return None if sealed is None else self._keys.unseal("labels.label", sealed).decode()

    async def event_id(self, label: str) -> str | None:
        """The event that the send with this label made."""
        t = schema.labels
        query = sa.select(t.c.event_id).where(t.c.bot == self._bot, t.c.label == self._keys.hashed("labels", label))
        return cast("str | None", await self._connection.scalar(query))

    async def set_label(self, label: str, event_id: str) -> None:
        """Keep which event a labelled send made."""
        values = {
            "bot": self._bot,
            "label": self._keys.hashed("labels", label),
            "label_sealed": self._keys.seal("labels.label", label.encode()),
            "event_id": event_id,
            "at": self._now,
        }
        await self._upsert(schema.labels, values, update=values)

    # The outbox.

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
        """Put an action into the outbox of `voice`; one with this transaction id is there once."""
        values = {
            "bot": voice,
            "transaction_id": transaction_id,
            "asked_by": self._bot,
            "place": place,
            "priority": priority,
            "not_before": not_before,
            "created_at": self._now,
            "payload": self._keys.seal("outbox.payload", as_json(payload)),
        }
        await self._upsert(schema.outbox, values, update=None, unique=("bot", "transaction_id"))

    async def waiting_ids(self) -> Sequence[str]:
        """The transaction ids of the outbox of this bot, oldest first."""
        t = schema.outbox
        query = sa.select(t.c.transaction_id).where(t.c.bot == self._bot).order_by(t.c.number)
        return (await self._connection.execute(query)).scalars().all()

    async def waiting(self, of: Collection[str] | None = None) -> Sequence[Waiting]:
        """The outbox of this bot, oldest first; only these transaction ids, if some are named."""
        t = schema.outbox
        query = sa.select(t).where(t.c.bot == self._bot)
        if of is None:
            rows = list((await self._connection.execute(query)).mappings())
        else:
            rows, named = [], list(of)
            for start in range(0, len(named), _MOST_NAMED):
                some = query.where(t.c.transaction_id.in_(named[start : start + _MOST_NAMED]))
                rows += (await self._connection.execute(some)).mappings()
        return self._opened(rows)

    async def waiting_at(self, place: str) -> Sequence[Waiting]:
        """What of the outbox of this bot is for this place, oldest first."""
        t = schema.outbox
        query = sa.select(t).where(t.c.bot == self._bot, t.c.place == place)
        return self._opened((await self._connection.execute(query)).mappings())

    def _opened(self, rows: Iterable[Mapping[Any, Any]]) -> list[Waiting]:
        return [
            Waiting(
                transaction_id=row["transaction_id"],
                asked_by=BotName(row["asked_by"]),
                place=row["place"],
                priority=row["priority"],
                not_before=row["not_before"],
                created_at=row["created_at"],
                payload=json.loads(self._keys.unseal("outbox.payload", row["payload"])),
            )
            for row in sorted(rows, key=lambda row: row["number"])
        ]

    async def done(self, transaction_id: str) -> None:
        """Delete the row."""
        t = schema.outbox
        await self._connection.execute(sa.delete(t).where(t.c.bot == self._bot, t.c.transaction_id == transaction_id))

    # Ticks.

    async def schedule(
        self, id_: str, kind: str, at: datetime, payload: Mapping[str, object], *, bot: BotName | None = None
    ) -> None:
        """Put a tick by, in place of one with this id; for another bot, if one is named."""
        values = {
            "bot": bot or self._bot,
            "id": self._keys.hashed("ticks", id_),
            "due_at": at,
            "tick": self._keys.seal("ticks.tick", as_json({"id": id_, "kind": kind, "payload": payload})),
        }
        await self._upsert(schema.ticks, values, update=values)

    async def cancel(self, id_: str, *, due_at: datetime | None = None) -> bool:
        """No tick with this id (and due at that time, if one is named). Gives whether there was one."""
        t = schema.ticks
        delete = sa.delete(t).where(t.c.bot == self._bot, t.c.id == self._keys.hashed("ticks", id_))
        if due_at is not None:
            delete = delete.where(t.c.due_at == due_at)
        return (await self._connection.execute(delete)).rowcount > 0

    async def due(self, now: datetime) -> Sequence[Tick]:
        """The ticks that are due, earliest first. They stay until cancelled."""
        t = schema.ticks
        query = sa.select(t).where(t.c.bot == self._bot, t.c.due_at <= now).order_by(t.c.due_at, t.c.id)
        rows = (await self._connection.execute(query)).mappings().all()
        return [Tick(due_at=row["due_at"], **json.loads(self._keys.unseal("ticks.tick", row["tick"]))) for row in rows]

    async def next_due(self) -> datetime | None:
        """When the earliest tick is due."""
        t = schema.ticks
        query = sa.select(t.c.due_at).where(t.c.bot == self._bot).order_by(t.c.due_at).limit(1)
        return cast("datetime | None", await self._connection.scalar(query))

    # What could not be read.

    async def keep_unreadable(self, event: Unreadable) -> None:
        """Keep the ids of an event without a key."""
        values = {
            "bot": self._bot,
            "event_id": event.event_id,
            "room_id": event.room_id,
            "session_id": event.session_id,
            "sender_sealed": self._keys.seal("unreadable.sender", event.sender.encode()),
            "withheld": event.withheld,
            "sent_at": event.sent_at,
            "at": self._now,
        }
        await self._upsert(schema.unreadable, values, update=None)

    async def unreadable(self, room_id: str, session_id: str) -> Sequence[Unreadable]:
        """Those of one session, oldest first."""
        t = schema.unreadable
        conditions = (t.c.bot == self._bot, t.c.room_id == room_id, t.c.session_id == session_id)
        rows = (
            await self._connection.execute(sa.select(t).where(*conditions).order_by(t.c.at, t.c.sent_at))
        ).mappings()
        return [
            Unreadable(
                room_id=row["room_id"],
                event_id=row["event_id"],
                sender=self._keys.unseal("unreadable.sender", row["sender_sealed"]).decode(),
                sent_at=row["sent_at"],
                session_id=row["session_id"],
                withheld=row["withheld"],
            )
            for row in rows.all()
        ]

    async def drop_unreadable(self, event_id: str) -> bool:
        """It has been read. Gives whether it was still kept: else somebody has read it meanwhile."""
        t = schema.unreadable
        delete = sa.delete(t).where(t.c.bot == self._bot, t.c.event_id == event_id)
        return (await self._connection.execute(delete)).rowcount > 0

    # Numbers and the audit log.

    async def next_number(self, series: str) -> int:
        """The next number of a series, from 1; gaps only where a transaction did not commit."""
        t = schema.series
        insert = self._insert(t).values(name=series, value=1)
        query = insert.on_conflict_do_update(index_elements=["name"], set_={"value": t.c.value + 1}).returning(
            t.c.value
        )
        return int(await self._connection.scalar(query) or 0)

    async def audit(self, entry: Audit) -> None:
        """Add a line to the audit log."""
        await self._audit_log.add(entry, self._bot, self._now)

    async def audit_counts(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many lines of each kind the audit log has from that time."""
        return await self._audit_log.counts(since, until)

    async def audit_end(self) -> str:
        """The last line of the audit log, by its number and the beginning of its hash: `120:3f2a…`."""
        return await self._audit_log.end()

    @property
    def _audit_log(self) -> AuditLog:
        return AuditLog(self._connection, self._keys)

    # A person's own.

    async def erase(self, user: str) -> None:
        """Delete everything about a user that need not be kept, in every table that is about people."""
        await self._people.erase(user)

    async def holdings(self, user: str) -> Sequence[Holding]:
        """What is kept about a user, in every table of every bot."""
        return await self._people.holdings(user)

    @property
    def _people(self) -> People:
        return People(self._connection, self._keys, self._records())

    async def expire(self) -> int:
        """Delete what is past its retention, everywhere. Gives the number of rows."""
        gone = await self._audit_log.expire(self._now)
        for name, duty in schema.DUTIES.items():
            if duty.keep is not None and name != schema.audit.name:
                table = schema.CORE.tables[name]
                result = await self._connection.execute(sa.delete(table).where(table.c.at < self._now - duty.keep))
                gone += result.rowcount
        for record in self._records():
            if record.duty.keep is not None:
                rows = record_table(record).table
                old = rows.c.changed_at < self._now - record.duty.keep
                gone += (await self._connection.execute(sa.delete(rows).where(old))).rowcount
        return gone

    def _records(self) -> tuple[type[Record], ...]:
        records: tuple[type[Record], ...] = self._connection.engine.get_execution_options()["kithroom_records"]
        return records

    def _insert(self, table: sa.Table) -> Any:
        if self._connection.dialect.name == "sqlite":
            return sqlite.insert(table)
        # There already with such an engine; without one it would be 2 MB for nothing.
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert(table)

    async def _upsert(
        self,
        table: sa.Table,
        values: Mapping[str, Any],
        *,
        update: Mapping[str, Any] | None,
        unique: Sequence[str] | None = None,
    ) -> bool:
        """Insert a row; where there is one with its key, change `update` of it, or nothing (None).

        Gives whether anything was written.
        """
        insert = self._insert(table).values(**values)
        key = list(unique or [column.name for column in table.primary_key])
        if update is None:
            done = await self._connection.execute(insert.on_conflict_do_nothing(index_elements=key))
        else:
            done = await self._connection.execute(insert.on_conflict_do_update(index_elements=key, set_=dict(update)))
        return done.rowcount > 0
