# SPDX-License-Identifier: Apache-2.0
"""`kithroom audit …`, as a person types it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bots.cli.options import config, console


@click.group()
def audit() -> None:
    """Who did what to whom: never what was said."""


@audit.command("verify")
@config
@click.option(
    "--anchor", help="An end of the log that was told before, such as 120:3f2a94c1: is that line still there?"
)
def audit_verify(config: Path, anchor: str | None) -> None:
    """Check that no line of the log was changed, taken out, put elsewhere or cut off its end."""
    from bots.cli.audit import verify

    console().print(f"[green]✓[/green] {asyncio.run(verify(config, anchor))}")


@audit.command("export")
@config
@click.option(
    "--format", "kind", type=click.Choice(["json", "csv"]), default="json", help="A JSON object a line, or CSV."
)
def audit_export(config: Path, kind: str) -> None:
    """Print the log, oldest line first."""
    from bots.cli.audit import export

    async def printed() -> None:
        async for line in export(config, kind):
            click.echo(line)

    asyncio.run(printed())


@audit.command("summary")
@config
@click.option("--months", type=click.IntRange(1, 12), default=3, help="How many months back (3).")
def audit_summary(config: Path, months: int) -> None:
    """Print what was done in numbers that may be shown to anybody: none below ten."""
    from bots.cli.audit import summary

    console().print(asyncio.run(summary(config, months)))
