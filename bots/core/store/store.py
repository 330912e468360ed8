# SPDX-License-Identifier: Apache-2.0
"""The database of a community: SQLite in one file, or PostgreSQL by URL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bots.core.actions import BotName
from bots.core.records import CORE_RECORDS, Record
from bots.core.store import audit, schema
from bots.core.store.audit_log import AuditLog
from bots.core.store.being_away import connecting, tell_being_away
from bots.core.store.keys import Keys, WrongKeyError
from bots.core.store.migrate import migrate
from bots.core.store.sqlite_connection import connect
from bots.core.store.transaction import Transaction

# Another bot's transaction takes milliseconds; whoever waits this long (seconds) has found a fault.
_PATIENCE = 30
# One that opens is enough, among so many: a line that somebody wrote over is no other key.
_ENOUGH = 20
# PostgreSQL: the lock that a bot's transaction holds (numbers of ours, beside those of `migrate` and `audit_log`).
_LOCKS = {bot: 5484_2010 + number for number, bot in enumerate(BotName)}
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class DatabaseUrlError(ValueError):
    """The database URL can't be used; the sentence says why, without the URL's password."""


class Store:
    """Open it with `Store.open`, close it with `close` or `async with`. One per process."""

    def __init__(self, engine: AsyncEngine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys

    @classmethod
    async def open(cls, url: str, keys: Keys, records: Iterable[type[Record]]) -> Self:
        """Connect, and bring the tables up to date (one process at a time; the others wait).

        `url` is `sqlite:///path` or `postgresql://user:password@host/name`;
        `records` are the types that the community's bots keep.
        Raises DatabaseUrlError.
        """
        every = tuple(dict.fromkeys((*CORE_RECORDS, *records)))
        await _try_to_open(url)
        engine = _engine(url).execution_options(kithroom_records=every)
        try:
            await migrate(engine)
        except BaseException:
            await engine.dispose()
            raise
        tell_being_away(engine)
        return cls(engine, keys)

    @asynccontextmanager
    async def transaction(self, bot: BotName, now: datetime) -> AsyncIterator[Transaction]:
        """One transaction: commits at the end; an exception undoes it all. A bot's come one after the other.

        What is due and what a sync brings are decided side by side, each on what is written down: as SQLite has only
        one writer, so has each bot in PostgreSQL.
        """
        async with self._connected() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCKS[bot])))
            yield Transaction(connection, self._keys, bot, now)

    @asynccontextmanager
    async def reading(self, bot: BotName, now: datetime) -> AsyncIterator[Transaction]:
        """To look something up, without waiting for anybody who writes; nothing may be written in it.

        Each question sees what is committed when it is asked.
        """
        async with self._connected() as connection:
            await connection.execution_options(kithroom_reading=True)
            yield Transaction(connection, self._keys, bot, now)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            with connecting():
                connection = await stack.enter_async_context(self._engine.connect())
            yield connection

    async def is_of_this_key(self) -> bool:
        """Whether anything of what the bots have put by opens with this key; where nothing waits, any key will do."""
        t = schema.ticks
        async with self._engine.connect() as connection:
            sealed = (await connection.scalars(sa.select(t.c.tick).order_by(t.c.due_at).limit(_ENOUGH))).all()
        return not sealed or any(self._opens(each) for each in sealed)

    def _opens(self, tick: bytes) -> bool:
        try:
            self._keys.unseal("ticks.tick", tick)
        except WrongKeyError:
            return False
        return True

    async def verify_audit(self, now: datetime) -> audit.Verdict:
        """Read the audit log's chain from its oldest line to its end."""
        async with self._engine.connect() as connection:
            return await AuditLog(connection, self._keys).verify(now)

    async def export_audit(self) -> AsyncIterator[Mapping[str, Any]]:
        """The audit log's lines, oldest first."""
        async with self._engine.connect() as connection:
            rows = await connection.stream(sa.select(schema.audit).order_by(schema.audit.c.number))
            async for row in rows.mappings():
                yield dict(row)

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        """The store itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()


async def _try_to_open(url: str) -> None:
    """Raise sqlite3's error for a file that can't be opened.

    aiosqlite leaves a thread behind then, which finds the event loop closed and says so, long after.
    """
    with suppress(ArgumentError):
        parsed = sa.make_url(url)
        file = parsed.database
        if parsed.get_backend_name() == "sqlite" and file:
            await asyncio.to_thread(lambda: sqlite3.connect(file).close())


def _engine(url: str) -> AsyncEngine:
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise DatabaseUrlError("the database URL is not one; write sqlite:///file or postgresql://host/name") from None
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise DatabaseUrlError(f"{parsed.get_backend_name()} is not a database we know; use sqlite or postgresql")
    parsed = parsed.set(drivername=driver)
    if driver.startswith("postgresql"):
        try:
            return create_async_engine(parsed, pool_size=3, pool_pre_ping=True)
        except ModuleNotFoundError:
            raise DatabaseUrlError("PostgreSQL needs one more package: pip install 'kithroom[postgres]'") from None
    # Each transaction says itself how it ends.
    connection = partial(connect, parsed.database or ":memory:", _PATIENCE)
    engine = create_async_engine(parsed, async_creator=connection, pool_reset_on_return=None)
    sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy says BEGIN itself (below), so that the driver does not say it late and hold a stale snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Write-ahead: readers and a writer side by side. NORMAL survives a killed process; a power cut may undo the last
    # transactions whole, and they are then decided again under the same transaction ids.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # The write lock at once: two bots then wait for each other instead of failing half-way.
    # Who only reads needs none, and no transaction.
    if not connection.get_execution_options().get("kithroom_reading"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
