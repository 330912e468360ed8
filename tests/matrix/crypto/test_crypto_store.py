# SPDX-License-Identifier: Apache-2.0
"""The folder with a device's secrets: one process, one key, no names."""

from __future__ import annotations

import base64
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import pytest
from peewee import OperationalError, PeeweeException
from vodozemac import AnyOlmMessage, GroupSession

from bots.core.matrix.crypto import (
    CryptoMachine,
    Reason,
    StoreInUseError,
    StoreMissingError,
    StoreUnreadableError,
    UndecryptableError,
)
from bots.core.matrix.crypto.errors import is_full
from bots.core.matrix.crypto.store import KeyStore
from fakes.crypto_peers import ROOM, Ours, Stranger


def open_store(folder, device_id="BOT", key="pickle key", create=False):
    return CryptoMachine.open(folder, "@bot:x", device_id, key, now=lambda: 0.0, create=create)


def test_a_second_opening_says_that_the_store_is_in_use(tmp_path):
    bot = Ours(tmp_path)
    with pytest.raises(StoreInUseError, match=str(tmp_path)):
        open_store(tmp_path)
    bot.machine.close()
    open_store(tmp_path).close()


def test_devices_that_share_a_process_keep_their_own_secrets(tmp_path):
    def work(name):
        machine = open_store(tmp_path / name, name, create=True)
        try:
            for _ in range(150):
                machine.keys_to_upload()
                machine.keys_uploaded({"one_time_key_counts": {"signed_curve25519": 49}})
            return machine.identity_keys
        finally:
            machine.close()

    names = ["A", "B", "C"]
    with ThreadPoolExecutor() as threads:
        keys = list(threads.map(work, names))
    for name, own in zip(names, keys, strict=True):
        machine = open_store(tmp_path / name, name)
        assert machine.identity_keys == own
        machine.close()


