# SPDX-License-Identifier: Apache-2.0
"""What is kept about one person, in every table, and taking it away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.core.records import Holding, Kept, Record, names
from bots.core.runtime.outcomes import OUTCOME_KIND
from bots.core.store import schema
from bots.core.store.columns import Field, RecordTable, record_table
from bots.core.store.keys import Keys

Row = Mapping[str, object]


@dataclass(frozen=True)
class People:
    """One connection's view of everybody; `records` are the types that the community's bots keep."""

    connection: AsyncConnection
    keys: Keys
    records: Sequence[type[Record]]

    async def holdings(self, user: str) -> list[Holding]:
        """What is kept about a user, a holding for each table that has something."""
        found = [await self._of_record(record_table(record), user) for record in self.records]
        for name, read in (
            ("unreadable", self._unreadable),
            ("outbox", self._outbox),
            ("ticks", self._ticks),
            ("audit", self._audit),
        ):
            rows = tuple(shown for _, shown in await read(user))
            found.append(Holding(table=name, duty=schema.DUTIES[name], rows=rows))
        return [holding for holding in found if holding.rows]

    async def erase(self, user: str) -> None:
        """Delete everything about a user that need not be kept."""
        for record in self.records:
            table = record_table(record)
            if table.subject is not None and record.duty.on_erase == "delete":
                (condition,) = table.where({table.subject.name: user}, self.keys)
                await self.connection.execute(sa.delete(table.table).where(condition))
        for table_, found in (
            (schema.unreadable, await self._unreadable(user)),
            (schema.ticks, [(key, row) for key, row in await self._ticks(user) if row["what"] != OUTCOME_KIND]),
        ):
            for key, _ in found:
                same = [column == value for column, value in zip(table_.primary_key, key, strict=True)]
                await self.connection.execute(sa.delete(table_).where(*same))

    async def _of_record(self, table: RecordTable[Any], user: str) -> Holding:
        rows: dict[tuple[Any, ...], Row] = {}
        people = [field for field in table.fields if field.kept in (Kept.HASHED, Kept.PERSON)]
        # Whom a row is about comes first: it is shown to them whole.
        for field in sorted(people, key=lambda field: field != table.subject):
            (condition,) = table.where({field.name: user}, self.keys)
            found = await self.connection.execute(sa.select(table.table).where(condition))
            for row in found.mappings():
                key = tuple(row[column.name] for column in table.table.primary_key)
                rows.setdefault(key, self._shown(table, dict(row), field))
        return Holding(table=table.table.name, duty=table.record.duty, rows=tuple(rows.values()))

    def _shown(self, table: RecordTable[Any], row: Mapping[str, Any], found_by: Field) -> Row:
        """All of a row to whom it is about; to somebody who is only named in it, nothing that is locked away."""
        read = table.read(row, self.keys)
        theirs = found_by == table.subject
        hidden = {Kept.HASHED, Kept.PERSON} if theirs else set(Kept)
        return {
            field.name: getattr(read, field.name)
            for field in table.fields
            if field == found_by or field.kept not in hidden
        }

    # The runtime's own tables: each row's key, and what is shown of it.

    async def _unreadable(self, user: str) -> list[tuple[tuple[Any, ...], Row]]:
        t = schema.unreadable
        return [
            ((row["bot"], row["event_id"]), {name: row[name] for name in ("bot", "room_id", "event_id", "sent_at")})
            for row in (await self.connection.execute(sa.select(t))).mappings()
            if self.keys.unseal("unreadable.sender", row["sender_sealed"]).decode() == user
        ]

    async def _outbox(self, user: str) -> list[tuple[tuple[Any, ...], Row]]:
        found: list[tuple[tuple[Any, ...], Row]] = []
        for row in (await self.connection.execute(sa.select(schema.outbox))).mappings():
            action = json.loads(self.keys.unseal("outbox.payload", row["payload"]))
            if names(action, user):
                shown = {"bot": row["bot"], "what": action.get("kind"), "since": row["created_at"]}
                found.append(((row["number"],), shown))
        return found

    async def _ticks(self, user: str) -> list[tuple[tuple[Any, ...], Row]]:
        found: list[tuple[tuple[Any, ...], Row]] = []
        for row in (await self.connection.execute(sa.select(schema.ticks))).mappings():
            tick = json.loads(self.keys.unseal("ticks.tick", row["tick"]))
            if names(tick["payload"], user):
                shown = {"bot": row["bot"], "what": tick["kind"], "due": row["due_at"]}
                found.append(((row["bot"], row["id"]), shown))
        return found

    async def _audit(self, user: str) -> list[tuple[tuple[Any, ...], Row]]:
        t, person = schema.audit, self.keys.hashed_person("audit", user)
        query = sa.select(t).where(sa.or_(t.c.target == person, t.c.actor == person)).order_by(t.c.number)
        return [
            (
                (row["number"],),
                {
                    **{name: row[name] for name in ("number", "at", "kind", "room_id", "case_number")},
                    "you": "did it" if row["actor"] == person else "it is about you",
                },
            )
            for row in (await self.connection.execute(query)).mappings()
        ]
