# SPDX-License-Identifier: Apache-2.0
"""What the door remembers: invite codes, and nothing about those who used them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bots.core.records import Duty, Record

# No code is good for longer.
LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteCode(Record):
    """A code that was handed out. `code` is its keyed hash; the code itself is only on paper."""

    code: str
    left: int
    until: datetime

    key: ClassVar[tuple[str, ...]] = ("code",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets somebody with a code from a clinic or a friend in; gone when it is used up or over",
        keep=LONGEST,
        subject=None,
    )
