# SPDX-License-Identifier: Apache-2.0
"""Reads a pack's folder: each file once, no link, nothing that a pack does not have; and what is in the files."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bots.cli.packs.manifest import (
    CONDITION,
    FILES,
    GUIDELINES,
    LARGEST,
    LIBRARY,
    NAME,
    SLANG,
    BrokenPackError,
    Pack,
    opened,
)
from bots.cli.sorry import Sorry
from bots.core.documents import Mistake, Value, read
from bots.resources.exchange.incoming import can_be_seen

# What a pack says of its condition. Who greets there, and whether its past is shared, is for the organiser.
CONDITION_KEYS = ("id", "name", "synonyms", "room_name", "room_topic")
# A guideline that a pack adds. Which detectors watch for it is for the organiser: a pack switches none off.
GUIDELINE_KEYS = ("id", "text", "why", "source", "reminder", "words", "patterns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in the files of a pack, as plain values that the settings' own checks have not seen yet."""

    condition: Mapping[str, Value]
    guidelines: tuple[Mapping[str, Value], ...] = ()
    slang: Mapping[str, Value] = field(default_factory=dict)
    library: tuple[Mapping[str, Value], ...] = ()


def open_pack(folder: Path) -> Pack:
    """The pack in this folder, if every byte is as it was signed. Raises Sorry."""
    try:
        found = {entry.name: _file(Path(entry.path)) for entry in _listed(folder)}
        if NAME not in found:
            raise BrokenPackError(f"There is no {NAME} in it.")
        return opened(found.pop(NAME), found)
    except BrokenPackError as error:
        raise Sorry(f"{folder} is not taken. {error}") from None


def contents(pack: Pack) -> Contents:
    """What its files say. Raises Sorry where one says what a pack may not."""
    with tempfile.TemporaryDirectory() as place:
        values = {name: _value(Path(place, name), raw) for name, raw in pack.files.items()}
    try:
        for name, value in values.items():
            if not all(map(can_be_seen, _texts(value))):
                raise BrokenPackError(f"There are characters in {name} that can't be seen.")
        (condition,) = _list(values, CONDITION, "conditions", CONDITION_KEYS)
        if condition.get("id") != pack.id:
            raise BrokenPackError(f"{CONDITION} is about `{condition.get('id')}`, and {NAME} about `{pack.id}`.")
        return Contents(
            condition=condition,
            guidelines=tuple(_list(values, GUIDELINES, "guidelines", GUIDELINE_KEYS)),
            slang=_slang(values.get(SLANG)),
            library=tuple(_list(values, LIBRARY, "resources", None)),
        )
    except BrokenPackError as error:
        raise Sorry(f"The pack is not taken. {error}") from None


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    if unknown := [entry.name for entry in found if entry.name not in (NAME, *FILES)]:
        shown = [name if name.isprintable() else ascii(name) for name in unknown[:3]]
        raise BrokenPackError(f"No pack has {', '.join(shown)} in it.")
    return found


def _file(path: Path) -> bytes:
    """A plain file's bytes: no link is followed, and no more is read than a pack's file may have."""
    try:
        # A pipe would wait for somebody to write into it.
        opened_file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise BrokenPackError(f"{path.name} is not a plain file that can be read.") from None
    with os.fdopen(opened_file, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BrokenPackError(f"{path.name} is not a plain file that can be read.")
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise BrokenPackError(f"{path.name} is larger than {LARGEST // 1_000} kB.")
    return raw


def _value(file: Path, raw: bytes) -> Value:
    file.write_bytes(raw)
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None or mistakes:
        told = " ".join(f"{file.name}:{each.line}: {each.message}" for each in mistakes[:3])
        raise Sorry(f"The pack is not taken. {told if told.isprintable() else ascii(told)}")
    return document.value


def _list(
    values: Mapping[str, Value], name: str, key: str, allowed: Collection[str] | None
) -> list[Mapping[str, Value]]:
    """The file's one list of mappings, of whose keys each is one of those that are allowed."""
    if name not in values:
        return []
    value = values[name]
    listed: Any = value.get(key) if isinstance(value, dict) and set(value) == {key} else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BrokenPackError(f"{name} should have `{key}` in it, and nothing else.")
    if name == CONDITION and len(listed) != 1:
        raise BrokenPackError(f"{name} should have one condition in it.")
    unknown = sorted({each for entry in listed for each in entry if allowed is not None and each not in allowed})
    if unknown:
        raise BrokenPackError(f"{name} says `{unknown[0]}`, which is for the organiser of a community to say.")
    return listed


def _texts(value: Value) -> Iterator[str]:
    """Every text in it, keys as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif value is not None:
        yield from value
        for part in value.values():
            yield from _texts(part)


def _slang(value: Value) -> Mapping[str, Value]:
    if value is None:
        return {}
    slang = value.get("slang") if isinstance(value, dict) and set(value) == {"slang"} else None
    if not isinstance(slang, dict) or not all(isinstance(each, list) for each in slang.values()):
        raise BrokenPackError(f"{SLANG} should have phrases by language in it.")
    return slang
