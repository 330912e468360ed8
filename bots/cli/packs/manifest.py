# SPDX-License-Identifier: Apache-2.0
"""What `pack.json` says of a pack: whose it is, which version, and the hash of every file. Pure.

It is signed as a feed is (`bots.core.signing`), and names nothing but the few files that a pack can have:
there is no path in it that could lead anywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bots.core.signing import canonical, read_object, signer

NAME = "pack.json"
CONDITION, GUIDELINES, SLANG, LIBRARY = FILES = ("condition.yaml", "guidelines.yaml", "slang.yaml", "library.yaml")
LARGEST = 1_000_000
FORMAT = 1
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 200
_LAST_VERSION = 1_000_000
_MOST_REVIEWS = 20


class BrokenPackError(ValueError):
    """It is no pack as somebody signed it. The message is for the person who has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack of which every byte is as `key` signed it. `reviewed` has who looked at it, and when.

    `digest` tells two packs of one version apart. What is in the files is not checked yet.
    """

    id: str
    version: int
    publisher: str
    licence: str
    reviewed: tuple[tuple[str, date], ...]
    key: str
    digest: str
    files: Mapping[str, bytes]


def manifest(
    condition: str,
    version: int,
    files: Mapping[str, bytes],
    *,
    publisher: str,
    licence: str,
    reviewed: tuple[tuple[str, date], ...],
) -> dict[str, Any]:
    """`pack.json` for these files, not signed yet."""
    return {
        "_kithroom": {"format": FORMAT, "kind": "condition-pack"},
        "id": condition,
        "version": version,
        "publisher": publisher,
        "licence": licence,
        "reviewed": [{"by": who, "on": day.isoformat()} for who, day in reviewed],
        "files": {name: {"sha256": _hash(raw), "size": len(raw)} for name, raw in sorted(files.items())},
    }


def opened(raw: bytes, files: Mapping[str, bytes]) -> Pack:
    """The pack that `pack.json` and the files beside it are. Raises BrokenPackError."""
    try:
        value = read_object(raw)
    except ValueError as error:
        raise BrokenPackError(f"{NAME}: {error}") from None
    key = signer(value)
    if key is None:
        raise BrokenPackError(f"The signature of {NAME} does not hold: it is not what its publisher signed.")
    if value.get("_kithroom") != {"format": FORMAT, "kind": "condition-pack"}:
        raise BrokenPackError("It is signed, but it is no pack that this Kithroom can read.")
    _compare(value.get("files"), files)
    version = value.get("version")
    if type(version) is not int or not 1 <= version <= _LAST_VERSION:
        raise BrokenPackError(f"{NAME} does not say which version it is.")
    condition = _said(value, "id")
    if not _ID.fullmatch(condition):
        raise BrokenPackError(f"`{condition}` can't be the id of a condition.")
    return Pack(
        id=condition,
        version=version,
        publisher=_said(value, "publisher"),
        licence=_said(value, "licence"),
        reviewed=_reviewed(value.get("reviewed")),
        key=key,
        digest=hashlib.sha256(canonical(value)).hexdigest(),
        files=dict(files),
    )


def _compare(listed: Any, files: Mapping[str, bytes]) -> None:
    if not isinstance(listed, dict) or CONDITION not in listed or not set(listed) <= {*FILES}:
        raise BrokenPackError(f"{NAME} names other files than a pack has.")
    if missing := sorted(set(listed) - set(files)):
        raise BrokenPackError(f"{', '.join(missing)} is missing.")
    if extra := sorted(set(files) - set(listed)):
        raise BrokenPackError(f"{', '.join(extra)} is there, and nobody signed it.")
    for name, raw in files.items():
        if listed[name] != {"sha256": _hash(raw), "size": len(raw)}:
            raise BrokenPackError(f"{name} is not as it was signed: somebody changed it.")


def _said(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST or not text.isprintable():
        raise BrokenPackError(f"{NAME} does not say its `{key}`.")
    return text


def _reviewed(value: Any) -> tuple[tuple[str, date], ...]:
    try:
        found = [(_said(each, "by"), date.fromisoformat(each["on"])) for each in value[:_MOST_REVIEWS]]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BrokenPackError(f"{NAME} does not say properly who reviewed it.") from None
    return tuple(found)


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
