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

from benchmarks.machine import described
from benchmarks.report import TITLES, Report
from benchmarks.run import FULL, QUICK, Benchmark, NoAnswerError
from benchmarks.subjects import DidNotStartError
from bots.cli.stopping import stop_requested
from bots.core.homeserver.synapse import HomeserverError

CONSOLE = Console(highlight=False)
EXIT_STOPPED = 130


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
    default="a,b,c,d,e",
    show_default=True,
    callback=_parts,
    help="Some of the parts. f takes another forty minutes, g another twelve, i another fifteen.",
)
@click.option("--quick", is_flag=True, help="Small numbers, to see that it works; the figures are worth nothing.")
def main(file: Path, parts: frozenset[str], *, quick: bool) -> None:
    """Measure Kithroom beside plain clients, on one homeserver, in one run."""
    os.umask(0o077)
    try:
        sys.exit(asyncio.run(_run(file, parts, quick=quick)))
    except (DidNotStartError, HomeserverError, NoAnswerError) as error:
        raise click.ClickException(str(error)) from None


async def _run(file: Path, parts: frozenset[str], *, quick: bool) -> int:
    sizes = QUICK if quick else FULL
    facts = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": described(),
        "sizes": asdict(sizes),
    }
    report = Report(facts)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with (
        tempfile.TemporaryDirectory(prefix="kithroom-bench-") as folder,
        stop_requested() as stop,
        Progress(*columns, console=CONSOLE) as progress,
    ):
        running = asyncio.ensure_future(Benchmark(Path(folder), parts, sizes, progress, report).run())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopped = not running.done()
        running.cancel() if stopped else stopping.cancel()
        await asyncio.wait({running})
        if not stopped:
            running.result()
    if stopped:
        CONSOLE.print("Stopped; nothing is left running.")
        return EXIT_STOPPED
    report.write(file)
    report.show(CONSOLE)
    CONSOLE.print(f"Written to {file}.")
    return 0


if __name__ == "__main__":
    main()
