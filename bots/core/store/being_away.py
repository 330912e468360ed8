# SPDX-License-Identifier: Apache-2.0
"""Which errors of a database pass by themselves: those become one that the runtime knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bots.core.runtime.ports import StoreAwayError

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# PostgreSQL's classes: connection, transaction rolled back, resources, object not free, an operator's hand, its disk;
# and a server that takes no writes for now.
_POSTGRES = ("08", "40", "53", "55", "57", "58", "25006")

# asyncpg's, when its server ends in the middle of a word.
_LOST_TRACK = "InternalClientError"


def tell_being_away(engine: AsyncEngine) -> None:
    """Have what is asked of the database over this engine raise StoreAwayError while it is away."""
    sa.event.listen(engine.sync_engine, "handle_error", _told)


@contextmanager
def connecting() -> Iterator[None]:
    """The same for what happens before there is a connection."""
    try:
        yield
    except Exception as error:
        if isinstance(error, (OSError, TimeoutError, sa.exc.TimeoutError)) or _passes(error):
            raise _away(error) from error
        raise


def _told(context: sa.engine.ExceptionContext) -> StoreAwayError | None:
    if context.is_pre_ping:
        # Whether a connection that was not used for a while is still there: if not, there is another at once.
        return None
    error = context.original_exception
    if context.is_disconnect or _passes(error):
        return _away(error)
    return None


def _away(error: BaseException) -> StoreAwayError:
    # No text of a driver's: a statement's values may be in it.
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    return StoreAwayError(name if isinstance(name, str) else type(error).__name__)


def _passes(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _SQLITE
    if type(error).__name__ == _LOST_TRACK:
        return True
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_POSTGRES)
