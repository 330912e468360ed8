# SPDX-License-Identifier: Apache-2.0
"""Whose a pack is, and what adding it would do, for a person. Whatever its publisher wrote is text."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.feeds.subscription import Subscription, names
from bots.cli.packs.adding import Plan, What
from bots.cli.packs.manifest import Pack
from bots.cli.packs.record import is_known

_MARKS = {
    What.NEW: ("+", "green"),
    What.CHANGED: ("~", "yellow"),
    What.GONE: ("-", "red"),
    What.SAME: ("=", "dim"),
    What.YOURS: ("=", "dim"),
}


def describe(pack: Pack, console: Console) -> None:
    """Whose key it is, and what they say about it."""
    looked = ", ".join(f"{who} on {day}" for who, day in pack.reviewed) or "nobody yet"
    console.print(
        Text(
            f"{pack.id}, version {pack.version}, of {pack.publisher}; signed by {pack.key}\n"
            f"{len(pack.files)} files, each byte as it was signed. Licence: {pack.licence}. Reviewed by {looked}."
        ),
        soft_wrap=True,
    )


def known_as(folder: Path, pack: Pack) -> str | None:
    """By what the key is known in this community, in words; None if it is not."""
    if is_known(folder, pack.id):
        return "the key of the version that is here"
    for name in names(folder):
        if Subscription.read(folder, name).key == pack.key:
            return f"the key of {name}, to which you subscribe"
    return None


def show(found: Plan, console: Console) -> None:
    """What it would put where; every phrase that would be no cry for help any more; and what is left out."""
    table = Table("", "file", "what", "")
    for step in found.steps:
        mark, style = _MARKS[step.what]
        table.add_row(Text(mark, style=style), Text(step.file.as_posix()), Text(step.what), Text(step.says))
    console.print(table)
    if found.slang:
        console.print("In that room, these are no cry for help. Are they, for you?")
    for language, phrase in found.slang:
        console.print(Text(f"  {language}: {phrase}{'' if _counts(phrase, language) else '  (changes nothing)'}"))
    for sentence in found.left_out:
        console.print(Text.assemble(("✗ ", "red"), f"Left out: {sentence}"), soft_wrap=True)


def _counts(phrase: str, language: str) -> bool:
    """Whether a phrase takes anything away: one that cries are made of does not, and the bots read five languages."""
    from bots.moderation.grammar.slang import counts
    from bots.moderation.grammar.tables import LANGUAGES

    base = language.partition("-")[0]
    return base not in LANGUAGES or counts(phrase, [base])
