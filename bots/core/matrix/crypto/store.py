# SPDX-License-Identifier: Apache-2.0
"""Where a device's secrets are kept: one folder, one process.

The tables of nio's store hold the account and the Olm sessions; the latter are read and written by us.
Three things are ours: room keys (nio's table lets a stranger overwrite a member's key, and reads one row at a time),
pins of identities, and the device lists, which are not written at all:
they are asked for again at every start, and a stolen store then names no member.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nio.crypto import DeviceStore, GroupSessionStore, InboundGroupSession, OlmAccount, Session, SessionStore
from nio.store import SqliteStore
from peewee import SqliteDatabase

from bots.core.matrix.crypto.errors import StoreInUseError

_TABLES = (
    """CREATE TABLE IF NOT EXISTS room_keys (
        room_id TEXT NOT NULL, session_id TEXT NOT NULL, sender_key TEXT NOT NULL, ed25519 TEXT NOT NULL,
        pickle BLOB NOT NULL, shared_history INTEGER NOT NULL, came_at REAL NOT NULL,
        PRIMARY KEY (room_id, session_id, sender_key)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS pins (name BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
)


# nio's tables are peewee models, which the whole process has once: they are bound to one store's database for as long
# as a call into it lasts. Two devices in one process, on two threads, would read and write each other's.
_models = threading.RLock()


class FolderLock:
    """An exclusive claim on a folder, which the operating system gives back when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Raise `StoreInUseError` when another process (or another machine object in this one) holds the folder."""
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise StoreInUseError(f"another process has the crypto store {folder} open") from error

    def release(self) -> None:
        """Give the folder back."""
        os.close(self._file)


class KeyStore(SqliteStore):  # type: ignore[misc]  # nio ships no types
    """nio's SQLite store with a write-ahead log, our room keys, and no list of people.

    `synchronous` is FULL, not NORMAL: in WAL mode NORMAL may forget the last commits when the power fails.
    A forgotten commit here is a room key whose sync token was already moved on, or an Olm ratchet turned back
    to encrypt a second message with the same key. The cost is one fsync per batch, since callers write in batches.
    """

    def _create_database(self) -> SqliteDatabase:
        return SqliteDatabase(
            self.database_path,
            pragmas={"foreign_keys": 1, "secure_delete": 1, "journal_mode": "wal", "synchronous": "full"},
        )

    def __post_init__(self) -> None:
        with _models:
            super().__post_init__()
        for table in _TABLES:
            self.database.execute_sql(table)
        self._pin_key = hashlib.sha256(b"kithroom pins\0" + self.pickle_key.encode()).digest()

    def load_account(self) -> OlmAccount | None:
        """Our account; None when there is none yet."""
        with _models:
            return super().load_account()

    def save_account(self, account: OlmAccount) -> None:
        """Keep our account."""
        with _models:
            super().save_account(account)

    def load_sessions(self) -> SessionStore:
        """The Olm sessions with other devices, each with when it was used last (nio's own has forgotten that)."""
        sessions = SessionStore()
        rows = self.database.execute_sql(
            "SELECT sender_key, session, creation_time, last_usage_date FROM olmsessions ORDER BY last_usage_date"
        ).fetchall()
        for curve_key, pickle, created, used in rows:
            times = datetime.fromisoformat(created), datetime.fromisoformat(used)
            sessions.add(curve_key, Session.from_pickle(bytes(pickle), times[0], self.pickle_key, times[1]))
        return sessions

    def save_session(self, curve_key: str, session: Session) -> None:
        """Keep one of them.

        In SQL, since this is done for each device that a room's key goes to: nio's way takes a millisecond longer.
        """
        self.database.execute_sql(
            "INSERT OR REPLACE INTO olmsessions"
            " (creation_time, last_usage_date, sender_key, account_id, session, session_id)"
            " SELECT ?, ?, ?, id, ?, ? FROM accounts WHERE user_id = ? AND device_id = ?",
            (
                session.creation_time.isoformat(" "),
                session.use_time.isoformat(" "),
                curve_key,
                session.pickle(self.pickle_key),
                session.id,
                self.user_id,
                self.device_id,
            ),
        )

    def load_outgoing_key_requests(self) -> dict[str, Any]:
        """None: we ask nobody for keys."""
        return {}

    def load_device_keys(self) -> DeviceStore:
        """No devices: they are asked for at every start."""
        return DeviceStore()

    def save_device_keys(self, _device_keys: Any) -> None:
        """Nothing: see the module."""

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        """None in nio's shape: see `room_keys`."""
        return GroupSessionStore()

    def room_keys(self) -> Iterator[tuple[InboundGroupSession, bool, float]]:
        """Every room key, with whether its sender shares it with newcomers, and when it came; oldest first."""
        rows = self.database.execute_sql(
            "SELECT room_id, sender_key, ed25519, pickle, shared_history, came_at FROM room_keys ORDER BY came_at"
        ).fetchall()
        for room_id, sender_key, ed25519, pickle, shared_history, came_at in rows:
            session = InboundGroupSession.from_pickle(bytes(pickle), ed25519, sender_key, room_id, self.pickle_key)
            yield session, bool(shared_history), came_at

    def save_room_key(self, session: InboundGroupSession, shared_history: bool, came_at: float) -> None:
        """Keep one room key, in place of the same sender's earlier copy of it."""
        self.database.execute_sql(
            "INSERT OR REPLACE INTO room_keys VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                session.room_id,
                session.id,
                session.sender_key,
                session.ed25519,
                session.pickle(self.pickle_key),
                int(shared_history),
                came_at,
            ),
        )

    def delete_room_keys(self, room_id: str) -> None:
        """Forget every key of a room."""
        self.database.execute_sql("DELETE FROM room_keys WHERE room_id = ?", (room_id,))

    def delete_session(self, session_id: str) -> None:
        """Forget one Olm session."""
        self.database.execute_sql("DELETE FROM olmsessions WHERE session_id = ?", (session_id,))

    def _hashed(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._pin_key, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256")

    def pinned(self, user_id: str, master_key: str) -> bool | None:
        """Whether this master key is the one first seen for the user; `None` when none was seen yet."""
        row = self.database.execute_sql("SELECT value FROM pins WHERE name = ?", (self._hashed("user", user_id),))
        found = row.fetchone()
        return None if found is None else hmac.compare_digest(bytes(found[0]), self._hashed("master", master_key))

    def pin(self, user_id: str, master_key: str) -> None:
        """Take this master key as the user's, in place of an earlier one. Both are stored as keyed hashes."""
        self.database.execute_sql(
            "INSERT OR REPLACE INTO pins VALUES (?, ?)",
            (self._hashed("user", user_id), self._hashed("master", master_key)),
        )
