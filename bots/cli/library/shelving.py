# SPDX-License-Identifier: Apache-2.0
"""`kithroom library import` and `export`: the library from other programs' files, and as such."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bots.cli.sorry import Sorry
from bots.cli.workbench import put, sifted
from bots.core.library import Resource
from bots.core.settings import load_community
from bots.resources.exchange import (
    Draft,
    UnreadableError,
    from_csv,
    from_health_topics,
    from_json,
    to_csv,
    to_json,
    to_rss,
    to_yaml,
)

FORMATS = ("json", "csv", "rss")
# A file of all of MedlinePlus' topics has 30 MB.
LARGEST = 100_000_000


@dataclass(frozen=True)
class Imported:
    """What became of a file.

    `file` is the file of the library that was written (None: nothing was left to write), `entries` how many are in it,
    `known` the ids that were there already, `wrong` what is wrong with the rest, a sentence each.
    """

    file: Path | None
    entries: int
    known: tuple[str, ...]
    wrong: tuple[str, ...]


def export(folder: Path, kind: str, now: datetime, tips: Iterable[Resource] = ()) -> str:
    """The library of the community in `folder`, and `tips`, as one of `FORMATS`. Raises SettingsError."""
    community = load_community(folder)
    library = (*community.library, *tips)
    match kind:
        case "csv":
            return to_csv(library, community.languages)
        case "rss":
            link = community.library_page or community.door
            return to_rss(library, title=community.name, link=link, language=community.default_language, built=now)
    return to_json(library)


def bring_in(file: Path, folder: Path, *, review_by: date, only: Collection[str] = ()) -> Imported:
    """Write what is in `file` (JSON, CSV or MedlinePlus' XML, by its ending) into the library of `folder`.

    Entries that have no `review_by` get this one. What is wrong with an entry keeps that entry out, and no other.
    Raises Sorry, and SettingsError where the folder has mistakes of its own.
    """
    community = load_community(folder)
    target = folder / "library" / f"{_name(file)}.yaml"
    if target.exists():
        raise Sorry(f"There is {target} already. Rename the file that comes in, or take that one away first.")
    drafts = [_dated(draft, review_by) for draft in _read(file, review_by, only, community.default_language)]
    there = {entry.id for entry in community.library}
    known = tuple(str(draft.values.get("id")) for draft in drafts if draft.values.get("id") in there)
    new = [draft for draft in drafts if draft.values.get("id") not in there]
    good, wrong = sifted(new, Path("library", target.name), folder)
    if not good:
        return Imported(None, 0, known, wrong)
    put(folder, {Path("library", target.name): _shelf(good, file)})
    return Imported(target, len(good), known, wrong)


def _read(file: Path, review_by: date, only: Collection[str], default: str) -> Sequence[Draft]:
    if not file.is_file():
        raise Sorry(f"{file} is not a file that can be read whole.")
    if file.stat().st_size > LARGEST:
        raise Sorry(f"{file} is larger than {LARGEST // 1_000_000} MB. Split it.")
    try:
        # Some programs write a mark in front that says so.
        text = file.read_text("utf-8-sig")
        match file.suffix.lower():
            case ".json":
                return from_json(text)
            case ".csv":
                return from_csv(text)
            case ".xml":
                return from_health_topics(text, review_by, only=only, default=default)
    except UnicodeDecodeError:
        raise Sorry(f"{file} is not written in UTF-8. Save it as that, and try again.") from None
    except UnreadableError as error:
        raise Sorry(f"{file} can't be read. {error}") from None
    raise Sorry(f"{file} should end in .json, .csv or .xml.")


def _name(file: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file.stem.casefold()).strip("-") or "imported"


def _dated(draft: Draft, review_by: date) -> Draft:
    return Draft(draft.line, {"review_by": review_by, **draft.values})


def _shelf(drafts: Sequence[Draft], file: Path) -> str:
    return to_yaml(drafts, f"From {file.name}. Nobody here has checked these entries yet, unless they say so.")
