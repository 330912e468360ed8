# SPDX-License-Identifier: Apache-2.0
"""`kithroom library check`: what wants looking after, as a table."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bots.cli.library.links import remember, remembered
from bots.core.runtime.clock import Clock, SystemClock
from bots.core.runtime.links import Links, open_session
from bots.core.settings import load_community
from bots.resources.upkeep import Finding, Weight, doubles, links, reviews, uncalled, unread

_MARKS = {Weight.WRONG: ("✗", "red"), Weight.SOON: ("!", "yellow"), Weight.KNOW: ("·", "dim")}


async def look_after(folder: Path, seen_file: Path | None, console: Console, clock: Clock | None = None) -> bool:
    """Print what there is to do, the most pressing first; gives whether members see something wrong.

    `seen_file` keeps what the pages answered, for the next time; None asks no page. Raises SettingsError.
    """
    clock = clock or SystemClock()
    community = await asyncio.to_thread(load_community, folder)
    library, today = community.library, clock.now().date()
    found = [*reviews(library, today), *doubles(library), *unread(library), *uncalled(community.countries, today)]
    if seen_file is not None:
        before = await asyncio.to_thread(remembered, seen_file)
        urls = [entry.url for entry in library if entry.url is not None]
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("Looking at the pages", total=len(set(urls)))
            async with open_session() as session:
                seen = await Links(session, clock).look(urls, before, lambda: progress.advance(task))
        found += links(library, seen, before)
        await asyncio.to_thread(remember, seen_file, seen)
    wrong = any(each.weight is Weight.WRONG for each in found)
    if found:
        console.print(_table(found))
    if not wrong:
        console.print("[green]✓[/green] Nothing that members see is wrong, as far as this can tell.")
    return wrong


def _table(found: list[Finding]) -> Table:
    table = Table("", "where", "what", title="To look after", title_justify="left")
    order = list(Weight)
    for each in sorted(found, key=lambda finding: (order.index(finding.weight), finding.where)):
        mark, style = _MARKS[each.weight]
        table.add_row(Text(mark, style=style), Text(each.where), Text(each.sentence))
    return table
