# SPDX-License-Identifier: Apache-2.0
"""The library as JSON: an object with `resources`, each with the keys of an entry."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from bots.core.library import Resource
from bots.resources.exchange.draft import DATES, Draft, UnreadableError, drafts_of

VERSION = 1


def to_json(library: Iterable[Resource]) -> str:
    """The whole library; days are ISO 8601."""
    entries = [dict(draft.values) for draft in drafts_of(library)]
    value = {"version": VERSION, "resources": entries}
    return json.dumps(value, ensure_ascii=False, indent=2, default=date.isoformat) + "\n"


def from_json(text: str) -> tuple[Draft, ...]:
    """What `to_json` made, or a bare list of entries. Raises UnreadableError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"It is not JSON: {error}.") from None
    if isinstance(value, dict) and value.get("version", VERSION) != VERSION:
        raise UnreadableError(f"It is of version {value['version']!r}; this Kithroom reads version {VERSION}.")
    entries = value.get("resources") if isinstance(value, dict) else value
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableError("There should be a list of entries in `resources`.")
    return tuple(Draft(number, dict(map(_read, entry.items()))) for number, entry in enumerate(entries, start=1))


def _read(item: tuple[str, Any]) -> tuple[str, Any]:
    key, value = item
    if key in DATES and isinstance(value, str):
        try:
            return key, date.fromisoformat(value)
        except ValueError:
            return item
    return item
