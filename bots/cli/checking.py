# SPDX-License-Identifier: Apache-2.0
"""`kithroom check`: what is in the community's files, and what the organiser may not expect of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bots.core.community import Community
from bots.core.documents import Mistake, read
from bots.core.settings import Elsewhere, load_catalogue, load_community, not_spoken
from bots.resources.finding.encoders import installed_encoders
from bots.resources.library import WITHOUT_MODEL


def check(folder: Path, console: Console) -> None:
    """Read everything and tell of it. Raises SettingsError."""
    elsewhere: list[Elsewhere] = []
    community = load_community(folder, elsewhere=elsewhere)
    load_catalogue(community)
    for sentence in _surprises(community, folder, elsewhere):
        console.print(Text.assemble(("! ", "yellow"), sentence), soft_wrap=True)
    counted = (
        f"{community.name}: {len(community.conditions)} conditions, "
        f"{len(community.guidelines.items)} guidelines, {len(community.library)} library entries, "
        f"{sum(len(country.helplines) for country in community.countries)} helplines "
        f"in {len(community.countries)} countries."
    )
    console.print(Text.assemble(("✓ ", "green"), counted))


def _surprises(community: Community, folder: Path, elsewhere: Iterable[Elsewhere]) -> Iterator[str]:
    if not installed_encoders():
        yield f"{WITHOUT_MODEL}."
    for code in not_spoken(community):
        yield f"The bots don't speak `{code}`: there they say in English what words/{code}.yaml does not say."
    yield from _left_out(folder, elsewhere)
    for condition in community.slang:
        yield from map(str, idle_phrases(folder / "slang" / f"{condition}.yaml"))


def _left_out(folder: Path, elsewhere: Iterable[Elsewhere]) -> Iterator[str]:
    """A sentence for each condition that is not here."""
    for condition, places in groupby(sorted(elsewhere, key=lambda each: each.condition), lambda each: each.condition):
        alone: dict[str, int] = {}
        others = 0
        for each in places:
            if each.left_out:
                name = each.place.file.relative_to(folder).as_posix()
                alone[name] = alone.get(name, 0) + 1
            else:
                others += 1
        told = [f"There is no condition `{condition}` in community.yaml."]
        if alone:
            told.append(f"What is about it alone is left out: {', '.join(_counted(*each) for each in alone.items())}.")
            told.append("Delete it, or leave it for a later day.")
        if others:
            told.append(f"Entries that name it beside others are shown for those: {others}.")
        yield " ".join(told)


def _counted(file: str, count: int) -> str:
    if file.startswith("slang/"):
        return file
    return f"{file} ({count} {'entry' if count == 1 else 'entries'})"


def idle_phrases(file: Path) -> Iterator[Mistake]:
    """The phrases of a condition's slang that change nothing, each where it stands, with why."""
    from bots.moderation.crisis.idle_slang import idle

    document, now = read(file, []), datetime.now(UTC)
    slang = document.value.get("slang") if document is not None and isinstance(document.value, dict) else None
    if document is None or not isinstance(slang, dict):
        return
    for language, phrases in slang.items():
        for at, phrase in enumerate(phrases if isinstance(phrases, list) else ()):
            if isinstance(phrase, str) and (why := idle(phrase, language, now)) is not None:
                yield document.mistake(("slang", language, at), f"“{phrase}” changes nothing: {why}.")
