# SPDX-License-Identifier: Apache-2.0
"""The audit log's chain: each line holds the hash of the one before, so that none can be changed or taken out unseen.

The oldest lines may go (their retention ends); the chain then starts at the first that is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bots.core.store.columns import as_json

START = "0" * 64
_SIGNED = ("number", "at", "bot", "kind", "why", "actor", "target", "room_id", "case_number", "previous")


def line_hash(line: Mapping[str, Any]) -> str:
    """The hash (hex) of a line with all of its columns but `hash`; `at` is a moment in UTC."""
    at: datetime = line["at"]
    signed = {name: line[name] for name in _SIGNED} | {"at": at.isoformat(timespec="microseconds")}
    return hashlib.sha256(as_json(signed)).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines were read, and the number of the first that is not as it was written (None: all are)."""

    lines: int
    broken_at: int | None


def verify(lines: Iterable[Mapping[str, Any]]) -> Verdict:
    """Read the log from its oldest line on."""
    previous: str | None = None
    number: int | None = None
    count = 0
    for line in lines:
        count += 1
        follows = previous is None or (line["previous"] == previous and line["number"] == number)
        if not follows or line["hash"] != line_hash(line):
            return Verdict(count, line["number"])
        previous, number = line["hash"], line["number"] + 1
    return Verdict(count, None)
