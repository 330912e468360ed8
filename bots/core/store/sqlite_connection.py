# SPDX-License-Identifier: Apache-2.0
"""SQLite for asyncio, with one trip to the connection's thread for a statement.

aiosqlite makes five of one statement: to make a cursor, execute, fetch, and close it, each there and back, which takes
ten times as long as the statement itself. It is the same aiosqlite here, its thread and its connection.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import aiosqlite

# Rows that come with the statement; of more, the rest is fetched when it is asked for.
_FIRST_ROWS = 500


class SqliteConnection(aiosqlite.Connection):
    """What SQLAlchemy's adapter for aiosqlite works with. Await it to connect."""

    def cursor(self) -> SqliteCursor:  # type: ignore[override]  # aiosqlite's own is awaited first
        """A cursor; nothing is asked of the thread for it."""
        return SqliteCursor(self)

    async def on_thread(self, work: Callable[[], Any]) -> Any:
        """What `work` gives, done on the connection's thread."""
        return await self._execute(work)  # type: ignore[no-untyped-call]  # aiosqlite's own ask it so


class SqliteCursor:
    """The part of a cursor that SQLAlchemy's adapters for asyncio ask for (PEP 249, each call awaited)."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._open: sqlite3.Cursor | None = None
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """The cursor itself."""
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Self:
        """Run a statement, and bring the first rows back. Raises sqlite3.Error."""
        return await self._ran(lambda raw: raw.execute(statement, values))

    async def executemany(self, statement: str, many: Sequence[Sequence[Any]]) -> Self:
        """Run a statement once for each of `many`. Raises sqlite3.Error."""
        return await self._ran(lambda raw: raw.executemany(statement, many))

    async def fetchone(self) -> Any:
        """The next row; None after the last."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows (`arraysize` when not said), fewer at the end."""
        size = size or self.arraysize
        if len(self._rows) < size and self._open is not None:
            self._rows += await self._connection.on_thread(partial(self._open.fetchmany, size))
        return [self._rows.popleft() for _ in range(min(size, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        """All the rows that are left."""
        if self._open is not None:
            self._rows += await self._connection.on_thread(self._open.fetchall)
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def close(self) -> None:
        """Let go of what was not fetched."""
        self._rows.clear()
        if self._open is not None:
            raw, self._open = self._open, None
            await self._connection.on_thread(raw.close)

    async def _ran(self, run: Callable[[sqlite3.Cursor], object]) -> Self:
        await self.close()
        done = await self._connection.on_thread(partial(_run, self._connection, run))
        self.description, self.rowcount, self.lastrowid = done.description, done.rowcount, done.lastrowid
        self._rows.extend(done.rows)
        self._open = done.open
        return self


@dataclass(frozen=True, slots=True)
class _Done:
    """What a statement gave. `open` is the cursor that has more rows, if there may be more."""

    description: Any
    rowcount: int
    lastrowid: int | None
    rows: list[Any]
    open: sqlite3.Cursor | None


def _run(connection: SqliteConnection, run: Callable[[sqlite3.Cursor], object]) -> _Done:
    """On the thread: a statement, and its first rows."""
    raw = connection._conn.cursor()
    run(raw)
    rows = raw.fetchmany(_FIRST_ROWS) if raw.description else []
    more = len(rows) == _FIRST_ROWS
    done = _Done(raw.description, raw.rowcount, raw.lastrowid, rows, raw if more else None)
    if not more:
        raw.close()
    return done


async def connect(file: str, patience: float) -> SqliteConnection:
    """A connection to this file that waits `patience` seconds for another's lock. Raises sqlite3.Error."""
    connection = SqliteConnection(partial(sqlite3.connect, file, timeout=patience), iter_chunk_size=_FIRST_ROWS)
    # As SQLAlchemy does with those that it makes: one that nobody closed must not keep a process alive.
    connection._thread.daemon = True
    try:
        await connection
    except sqlite3.Error:
        # aiosqlite has told it to end, and it says so to this loop: the loop may be closed soon, and is there now.
        connection._thread.join()
        raise
    return connection
