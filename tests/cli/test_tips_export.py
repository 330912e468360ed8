# SPDX-License-Identifier: Apache-2.0
"""Tips in the real database: locked away there, printed for the organiser, gone when their author asks."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bots.cli import main
from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.core.actions import BotName
from bots.core.settings import load_community
from bots.resources.wisdom.records import OfferedTip, SharedTip, Stage
from bots.resources.wisdom.shelf import resource_of
from fakes.installation import write_installation

EXAMPLE = Path(__file__).parents[2] / "config"
ANNA, BEN = "@anna:kith.test", "@ben:kith.test"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tip(number, author, **more):
    days = {"added": NOW, "reviewed": NOW.date(), "review_by": date(2027, 3, 1)}
    return SharedTip(number=number, author=author, language="en", reviewer="@mo:kith.test", **days, **more)


@pytest.fixture
def installation(tmp_path):
    """Anna and Ben gave a tip each, and Ben has another that waits."""
    folder = tmp_path / "config"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("helplines", "transcripts", "words", "*-*.yaml"))
    file = write_installation(tmp_path, community=str(folder))

    async def fill():
        async with (
            open_database(load_deployment(file)) as store,
            store.transaction(BotName.RESOURCES, NOW) as transaction,
        ):
            await transaction.remember(tip(1, ANNA, words="Freeze the caps. They click then.", why="no more leaks"))
            await transaction.remember(tip(2, BEN, words="=Spare sensors.", name="River", link="https://example.org"))
            waits = OfferedTip(number=3, author=BEN, stage=Stage.QUEUED, at=NOW, language="en", words="Wait and see.")
            await transaction.remember(waits)

    asyncio.run(fill())
    return file


def kithroom(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def exported(installation):
    folder = installation.parent / "config"
    done = kithroom("library", "export", "--tips", installation, "--community", folder)
    return {each["id"]: each for each in json.loads(done.output)["resources"]}, done.output


def test_nothing_of_a_tip_lies_open_in_the_database(installation):
    open_words = b"".join(file.read_bytes() for file in (installation.parent / "state").glob("community.db*"))
    for words in (b"Freeze", b"leaks", b"sensors", b"River", b"example.org", b"anna", b"Wait and see"):
        assert words not in open_words


def test_the_library_is_printed_with_its_tips_and_without_their_authors(installation, tmp_path):
    entries, output = exported(installation)
    assert entries["tip-kithroom-1"]["title"] == {"en": "Freeze the caps."}
    assert entries["tip-kithroom-1"]["summary"] == {"en": "They click then.\nno more leaks"}
    assert entries["tip-kithroom-1"]["source"] == {"en": "a member of this group"}
    assert entries["tip-kithroom-2"]["source"] == {"en": "River, a member of this group"}
    assert "tip-kithroom-3" not in entries, "what moderators have not approved is not in the library"
    assert "kith.test" not in output

    # An organiser makes files of them: what the folder has already is known, and stays as it is.
    file = tmp_path / "tips.json"
    file.write_text(output)
    folder = installation.parent / "config"
    done = kithroom("library", "import", file, "--community", folder)
    assert done.exit_code == 0, done.output
    assert (folder / "library/tips.yaml").read_text().count("  - id:") == 2
    assert {"tip-kithroom-1", "tip-kithroom-2"} <= {entry.id for entry in load_community(folder).library}


def test_who_asks_to_be_forgotten_takes_their_tips_along(installation):
    shown = kithroom("privacy", "show", "--config", installation, ANNA).output
    assert "a tip that you gave to the library" in shown
    assert "Freeze the caps" in shown
    assert "Spare sensors" not in shown
    copy = json.loads(kithroom("privacy", "export", "--config", installation, BEN).output)
    assert copy["offered_tip"]["rows"][0]["words"] == "Wait and see."

    receipt = kithroom("privacy", "erase", "--yes", "--config", installation, ANNA).output
    assert "a tip that you gave to the library" in receipt
    assert set(exported(installation)[0]) & {"tip-kithroom-1", "tip-kithroom-2"} == {"tip-kithroom-2"}


@pytest.mark.parametrize(
    ("words", "why", "title", "summary"),
    [
        ("Freeze the caps.", "", "Freeze the caps.", "Freeze the caps."),
        ("Freeze the caps", "it clicks", "Freeze the caps", "it clicks"),
        ("One line\nand another", "", "One line", "and another"),
        (" ".join(["caps"] * 40), "", " ".join(["caps"] * 16) + "…", " ".join(["caps"] * 40)),
        ("", "", "A page", "A page"),
    ],
)
def test_a_tip_is_called_what_it_begins_with(words, why, title, summary):
    entry = resource_of(tip(1, ANNA, words=words, why=why, link_title="A page"), "kithroom")

    assert (entry.title["en"], entry.summary["en"]) == (title, summary)
