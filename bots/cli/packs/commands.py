# SPDX-License-Identifier: Apache-2.0
"""`kithroom pack …`, as a person types it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.options import community, console, publisher
from bots.cli.sorry import Sorry

if TYPE_CHECKING:
    from bots.cli.packs.manifest import Pack

_folder = click.argument("pack", type=click.Path(path_type=Path, resolve_path=True, file_okay=False, exists=True))
_theirs = click.option("--theirs", help="Their public key, as they told it to you.")


@click.group()
def pack() -> None:
    """A condition's room, words and entries as a signed folder, from one community to another."""


@pack.command("export", short_help="Write a condition as a signed folder.")
@click.argument("condition")
@click.argument("target", type=click.Path(path_type=Path, resolve_path=True, file_okay=False))
@click.option("--licence", required=True, help="Under which others may use it, such as “CC BY 4.0”.")
@click.option(
    "--reviewed",
    nargs=2,
    multiple=True,
    metavar="NAME DATE",
    help="Who looked through it, and when (2026-11-23); may be repeated.",
)
@click.option("--version", type=click.IntRange(1), help="Its version; else one more than the one that is in TARGET.")
@community
@publisher
def export(
    condition: str,
    target: Path,
    licence: str,
    reviewed: tuple[tuple[str, str], ...],
    version: int | None,
    folder: Path,
    key_file: Path,
) -> None:
    """Write what your community has about CONDITION into the folder TARGET: the room, its words, its entries."""
    from bots.cli.packs import packing

    looked = tuple((who, _day(day)) for who, day in reviewed)
    made = packing.export(folder, condition, target, key_file, licence=licence, reviewed=looked, version=version)
    console().print(f"✓ {target}: {condition}, version {made}", markup=False, soft_wrap=True)


@pack.command("verify", short_help="Say whose a pack is, and if it is whole.")
@_folder
@_theirs
@community
def verify(pack: Path, theirs: str | None, folder: Path) -> None:
    """Say whose key a pack is signed with, and whether every byte is as it was signed. Exit code 1 if not."""
    from bots.cli.packs.opening import contents, open_pack
    from bots.cli.packs.showing import describe, known_as

    found = open_pack(pack)
    _is_theirs(found, theirs)
    contents(found)
    describe(found, console())
    known = known_as(folder, found) if folder.is_dir() else None
    if theirs or known:
        console().print(f"✓ It is {'the key that you named' if theirs else known}.", markup=False)
    else:
        console().print("! It is a key that nobody here knows: ask them for theirs in another way.", markup=False)


@pack.command("add", short_help="Put a pack into your community's folder.")
@_folder
@_theirs
@community
@click.option("--room-name", help="What the room is called here, instead.")
@click.option("--room-topic", help="The room's topic here, instead.")
@click.option("--yes", is_flag=True, help="Do not ask. For a key that is not known here yet, name it with --theirs.")
def add(
    pack: Path,
    theirs: str | None,
    folder: Path,
    room_name: str | None,
    room_topic: str | None,
    yes: bool,
) -> None:
    """Show what a pack would put into your community's folder, and put it there. Safe to stop, and to run again."""
    from bots.cli.packs import adding
    from bots.cli.packs.opening import open_pack
    from bots.cli.packs.showing import describe, known_as, show

    found = open_pack(pack)
    _is_theirs(found, theirs)
    planned = adding.plan(folder, found, room_name=room_name, room_topic=room_topic)
    describe(found, console())
    known = "the key that you named" if theirs else known_as(folder, found)
    console().print(f"It is {known or 'a key that you don’t know yet'}.", markup=False)
    show(planned, console())
    if planned.writes or planned.goes:
        if yes and known is None:
            raise Sorry("Nobody here knows that key. Ask them for it in another way, and name it with --theirs.")
        if not yes:
            click.confirm("Write this" if known else "Is that key theirs, and shall this be written", abort=True)
    adding.add(folder, planned)
    if planned.writes or planned.goes:
        console().print("✓ Written. `kithroom check`, `plan` and `apply` do the rest.", markup=False)
    else:
        console().print("✓ There is nothing to do.", markup=False)


def _is_theirs(found: Pack, theirs: str | None) -> None:
    if theirs is not None and found.key != theirs:
        raise Sorry(f"It is signed with another key ({found.key}), and is not taken.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"`{text}` is not a date: write year-month-day.") from None
