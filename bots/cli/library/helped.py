# SPDX-License-Identifier: Apache-2.0
"""`kithroom library helped`: what members said of the library's entries, where enough of them said something."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.core.actions import BotName
from bots.resources.asking.opinions import FEWEST_PEOPLE, told
from bots.resources.records import Opinion


async def show_opinions(config: Path, console: Console) -> None:
    """Print them, the entries that helped the fewest first. Raises SettingsError, Sorry."""
    by_entry: dict[str, list[Opinion]] = defaultdict(list)
    async with (
        open_database(load_deployment(config)) as store,
        store.reading(BotName.RESOURCES, datetime.now(UTC)) as transaction,
    ):
        for opinion in await transaction.find(Opinion):
            by_entry[opinion.entry].append(opinion)
    counts = {entry: told(opinions) for entry, opinions in by_entry.items()}
    known = {entry: both for entry, both in counts.items() if both != (None, None)}
    if not known:
        console.print(f"Of no entry did {FEWEST_PEOPLE} people say the same yet. Fewer are not told.")
        return
    table = Table("entry", "helped", "did not", title="What members said, in the last half year", title_justify="left")
    for entry, both in sorted(known.items(), key=lambda each: (each[1][0] or 0, each[0])):
        table.add_row(Text(entry), *(f"under {FEWEST_PEOPLE}" if count is None else str(count) for count in both))
    console.print(table)
