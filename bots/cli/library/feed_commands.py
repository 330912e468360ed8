# SPDX-License-Identifier: Apache-2.0
"""`kithroom library feed …`, as a person types it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bots.cli.options import EXIT_DIFFERS, community, console, publisher
from bots.cli.sorry import Sorry

if TYPE_CHECKING:
    from bots.cli.library.feeds.updating import Look

_local = click.option("--local", is_flag=True, help="The address may be one of this machine or its network.")
_trust = click.option(
    "--trust",
    type=click.Choice(["show", "ask"]),
    default="ask",
    show_default=True,
    help="Show what they share as theirs, or wait for your yes to each entry.",
)


@click.group()
def feed() -> None:
    """The library for other communities, and theirs for yours."""


@feed.command("export", short_help="Sign your entries for others.")
@community
@publisher
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False),
    help="A file to write, such as the one that the door serves; else it is printed.",
)
def export(folder: Path, key_file: Path, target: Path | None) -> None:
    """Sign the community's own entries for others to subscribe to (JSON Feed 1.1)."""
    from bots.cli.library.feeds.publishing import publish

    text = publish(folder, key_file, datetime.now(UTC), target)
    if target is None:
        click.echo(text, nl=False)
    else:
        console().print(f"[green]✓[/green] {target}", soft_wrap=True)


@feed.command("key", short_help="Print your community's public key.")
@publisher
def key(key_file: Path) -> None:
    """Print your community's public key, to tell those who subscribe: in another way than the feed goes."""
    from bots.cli.publisher import publisher_key
    from bots.core.signing import public_key

    click.echo(public_key(publisher_key(key_file)))


@feed.command("subscribe")
@click.argument("name")
@click.argument("url")
@community
@_trust
@_local
@click.option("--theirs", help="Their public key, as they told it to you; without it you are asked.")
def subscribe(name: str, url: str, folder: Path, trust: str, local: bool, theirs: str | None) -> None:
    """Take in what another community shares. NAME is what you call it: the ids of its entries begin with that."""
    from bots.cli.library.feeds.subscribing import ask_to_subscribe

    asyncio.run(ask_to_subscribe(folder, name, url, trust=trust, theirs=theirs, local=local, console=console()))


@feed.command("preview")
@click.argument("name")
@community
@_local
def preview(name: str, folder: Path, local: bool) -> None:
    """Show what an update would bring. Takes nothing. Exit code 2 if something differs."""
    found = asyncio.run(_looked(folder, name, local=local))
    from bots.cli.library.feeds.showing import show, summary

    show(found, console())
    console().print(summary(found), markup=False)
    sys.exit(EXIT_DIFFERS if found.merged.differs else 0)


@feed.command("update", short_help="Take what is new.")
@click.argument("name", nargs=-1)
@community
@_local
def update(name: tuple[str, ...], folder: Path, local: bool) -> None:
    """Take what is new: of those that are named, or of all that are not off. Exit code 1 if one could not be taken."""
    from bots.cli.library.feeds.showing import summary
    from bots.cli.library.feeds.subscription import names
    from bots.cli.library.feeds.updating import take

    refused = False
    if not (name or names(folder)):
        console().print("There is no subscription. `kithroom library feed subscribe` makes one.", markup=False)
    for each in name or names(folder):
        try:
            found = asyncio.run(_looked(folder, each, local=local, unless_off=not name))
        except _OffError:
            continue
        except Sorry as sorry:
            sorry.show()
            refused = True
            continue
        take(folder, found)
        console().print(f"✓ {summary(found)}", markup=False, soft_wrap=True)
    sys.exit(1 if refused else 0)


@feed.command("approve", short_help="Say yes to entries that wait.")
@click.argument("name")
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every entry that waits.")
@community
@_local
def approve(name: str, ids: tuple[str, ...], everything: bool, folder: Path, local: bool) -> None:
    """Say yes to entries that wait; to one that was edited or taken out here: have theirs again."""
    from bots.cli.library.feeds.showing import summary
    from bots.cli.library.feeds.updating import take
    from bots.resources.exchange.merging import What

    if bool(ids) == everything:
        raise click.UsageError("Name entries by their ids, or say --all.")
    if everything:
        waiting = asyncio.run(_looked(folder, name, local=local)).merged.changes
        ids = tuple(change.id for change in waiting if change.what is What.WAITS)
    found = asyncio.run(_looked(folder, name, local=local, yes=ids))
    if unknown := set(ids) - {str(draft.values["id"]) for draft in found.merged.entries}:
        raise Sorry(f"{', '.join(sorted(unknown))}: they share nothing of that name.")
    take(folder, found)
    console().print(f"✓ {summary(found)}", markup=False, soft_wrap=True)


@feed.command("unsubscribe")
@click.argument("name")
@community
@click.confirmation_option(prompt="What they share goes, and what you edited in it. Unsubscribe?")
def unsubscribe(name: str, folder: Path) -> None:
    """Show nothing of theirs any more. What you want to keep, copy into library/ first."""
    from bots.cli.library.feeds.subscription import forget

    forget(folder, name)
    console().print(f"✓ {name}: what they shared is gone", markup=False)


class _OffError(Exception):
    """Nobody wants anything of that one."""


async def _looked(folder: Path, name: str, *, local: bool, yes: tuple[str, ...] = (), unless_off: bool = False) -> Look:
    from bots.cli.library.feeds.fetching import session_for
    from bots.cli.library.feeds.subscription import Subscription
    from bots.cli.library.feeds.updating import look
    from bots.core.settings.more_files import Trust

    subscription = Subscription.read(folder, name)
    if subscription.trust is Trust.OFF:
        if unless_off:
            raise _OffError
        raise Sorry(f"{name} is off. Write `trust: ask` or `trust: show` into its source.yaml first.")
    async with session_for(local=local) as session:
        return await look(folder, subscription, session, datetime.now(UTC), local=local, yes=yes)
