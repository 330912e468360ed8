# SPDX-License-Identifier: Apache-2.0
"""What was measured, as a table for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bots.cli.library.evaluating.measuring import Figures, measure
from bots.cli.library.evaluating.subjects import installed
from bots.cli.library.evaluating.suite import read_suite
from bots.core.settings import load_community
from bots.resources.bot import called_in
from bots.resources.finding import Entry
from bots.resources.library import entry_of

_COLUMNS: Mapping[str, Callable[[Figures], str]] = {
    "nDCG@10": lambda f: f"{f.ndcg:.3f}",
    "of judged": lambda f: f"{f.ndcg_judged:.3f}",
    "with typos": lambda f: f"{f.typos:.3f}",
    "MRR": lambda f: f"{f.mrr:.3f}",
    "S@3": lambda f: f"{f.success:.3f}",
    "R@10": lambda f: f"{f.recall:.3f}",
    "off-topic": lambda f: "" if f.auroc is None else f"{f.auroc:.3f}",
    "p50 ms": lambda f: f"{f.p50:.1f}",
    "p99 ms": lambda f: f"{f.p99:.1f}",
    "made s": lambda f: f"{f.made:.1f}",
    "warm s": lambda f: f"{f.warm:.1f}",
    "new s": lambda f: f"{f.new:.2f}",
    "index MB": lambda f: f"{f.size:.1f}" if f.size else "",
    "RSS MB": lambda f: f"{f.resident:.0f}",
}

_WIDTH = 160


def show(folder: Path, documents: Path | None, community: Path, console: Console) -> None:
    """Measure every installed engine with the suite in `folder`, one after the other. Raises Sorry, SettingsError."""
    suite = read_suite(folder, documents, lambda: library_of(community))
    console.print(
        f"{len(suite.documents)} documents, {len(suite.judged())} judged questions, {len(suite.off_topic())} off topic."
    )
    if strangers := suite.strangers():
        console.print(
            f"[yellow]![/yellow] {strangers} judgements are of documents that are not there: they count as missed."
        )
    with console.status("Measuring …") as status:
        figures: dict[str, Figures] = {}
        for name in installed():
            status.update(f"Measuring {name} …")
            figures[name] = measure(name, suite)
    # A number that is cut is none: the table is as wide as it needs to be.
    console.width = max(console.width, _WIDTH)
    console.print(table_of(figures))


def table_of(figures: Mapping[str, Figures]) -> Table:
    """A row per engine."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for column in _COLUMNS:
        table.add_column(column, justify="right", no_wrap=True)
    for name, each in figures.items():
        table.add_row(name, *(told(each) for told in _COLUMNS.values()))
    return table


def library_of(folder: Path) -> tuple[Entry, ...]:
    """The library of the community in `folder`, as it is searched. Raises SettingsError."""
    community = load_community(folder)
    called = called_in(community)
    return tuple(entry_of(resource, called) for resource in community.library)
