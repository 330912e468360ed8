# SPDX-License-Identifier: Apache-2.0
"""The organiser's settings as they were right the last time: what the bots go on with when somebody makes a mistake.

A copy of the folder lies in the state folder, as one file, and takes the place of the last one at once.
It holds what the folder holds: no secrets, and nothing about anybody.
"""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bots.cli.installation.beforehand import catalogue_of
from bots.core.community import Community
from bots.core.documents import SettingsError
from bots.core.language import Catalogue
from bots.core.settings import load_community

FILE = "last-settings.tar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings to run with. `mistakes` are in the organiser's folder now: then these are those of `settings_of`."""

    community: Community
    catalogue: Catalogue
    mistakes: tuple[str, ...] = ()
    settings_of: datetime | None = None


def load_or_last(folder: Path, state: Path, load: Callable[[Path], Community] = load_community) -> Loaded:
    """The settings in `folder`; where they have mistakes, those that were right the last time.

    Raises SettingsError where they never were: then there is no community yet that would be left alone.
    """
    kept = state / FILE
    try:
        loaded = _load(folder, load)
    except SettingsError as error:
        if not kept.exists():
            raise
        with tempfile.TemporaryDirectory() as scratch:
            with tarfile.open(kept) as archive:
                archive.extractall(scratch, filter="data")
            try:
                last = _load(Path(scratch), load)
            except SettingsError:
                # Another version of the bots reads them otherwise: what is wrong now is what can be mended.
                raise error from None
        mistakes = tuple(_sentence(str(mistake), folder) for mistake in error.mistakes)
        return Loaded(
            community=last.community,
            catalogue=last.catalogue,
            mistakes=mistakes,
            settings_of=datetime.fromtimestamp(kept.stat().st_mtime, UTC),
        )
    # On a full disk those of the last time stay: the bots have theirs, and are started for people, not for this.
    with suppress(OSError):
        _keep(folder, kept)
    return loaded


def _load(folder: Path, load: Callable[[Path], Community]) -> Loaded:
    community = load(folder)
    return Loaded(community=community, catalogue=catalogue_of(community))


def _sentence(mistake: str, folder: Path) -> str:
    """Where it is in the organiser's folder; where that folder is on the machine is nobody's business."""
    return mistake.replace(f"{folder}{os.sep}", "")


def _keep(folder: Path, kept: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for file in sorted(folder.rglob("*.yaml")):
            archive.add(file, file.relative_to(folder), recursive=False)
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Three bots may do so at the same moment: each writes its own, and the last one stays.
    with tempfile.NamedTemporaryFile(dir=kept.parent, prefix=FILE, delete=False) as scratch:
        try:
            scratch.write(content.getvalue())
            scratch.flush()
            os.fsync(scratch.fileno())
        except BaseException:
            # Else each start on a full disk would leave one more.
            Path(scratch.name).unlink()
            raise
    Path(scratch.name).replace(kept)
