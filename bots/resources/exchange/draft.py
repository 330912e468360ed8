# SPDX-License-Identifier: Apache-2.0
"""An entry that is on its way: as the library's files write it, in their order of keys, nothing of it checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from typing import Any

from bots.core.library import Resource


class UnreadableError(ValueError):
    """A file is not what it should be. The message is for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`values` are what an entry would say; `line` is where it stands in the file that it came from (1: the first)."""

    line: int
    values: Mapping[str, Any]


# Whose an entry is, no file of the library says: what comes from others is in a folder of its own.
KEYS = tuple(field.name for field in fields(Resource) if field.name != "shared_by")
TRANSLATED = ("title", "summary", "text", "source")
LISTS = ("languages", "countries", "conditions", "topics", "audience", "keywords")
DATES = ("review_by", "reviewed")


def drafts_of(library: Iterable[Resource]) -> tuple[Draft, ...]:
    """The entries as drafts, numbered: what they say, without what is empty."""
    return tuple(Draft(number, dict(_said(entry))) for number, entry in enumerate(library, start=1))


def _said(entry: Resource) -> Iterable[tuple[str, Any]]:
    for key in KEYS:
        value = getattr(entry, key)
        if value is None or value in ((), {}, ""):
            continue
        yield key, _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {str(key): str(text) for key, text in value.items()}
        case date() | str():
            return value
    return str(value)
