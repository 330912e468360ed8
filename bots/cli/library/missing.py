# SPDX-License-Identifier: Apache-2.0
"""`kithroom library missing`: what people looked for in vain, where the organiser wants to know of gaps."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.core.actions import BotName
from bots.resources.records import MissingWord
from bots.resources.wisdom.rounds import FEWEST


async def show_missing(config: Path, console: Console) -> None:
    """Print the words, the most wanted first; of rarer ones, how many there are. Raises SettingsError, Sorry."""
    deployment = load_deployment(config)
    if not deployment.load_community().keep_missing_words:
        console.print("No words are counted: `keep_missing_words` in community.yaml is off.")
    counts, last = Counter[str](), dict[str, str]()
    async with (
        open_database(deployment) as store,
        store.reading(BotName.RESOURCES, datetime.now(UTC)) as transaction,
    ):
        for each in await transaction.find(MissingWord):
            counts[each.word] += each.count
            last[each.word] = max(each.month, last.get(each.word, ""))
    often = [(word, count) for word, count in counts.most_common() if count >= FEWEST]
    if often:
        table = Table("word", "times", "last in", title="Looked for in vain, in the last year", title_justify="left")
        for word, count in sorted(often, key=lambda each: (-each[1], each[0])):
            table.add_row(Text(word), str(count), last[word])
        console.print(table)
    rare = len(counts) - len(often)
    console.print(f"Words that were looked for fewer than {FEWEST} times, and could point at somebody: {rare}.")
