# SPDX-License-Identifier: Apache-2.0
"""What moderators have been told, so that they hear it when it changes or its time has come, and not all the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bots.core.records import Duty, Hashed, Record


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadable(Record):
    """Somebody's messages in a room can't be read: how often since the moderators were told."""

    sender: Hashed
    room_id: str
    count: int
    told_at: datetime

    key: ClassVar[tuple[str, ...]] = ("sender", "room_id")
    duty: ClassVar[Duty] = Duty(
        purpose="tells moderators once a day, and not at every message, that somebody can't be read",
        keep=timedelta(days=7),
        subject="sender",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSummary(Record):
    """When the moderators hear next what was done in numbers."""

    name: str
    due: datetime

    key: ClassVar[tuple[str, ...]] = ("name",)
    duty: ClassVar[Duty] = Duty(
        purpose="tells the moderators' room once a month what was done in numbers; one row, until there is no bot",
        keep=None,
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BannedByOthers(Record):
    """That moderators have heard of a ban by another bot, or by hand: of whom, and by whom."""

    user: Hashed
    by: Hashed
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("user", "by")
    duty: ClassVar[Duty] = Duty(
        purpose="tells moderators of a ban that others make once, and not for every room",
        keep=timedelta(days=1),
        subject="user",
    )
