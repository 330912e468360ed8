# SPDX-License-Identifier: Apache-2.0
"""What watching keeps: how often somebody writes, and of what they were reminded. Never what anybody said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bots.core.records import Duty, Hashed, Record, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace(Record):
    """How often somebody writes in a room.

    `messages` is how many they wrote since `first_at`; it is not counted on when they are no longer new.
    `recent` are the last ones of the last minutes (see `watching.pace`); `told_at` when moderators heard of it.
    """

    sender: Hashed
    room_id: str
    first_at: datetime
    messages: int
    recent: Sealed
    told_at: datetime | None = None

    key: ClassVar[tuple[str, ...]] = ("sender", "room_id")
    duty: ClassVar[Duty] = Duty(
        purpose="tells a flood from a talk, and who is new from who has been here for a while",
        keep=timedelta(days=30),
        subject="sender",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Record):
    """Somebody was reminded of a guideline, or what they wrote was taken away until a moderator looks.

    `detector` is what saw it (`identity.phone`), `held` whether it was taken away. For `!why`, and so that nobody is
    reminded of one thing every day.
    """

    user: Hashed
    guideline: str
    detector: str
    room_id: str
    at: datetime
    held: bool = False

    key: ClassVar[tuple[str, ...]] = ("user", "guideline")
    duty: ClassVar[Duty] = Duty(
        purpose="reminds nobody of the same guideline twice in a week, and answers when they ask why",
        keep=timedelta(days=14),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWave(Record):
    """When people came into a room that is open to everybody: seconds since 1970, the last ones, nobody's name."""

    room_id: str
    times: str
    told_at: datetime | None = None

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="tells the moderators when many come at once",
        keep=timedelta(days=2),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowPace(Record):
    """How somebody writes in a room whose pace is to be slower: how many messages came too soon. Not what they say.

    `slow` is the number of the measure that asks for it; `told_at` when the person was told of it.
    """

    room_id: str
    person: Hashed
    slow: int
    last_at: datetime
    soon: int = 0
    told_at: datetime | None = None

    key: ClassVar[tuple[str, ...]] = ("room_id", "person")
    duty: ClassVar[Duty] = Duty(
        purpose="tells somebody once, and not at every message, that their room is asked for a slower pace",
        keep=timedelta(days=1),
        subject="person",
    )
