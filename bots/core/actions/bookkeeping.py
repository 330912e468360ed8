# SPDX-License-Identifier: Apache-2.0
"""What the deciding transaction carries out itself: none of it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bots.core.actions.base import BaseAction
from bots.core.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember(BaseAction):
    """Write `record`, in place of one with the same key. Happens in the deciding transaction."""

    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget(BaseAction):
    """Delete the record of this type and key. Happens in the deciding transaction."""

    record: type[Record]
    key: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(BaseAction):
    """Delete or blank everything about `user`, table by table, as each table's duty says."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(BaseAction):
    """Have a `Tick` at `at` (UTC), in place of an earlier one with this id.

    `payload` holds JSON values and is sealed at rest.
    With a `voice` it is that bot which has it: so one bot lets another know of something, by ids.
    """

    id: str
    kind: str
    at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(BaseAction):
    """No tick with this id."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(BaseAction):
    """A line in the hash-chained audit log: who did what to whom, where. Never content.

    `actor` and `target` are user ids here and keyed hashes at rest.
    """

    kind: str
    actor: str
    target: str | None = None
    room_id: str | None = None
    case: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(BaseAction):
    """A line in the operator's log, in a sentence of ours, with `fields` that are ids, counts and words of ours.

    `alarm`: something that people were meant to hear reached nobody. It is an error there, and counted.
    """

    sentence: str
    fields: Mapping[str, str | int] = field(default_factory=dict)
    alarm: bool = False