def test_a_second_process_says_that_the_store_is_in_use(tmp_path):
    bot = Ours(tmp_path)
    script = (
        "import sys; from pathlib import Path; from bots.core.matrix.crypto.store import FolderLock; "
        "FolderLock(Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert "StoreInUseError" in done.stderr
    bot.machine.close()


def test_a_restart_keeps_the_device_and_what_it_can_read(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "A")
    assert bot.machine.is_new
    bot.machine.receive_sync([alice.room_key(bot)])
    before, event = bot.identity_keys, alice.message()
    bot.machine.close()
    bot.reopen()
    assert not bot.machine.is_new
    assert bot.identity_keys == before
    assert bot.machine.decrypt(ROOM, event).content == {"body": "hello"}
    assert bot.machine.receive_sync([alice.olm(bot, "m.dummy", {})]).dropped == 0
    bot.machine.close()


@pytest.mark.parametrize(
    ("device_id", "key", "error"),
    [("BOT", "another key", StoreUnreadableError), ("OTHER", "pickle key", StoreMissingError)],
)
def test_another_key_or_device_is_refused_and_the_store_is_given_back(tmp_path, device_id, key, error):
    Ours(tmp_path).machine.close()
    with pytest.raises(error):
        open_store(tmp_path, device_id, key)
    open_store(tmp_path).close()


def test_a_damaged_store_is_refused(tmp_path):
    (tmp_path / "crypto.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreUnreadableError):
        open_store(tmp_path, create=True)


def test_commits_survive_a_power_cut(tmp_path):
    bot = Ours(tmp_path)
    database = bot.machine._olm.store.database
    assert database.execute_sql("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute_sql("PRAGMA synchronous").fetchone() == (2,)
    bot.machine.close()


def test_a_stolen_store_names_no_member(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "ALICEDEVICE")
    bot.machine.track(["@alice:x"])
    response = {"device_keys": {"@alice:x": {"ALICEDEVICE": alice.cross_signed_device_keys()}}} | alice.identity()
    bot.machine.keys_queried(response, {"@alice:x"})
    bot.claim(alice)
    bot.share(["@alice:x"])
    bot.machine.receive_sync([alice.room_key(bot)])
    bot.machine.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b"@alice" not in content
        assert b"ALICEDEVICE" not in content
        assert alice.master.ed25519_key.to_base64().encode() not in content


def test_a_forgotten_room_is_gone_after_a_restart_too(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "A")
    bot.machine.receive_sync([alice.room_key(bot)])
    bot.machine.forget_room(ROOM)
    for _ in range(2):
        with pytest.raises(UndecryptableError) as caught:
            bot.machine.decrypt(ROOM, alice.message())
        assert caught.value.reason is Reason.NO_KEY
        bot.machine.close()
        bot.reopen()
    bot.machine.close()


def test_sessions_with_one_stranger_do_not_pile_up(tmp_path):
    bot, mallory = Ours(tmp_path), Stranger()
    ((_, fallback),) = bot.uploaded["fallback_keys"].items()
    for _ in range(12):
        bot.keys, mallory.session = {"x": fallback}, None
        assert bot.machine.receive_sync([mallory.olm(bot, "m.dummy", {})]).dropped == 0
    bot.machine.close()
    bot.reopen()
    assert len(bot.machine._olm.session_store[mallory.curve25519]) == 8
    bot.machine.close()


def test_a_shorter_copy_of_a_key_does_not_replace_a_longer_one(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "A")
    bot.machine.receive_sync([alice.room_key(bot)])
    first = alice.message()
    assert not bot.machine.receive_sync([alice.room_key(bot)]).keys_came
    assert bot.machine.decrypt(ROOM, first).content == {"body": "hello"}
    bot.machine.close()


def test_a_device_that_starts_over_after_our_restart_is_answered_in_its_new_session(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "A")
    bot.meet(alice)
    bot.machine.receive_sync([alice.room_key(bot)])
    bot.machine.close()
    bot.reopen()
    bot.meet(alice)
    bot.time.now += 60
    alice.session = None
    bot.machine.receive_sync([alice.room_key(bot)])
    (sent,) = bot.share({alice.user_id})
    message = AnyOlmMessage.normal(base64_bytes(sent["event"]["content"]["ciphertext"][alice.curve25519]["body"]))
    assert b"m.room_key" in bytes(alice.session.decrypt(message))
    bot.machine.close()


def test_after_a_restart_a_device_is_still_written_to_in_the_session_used_last(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "A")
    bot.meet(alice)
    older = None
    for _ in range(2):
        older, alice.session = alice.session, None
        bot.time.now += 60
        bot.machine.receive_sync([alice.room_key(bot)])
    bot.time.now += 60
    alice.session = older
    bot.machine.receive_sync([alice.room_key(bot)])
    bot.machine.close()
    bot.reopen()
    bot.meet(alice)
    (sent,) = bot.share({alice.user_id})
    message = AnyOlmMessage.normal(base64_bytes(sent["event"]["content"]["ciphertext"][alice.curve25519]["body"]))
    assert b"m.room_key" in bytes(alice.session.decrypt(message))
    bot.machine.close()


def base64_bytes(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))


def test_which_keys_came_of_late_is_known_after_a_restart(tmp_path):
    bot, alice, later = Ours(tmp_path), Stranger("@alice:x", "A"), Stranger("@ben:x", "B")
    bot.machine.receive_sync([alice.room_key(bot)])
    bot.time.now += 3600
    bot.machine.receive_sync([later.room_key(bot)])
    bot.machine.close()
    bot.reopen()
    assert bot.machine.keys_of_the_last(60) == {(ROOM, later.group.session_id)}


@contextmanager
def full_disk(machine):
    """The store takes nothing new meanwhile."""
    database = machine._olm.store.database
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    (pages,) = database.execute_sql("PRAGMA page_count").fetchone()
    # Deleted rows left room in the pages that are there.
    database.execute_sql("CREATE TABLE ballast (much BLOB)")
    database.execute_sql(f"PRAGMA max_page_count = {pages + 4}")
    with suppress(PeeweeException):
        while True:
            database.execute_sql("INSERT INTO ballast VALUES (zeroblob(100))")
    yield
    database.execute_sql("PRAGMA max_page_count = 1000000")


def test_a_key_that_came_while_the_disk_was_full_is_had_when_it_comes_again(tmp_path):
    bot, alice = Ours(tmp_path), Stranger("@alice:x", "A")
    bot.machine.receive_sync([alice.olm(bot, "m.dummy", {})])
    key, event = alice.room_key(bot), alice.message()
    many = [alice.olm(bot, "m.room_key", another_key()) for _ in range(40)]
    with full_disk(bot.machine), pytest.raises(PeeweeException) as caught:
        bot.machine.receive_sync([key, *many])
    assert is_full(caught.value)

    received = bot.machine.receive_sync([key, *many])
    assert received.dropped == 0
    assert len(received.keys_came) == 41
    assert bot.machine.decrypt(ROOM, event).content == {"body": "hello"}
    bot.machine.close()
    bot.reopen()
    assert bot.machine.decrypt(ROOM, event).content == {"body": "hello"}


def another_key():
    group = GroupSession()
    session = {"session_id": group.session_id, "session_key": group.session_key.to_base64()}
    return {"algorithm": "m.megolm.v1.aes-sha2", "room_id": ROOM, **session}


def test_a_full_disk_is_no_damaged_store(tmp_path, monkeypatch):
    Ours(tmp_path).machine.close()

    def full(*_):
        try:
            raise full_of_sqlite()
        except sqlite3.Error:
            raise OperationalError("database or disk is full")  # noqa: B904 - as peewee does

    monkeypatch.setattr(KeyStore, "load_account", full)
    with pytest.raises(OperationalError):
        open_store(tmp_path)
    monkeypatch.undo()
    open_store(tmp_path).close()


def full_of_sqlite():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        try:
            connection.execute("CREATE TABLE much (a)")
        except sqlite3.Error as error:
            return error
    raise AssertionError("it was not full")
