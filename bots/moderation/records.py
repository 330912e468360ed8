# SPDX-License-Identifier: Apache-2.0
"""What the moderation bot keeps: cases, who reported, and what was decided. Never what anybody said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from bots.core.records import Duty, Hashed, Person, Record, Sealed


class Kind(StrEnum):
    """The rungs of the ladder, and their ways back."""

    NOTE = "note"
    WARN = "warn"
    MUTE = "mute"
    HOLD = "hold"
    UNMUTE = "unmute"
    REMOVE = "remove"
    BAN = "ban"
    UNBAN = "unban"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Record):
    """Something that moderators are asked to look at: mostly a message, which is in its room and nowhere else.

    Without an `event_id` it is about a person, or about what somebody told in private.
    `reports` is how many people reported it, `guidelines` are the ids of those that the bot itself saw touched.
    `others` are messages like it by the same person, a short while after it: they were shown in its thread.
    `taken_by` looks after it, since `taken_at`.
    `edits` is how often the message was edited since, `shown` whether the case was brought to the moderators' room.
    """

    number: int
    opened_at: datetime
    room_id: str | None = None
    event_id: str | None = None
    target: Person | None = None
    reports: int = 0
    guidelines: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    taken_by: Hashed | None = None
    taken_at: datetime | None = None
    edits: int = 0
    shown: bool = True
    open: bool = True

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets moderators act on a report, and joins several reports of one message",
        keep=timedelta(days=90),
        subject="target",
    )

    def is_about(self, event_id: str | None) -> bool:
        """Whether this message was shown in its thread: the one that it was opened for, or one like it."""
        return event_id is not None and event_id in (self.event_id, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting(Record):
    """Somebody reported something: so that nobody reports a hundred times, and no report counts twice.

    `flag` is the tap by which they did, until they take it back (None: there was none, or no more).
    `withdrawn` is a report that was taken back. It can be made again, and then it stays.
    """

    reporter: Hashed
    case: int
    at: datetime
    flag: Hashed | None = None
    withdrawn: bool = False

    key: ClassVar[tuple[str, ...]] = ("reporter", "case")
    duty: ClassVar[Duty] = Duty(
        purpose="holds floods of reports, counts each person once in a case, and lets them take it back",
        keep=timedelta(days=90),
        subject="reporter",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """What a moderator decided about somebody, in one room, and how it was before.

    `agreed` is the second person, where it took two.
    `event_id` is the message that it is about, in that room. Like `reason` it waits only until the member was told.
    `order` is the number of the first decision that was made by the same order, in several rooms.
    `level_before`, `level_after` and `level_rest` are the person's entry in the power levels (None: none):
    as it was, as this decision makes it, and as it is when no mute is in force.
    `until` is when it ends by itself.
    `of` is the decision that this one lifts or takes the place of.
    `everywhere`: it was meant for all rooms, those that the person has not come to yet as well.
    `was_in` says of a ban whether it took them out of the room, so that its end is an invitation.
    `appeal_until` is until when the member may ask for a second look (None: there is nothing to look at again).
    `stands` is false of what was taken back or could not be done: it counts for nothing, ever.
    `reason` waits only until the member has been told, and is then blanked.
    """

    number: int
    order: int
    kind: Kind
    room_id: str
    target: Person
    by: Hashed
    at: datetime
    agreed: Hashed | None = None
    case: int | None = None
    event_id: str | None = None
    level_before: int | None = None
    level_after: int | None = None
    level_rest: int | None = None
    until: datetime | None = None
    of: int | None = None
    was_in: bool = False
    everywhere: bool = False
    appeal_until: datetime | None = None
    stands: bool = True
    active: bool = True
    tell: bool = True
    reason: Sealed | None = None

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets a decision be undone, end when it should, and be looked at again",
        keep=timedelta(days=365),
        subject="target",
        on_erase="keep",
        kept_because="a ban or a mute must not end by asking to be forgotten; it goes after a year",
    )


class Answer(StrEnum):
    """What came of an appeal."""

    GRANTED = "granted"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal(Record):
    """Somebody asked for a second look at a decision about them. Their words are in the moderators' room only.

    `decision` is the number of the first decision of the order. `answer` is None until somebody has looked again.
    """

    decision: int
    target: Person
    at: datetime
    answer: Answer | None = None
    answered_by: Hashed | None = None
    shown: bool = True

    key: ClassVar[tuple[str, ...]] = ("decision",)
    duty: ClassVar[Duty] = Duty(
        purpose="brings a second look at a decision to an end, and makes it one look for each decision",
        keep=timedelta(days=365),
        subject="target",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HereSince(Record):
    """When the bot first saw somebody in a room of members."""

    user: Hashed
    since: datetime

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="has two people decide on a ban of somebody who has been here for long; "
        "until they ask, or are gone for a month",
        keep=None,
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Record):
    """A ban that waits until then for a second person: in which rooms, for how long (seconds; None: for good).

    Nothing is done before. `reason` is what the member would read.
    """

    number: int
    target: Person
    by: Hashed
    room_ids: tuple[str, ...]
    until: datetime
    case: int | None = None
    lasts: int | None = None
    reason: Sealed | None = None

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets a second person agree to a ban, or not",
        keep=timedelta(days=1),
        subject="target",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap(Record):
    """The tap by which somebody decided; `order` is the number of the first decision that came of it."""

    event_id: str
    order: int

    key: ClassVar[tuple[str, ...]] = ("event_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="answers who takes a tap back, since that alone undoes nothing",
        keep=timedelta(days=2),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Record):
    """How far an order in many rooms has come, its being taken back, or its end (`what`).

    `label` is that of the line which tells it; `failed` has a cause and a room id for each room where it did not work.
    """

    order: int
    what: str
    kind: Kind
    target: Person
    label: str
    total: int
    done: int = 0
    failed: tuple[str, ...] = ()

    key: ClassVar[tuple[str, ...]] = ("order", "what")
    duty: ClassVar[Duty] = Duty(
        purpose="tells moderators how far something has come that takes time in many rooms",
        keep=timedelta(days=7),
        subject="target",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLife(Record):
    """How lively a room is: in how many minutes of late somebody wrote there. Not who, and not what."""

    room_id: str
    minutes: float
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="has a decision for many rooms begin where most is written",
        keep=timedelta(days=90),
        subject=None,
    )
