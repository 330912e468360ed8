# SPDX-License-Identifier: Apache-2.0
"""Whose a pack is, and what adding it would do, for a person. Whatever its publisher wrote is text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bots.cli.library.feeds.subscription import Subscription, names
from bots.cli.packs.adding import Plan, What
from bots.cli.packs.manifest import Pack
from bots.cli.packs.record import is_known
from bots.core.documents import Value

_MARKS = {
    What.NEW: ("+", "green"),
    What.CHANGED: ("~", "yellow"),
    What.GONE: ("-", "red"),
    What.SAME: ("=", "dim"),
    What.YOURS: ("=", "dim"),
}
_ONE_OF = {"reminder": "who forgets it is told", "words": "word", "patterns": "pattern"}


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
    """What it would put where, and what that says: so that nobody takes on what they have not seen."""
    table = Table("", "file", "what", "")
    for step in found.steps:
        mark, style = _MARKS[step.what]
        table.add_row(Text(mark, style=style), Text(step.file.as_posix()), Text(step.what), Text(step.says))
    console.print(table)
    for line in (*_slang(found), *_guidelines(found), *_library(found)):
        console.print(Text(line), soft_wrap=True)
    for sentence in found.left_out:
        console.print(Text.assemble(("✗ ", "red"), f"Left out: {sentence}"), soft_wrap=True)


def _slang(found: Plan) -> Iterator[str]:
    from bots.moderation.crisis.idle_slang import idle

    if found.slang:
        yield "In that room, these are no cry for help. Are they, for you?"
    now = datetime.now(UTC)
    for language, phrase in found.slang:
        why = idle(phrase, language, now)
        yield f"  {language}: {_line(phrase)}" + (f"  (changes nothing: {why})" if why else "")


def _guidelines(found: Plan) -> Iterator[str]:
    if found.guidelines:
        yield "In that room, members agree to these, too. The moderators are told of the words and patterns:"
    for item in found.guidelines:
        yield f"  {item.get('id')}: {_said(item.get('text'))}"
        for key in ("reminder", "words", "patterns"):
            value = item.get(key)
            for said in value if isinstance(value, list) else [_said(value)] if value else []:
                yield f"    {_ONE_OF[key]}: {_line(said)}"


def _library(found: Plan) -> Iterator[str]:
    if found.library:
        yield "These entries come into your library:"
    for values in found.library:
        leads = f" ({values['url']})" if "url" in values else ""
        yield f"  {values['id']}: {_said(values['title'])}{leads}"


def _said(texts: Value) -> str:
    """A text, in its first language if it has several."""
    return _line(next(iter(texts.values()), "") if isinstance(texts, dict) else texts)


def _line(text: Value) -> str:
    """In one line: what comes from elsewhere never looks like a line of ours."""
    return " ".join(str(text or "").split())
