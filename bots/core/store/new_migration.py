# SPDX-License-Identifier: Apache-2.0
"""Write the migration from the tables as they are to the tables as the records want them.

    python -m bots.core.store.new_migration 0002 "cases have a room" bots.moderation.records bots.welcome.records

Names the next revision, says what it does, and the modules whose records count. Read the file that comes out.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate.api import AutogenContext

from bots.core.records import Record
from bots.core.store.columns import UtcDateTime
from bots.core.store.migrations import MIGRATIONS
from bots.core.store.schema import schema
from bots.core.store.upgrade import alembic_config


def records_in(modules: Sequence[str]) -> tuple[type[Record], ...]:
    """The record types that these modules define."""
    found = [
        each
        for module in modules
        for each in vars(importlib.import_module(module)).values()
        if isinstance(each, type) and issubclass(each, Record) and each is not Record and each.__module__ == module
    ]
    return tuple(found)


def render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Migrations use the database's own types, so that they never change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def new(revision: str, message: str, modules: Sequence[str]) -> None:
    """Compare a freshly migrated database with the wanted tables, and write the difference down."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        config = alembic_config(connection)
        command.upgrade(config, "head")
        config.attributes |= {"metadata": schema(records_in(modules)), "render_item": render_item}
        command.revision(config, message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    new(sys.argv[1], sys.argv[2], sys.argv[3:])
    print(f"Written to {MIGRATIONS / 'versions'}; read it before you commit it.")  # noqa: T201 - said to who ran it
