# SPDX-License-Identifier: Apache-2.0
"""`kithroom`: the command line. Each command's work is in the module of its name; here is what a person types."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

try:
    import click

    from bots.cli.feed_commands import feed
    from bots.cli.leaving_out import leave_out_what_no_bot_needs
    from bots.cli.options import EXIT_DIFFERS
    from bots.cli.options import community as _community
    from bots.cli.options import config as _config
    from bots.cli.options import console as _console
    from bots.cli.pack_commands import pack
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
    from bots.cli.run import run_all, run_one

    chosen = tuple(BotName(bot) for bot in bots) or tuple(BotName)
    sys.exit(asyncio.run(run_one(config, chosen[0]) if len(chosen) == 1 else run_all(config, chosen)))


@main.command()
@_config
def door(config: Path) -> None:
    """Serve the web page where a newcomer gets an account. `run` and `up` do it too."""
    leave_out_what_no_bot_needs()
    from bots.cli.door import run_door

    sys.exit(asyncio.run(run_door(config)))


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
    from bots.core.settings import load_catalogue, load_community, not_spoken
    from bots.resources.finding.encoders import installed_encoders
    from bots.resources.library import WITHOUT_MODEL

    community = load_community(folder)
    load_catalogue(community)
    if not installed_encoders():
        _console().print(f"[yellow]![/yellow] {WITHOUT_MODEL}.")
    for code in not_spoken(community):
        _console().print(
            f"[yellow]![/yellow] The bots don't speak `{code}`: there they say in English what words/{code}.yaml does "
            "not say."
        )
    _console().print(
        f"[green]✓[/green] {community.name}: {len(community.conditions)} conditions, "
        f"{len(community.guidelines.items)} guidelines, {len(community.library)} library entries, "
        f"{sum(len(country.helplines) for country in community.countries)} helplines "
        f"in {len(community.countries)} countries."
    )


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
    from bots.cli.deployment import load_deployment
    from bots.cli.doctor import show

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


@main.group()
def privacy() -> None:
    """What is kept about somebody."""


@privacy.command("show")
@_config
@click.argument("user")
def privacy_show(config: Path, user: str) -> None:
    """Print everything that is kept about USER (a Matrix id), to read: show it to nobody else."""
    from bots.cli.privacy import show

    click.echo(asyncio.run(show(config, user)), nl=False)


@privacy.command("export")
@_config
@click.argument("user")
def privacy_export(config: Path, user: str) -> None:
    """Print everything that is kept about USER (a Matrix id), as JSON: give it to nobody else."""
    from bots.cli.privacy import export

    click.echo(asyncio.run(export(config, user)))


@privacy.command("erase")
@_config
@click.argument("user")
@click.confirmation_option(prompt="This can't be undone. Erase?")
def privacy_erase(config: Path, user: str) -> None:
    """Erase what is kept about USER (a Matrix id), but for what must be kept a while. Prints a receipt for them."""
    from bots.cli.privacy import erase

    click.echo(asyncio.run(erase(config, user)))


@main.group()
def audit() -> None:
    """Who did what to whom: never what was said."""


@audit.command("verify")
@_config
@click.option(
    "--anchor", help="An end of the log that was told before, such as 120:3f2a94c1: is that line still there?"
)
def audit_verify(config: Path, anchor: str | None) -> None:
    """Check that no line of the log was changed, taken out, put elsewhere or cut off its end."""
    from bots.cli.audit import verify

    _console().print(f"[green]✓[/green] {asyncio.run(verify(config, anchor))}")


@audit.command("export")
@_config
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
@_config
@click.option("--months", type=click.IntRange(1, 12), default=3, help="How many months back (3).")
def audit_summary(config: Path, months: int) -> None:
    """Print what was done in numbers that may be shown to anybody: none below ten."""
    from bots.cli.audit import summary

    _console().print(asyncio.run(summary(config, months)))


@main.group()
def library() -> None:
    """The community's library."""


