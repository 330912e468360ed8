# SPDX-License-Identifier: Apache-2.0
"""The audit log's chain: each line holds the hash of the one before, so that none can be changed or taken out unseen.

What identifies somebody is in the chain by a digest: of some kinds of lines it goes earlier than the line, which still
fits. The oldest lines go when their time is over. What is left of the log, its end above all, is in the `Head`:
a line of its own, sealed with the community's key, which is not in the database. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bots.core.store.columns import as_json

START = "0" * 64
# Of these kinds, who and where goes earlier than the line: they are about reports and cases, and no decision.
SOONER = timedelta(days=90)
SOONER_KINDS = frozenset({"report", "unreport", "notice", "take", "give_back", "second", "close"})
IDENTIFYING = ("actor", "target", "room_id", "case_number")
_SIGNED = ("number", "at", "bot", "kind", "why", "content", "previous")


@dataclass(frozen=True, slots=True)
class Head:
    """The last line there is, and the last of those whose time was over (0: none)."""

    number: int = 0
    hash: str = START
    expired: int = 0

    @property
    def end(self) -> str:
        """How it is told to people, who can hold a later log against it."""
        return f"{self.number}:{self.hash[:16]}"

    def text(self) -> str:
        """What is sealed of it."""
        return f"{self.number}:{self.hash}:{self.expired}"


class Wrong(StrEnum):
    """What can be wrong with a log."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    END_GONE = "end_gone"
    HEAD_CHANGED = "head_changed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines were read, and what is wrong at which number first (None: nothing). `head` is the end."""

    lines: int
    head: Head
    wrong: Wrong | None = None
    at: int | None = None


def content_hash(line: Mapping[str, Any]) -> str:
    """The digest (hex) of what identifies somebody in a line."""
    return hashlib.sha256(as_json({name: line[name] for name in IDENTIFYING})).hexdigest()


def line_hash(line: Mapping[str, Any]) -> str:
    """The hash (hex) of a line with its `content`, but without `hash`; `at` is a moment in UTC."""
    at: datetime = line["at"]
    signed = {name: line[name] for name in _SIGNED} | {"at": at.isoformat(timespec="microseconds")}
    return hashlib.sha256(as_json(signed)).hexdigest()


def verify(lines: Iterable[Mapping[str, Any]], head: Head, now: datetime, *, sealed: bool = True) -> Verdict:
    """Read the log from its oldest line on. `sealed` says whether the head's seal is right."""
    if not sealed:
        return Verdict(0, head, Wrong.HEAD_CHANGED)
    number, previous, count = head.expired, None, 0
    for line in _read(lines):
        if line is None:
            return Verdict(count, head, Wrong.CHANGED, number + 1)
        count += 1
        found = int(line["number"])
        if found != number + 1:
            wrong = Wrong.MISSING if found > number + 1 else Wrong.REORDERED
            return Verdict(count, head, wrong, number + 1 if wrong is Wrong.MISSING else found)
        follows = previous is None or line["previous"] == previous
        if not follows or line["hash"] != line_hash(line) or not _content_fits(line, now):
            return Verdict(count, head, Wrong.CHANGED, found)
        number, previous = found, line["hash"]
    if number != head.number or (previous is not None and previous != head.hash):
        return Verdict(count, head, Wrong.END_GONE, number + 1)
    return Verdict(count, head)


def _read(lines: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any] | None]:
    """The lines; None for one that is not even what a line can be, such as a moment that is none."""
    left = iter(lines)
    while True:
        try:
            yield next(left)
        except StopIteration:
            return
        except (TypeError, ValueError):
            yield None


def _content_fits(line: Mapping[str, Any], now: datetime) -> bool:
    """Whether what identifies somebody is as it was, or has gone in its time."""
    if line["content"] == content_hash(line):
        return True
    gone = all(line[name] is None for name in IDENTIFYING)
    return gone and line["kind"] in SOONER_KINDS and bool(line["at"] < now - SOONER)
