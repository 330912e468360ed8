# SPDX-License-Identifier: Apache-2.0
"""What a community remembers of a pack that it added, in `packs/<id>.json`: whose key, which version, which files.

A file that is not as it was written then was edited by the organiser, and is theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bots.cli.packs.manifest import Pack
from bots.cli.sorry import Sorry


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A pack that was added. `files` has the hashes that each file of ours may have: two, while they are written.

    `room_name` and `room_topic` are what the organiser calls the room instead.
    """

    id: str
    key: str
    version: int
    digest: str
    files: Mapping[str, Collection[str]] = field(default_factory=dict)
    room_name: str | None = None
    room_topic: str | None = None

    def text(self) -> str:
        """The record's file."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False, default=sorted) + "\n"

    def wrote(self, folder: Path, file: Path) -> bool:
        """Whether the file is as it was written then."""
        return hash_of((folder / file).read_bytes()) in self.files.get(file.as_posix(), ())

    def with_files(self, files: Mapping[Path, str]) -> Added:
        """The record with what is about to be written: a file is ours as it was, and as it will be."""
        more = {file.as_posix(): {hash_of(text.encode())} for file, text in files.items()}
        both = {name: {*self.files.get(name, ()), *more.get(name, ())} for name in {*self.files, *more}}
        return replace(self, files={name: sorted(hashes) for name, hashes in both.items()})


def record_of(condition: str) -> Path:
    """Where it lies in the community's folder."""
    return Path("packs", f"{condition}.json")


def remembered(folder: Path, pack: Pack) -> Added:
    """What is remembered of the pack; something that knows of no file, where it is new here.

    Raises Sorry where the pack is another's, or older than what is here, or says something else under the same number.
    """
    file = folder / record_of(pack.id)
    fresh = Added(id=pack.id, key=pack.key, version=pack.version, digest=pack.digest)
    if not file.exists():
        return fresh
    try:
        value = json.loads(file.read_text("utf-8"))
        known = Added(**value | {"files": {str(name): tuple(each) for name, each in value["files"].items()}})
        is_older, is_another = pack.version < known.version, pack.digest != known.digest
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Sorry(f"{file} can't be read. Get it back from a backup.") from None
    if known.key != pack.key:
        raise Sorry(
            f"What is here about {pack.id} was signed by {known.key}, and this pack by {pack.key}: it is not taken. "
            f"Ask them in another way; if the new key is theirs, take {record_of(pack.id)} away and add it anew."
        )
    if is_older:
        raise Sorry(f"Version {known.version} of {pack.id} is here, and this is {pack.version}: it is not taken.")
    if pack.version == known.version and is_another:
        raise Sorry(f"This says that it is version {pack.version} of {pack.id}, and is not the one that is here.")
    return replace(known, version=pack.version, digest=pack.digest)


def is_known(folder: Path, condition: str) -> bool:
    """Whether a pack about the condition was added, whose key is known therefore."""
    return (folder / record_of(condition)).exists()


def hash_of(raw: bytes) -> str:
    """What a file is known again by."""
    return hashlib.sha256(raw).hexdigest()
