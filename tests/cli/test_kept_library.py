# SPDX-License-Identifier: Apache-2.0
"""The library's pages that the door gives out: made by another process, and again every day."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bots.cli.running.kept_library import KeptLibrary
from fakes.clock import FakeClock

EXAMPLE = Path(__file__).parents[2] / "config"


async def test_pages_are_made_and_those_of_yesterday_stay_when_todays_can_not_be(tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("helplines", "transcripts", "words", "*-*.yaml"))
    kept = KeptLibrary(folder, FakeClock())
    assert kept.files() == {}
    await kept.make()
    files = kept.files()
    assert {"index.html", "index.de.html", "people.html", "library.zip"} < files.keys()
    assert files["index.html"].kind == "text/html"
    assert {asset.kind for name, asset in files.items() if name.endswith(".js")} == {"text/javascript"}
    assert files["library.zip"].kind == "application/zip"
    (folder / "community.yaml").write_text("name: [")
    await kept.make()
    assert kept.files() is files


async def let_it_go_on():
    for _ in range(10):
        await asyncio.sleep(0)


class Counted(KeptLibrary):
    """Counts, and makes nothing."""

    made = 0

    async def make(self):
        self.made += 1


async def test_they_are_made_again_after_midnight_and_no_more_when_the_door_is_shut():
    clock = FakeClock(datetime(2026, 11, 26, 22, tzinfo=UTC))
    kept = Counted(Path("nowhere"), clock)
    async with kept.keeping():
        await let_it_go_on()
        clock.advance(timedelta(hours=1, minutes=59))
        await let_it_go_on()
        assert (kept.made, clock.sleeping) == (1, 1)
        clock.advance(timedelta(minutes=1))
        await let_it_go_on()
        assert (kept.made, clock.sleeping) == (2, 1)
    clock.advance(timedelta(days=2))
    await let_it_go_on()
    assert (kept.made, clock.sleeping) == (2, 0)
