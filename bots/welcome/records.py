# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot keeps: where each conversation stands, and who agreed to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from bots.core.crisis.tiers import Tier
from bots.core.records import Duty, Hashed, Person, Record, Sealed


class Step(StrEnum):
    """The question that a newcomer was asked last, in the order of the way.

    ELSEWHERE is no question: the person's account is on a homeserver that the condition rooms do not reach.
    YOUNG is the last word to somebody under the age that the rooms are for.
    """

    ELSEWHERE = "elsewhere"
    AGE = "age"
    YOUNG = "young"
    GUIDELINES = "guidelines"
    HEALTH = "health"
    CONDITION = "condition"
    CHOOSE = "choose"
    MISSING = "missing"
    READ = "read"
    APP = "app"
    WHO = "who"
    INTRODUCE = "introduce"
    LINE = "line"
    PREVIEW = "preview"
    DAYS = "days"
    COUNTRY = "country"
    LANGUAGE = "language"
    CLOCK = "clock"
    QUIET = "quiet"
    DONE = "done"


class Pause(StrEnum):
    """What holds the question up: nothing, a "stop", a "later", "shall I really forget you?", "and take you out?"."""

    NONE = "none"
    STOPPED = "stopped"
    LATER = "later"
    CONFIRM_FORGET = "confirm_forget"
    CONFIRM_LEAVE = "confirm_leave"


class Polls(StrEnum):
    """Which questions come with a poll: where one of several is picked, all that have answers to pick, or none."""

    CHOICES = "choices"
    ALL = "all"
    NONE = "none"


class Who(StrEnum):
    """Who somebody is here, as they say themselves."""

    NEW = "new"
    LIVING = "living"
    CARING = "caring"
    LOOKING = "looking"


class Purpose(StrEnum):
    """What somebody agrees to, each by itself.

    The guidelines; that their rooms are kept, which tell of their health; notes; what they tell about their days.
    """

    GUIDELINES = "guidelines"
    HEALTH = "health"
    NOTES = "notes"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(Record):
    """Where the conversation with one person stands. What they said is not in here.

    `chosen`, `wanted` and `offered` are condition ids with spaces between them: the ones whose rooms the person was
    invited to, the ones they named and wait for, and the ones that the question at hand is about.
    `unannounced` are those they were invited to and have not said of whether they wish to be introduced.
    `agreed`, `health` and `notes` are the versions of the texts that they agreed to (0: not), see `Purpose`.
    `adult` is their yes to the question of age. `who` is a `Who`, or empty.
    `asked` are the optional questions that were asked already, with spaces between them.
    `reads` says that they could read the bot, `heard` that the bot could read them.
    `reminded` that they were reminded of the question at hand,
    `hinted` that the topic of the private chat says what helps somebody who can read nothing in it.
    `introduce` are condition ids whose rooms shall hear that somebody new has come, once the person is in.
    `closed` are condition ids whose rooms' past waits for a device of theirs that they have confirmed.
    `held` are condition ids whose room takes nobody in for the moment: they wait for it to open, and know so.
    `unheard` are condition ids in whose rooms they have not said anything yet, kept while they want notes.
    `country` (a code), `zone` ("+05:30") and `quiet` ("22:00 07:00") are what they told about their days.
    `polls` is whether they answer by polls: a `Polls`.
    `picture` is what the file of their picture says of who took it and where, if it does: a `Tells`.
    `round` rises with every new question, so that a button under an old one does nothing.
    `unclear` is the event id of their last message if it was no answer: an edit of that one is a new answer.
    `line` is that of a line of theirs that they were shown, as the room would read it, and have not said yes to.
    `asked_at` (UTC) is when the bot last said something; `chat_left` that the person left the private chat.
    """

    user: Person
    step: Step
    pause: Pause = Pause.NONE
    chosen: Sealed = ""
    wanted: Sealed = ""
    offered: Sealed = ""
    unannounced: Sealed = ""
    introduce: Sealed = ""
    closed: Sealed = ""
    held: Sealed = ""
    unheard: Sealed = ""
    country: Sealed = ""
    zone: Sealed = ""
    quiet: Sealed = ""
    agreed: int = 0
    health: int = 0
    notes: int = 0
    adult: bool = False
    who: Sealed = ""
    asked: str = ""
    reads: bool = False
    heard: bool = False
    reminded: bool = False
    hinted: bool = False
    polls: Polls = Polls.CHOICES
    picture: Sealed = ""
    round: int = 0
    unclear: str = ""
    line: str = ""
    chat_left: bool = False
    asked_at: datetime

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets somebody stop half-way and go on later, and be greeted only once",
        keep=timedelta(days=365),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWords(Record):
    """That somebody's first message in a room has no answer yet: where, and its event id. Not what it says."""

    room_id: str
    user: Hashed
    event_id: str

    key: ClassVar[tuple[str, ...]] = ("room_id", "user")
    duty: ClassVar[Duty] = Duty(
        purpose="lets volunteers hear, without a name, of a first message that nobody answers",
        keep=timedelta(days=2),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals(Record):
    """When a room last heard of newcomers (UTC), and how many have come since who wish to be told of. Not who."""

    room_id: str
    said_at: datetime
    waiting: int = 0

    key: ClassVar[tuple[str, ...]] = ("room_id",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets a room hear of several newcomers in one sentence",
        keep=timedelta(days=7),
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling(Record):
    """Somebody wants to report something, and was asked what it is about."""

    user: Hashed
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="takes what somebody writes next for what they report; until they have written it",
        keep=timedelta(days=2),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Record):
    """That somebody agreed to a purpose, to which version of its text, and when (UTC)."""

    user: Hashed
    purpose: Purpose
    version: int
    agreed_at: datetime

    key: ClassVar[tuple[str, ...]] = ("user", "purpose")
    duty: ClassVar[Duty] = Duty(
        purpose="shows what a member agreed to before it was done; kept until it is taken back or they are forgotten",
        keep=None,
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisNote(Record):
    """That somebody was told in private whom they can call: for what, and when (UTC)."""

    person: Hashed
    tier: Tier
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("person",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets nobody get the same note twice in half a day", keep=timedelta(days=2), subject="person"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastGiven(Record):
    """That somebody was given the keys of a room's past when they came in: for new devices of theirs."""

    user: Hashed
    room_id: str
    at: datetime

    key: ClassVar[tuple[str, ...]] = ("user", "room_id")
    duty: ClassVar[Duty] = Duty(
        purpose="lets a newcomer's other devices read what a room shares of its past",
        keep=timedelta(days=7),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCrisisNotes(Record):
    """That somebody wants no more such notes."""

    person: Hashed
    since: datetime

    key: ClassVar[tuple[str, ...]] = ("person",)
    duty: ClassVar[Duty] = Duty(
        purpose="heeds that somebody wants no note; until they want them again, ask, or are gone for a month",
        keep=None,
        subject="person",
    )
