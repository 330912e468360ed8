# SPDX-License-Identifier: Apache-2.0
"""`kithroom library …`, as a person types it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bots.cli.library.feed_commands import feed
from bots.cli.options import EXIT_DIFFERS, community, config, console


@click.group()
def library() -> None:
    """The community's library."""


@library.command("check", short_help="Tell what wants looking after.")
@click.option("--offline", is_flag=True, help="Ask no page whether it is still there.")
@click.option(
    "--seen",
    "seen_file",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False),
    default=Path("var/links.json"),
    help="Where it is kept what the pages answered (var/links.json).",
)
@community
def library_check(offline: bool, seen_file: Path, folder: Path) -> None:
    """Tell what in the library and the helplines wants looking after. Exit code 2 if members see something wrong."""
    from bots.cli.library.librarian import look_after

    sys.exit(EXIT_DIFFERS if asyncio.run(look_after(folder, None if offline else seen_file, console())) else 0)


@library.command("find", short_help="Try a question on the library's files.")
@click.argument("question", nargs=-1, required=True)
@click.option("--condition", help="In which condition's room it is asked.")
@community
def library_find(question: tuple[str, ...], condition: str | None, folder: Path) -> None:
    """Show what the bot would find for QUESTION in the files of the library, and by which words."""
    from bots.cli.library.trying import show_found

    show_found(folder, " ".join(question), condition, datetime.now(UTC).date(), console())


@library.command("export")
@click.option("--format", "kind", type=click.Choice(["json", "csv", "rss"]), default="json", help="JSON, CSV or RSS.")
@click.option(
    "--tips",
    type=click.Path(path_type=Path, resolve_path=True, dir_okay=False, exists=True),
    metavar="CONFIG",
    help="The installation whose members' tips are printed, too.",
)
@community
def library_export(kind: str, tips: Path | None, folder: Path) -> None:
    """Print the library for another program.

    Tips that were printed stay where you put them: whoever takes theirs back has to be able to ask you, too.
    """
    from bots.cli.library.shelving import export
    from bots.cli.library.tips import shared_tips

    more = asyncio.run(shared_tips(tips)) if tips is not None else ()
    click.echo(export(folder, kind, datetime.now(UTC), more), nl=False)


@library.command("site", short_help="Write the library as plain web pages.")
@click.argument("target", type=click.Path(path_type=Path, resolve_path=True, file_okay=False))
@community
def library_site(target: Path, folder: Path) -> None:
    """Write the library as plain pages into the folder TARGET: searchable, and good without the internet."""
    from bots.cli.library.site import write_site

    size = write_site(folder, target, datetime.now(UTC).date())
    console().print(f"[green]✓[/green] {target / 'index.html'} ({size / 1000:,.0f} kB in all)", soft_wrap=True)


@library.command("import", short_help="Take entries of a file into the library.")
@click.argument("file", type=click.Path(path_type=Path, resolve_path=True, dir_okay=False, exists=True))
@click.option(
    "--only",
    multiple=True,
    metavar="TOPIC",
    help="Of MedlinePlus' topics only this one, in its own language; may be repeated.",
)
@click.option(
    "--review-by",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Until when entries without a day of their own are good (a year from today).",
)
@community
def library_import(file: Path, only: tuple[str, ...], review_by: datetime | None, folder: Path) -> None:
    """Take the entries of FILE into the library: JSON, CSV, or MedlinePlus' health topics (XML).

    Exit code 1 if something in it can't be an entry.
    """
    from rich.markup import escape

    from bots.cli.library.shelving import bring_in

    by = (review_by or datetime.now(UTC) + timedelta(days=365)).date()
    imported = bring_in(file, folder, review_by=by, only=only)
    for sentence in imported.wrong:
        console().print(f"[red]✗[/red] {escape(sentence)}", soft_wrap=True)
    if imported.known:
        console().print(f"Left as they are, since the library has them: {', '.join(imported.known)}.", soft_wrap=True)
    noun = "entry" if imported.entries == 1 else "entries"
    if imported.file is None:
        empty = not (imported.wrong or imported.known)
        console().print(f"{'There are no entries in it. ' if empty else ''}Nothing was written.")
    else:
        console().print(f"[green]✓[/green] {imported.file}: {imported.entries} {noun} more", soft_wrap=True)
    sys.exit(1 if imported.wrong else 0)


@library.command("helped", short_help="Tell what members said of the entries.")
@config
def library_helped(config: Path) -> None:
    """Tell what members said of the entries: numbers from five people on, and nobody's name."""
    from bots.cli.library.helped import show_opinions

    asyncio.run(show_opinions(config, console()))


@library.command("missing", short_help="Tell what people looked for in vain.")
@config
def library_missing(config: Path) -> None:
    """Tell which words people looked for in vain: without who, and from five times on (`keep_missing_words`)."""
    from bots.cli.library.missing import show_missing

    asyncio.run(show_missing(config, console()))


@library.command("evaluate", short_help="Measure how well the search finds.")
@click.argument("suite", type=click.Path(path_type=Path, resolve_path=True, file_okay=False, exists=True))
@click.option(
    "--documents",
    type=click.Path(path_type=Path, resolve_path=True, file_okay=False, exists=True),
    help="Where the documents are, if they are not in SUITE.",
)
@community
def library_evaluate(suite: Path, documents: Path | None, folder: Path) -> None:
    """Measure how well the search finds, with the judged questions in SUITE, beside other engines.

    SUITE is a folder with queries.jsonl, qrels.txt and documents.jsonl (or BEIR's files). Without documents, the
    community's library is searched.
    """
    from bots.cli.library.evaluating.showing import show

    show(suite, documents, folder, console())


library.add_command(feed)
