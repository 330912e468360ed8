# SPDX-License-Identifier: Apache-2.0
"""What a feed brings, as a table for a person."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.library.feeds.updating import Look
from bots.resources.exchange.merging import What

_MARKS = {
    What.NEW: ("+", "green"),
    What.CHANGED: ("~", "yellow"),
    What.GONE: ("-", "red"),
    What.WAITS: ("?", "cyan"),
    What.EDITED: ("=", "dim"),
    What.HIDDEN: ("=", "dim"),
}


def show(found: Look, console: Console) -> None:
    """Who publishes it, what becomes of which entry, and what is left out. Whatever they wrote is text."""
    feed = found.feed
    console.print(
        Text(f"{feed.title}: {len(feed.drafts)} entries, signed by {feed.key}, made {feed.made:%Y-%m-%d %H:%M} UTC"),
        soft_wrap=True,
    )
    if found.old:
        console.print("[yellow]![/yellow] That is long ago. Ask them whether it is their last one.")
    if found.merged.changes or found.ours:
        console.print(_table(found))
    for sentence in found.wrong:
        console.print(Text.assemble(("✗ ", "red"), f"Left out: {sentence}"), soft_wrap=True)


def summary(found: Look) -> str:
    """In one line: how many came, changed, went, wait."""
    counts = {what: sum(change.what is what for change in found.merged.changes) for what in What}
    told = [f"{count} {what}" for what, count in counts.items() if count]
    return f"{found.subscription.name}: {', '.join(told) or 'nothing new'}"


def _table(found: Look) -> Table:
    table = Table("", "id", "title and address", "what", title_justify="left")
    order = list(_MARKS)
    for change in sorted(found.merged.changes, key=lambda each: (order.index(each.what), each.id)):
        mark, style = _MARKS[change.what]
        # Nobody says yes to a title alone.
        leads = Text.assemble(change.title, (f"\n{change.url}" if change.url else "", "dim"))
        table.add_row(Text(mark, style=style), Text(change.id, overflow="fold"), leads, Text(change.what))
    for name in found.ours:
        table.add_row(Text("=", style="dim"), Text(name), Text(""), Text("yours in library/ is shown"))
    return table
