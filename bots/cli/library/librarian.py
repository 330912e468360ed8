# SPDX-License-Identifier: Apache-2.0
"""`kithroom library check`: what wants looking after, as a table."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bots.cli.library.links import remember, remembered
from bots.core.community import Community
from bots.core.pages import NO_CONNECTION, Seen, remembering
from bots.core.runtime.clock import Clock, SystemClock
from bots.core.runtime.links import Links, open_session
from bots.core.settings import load_community
from bots.resources.addresses import Leads, judged, leads
from bots.resources.upkeep import Finding, Weight, doubles, reviews, uncalled, unread

_SEVERAL = 5
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
        found += await _looked_at(community, seen_file, console, clock)
    wrong = any(each.weight is Weight.WRONG for each in found)
    if found:
        console.print(_table(found))
    if not wrong:
        console.print("[green]✓[/green] Nothing that members see is wrong, as far as this can tell.")
    return wrong


async def _looked_at(community: Community, seen_file: Path, console: Console, clock: Clock) -> list[Finding]:
    addresses = [*leads(community)]
    urls = list(dict.fromkeys(each.url for each in addresses))
    before = await asyncio.to_thread(remembered, seen_file)
    # Looking takes a while: that its end can't be kept is said before.
    await asyncio.to_thread(remember, seen_file, before)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Looking at the pages", total=len(urls))
        async with open_session() as session:
            looked: dict[str, Seen] = {}

            def saw(url: str, page: Seen) -> None:
                looked[url] = page
                progress.advance(task)

            try:
                await Links(session, clock).look(urls, before, saw)
            except asyncio.CancelledError:
                # Ctrl-C. The next time begins where this one ended.
                if not is_cut_off(looked, before):
                    kept = {url: before[url] for url in urls if url in before}
                    remember(seen_file, kept | _seen(looked, before, addresses))
                    console.print(f"What was looked at so far is kept: {len(looked)} of {len(urls)} pages.")
                raise
    if is_cut_off(looked, before):
        console.print("[yellow]![/yellow] No site answered. Is this machine on the internet? What is known stays.")
        return []
    seen = _seen(looked, before, addresses)
    await asyncio.to_thread(remember, seen_file, seen)
    return [*judged(addresses, seen)]


def _seen(looked: Mapping[str, Seen], before: Mapping[str, Seen], addresses: Sequence[Leads]) -> dict[str, Seen]:
    """What pages answered, with what of the last time goes on."""
    # Two entries may lead to one page: it is right as long as somebody has read it for either.
    read = {each.url: each.read for each in sorted(addresses, key=lambda each: each.read or date.min)}
    return {url: remembering(each, before.get(url), read[url]) for url, each in looked.items()}


def is_cut_off(looked: Mapping[str, Seen], before: Mapping[str, Seen]) -> bool:
    """Whether it is rather this machine that has no connection: of several sites that were asked, none answered."""
    asked = {url: each for url, each in looked.items() if each is not before.get(url)}
    sites = {urlsplit(url).netloc for url in asked}
    return len(sites) >= _SEVERAL and all(each.trouble == NO_CONNECTION for each in asked.values())


def _table(found: list[Finding]) -> Table:
    table = Table("", "where", title="To look after", title_justify="left")
    # An address that is cut can't be opened.
    table.add_column("what", overflow="fold")
    order = list(Weight)
    for each in sorted(found, key=lambda finding: (order.index(finding.weight), finding.where)):
        mark, style = _MARKS[each.weight]
        table.add_row(Text(mark, style=style), Text(each.where), Text(_printable(each.sentence)))
    return table


def _printable(text: str) -> str:
    """What pages say of themselves steers no terminal."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)
