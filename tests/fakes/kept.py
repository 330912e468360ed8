# SPDX-License-Identifier: Apache-2.0
"""Records of every kind that a store can be asked to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa

from bots.core.records import Duty, Hashed, Person, Record, Sealed
from bots.core.store import Keys, Store
from bots.core.store.schema import schema

KEYS = Keys(bytes(range(32)))
NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


class Mood(StrEnum):
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Record):
    """About a person who may have to be reached."""

    user: Person
    topic: str
    words: Sealed
    witness: Hashed | None = None
    mood: Mood = Mood.LOW
    due: datetime | None = None
    tags: tuple[str, ...] = ()
    count: int = 0
    open: bool = True

    key: ClassVar[tuple[str, ...]] = ("user", "topic")
    duty: ClassVar[Duty] = Duty(purpose="a test", keep=timedelta(days=30), subject="user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote(Record):
    """About a person who is only counted."""

    voter: Hashed
    room_id: str

    key: ClassVar[tuple[str, ...]] = ("voter", "room_id")
    duty: ClassVar[Duty] = Duty(purpose="a test", keep=None, subject="voter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Record):
    """What is kept although somebody asks to be forgotten."""

    number: int
    about: Person

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="a test", keep=None, subject="about", on_erase="keep", kept_because="others rely on it"
    )


RECORDS: tuple[type[Record], ...] = (Note, Vote, Verdict)


async def create_tables(store: Store) -> None:
    """Add the tables of these records, which no migration knows."""
    async with store._engine.begin() as connection:
        await connection.run_sync(lambda sync: schema(RECORDS).create_all(sync, checkfirst=True))


async def rows(store: Store, table: str) -> list[dict[str, object]]:
    """What really stands in a table."""
    async with store._engine.connect() as connection:
        found = await connection.execute(sa.text(f"SELECT * FROM {table}"))
        return [dict(row) for row in found.mappings()]
