# SPDX-License-Identifier: Apache-2.0
"""What organisers see of words that the library has nothing on: those that several looked for."""

import asyncio
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from bots.cli import main
from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.core.actions import BotName
from bots.resources.records import MissingWord
from fakes.installation import write_installation
from fakes.neighbours import community


@pytest.fixture
def installation(tmp_path):
    folder = community(tmp_path / "config")
    file = folder / "community.yaml"
    file.write_text(f"{file.read_text()}\nkeep_missing_words: true\n")
    return write_installation(tmp_path)


def told(file):
    return CliRunner().invoke(main, ["library", "missing", "--config", str(file)], catch_exceptions=False).output


def test_words_that_several_looked_for_are_named_and_rarer_ones_only_counted(installation):
    async def fill():
        async with (
            open_database(load_deployment(installation)) as store,
            store.transaction(BotName.RESOURCES, datetime.now(UTC)) as transaction,
        ):
            for word, month, count in (
                ("tattoo", "2026-09", 3),
                ("tattoo", "2026-10", 4),
                ("diving", "2026-10", 9),
                ("parachute", "2026-10", 4),
                ("falconry", "2026-08", 1),
            ):
                await transaction.remember(MissingWord(word=word, month=month, count=count))

    assert "could point at somebody: 0." in told(installation)
    asyncio.run(fill())
    shown = told(installation)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines() if "2026-" in line]
    assert rows == [["diving", "9", "2026-10"], ["tattoo", "7", "2026-10"]]
    assert "could point at somebody: 2." in shown
    assert "parachute" not in shown


def test_where_none_are_counted_that_is_said(installation):
    file = installation.parent / "config" / "community.yaml"
    file.write_text(file.read_text().replace("keep_missing_words: true", "keep_missing_words: false"))
    assert "No words are counted" in told(installation)
