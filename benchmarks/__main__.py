# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks`: measure, print, write JSON."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.finding import finding
from benchmarks.machine import described, load_average
from benchmarks.report import TITLES, Report
from benchmarks.run import FULL, QUICK, Benchmark, NoAnswerError, Sizes
from benchmarks.subjects import DidNotStartError
from bots.cli.running.stopping import stop_requested
from bots.cli.sorry import Sorry
from bots.core.documents import SettingsError
from bots.core.homeserver.synapse import HomeserverError

CONSOLE = Console(highlight=False)
EXIT_STOPPED = 130
_WIDTH = 160


def _parts(_context: click.Context, _parameter: click.Parameter, value: str) -> frozenset[str]:
    parts = frozenset(value.replace(" ", "").split(","))
    if unknown := parts - TITLES.keys():
        raise click.BadParameter(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(TITLES)}")
    return parts


@click.command()
@click.option(
    "--json",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("var/bench.json"),
    show_default=True,
    help="Where the figures go.",
)
@click.option(
    "--only",
    "parts",
    default="a,b,c,d,e,h",
    show_default=True,
    callback=_parts,
    help="Some of the parts. f takes another forty minutes, g another twelve, i another fifteen.",
)
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("../shared/data/search"),
    show_default=True,
    help="Where MedQuAD's pages are, for h.",
)
@click.option("--quick", is_flag=True, help="Small numbers, to see that it works; the figures are worth nothing.")
def main(file: Path, parts: frozenset[str], documents: Path, *, quick: bool) -> None:
    """Measure Kithroom beside plain clients, on one homeserver, in one run."""
    os.umask(0o077)
    try:
        sizes = QUICK if quick else FULL
        report = Report(_facts(sizes, quick=quick))
        if parts - {"h"} and asyncio.run(_in_rooms(parts - {"h"}, sizes, report)):
            CONSOLE.print("Stopped; nothing is left running.")
            sys.exit(EXIT_STOPPED)
        if "h" in parts:
            _searches(documents, report, quick=quick)
    except (DidNotStartError, HomeserverError, NoAnswerError, Sorry, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    report.write(file)
    if not CONSOLE.is_terminal:
        # Into a file it is as wide as it needs to be.
        CONSOLE.width = _WIDTH
    report.show(CONSOLE)
    CONSOLE.print(f"Written to {file}.")


def _facts(sizes: Sizes, *, quick: bool) -> dict[str, object]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": described(),
        "sizes": asdict(sizes),
    }


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=CONSOLE,
    )


def _searches(documents: Path, report: Report, *, quick: bool) -> None:
    found = finding(documents, quick=quick)
    report.left_out += found.left_out
    before = load_average()
    with _progress() as progress:
        task = progress.add_task("Searching", total=found.steps)
        report.rows += found.rows(lambda what: progress.update(task, advance=1, description=f"Searched, {what}"))
    report.load["h"] = [before, load_average()]


async def _in_rooms(parts: frozenset[str], sizes: Sizes, report: Report) -> bool:
    """What is measured on a homeserver. Gives whether it was stopped before the end."""
    with (
        tempfile.TemporaryDirectory(prefix="kithroom-bench-") as folder,
        stop_requested() as stop,
        _progress() as progress,
    ):
        running = asyncio.ensure_future(Benchmark(Path(folder), parts, sizes, progress, report).run())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopped = not running.done()
        running.cancel() if stopped else stopping.cancel()
        await asyncio.wait({running})
        if not stopped:
            running.result()
    return stopped


if __name__ == "__main__":
    main()
