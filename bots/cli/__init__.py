# SPDX-License-Identifier: Apache-2.0
"""`kithroom`: the command line. Each command's work is in the module of its name; here is what a person types."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

try:
    import click

    from bots.cli.audit_commands import audit
    from bots.cli.library.commands import library
    from bots.cli.options import EXIT_DIFFERS
    from bots.cli.options import community as _community
    from bots.cli.options import config as _config
    from bots.cli.options import console as _console
    from bots.cli.packs.commands import pack
    from bots.cli.privacy_commands import privacy
    from bots.cli.running.leaving_out import leave_out_what_no_bot_needs
    from bots.cli.sorry import Sorry, sentence
    from bots.core.actions import BotName
    from bots.core.documents import SettingsError
    from bots.core.homeserver.synapse import HomeserverError
    from bots.core.transport import TransportError
except KeyboardInterrupt:
    # Ctrl-C while all of this was being loaded: nothing had begun.
    sys.exit(130)


class Commands(click.Group):
    """Turns the errors that a person can do something about into their sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Sorry("\n".join(str(mistake) for mistake in error.mistakes)) from None
        except TransportError as error:
            raise Sorry(sentence(error)) from None
        except HomeserverError as error:
            raise Sorry(str(error)) from None
        except OSError as error:
            # A folder that can't be written, a disk that is full, a port that is taken.
            where = f"{error.filename} can't be used: " if error.filename else ""
            raise Sorry(f"{where}{error.strerror or error}.") from None


@click.group(cls=Commands)
@click.version_option(package_name="kithroom")
def main() -> None:
    """Anonymous, end-to-end-encrypted peer support on any Matrix homeserver."""
    # Whatever is written is nobody else's: keys, databases, logs.
    os.umask(0o077)


@main.command()
@_community
@click.option(
    "--state",
    type=click.Path(path_type=Path, resolve_path=True, file_okay=False),
    default=Path("var"),
    show_default=True,
    help="Where everything is kept; another folder is another community.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The homeserver's port; otherwise 8008, or one that is free."
)
def up(folder: Path, state: Path, port: int | None) -> None:
    """A whole community on this machine, to try it out: homeserver, rooms and bots."""
    from bots.cli.up import TryOut

    sys.exit(asyncio.run(TryOut(state, folder, port, _console()).run()))


@main.command()
@_config
@click.argument("bots", nargs=-1, type=click.Choice([bot.value for bot in BotName]))
def run(config: Path, bots: tuple[str, ...]) -> None:
    """Run the bots on a homeserver of one's own: those named, or all three and the door."""
    leave_out_what_no_bot_needs()
    import uvloop

    from bots.cli.running.bots import run_all, run_one

    chosen = tuple(BotName(bot) for bot in bots) or tuple(BotName)
    sys.exit(uvloop.run(run_one(config, chosen[0])) if len(chosen) == 1 else asyncio.run(run_all(config, chosen)))


@main.command()
@_config
def door(config: Path) -> None:
    """Serve the web page where a newcomer gets an account. `run` and `up` do it too."""
    leave_out_what_no_bot_needs()
    import uvloop

    from bots.cli.running.door import run_door

    sys.exit(uvloop.run(run_door(config)))


@main.command()
@_config
@click.option("--count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many codes.")
@click.option("--uses", type=click.IntRange(1, 1000), default=1, show_default=True, help="How often each is good.")
@click.option("--expires", default="30d", show_default=True, help="How long: 12h, 30d, 2w; a year at most.")
@click.option(
    "--pdf", type=click.Path(path_type=Path, resolve_path=True, dir_okay=False), help="A sheet to print and cut up."
)
@click.option("--language", help="The sheet's language; the community's default, unless another is named.")
def codes(config: Path, count: int, uses: int, expires: str, pdf: Path | None, language: str | None) -> None:
    """Make invite codes for the door, for a clinic to hand out: as lines, or as a sheet with QR codes."""
    from bots.cli.codes import lasting, make_codes

    until = lasting(expires)
    made, over = asyncio.run(make_codes(config, count, uses, until, pdf=pdf, language=language))
    if pdf is None:
        click.echo("\n".join(made))
    else:
        _console().print(
            f"[green]✓[/green] {len(made)} codes, good until {over:%Y-%m-%d %H:%M} UTC: {pdf}", soft_wrap=True
        )


@main.command()
@_community
def check(folder: Path) -> None:
    """Check the community's files. Changes nothing, asks nobody."""
    from bots.cli.checking import check as look

    look(folder, _console())


@main.command()
@_config
def plan(config: Path) -> None:
    """Show what differs between the settings and the homeserver. Exit code 2 if something does."""
    from bots.cli.rooms import show_plan

    sys.exit(EXIT_DIFFERS if asyncio.run(show_plan(config, _console())) else 0)


@main.command()
@_config
@click.option(
    "--replace",
    multiple=True,
    metavar="ROOM",
    help="Make a new room in place of this one, as `plan` names it: its people are invited, and the old one is closed.",
)
def apply(config: Path, replace: tuple[str, ...]) -> None:
    """Make the homeserver's rooms as the settings say. Safe to stop, and to run again."""
    from bots.cli.rooms import show_apply

    sys.exit(EXIT_DIFFERS if asyncio.run(show_apply(config, _console(), replace)) else 0)


@main.command()
@_config
def status(config: Path) -> None:
    """Show how every room stands: power, what could not be read, what waits. Exit code 2 if one is not protected."""
    from bots.cli.status import show

    sys.exit(0 if asyncio.run(show(config, _console())) else EXIT_DIFFERS)


@main.command()
@_config
def doctor(config: Path) -> None:
    """Ask the homeserver what it gives away, and say what to set.

    Exit code 0: nothing was found; 2: something was; 1: it could not look. What could not be asked is said, and counts
    as nothing. Nothing is changed, except that a homeserver which gives accounts to guests has given one more.
    """
    from bots.cli.doctor import show
    from bots.cli.installation.deployment import load_deployment

    deployment = load_deployment(config)
    well = asyncio.run(show(deployment, deployment.load_community(), _console()))
    sys.exit(0 if well else EXIT_DIFFERS)


@main.command()
@_community
@click.argument("transcript", type=click.Path(path_type=Path, resolve_path=True, dir_okay=False), required=False)
@click.option(
    "--check",
    "transcripts",
    type=click.Path(path_type=Path, resolve_path=True, file_okay=False),
    help="Play every transcript in this folder, and say what is not as they expect.",
)
def simulate(folder: Path, transcript: Path | None, transcripts: Path | None) -> None:
    """Print everything that the bots would do in the conversation that TRANSCRIPT tells. Asks nobody, sends nothing.

    Exit code 2 if something is not as a transcript expects.
    """
    from bots.cli.simulate import check, show

    if (transcript is None) == (transcripts is None):
        raise click.UsageError("Name a transcript, or a folder of them with --check.")
    if transcripts is not None:
        well = asyncio.run(check(transcripts, folder, _console()))
    else:
        assert transcript is not None
        well = asyncio.run(show(transcript, folder, _console()))
    sys.exit(0 if well else EXIT_DIFFERS)


for group in (privacy, audit, library, pack):
    main.add_command(group)
