# SPDX-License-Identifier: Apache-2.0
"""Bring the tables up to date at start, one process at a time."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
# PostgreSQL: the lock that whoever migrates holds (an arbitrary number of ours). SQLite's BEGIN IMMEDIATE is one.
_LOCK = 5484_2000


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """What Alembic needs to know; nothing comes from an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(engine: AsyncEngine) -> None:
    """Run what has not run yet, in one transaction."""
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        await connection.run_sync(_upgrade)


def _upgrade(connection: sa.Connection) -> None:
    command.upgrade(alembic_config(connection), "head")
