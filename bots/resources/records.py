# SPDX-License-Identifier: Apache-2.0
"""What the resources bot keeps: nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bots.core.records import Duty, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingWord(Record):
    """A word that somebody looked for and the library does not have, and how often in that month ("2026-11").

    Kept only if the organiser switched it on. Nothing says who asked, where, or with which other words.
    """

    word: str
    month: str
    count: int

    key: ClassVar[tuple[str, ...]] = ("word", "month")
    duty: ClassVar[Duty] = Duty(
        purpose="lets the organiser add what people look for and do not find; one word at a time, without a person",
        keep=timedelta(days=400),
        subject=None,
    )
