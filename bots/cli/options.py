# SPDX-License-Identifier: Apache-2.0
"""What several commands have in common: where their files are, where they print, and how they end."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

# Something differs, or something is wrong: for scripts.
EXIT_DIFFERS = 2

config = click.option(
    "--config",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False),
    default=Path("kithroom.yaml"),
    envvar="KITHROOM_CONFIG",
    show_default=True,
    help="The installation's file; see deploy/README.md.",
)
community = click.option(
    "--community",
    "folder",
    type=click.Path(path_type=Path, resolve_path=True, file_okay=False),
    default=Path("config"),
    show_default=True,
    help="The community's folder.",
)
publisher = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False),
    default=Path("secrets/publisher.key"),
    envvar="KITHROOM_PUBLISHER_KEY",
    show_default=True,
    help="What your community signs with. Where there is no such file, a new key is made.",
)


@cache
def console() -> Console:
    """Where a person reads."""
    from rich.console import Console

    return Console(highlight=False)
