# SPDX-License-Identifier: Apache-2.0
"""What has been told of how things stand, so that it is told when it changes, and not all the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bots.core.records import Duty, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStanding(Record):
    """What the moderators were last told to be lacking in a room (words of ours, by commas), and when."""

    room_id: str
    lacks: str
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="tells moderators what does not work in a room when that changes, and not at every start",
        keep=timedelta(days=30),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindRoom(Record):
    """A room in which something can't be read, so that a cry for help may go unheard; not whose it was."""

    room_id: str
    told_at: datetime

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="tells moderators once a day in which rooms a cry for help may go unheard",
        keep=timedelta(days=7),
        subject=None,
    )
