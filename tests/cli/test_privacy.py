# SPDX-License-Identifier: Apache-2.0
"""What an organiser can see, take away and prove, from the command line."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from bots.cli import main
from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.sorry import Sorry
from bots.core.actions import Audit, BotName
from bots.core.records import PrivateChat
from bots.moderation.standing.transparency import month_before
from fakes.installation import write_installation

ANNA = "@anna:kith.test"


@pytest.fixture
def installation(tmp_path):
    """An installation that has met Anna, and in which two things were done."""
    file = write_installation(tmp_path)

    async def fill():
        async with (
            open_database(load_deployment(file)) as store,
            store.transaction(BotName.MODERATION, datetime.now(UTC)) as transaction,
        ):
            await transaction.remember(PrivateChat(user=ANNA, room_id="!chat"))
            for kind in ("warn", "mute"):
                await transaction.audit(Audit(why=f"moderation.{kind}", kind=kind, actor="@mo:kith.test", target=ANNA))

    asyncio.run(fill())
    return file


def kithroom(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def test_what_is_kept_about_somebody_is_shown_and_then_gone(installation):
    shown = kithroom("privacy", "export", "--config", installation, ANNA)
    assert "!chat" in json.dumps(json.loads(shown.output))
    assert kithroom("privacy", "erase", "--config", installation, ANNA).exit_code == 1
    assert "!chat" in kithroom("privacy", "export", "--config", installation, ANNA).output
    assert "!chat" in kithroom("privacy", "show", "--config", installation, ANNA).output
    receipt = kithroom("privacy", "erase", "--yes", "--config", installation, ANNA)
    assert receipt.exit_code == 0
    assert "which room our private chat is" in receipt.output
    assert "What no bot can erase" in receipt.output
    assert "!chat" not in kithroom("privacy", "export", "--config", installation, ANNA).output


def test_a_database_that_can_t_be_opened_is_one_sentence(installation):
    folder = installation.parent / "state"
    for file in folder.glob("community.db*"):
        file.unlink()
    (folder / "community.db").mkdir()
    answer = kithroom("audit", "verify", "--config", installation)
    assert answer.exit_code == 1
    assert answer.stderr.startswith("The database can't be used: ")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["verify", "export", "summary"])
@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_log_that_is_not_there_is_never_whole(installation, command, left):
    folder = installation.parent / "state"
    for file in folder.glob("community.db*"):
        file.unlink()
    if left == "an empty file":
        (folder / "community.db").touch()
    answer = kithroom("audit", command, "--config", installation)
    assert answer.exit_code == 1
    assert answer.stderr.startswith(f"There is no database at {folder / 'community.db'}: ")
    assert sum(file.stat().st_size for file in folder.glob("community.db*")) == 0, "none is made"


@pytest.mark.parametrize("moment", ["9", "nonsense"])
def test_a_moment_that_is_none_is_a_changed_line_as_any_other(installation, moment):
    with sqlite3.connect(installation.parent / "state" / "community.db") as database:
        database.execute("update audit set at = ? where number = 2", (moment,))
    database.close()
    broken = kithroom("audit", "verify", "--config", installation)
    assert (broken.exit_code, broken.stderr) == (1, "Line 2 of the audit log is not as it was written.\n")
    broken = kithroom("audit", "export", "--config", installation)
    assert broken.exit_code == 1
    assert broken.stderr == "The audit log can't be read: `kithroom audit verify` says from which line on.\n"


def test_a_database_without_its_key_is_one_sentence_and_no_other_key_is_made(installation):
    key = installation.parent / "secrets" / "community.key"
    kept = key.read_bytes()
    key.unlink()
    for command in (("privacy", "show", ANNA), ("audit", "verify")):
        answer = kithroom(*command, "--config", installation)
        assert answer.exit_code == 1
        assert answer.stderr.startswith(f"{key} is missing, and the database was written with it")
        assert not key.exists()
    key.write_bytes(kept)
    assert "!chat" in kithroom("privacy", "show", ANNA, "--config", installation).output


async def test_a_database_of_another_key_is_not_opened_at_all(tmp_path):
    deployment = load_deployment(write_installation(tmp_path))
    now = datetime.now(UTC)
    key = tmp_path / "secrets" / "community.key"

    async def puts_by(name):
        async with open_database(deployment) as store, store.transaction(BotName.MODERATION, now) as transaction:
            await transaction.schedule(name, "k", now, {})

    await puts_by("one")
    kept = key.read_bytes()
    key.write_text("ab" * 32, "ascii")
    with pytest.raises(Sorry, match=f"was written with another key than {key}: restore that from a backup"):
        await puts_by("two")
    key.write_bytes(kept)
    await puts_by("three")


async def test_what_another_key_sealed_is_one_sentence(tmp_path):
    deployment = load_deployment(write_installation(tmp_path))

    async def read():
        async with open_database(deployment) as store, store.reading(BotName.WELCOME, datetime.now(UTC)) as reading:
            return await reading.find(PrivateChat)

    now = datetime.now(UTC)
    async with open_database(deployment) as store, store.transaction(BotName.WELCOME, now) as transaction:
        await transaction.remember(PrivateChat(user=ANNA, room_id="!chat"))
    key = tmp_path / "secrets" / "community.key"
    key.write_text("ab" * 32, "ascii")
    with pytest.raises(Sorry, match=f"was written with another key than {key}: restore that from a backup"):
        await read()


def test_the_audit_log_names_nobody_and_a_change_in_it_is_found(installation):
    lines = kithroom("audit", "export", "--config", installation).output.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["warn", "mute"]
    assert "anna" not in "".join(lines)
    head, *rows = csv.reader(
        kithroom("audit", "export", "--format", "csv", "--config", installation).output.splitlines()
    )
    assert [dict(zip(head, row, strict=True))["kind"] for row in rows] == ["warn", "mute"]
    verified = kithroom("audit", "verify", "--config", installation).output
    assert "2 lines" in verified
    end = verified.split()[-1]
    assert kithroom("audit", "verify", "--anchor", end, "--config", installation).exit_code == 0
    other = kithroom("audit", "verify", "--anchor", "2:abcdef", "--config", installation)
    assert (other.exit_code, "not the one that was there" in other.stderr) == (1, True)
    with sqlite3.connect(installation.parent / "state" / "community.db") as database:
        database.execute("update audit set kind = 'note' where kind = 'warn'")
    database.close()
    broken = kithroom("audit", "verify", "--config", installation)
    assert broken.exit_code == 1
    assert "Line 1 of the audit log is not as it was written" in broken.stderr


def test_the_summary_tells_no_small_number(installation):
    async def fill():
        month, _ = month_before(datetime.now(UTC))
        async with (
            open_database(load_deployment(installation)) as store,
            store.transaction(BotName.MODERATION, month + timedelta(days=3)) as transaction,
        ):
            for kind in ["note"] * 11 + ["ban"] * 9:
                await transaction.audit(Audit(why="w", kind=kind, actor="@mo:kith.test", target=ANNA))

    asyncio.run(fill())
    rows = kithroom("audit", "summary", "--months", "1", "--config", installation).output.splitlines()
    (notes,) = [row for row in rows if "notes" in row]
    (bans,) = [row for row in rows if "bans" in row]
    assert "11" in notes
    assert "fewer than 10" in bans
    assert "9" not in bans