@library.command("check")
@click.option("--offline", is_flag=True, help="Ask no page whether it is still there.")
@click.option(
    "--seen",
    "seen_file",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False),
    default=Path("var/links.json"),
    help="Where it is kept what the pages answered (var/links.json).",
)
@_community
def library_check(offline: bool, seen_file: Path, folder: Path) -> None:
    """Tell what in the library and the helplines wants looking after. Exit code 2 if members see something wrong."""
    from bots.cli.librarian import look_after

    sys.exit(EXIT_DIFFERS if asyncio.run(look_after(folder, None if offline else seen_file, _console())) else 0)


@library.command("export")
@click.option("--format", "kind", type=click.Choice(["json", "csv", "rss"]), default="json", help="JSON, CSV or RSS.")
@click.option(
    "--tips",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False, exists=True),
    metavar="CONFIG",
    help="The installation whose members' tips are printed, too.",
)
@_community
def library_export(kind: str, tips: Path | None, folder: Path) -> None:
    """Print the library for another program.

    Tips that were printed stay where you put them: whoever takes theirs back has to be able to ask you, too.
    """
    from bots.cli.shelving import export
    from bots.cli.tips import shared_tips

    more = asyncio.run(shared_tips(tips)) if tips is not None else ()
    click.echo(export(folder, kind, datetime.now(UTC), more), nl=False)


@library.command("site")
@click.argument("target", type=click.Path(path_type=Path, resolve_path=True, file_okay=False))
@_community
def library_site(target: Path, folder: Path) -> None:
    """Write the library as plain pages into the folder TARGET: searchable, and good without the internet."""
    from bots.cli.site import write_site

    size = write_site(folder, target, datetime.now(UTC).date())
    _console().print(f"[green]✓[/green] {target / 'index.html'} ({size / 1000:,.0f} kB in all)", soft_wrap=True)


@library.command("import")
@click.argument("file", type=click.Path(path_type=Path, resolve_path=True, dir_okay=False, exists=True))
@click.option("--only", multiple=True, metavar="TOPIC", help="Of MedlinePlus' topics only this one; may be repeated.")
@click.option(
    "--review-by",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Until when entries without a day of their own are good (a year from today).",
)
@_community
def library_import(file: Path, only: tuple[str, ...], review_by: datetime | None, folder: Path) -> None:
    """Take the entries of FILE into the library: JSON, CSV, or MedlinePlus' health topics (XML).

    Exit code 1 if something in it can't be an entry.
    """
    from rich.markup import escape

    from bots.cli.shelving import bring_in

    by = (review_by or datetime.now(UTC) + timedelta(days=365)).date()
    imported = bring_in(file, folder, review_by=by, only=only)
    for sentence in imported.wrong:
        _console().print(f"[red]✗[/red] {escape(sentence)}", soft_wrap=True)
    if imported.known:
        _console().print(f"Left as they are, since the library has them: {', '.join(imported.known)}.", soft_wrap=True)
    noun = "entry" if imported.entries == 1 else "entries"
    if imported.file is None:
        _console().print("Nothing was written.")
    else:
        _console().print(f"[green]✓[/green] {imported.file}: {imported.entries} {noun} more", soft_wrap=True)
    sys.exit(1 if imported.wrong else 0)


@library.command("helped")
@_config
def library_helped(config: Path) -> None:
    """Tell what members said of the entries: numbers from five people on, and nobody's name."""
    from bots.cli.helped import show_opinions

    asyncio.run(show_opinions(config, _console()))


@library.command("evaluate")
@click.argument("suite", type=click.Path(path_type=Path, resolve_path=True, file_okay=False, exists=True))
@click.option(
    "--documents",
    type=click.Path(path_type=Path, resolve_path=True, file_okay=False, exists=True),
    help="Where the documents are, if they are not in SUITE.",
)
@_community
def library_evaluate(suite: Path, documents: Path | None, folder: Path) -> None:
    """Measure how well the search finds, with the judged questions in SUITE, beside other engines.

    SUITE is a folder with queries.jsonl, qrels.txt and documents.jsonl (or BEIR's files). Without documents, the
    community's library is searched.
    """
    from bots.cli.evaluating.showing import show

    show(suite, documents, folder, _console())


library.add_command(feed)
main.add_command(pack)
