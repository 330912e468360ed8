# SPDX-License-Identifier: Apache-2.0
"""What the crypto engine refuses, as types a caller can tell apart. None of them carries anything that was said."""

from __future__ import annotations

import errno
import sqlite3
from enum import StrEnum

from peewee import PeeweeException

BAD_INPUT = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a stranger's JSON can make Python, nio or vodozemac raise; vodozemac's own errors are `ValueError`s."""

DISK = (PeeweeException, sqlite3.Error, OSError)
"""What the store raises when the disk does not do what it should."""
_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


def is_full(error: BaseException) -> bool:
    """Whether it tells of the disk's state (full, failing, write-protected), and not of what is on it."""
    if isinstance(error, OSError):
        return error.errno in _DISKS
    # peewee keeps what it was told only here.
    inner = error.__context__ if isinstance(error, PeeweeException) else error
    return (getattr(inner, "sqlite_errorcode", None) or 0) & 0xFF in _PASSING


class CryptoError(Exception):
    """The crypto engine refuses; every error of this package is one."""


class StoreInUseError(CryptoError):
    """Another process has this store open: two writers would tear the ratchets apart."""


class StoreMissingError(CryptoError):
    """The store of a device that exists already is gone: never start such a device with new keys."""


class StoreUnreadableError(CryptoError):
    """The store is damaged, or its pickle key is another one."""


class NotSharedError(CryptoError):
    """A message was held back: some device it is meant for would not be able to read it.

    `unknown_users` have no queried device list yet, `unclaimed_devices` need a one-time key,
    `unshared_devices` need the room key; all are counts.
    """

    def __init__(self, unknown_users: int, unclaimed_devices: int, unshared_devices: int) -> None:
        super().__init__(
            f"{unknown_users} users not queried, {unclaimed_devices} devices not claimed, "
            f"{unshared_devices} devices without the room key"
        )
        self.unknown_users = unknown_users
        self.unclaimed_devices = unclaimed_devices
        self.unshared_devices = unshared_devices


class ShareStaleError(CryptoError):
    """The room's session was replaced since the share was planned: plan again."""


class Reason(StrEnum):
    """Why an event cannot be read."""

    MALFORMED = "malformed"
    """The event or what was inside it is no Megolm event."""
    NO_KEY = "no key"
    """The key has not come (yet)."""
    WITHHELD = "withheld"
    """The sender said that it does not give us the key."""
    UNDECIPHERABLE = "undecipherable"
    """There is a key, and the ciphertext does not open with it (tampered with, or older than the key)."""
    WRONG_ROOM = "wrong room"
    """It was written for another room."""
    STATE = "state"
    """It poses as a state event; state is never encrypted, so nobody may believe this."""
    REPLAYED = "replayed"
    """The same ciphertext has come before as another event."""


class UndecryptableError(CryptoError):
    """An encrypted event cannot be read. `session_id` is `None` when the event names none."""

    def __init__(self, session_id: str | None, reason: Reason) -> None:
        super().__init__(reason.value)
        self.session_id = session_id
        self.reason = reason
