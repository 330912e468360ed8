# SPDX-License-Identifier: Apache-2.0
"""A database that is away for a while is told apart from one that was asked something wrong."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from asyncpg import InternalClientError

from bots.core.actions import BotName
from bots.core.runtime.ports import StoreAwayError
from bots.core.store import Store
from bots.core.store import store as module
from bots.core.store.being_away import connecting
from fakes.kept import KEYS, NOW, RECORDS

WELCOME = BotName.WELCOME
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


async def written(store, value="1", meanwhile=lambda: None):
    async with store.transaction(WELCOME, NOW) as transaction:
        await transaction.set_position("sync", value)
        meanwhile()
        await transaction.set_position("other", value)


async def fill_the_disk(store):
    async with store.transaction(WELCOME, NOW) as transaction:
        await transaction.set_position("sync", "2")
        await transaction._connection.exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(5_000):
            await transaction.set_position(f"stream {number}", "x" * 200)


async def position(store):
    async with store.reading(WELCOME, NOW) as transaction:
        return await transaction.position("sync")


async def test_a_full_disk_passes_and_half_of_nothing_is_kept(new_url):
    async with await Store.open(new_url("sqlite", tables=True), KEYS, RECORDS) as store:
        await written(store)
        with pytest.raises(StoreAwayError):
            await fill_the_disk(store)
        assert await position(store) == "1"

        async with store.transaction(WELCOME, NOW) as transaction:
            await transaction._connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        await written(store, "3")
        assert await position(store) == "3"


async def test_a_lock_that_somebody_keeps_passes(new_url, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    url = new_url("sqlite", tables=True)
    async with await Store.open(url, KEYS, RECORDS) as store:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as another:
            another.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreAwayError):
                await written(store)
            another.rollback()
        await written(store)


async def test_a_postgresql_that_starts_anew_passes(new_url, postgres):
    url = new_url("postgres", tables=True)
    name = url.partition("@/")[2].partition("?")[0]
    async with await Store.open(url, KEYS, RECORDS) as store:
        with pytest.raises(StoreAwayError):
            await written(store, meanwhile=lambda: postgres.psql(END.format(name)))
        assert await position(store) is None
        # A connection that broke while nobody used it is nothing to speak of.
        postgres.psql(END.format(name))
        assert await position(store) is None

        postgres.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false; {END.format(name)};")
        with pytest.raises(StoreAwayError):
            await written(store)
        with pytest.raises(StoreAwayError):
            await position(store)
        postgres.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true;")
        await written(store)
        assert await position(store) == "1"


async def test_a_question_that_is_wrong_does_not_pass(sql_store):
    with pytest.raises(sa.exc.DBAPIError):
        async with sql_store.transaction(WELCOME, NOW) as transaction:
            await transaction._connection.exec_driver_sql("SELECT 1 FROM nowhere")


def test_a_driver_that_lost_track_of_its_server_passes():
    with pytest.raises(StoreAwayError), connecting():
        raise InternalClientError("cannot switch to state 12; another operation (2) is in progress")
