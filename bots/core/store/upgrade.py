# SPDX-License-Identifier: Apache-2.0
"""Alembic, told what it needs to know; nothing comes from an ini file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bots.core.store.migrations import MIGRATIONS


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """The settings, with the connection that the migrations run on."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: sa.Connection) -> None:
    """Run every migration that has not run yet."""
    command.upgrade(alembic_config(connection), "head")
