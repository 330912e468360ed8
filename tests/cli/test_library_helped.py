# SPDX-License-Identifier: Apache-2.0
"""What organisers see of members' opinions: numbers from five people on, and nobody's name."""

import asyncio
from datetime import UTC, datetime

from click.testing import CliRunner

from bots.cli import main
from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.core.actions import BotName
from bots.resources.records import Opinion
from fakes.installation import write_installation


def test_numbers_below_five_are_not_told(tmp_path):
    file = write_installation(tmp_path)

    def told():
        return CliRunner().invoke(main, ["library", "helped", "--config", str(file)], catch_exceptions=False).output

    async def fill():
        async with (
            open_database(load_deployment(file)) as store,
            store.transaction(BotName.RESOURCES, datetime.now(UTC)) as transaction,
        ):
            for entry, quarter, helped, unhelpful in (
                ("pacing", "2026-4", 12, 4),
                ("pacing", "2026-3", 1, 0),
                ("sleep", "2026-4", 4, 3),
                ("sleep", "2026-3", 4, 3),
            ):
                opinion = Opinion(entry=entry, quarter=quarter, helped=helped, unhelpful=unhelpful)
                await transaction.remember(opinion)

    assert "Fewer are not told" in told()
    asyncio.run(fill())
    shown = told()
    (line,) = [line for line in shown.splitlines() if "pacing" in line]
    assert "13" in line
    assert "under 5" in line
    assert "sleep" not in shown
