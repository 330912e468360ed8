# SPDX-License-Identifier: Apache-2.0
"""Bring the tables up to date at start, one process at a time."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.core.store.migrations import MIGRATIONS

# PostgreSQL: the lock that whoever migrates holds (an arbitrary number of ours). SQLite's BEGIN IMMEDIATE is one.
_LOCK = 5484_2000
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text))


def head() -> str:
    """The newest revision: migrations are files, `0001_what_it_does.py`, each named by its number."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


async def migrate(engine: AsyncEngine) -> None:
    """Run what has not run yet, in one transaction."""
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if not await connection.run_sync(_is_up_to_date):
            await connection.run_sync(_upgrade)


def _is_up_to_date(connection: sa.Connection) -> bool:
    if not sa.inspect(connection).has_table(_VERSION.name):
        return False
    return connection.execute(sa.select(_VERSION.c.version_num)).scalars().all() == [head()]


def _upgrade(connection: sa.Connection) -> None:
    # Alembic is 11 MB of memory that a process has no use for when nothing is to be done.
    from bots.core.store.upgrade import upgrade  # noqa: PLC0415

    upgrade(connection)
