# SPDX-License-Identifier: Apache-2.0
"""The community's settings, read once by the process that bots and the door are forked from.

To read them, each would write to a good part of what they share, and have a copy of the result besides: 13 MB.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from bots.core.community import Community
from bots.core.documents import SettingsError
from bots.core.language import Catalogue
from bots.core.settings import load_catalogue, load_community

# What is known of each file without opening it: another content is another modification time, size or inode.
_Files = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Read:
    files: _Files
    community: Community
    catalogue: Catalogue


_READ: dict[Path, _Read] = {}


def read_beforehand(folder: Path) -> None:
    """Read the settings in `folder` for those that come after.

    What is wrong with them is told by whoever needs them: nobody would hear it from here.
    """
    with contextlib.suppress(SettingsError, OSError):
        files = _files(folder)
        community = load_community(folder)
        _READ[folder] = _Read(files, community, load_catalogue(community))


def community_in(folder: Path) -> Community:
    """The community that `folder` describes: as it was read beforehand, if no file has changed since.

    Raises SettingsError.
    """
    read = _READ.get(folder)
    if read is not None:
        with contextlib.suppress(OSError):
            if read.files == _files(folder):
                return read.community
    return load_community(folder)


def catalogue_of(community: Community) -> Catalogue:
    """All that the bots say there: as it was made beforehand, if it would be made of the same."""
    for read in _READ.values():
        if _said_alike(read.community, community):
            return read.catalogue
    return load_catalogue(community)


def _said_alike(one: Community, other: Community) -> bool:
    return one.words is other.words and one.room_words is other.room_words and _languages(one) == _languages(other)


def _languages(community: Community) -> tuple[str, ...]:
    return (community.default_language, *community.languages)


def _files(folder: Path) -> _Files:
    paths = [Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names]
    abouts = [(str(path), path.stat()) for path in sorted(paths)]
    return tuple((name, about.st_mtime_ns, about.st_size, about.st_ino) for name, about in abouts)
