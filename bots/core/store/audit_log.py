# SPDX-License-Identifier: Apache-2.0
"""The audit log in the database: a line is added, read, and goes when its time is over; none is ever changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.core.actions import Audit, BotName
from bots.core.store import schema
from bots.core.store.audit import (
    IDENTIFYING,
    SOONER,
    SOONER_KINDS,
    START,
    Head,
    Verdict,
    content_hash,
    line_hash,
    verify,
)
from bots.core.store.keys import Keys

# PostgreSQL: one writer of the audit log at a time (an arbitrary number of ours).
_LOCK = 5484_2001


@dataclass(frozen=True)
class AuditLog:
    """One connection's view of it."""

    connection: AsyncConnection
    keys: Keys

    async def add(self, entry: Audit, bot: BotName, now: datetime) -> None:
        """One more line, after the last there ever was."""
        await self._alone()
        head, _ = await self._head()
        line: dict[str, Any] = {
            "number": head.number + 1,
            "at": now,
            "bot": str(bot),
            "kind": entry.kind,
            "why": entry.why,
            "actor": self.keys.hashed_person("audit", entry.actor),
            "target": None if entry.target is None else self.keys.hashed_person("audit", entry.target),
            "room_id": entry.room_id,
            "case_number": entry.case,
            "previous": head.hash,
        }
        line["content"] = content_hash(line)
        line["hash"] = line_hash(line)
        await self.connection.execute(sa.insert(schema.audit).values(**line))
        await self._set_head(replace(head, number=line["number"], hash=line["hash"]))

    async def expire(self, now: datetime) -> int:
        """What is past its time goes: of some kinds who and where, of all the whole line, from the oldest on.

        Gives the number of lines that went.
        """
        keep = schema.DUTIES["audit"].keep
        assert keep is not None
        t = schema.audit
        sooner = sa.and_(t.c.kind.in_(sorted(SOONER_KINDS)), t.c.at < now - SOONER, t.c.actor.is_not(None))
        await self.connection.execute(sa.update(t).where(sooner).values(dict.fromkeys(IDENTIFYING)))
        if await self.connection.scalar(sa.select(t.c.number).where(t.c.at < now - keep).limit(1)) is None:
            return 0
        await self._alone()
        head, _ = await self._head()
        young = await self.connection.scalar(sa.select(sa.func.min(t.c.number)).where(t.c.at >= now - keep))
        first_left = head.number + 1 if young is None else int(young)
        result = await self.connection.execute(sa.delete(t).where(t.c.number < first_left))
        await self._set_head(replace(head, expired=first_left - 1))
        return result.rowcount

    async def verify(self, now: datetime) -> Verdict:
        """Read the whole log, and say what is wrong with it."""
        head, sealed = await self._head()
        rows = await self.connection.execute(sa.select(schema.audit).order_by(schema.audit.c.number))
        return verify((dict(row) for row in rows.mappings()), head, now, sealed=sealed)

    async def counts(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many lines of each kind there are from that time."""
        t = schema.audit
        query = sa.select(t.c.kind, sa.func.count()).where(t.c.at >= since, t.c.at < until).group_by(t.c.kind)
        return Counter({str(kind): int(count) for kind, count in (await self.connection.execute(query)).all()})

    async def end(self) -> str:
        """The last line, by its number and the beginning of its hash."""
        return (await self._head())[0].end

    async def _head(self) -> tuple[Head, bool]:
        """The head, and whether its seal is right. A log that was never written to has none."""
        row = (await self.connection.execute(sa.select(schema.audit_head))).mappings().first()
        if row is None:
            empty = await self.connection.scalar(sa.select(schema.audit.c.number).limit(1)) is None
            return Head(0, START, 0), empty
        head = Head(row["number"], row["hash"], row["expired"])
        return head, row["seal"] == self.keys.hashed("audit_head", head.text())

    async def _set_head(self, head: Head) -> None:
        t = schema.audit_head
        values = {"number": head.number, "hash": head.hash, "expired": head.expired}
        values["seal"] = self.keys.hashed("audit_head", head.text())
        changed = await self.connection.execute(sa.update(t).where(t.c.id == 1).values(**values))
        if not changed.rowcount:
            await self.connection.execute(sa.insert(t).values(id=1, **values))

    async def _alone(self) -> None:
        if self.connection.dialect.name == "postgresql":
            await self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
