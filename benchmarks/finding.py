# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.finding`: (h) the search, beside plain FTS5, bm25s and tantivy, on judged questions.

Over the starter library, and over MedQuAD's pages where they are (`--documents`, by default ../shared/data/search);
the encoder takes minutes to read those, so it is left out there unless `--encoder` is given.
`--many N` measures N made-up entries: how long they take to be indexed, opened and asked.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from benchmarks.machine import described
from bots.cli.evaluating.measures import quantile
from bots.cli.evaluating.measuring import Figures, measure
from bots.cli.evaluating.showing import library_of, table_of
from bots.cli.evaluating.subjects import ENCODER, installed
from bots.cli.evaluating.suite import Suite, read_suite
from bots.resources.finding import Entry, open_index
from bots.resources.finding.static import load_static

SUITES = Path("tests/suites/search")
FILE = Path("var/bench-finding.json")
WORDS_AN_ENTRY = 60


@click.command()
@click.option("--documents", type=click.Path(path_type=Path, file_okay=False), default=Path("../shared/data/search"))
@click.option("--encoder", is_flag=True, help="The encoder over MedQuAD, too: some minutes.")
@click.option("--many", type=click.IntRange(0, 200_000), default=0, help="So many made-up entries.")
def main(documents: Path, many: int, *, encoder: bool) -> None:
    """Measure the search."""
    console = Console(highlight=False, width=140)
    found: dict[str, object] = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": described()}
    suite = read_suite(SUITES / "library", None, lambda: library_of(Path("config")))
    found["library"] = _measured(console, f"(h) The starter library, {len(suite.documents)} entries", suite)
    if (documents / "documents.jsonl").is_file():
        suite = read_suite(SUITES / "medquad", documents, tuple)
        title = f"(h) MedQuAD, {len(suite.documents)} pages"
        found["medquad"] = _measured(console, title, suite, () if encoder else (ENCODER,))
    if many:
        found["many"] = _many(console, many)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    console.print(f"Written to {FILE}.")


def _measured(console: Console, title: str, suite: Suite, without: tuple[str, ...] = ()) -> dict[str, object]:
    figures: dict[str, Figures] = {}
    for name in installed():
        if name not in without:
            with console.status(f"{title}: {name} …"):
                figures[name] = measure(name, suite)
    table = table_of(figures)
    table.title, table.title_justify, table.title_style = title, "left", "bold"
    console.print(table)
    return {name: asdict(each) for name, each in figures.items()}


def _many(console: Console, many: int) -> dict[str, float]:
    """Entries of words drawn as languages draw them: few often, most seldom."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(30_000)]
    seldom = [1 / place for place in range(1, len(words) + 1)]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, seldom, k=count))

    entries = [Entry(id=str(n), titles=(text(4),), bodies=(text(WORDS_AN_ENTRY),)) for n in range(many)]
    static = load_static()
    encoders = () if static is None else (static,)
    figures: dict[str, float] = {"entries": many}
    with tempfile.TemporaryDirectory(prefix="kithroom-bench-") as folder:
        for what in ("made_s", "opened_s"):
            began = time.perf_counter()
            index, _ = open_index(entries, file=Path(folder) / "index.db", encoders=encoders)
            figures[what] = time.perf_counter() - began
        times = []
        for _ in range(200):
            question = text(12)
            began = time.perf_counter()
            index.search(question)
            times.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        index.put(Entry(id="new", titles=("one more",)))
        figures |= {"put_s": time.perf_counter() - began, "index_mb": index.size / 1e6}
    figures |= {"p50_ms": quantile(times, 0.5), "p99_ms": quantile(times, 0.99)}
    console.print(f"(h) {', '.join(f'{name} {value:,.1f}' for name, value in figures.items())}")
    return figures


if __name__ == "__main__":
    main()
