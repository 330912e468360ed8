# SPDX-License-Identifier: Apache-2.0
"""What is kept around cries for help: whom people were called to, and who came. Never what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bots.core.crisis.tiers import Tier
from bots.core.records import Duty, Person, Record, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisAlert(Record):
    """That people were called to somebody whose words sounded near to danger: how near, by which rules, who came.

    `room_id` and `event_id` are where it was said; both are empty for a private chat. `called` are those called so
    far, and `taken_by` is who said that they look after it.
    """

    number: int
    tier: Tier
    rules: tuple[str, ...]
    room_id: str
    event_id: str
    person: Person
    at: datetime
    called: Sealed = ""
    taken_by: Person | None = None
    taken_at: datetime | None = None

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="calls people until one has come, once and not at every message",
        keep=timedelta(days=3),
        subject="person",
    )
