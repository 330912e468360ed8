# SPDX-License-Identifier: Apache-2.0
"""What a bot may remember: frozen records, each with the duty that goes with keeping it.

A field says how it is kept: plain by default; `Hashed` as a keyed hash only, so that it can be compared but not read;
`Sealed` encrypted; `Person` both, where a bot must find somebody *and* be able to reach them.
In memory `Person` and `Sealed` fields are plain text; a `Hashed` field, once read back, is the hash
(`Reader.pseudonym` gives the hash of a user id, to compare with).
`bots.core.store` makes the tables; a test fails for a record without a duty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Annotated, ClassVar

from bots.core.rooms import RoomRole


class Kept(Enum):
    """How a field is kept at rest."""

    HASHED = "hashed"
    SEALED = "sealed"
    PERSON = "person"


Hashed = Annotated[str, Kept.HASHED]
Sealed = Annotated[str, Kept.SEALED]
Person = Annotated[str, Kept.PERSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Why a table exists and when it empties.

    `keep` counts from the row's `changed_at`; None means for as long as `purpose` lasts, and `purpose` must say when
    that ends. `subject` names the field that says whom a row is about (None: nobody).
    `on_erase`: "delete" the row, or "keep" it, for the reason that `kept_because` gives to the person who asks.
    """

    purpose: str
    keep: timedelta | None
    subject: str | None
    on_erase: str = "delete"
    kept_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one table holds about somebody: its rows as they read, without the names of other people."""

    table: str
    duty: Duty
    rows: tuple[Mapping[str, object], ...]


def names(value: object, user: str) -> bool:
    """Whether a user id stands anywhere in these JSON values."""
    match value:
        case str():
            return value == user
        case Mapping():
            return any(names(each, user) for each in value.values())
        case list() | tuple():
            return any(names(each, user) for each in value)
        case _:
            return False


class Record:
    """Base of what is remembered: a frozen, slotted dataclass of JSON-like fields, datetimes (UTC) and enums.

    `key` names the fields that identify a row; a second record with the same key takes its place.
    """

    key: ClassVar[tuple[str, ...]]
    duty: ClassVar[Duty]
    __slots__ = ()


def table_name(record: type[Record]) -> str:
    """What the table of a record type is called, in the database and wherever people read of it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRoom(Record):
    """A room of the community and what it is for. Written by `apply`; `position` is its place in the settings."""

    room_id: str
    role: RoomRole
    condition: str | None = None
    position: int = 0

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="tells the bots which room is whose; kept until the organiser takes the room out of the settings",
        keep=None,
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateChat(Record):
    """The one room in which the welcome bot talks with this person. Written by the runtime when it makes the room."""

    user: Person
    room_id: str

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets a bot find the chat again that it has with somebody; until they ask, or are gone for a month",
        keep=None,
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLanguage(Record):
    """The language (a code: "es") that somebody chose to be spoken to in private. Who chose none has no row."""

    user: Hashed
    language: Sealed

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="speaks with somebody in the language they chose; until they ask, or are gone for a month",
        keep=None,
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedWords(Record):
    """That somebody said yes to having one line of theirs said for them in a room: its event id, not what it says."""

    user: Hashed
    room_id: str
    event_id: str

    key: ClassVar[tuple[str, ...]] = ("user", "room_id")
    duty: ClassVar[Duty] = Duty(
        purpose="lets a bot say somebody's own line for them, once, and no other line than the one they said yes to",
        keep=timedelta(days=30),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall(Record):
    """When somebody who looks after the rooms is on duty, and when they are left alone.

    `until` is the end of what they said by hand, `off_until` that of being off in hours that are usually theirs (UTC).
    `hours` are those of every day ("18:00 22:00"), `quiet` those in which they are never called, both by `zone`
    ("+05:30"). `calls` are the times of the last day's calls, with spaces between them.
    """

    user: Person
    until: datetime | None = None
    off_until: datetime | None = None
    hours: Sealed = ""
    quiet: Sealed = ""
    zone: Sealed = ""
    calls: Sealed = ""

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets somebody on duty be called, and nobody else; until they leave the moderators' room",
        keep=None,
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability(Record):
    """Of what was said in a room on a day (UTC), how much the moderation bot could read. Written by the runtime."""

    room_id: str
    day: str
    read: int = 0
    unread: int = 0

    key: ClassVar[tuple[str, ...]] = ("room_id", "day")
    duty: ClassVar[Duty] = Duty(
        purpose="tells moderators how much of a room can be read, without saying whose messages can't",
        keep=timedelta(days=7),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TipAsked(Record):
    """That somebody was asked about a tip of theirs, so that a plain "yes" is understood. Written by the resources bot.

    `time` is how often they were asked about it, `at` when they were last.
    """

    user: Hashed
    number: int
    time: int
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets a plain yes or no be understood as the answer to what somebody was asked last about a tip",
        keep=timedelta(days=7),
        subject="user",
    )


class Measure(StrEnum):
    """What moderators can ask of a whole room for a while."""

    SLOW = "slow"
    LOCK = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMeasure(Record):
    """What is asked of a room until then: a slower pace (a message in so many seconds), or that nobody new comes in.

    `closed`: the lobby's door stood open before, and was closed.
    Written by the moderation bot; the welcome bot holds its invitations to a room that is locked.
    """

    room_id: str
    measure: Measure
    number: int
    until: datetime
    every: int = 0
    closed: bool = False

    key: ClassVar[tuple[str, ...]] = ("room_id", "measure")
    duty: ClassVar[Duty] = Duty(
        purpose="asks a room for a slower pace, or keeps newcomers out of it, for as long as moderators said",
        keep=timedelta(days=8),
        subject=None,
    )


# What every community keeps, whichever bots it has.
CORE_RECORDS: tuple[type[Record], ...] = (
    CommunityRoom,
    PrivateChat,
    SpokenLanguage,
    AgreedWords,
    OnCall,
    Readability,
    RoomMeasure,
    TipAsked,
)
