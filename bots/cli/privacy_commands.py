# SPDX-License-Identifier: Apache-2.0
"""`kithroom privacy …`, as a person types it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bots.cli.options import config


@click.group()
def privacy() -> None:
    """What is kept about somebody."""


@privacy.command("show")
@config
@click.argument("user")
def privacy_show(config: Path, user: str) -> None:
    """Print everything that is kept about USER (a Matrix id), to read: show it to nobody else."""
    from bots.cli.privacy import show

    click.echo(asyncio.run(show(config, user)), nl=False)


@privacy.command("export")
@config
@click.argument("user")
def privacy_export(config: Path, user: str) -> None:
    """Print everything that is kept about USER (a Matrix id), as JSON: give it to nobody else."""
    from bots.cli.privacy import export

    click.echo(asyncio.run(export(config, user)))


@privacy.command("erase")
@config
@click.argument("user")
@click.confirmation_option(prompt="This can't be undone. Erase?")
def privacy_erase(config: Path, user: str) -> None:
    """Erase what is kept about USER (a Matrix id), but for what must be kept a while. Prints a receipt for them."""
    from bots.cli.privacy import erase

    click.echo(asyncio.run(erase(config, user)))
