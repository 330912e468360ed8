# SPDX-License-Identifier: Apache-2.0
"""`kithroom library site`: the library as a folder of plain pages, for the door or for anybody's web server."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

from bots.cli.sorry import Sorry
from bots.core.community import Community
from bots.core.library import Resource, Standing
from bots.core.settings import load_catalogue, load_community
from bots.door.rendering import Asset
from bots.door.shelves import ZIP, LibraryPages, Shelved, Shelves
from bots.resources.bot import called_in
from bots.resources.finding.lay_words import LayWords, lay_words, said_of
from bots.resources.finding.words import stop_words_of
from bots.resources.wording import because_told, origin_told


def site_of(community: Community, today: date) -> dict[str, Asset]:
    """Every file by its name. What members shared in their rooms is not in it: they shared it there."""
    called, table = called_in(community), lay_words(community.languages)
    default = community.default_language
    entries = [entry for entry in community.library if entry.standing(today) is not Standing.EXPIRED]
    shelves = Shelves(
        community=community,
        entries=[
            Shelved(
                entry=entry,
                origin=partial(origin_told, entry, today, default),
                words=_words(entry, called, table),
            )
            for entry in entries
        ],
        because=because_told,
        called=called,
        nothing={language: sorted(stop_words_of(language)) for language in community.languages},
        today=today,
    )
    return LibraryPages(shelves, load_catalogue(community)).files()


def write_site(folder: Path, target: Path, today: date) -> int:
    """The pages for the community in `folder`, in `target`: a new or empty folder, or one with earlier pages.

    Gives how many bytes they have. Raises Sorry, SettingsError.
    """
    files = site_of(load_community(folder), today)
    for name in _earlier(target) - files.keys():
        (target / name).unlink(missing_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    # For everybody to read, whatever this program's other files are: a web server runs as somebody else.
    target.chmod(0o755)
    for name, asset in files.items():
        (target / name).write_bytes(asset.content)
        (target / name).chmod(0o644)
    return sum(len(asset.content) for asset in files.values())


def _words(entry: Resource, called: Mapping[str, tuple[str, ...]], table: tuple[LayWords, ...]) -> tuple[str, ...]:
    """What people look for it by, as far as the pages do not say it of its condition or its topic."""
    subjects = (*entry.conditions, *entry.topics)
    names = (*entry.title.values(), *entry.keywords, *(name for each in subjects for name in called.get(each, ())))
    return (*entry.keywords, *entry.source.values(), *said_of(names, table))


def _earlier(target: Path) -> set[str]:
    """What an earlier run put there. Raises Sorry for a folder with something else in it."""
    if not target.exists() or not any(target.iterdir()):
        return set()
    try:
        with zipfile.ZipFile(target / ZIP) as packed:
            return {Path(name).name for name in packed.namelist()}
    except (OSError, zipfile.BadZipFile):
        raise Sorry(f"{target} has something else in it. Name a new folder, or empty this one.") from None
