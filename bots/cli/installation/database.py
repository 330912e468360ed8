# SPDX-License-Identifier: Apache-2.0
"""The community's database and its key, opened as the installation says."""

from __future__ import annotations

import hmac
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import bots
from bots.cli.installation.deployment import Deployment
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.records import Record
from bots.core.runtime.ports import StoreAwayError
from bots.core.store import DatabaseUrlError, Keys, Store, WrongKeyError

KEY_FILE = "community.key"
DATABASE_FILE = "community.db"
_DRIVERS = ("alembic", "asyncpg", "sqlalchemy", "sqlite3")


def community_keys(deployment: Deployment) -> Keys:
    """The key with which people are hashed and columns sealed; made at the first start. Raises Sorry.

    A new one beside a database that was written with another would open nothing, and hash everybody anew.
    """
    file = deployment.secrets / KEY_FILE
    if not file.exists() and not deployment.database and not _is_new(deployment):
        raise Sorry(f"{file} is missing, and the database was written with it: restore it from a backup.")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return Keys.from_file(file)
    except ValueError:
        raise Sorry(f"{file} does not hold the community's key: restore it from a backup.") from None


def log_key(deployment: Deployment) -> bytes:
    """The key with which logs hash user ids; nothing in the database is hashed with it."""
    return hmac.digest(community_keys(deployment).secret, b"kithroom logs", "sha256")


def _is_new(deployment: Deployment) -> bool:
    file = deployment.state / DATABASE_FILE
    return not file.exists() or (file.is_file() and file.stat().st_size == 0)


@asynccontextmanager
async def open_database(deployment: Deployment, *, makes: bool = True) -> AsyncIterator[Store]:
    """The database, its tables up to date. Raises Sorry for one that can't be used.

    `makes`: where there is none, it is made.
    """
    if not makes and not deployment.database and _is_new(deployment):
        file = deployment.state / DATABASE_FILE
        raise Sorry(f"There is no database at {file}: is `state` right in the installation's file?")
    deployment.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = deployment.database or f"sqlite:///{deployment.state / DATABASE_FILE}"
    keys = community_keys(deployment)
    try:
        store = await Store.open(url, keys, every_record())
    except DatabaseUrlError as error:
        raise Sorry(f"{error}.") from None
    except Exception as error:
        # A disk that is full, a server that is away, a password that is wrong: each driver has its own way to say so.
        if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _DRIVERS:
            raise Sorry(f"The database can't be used: {str(error).partition(chr(10))[0]}.") from None
        raise
    async with store:
        try:
            if not await store.is_of_this_key():
                raise WrongKeyError
            yield store
        except StoreAwayError as error:
            raise Sorry(f"The database can't be used: {error}.") from None
        except WrongKeyError:
            key = deployment.secrets / KEY_FILE
            raise Sorry(f"The database was written with another key than {key}: restore that from a backup.") from None


def every_record() -> tuple[type[Record], ...]:
    """What the three bots and the door keep: the tables are one database's, whichever of them runs."""
    folder = Path(bots.__file__).parent
    modules = [
        importlib.import_module(".".join(("bots", *file.relative_to(folder).with_suffix("").parts)))
        for bot in (*BotName, "door")
        for file in sorted((folder / bot).rglob("records.py"))
    ]
    return tuple(
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Record) and each.__module__ == module.__name__
    )
