# SPDX-License-Identifier: Apache-2.0
"""SQLite under SQLAlchemy's asyncio: one trip to the thread for a statement, and everything that comes of it."""

import sqlite3
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bots.core.store import sqlite_connection
from bots.core.store.sqlite_connection import SqliteConnection, connect

MANY = 1234
NUMBERS = sa.table("numbers", sa.column("number", sa.Integer))


@pytest.fixture
def trips(monkeypatch):
    """What was done on a connection's thread, by the name of it."""
    made = []
    on_thread = SqliteConnection.on_thread

    async def counted(self, work):
        made.append(work)
        return await on_thread(self, work)

    monkeypatch.setattr(SqliteConnection, "on_thread", counted)
    return made


@pytest.fixture
async def connection(tmp_path):
    engine = create_async_engine("sqlite+aiosqlite://", async_creator=lambda: connect(str(tmp_path / "a.db"), 5))
    async with engine.connect() as connection:
        await connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        yield connection
    await engine.dispose()


async def filled(connection, count=MANY):
    await connection.execute(sa.insert(NUMBERS), [{"number": number} for number in range(count)])


async def test_a_statement_is_one_trip_with_its_rows(connection, trips):
    await filled(connection, 3)
    trips.clear()

    rows = (await connection.execute(sa.select(NUMBERS).order_by(NUMBERS.c.number))).scalars().all()

    assert rows == [0, 1, 2]
    assert len(trips) == 1


async def test_a_change_is_one_trip_and_tells_how_many_rows_it_changed(connection, trips):
    await filled(connection, 3)
    trips.clear()

    changed = await connection.execute(sa.delete(NUMBERS).where(NUMBERS.c.number > 0))

    assert changed.rowcount == 2
    assert len(trips) == 1


async def test_more_rows_than_come_at_once_all_come(connection):
    await filled(connection)

    rows = (await connection.execute(sa.select(NUMBERS).order_by(NUMBERS.c.number))).scalars().all()

    assert rows == list(range(MANY))


async def test_rows_can_be_read_piece_by_piece(connection, trips):
    await filled(connection)
    trips.clear()

    result = await connection.stream(sa.select(NUMBERS).order_by(NUMBERS.c.number))
    rows = [row async for row in result.scalars()]

    assert rows == list(range(MANY))
    assert len(trips) > MANY // sqlite_connection._FIRST_ROWS


async def test_rows_that_nobody_wants_any_more_hold_nothing_up(connection):
    await filled(connection)

    result = await connection.stream(sa.select(NUMBERS).order_by(NUMBERS.c.number))
    assert (await result.fetchone()).number == 0
    await result.close()

    # A table that is still being read can't be dropped.
    await connection.exec_driver_sql("DROP TABLE numbers")


async def test_a_statement_that_fails_says_so_and_the_next_one_works(connection):
    await filled(connection, 1)

    with pytest.raises(sa.exc.IntegrityError):
        await filled(connection, 1)

    assert (await connection.execute(sa.select(sa.func.count()).select_from(NUMBERS))).scalar() == 1


async def test_a_file_that_cannot_be_opened_is_an_error_and_leaves_no_thread_behind(tmp_path):
    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError):
        await connect(str(tmp_path / "nowhere" / "a.db"), 5)
    assert set(threading.enumerate()) <= before
