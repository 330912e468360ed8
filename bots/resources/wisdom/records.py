# SPDX-License-Identifier: Apache-2.0
"""What is kept of tips: the words that members gave to be kept, and whose they are.

These are the only tables with anybody's words in them. Whoever gives some is told so before they say yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from bots.core.records import Duty, Hashed, Person, Record, Sealed


class Stage(StrEnum):
    """How far a tip has come that is not in the library."""

    ASKED = "asked"  # its author was asked whether they want it kept; no word of it is here
    READING = "reading"  # its words, or the page that it leads to, are being looked at
    SHOWN = "shown"  # its author looks at it
    QUEUED = "queued"  # moderators look at it
    PROPOSED = "proposed"  # a moderator would put it in other words; its author looks at these
    REFUSED = "refused"  # its author does not want it kept, and is not asked again; no word of it is here


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTip(Record):
    """A tip that is not in the library, or not yet.

    `event_id` is the message that it was, in `room_id`, if it was one; `saver` who asked for it to be kept, if it was
    not its author. `words` are what it says, `why` why it helped, `link` where it leads and `link_title` what that page
    calls itself. `name` is the nickname that stands with it, if its author wishes one to. `better` are a moderator's
    words for it, and `editor` that moderator. `condition` is that of its room, `language` what it is written in.
    `chat` is the room in which its author is asked, if that is not their chat with the welcome bot;
    `time` how often they were asked.
    """

    number: int
    author: Person
    stage: Stage
    at: datetime
    language: str
    room_id: str | None = None
    event_id: str | None = None
    saver: Hashed | None = None
    condition: str | None = None
    chat: str = ""
    time: int = 0
    words: Sealed = ""
    why: Sealed = ""
    link: Sealed = ""
    link_title: Sealed = ""
    name: Sealed = ""
    better: Sealed = ""
    editor: Person | None = None

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="keeps a tip that somebody gave until they and the moderators have looked at it",
        keep=timedelta(days=90),
        subject="author",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTip(Record):
    """A tip in the library: what `OfferedTip` says of it, and who of the moderators looked at it when.

    It is found under the id `tip-<slug>-<number>`, without its author. `reviewer` hears when it is to be read again.
    """

    number: int
    author: Person
    language: str
    added: datetime
    reviewed: date
    review_by: date
    reviewer: Person
    event_id: str | None = None
    condition: str | None = None
    words: Sealed = ""
    why: Sealed = ""
    link: Sealed = ""
    link_title: Sealed = ""
    name: Sealed = ""

    key: ClassVar[tuple[str, ...]] = ("number",)
    duty: ClassVar[Duty] = Duty(
        purpose="shows a tip that somebody gave to whoever looks for it, without their name unless they wished it; "
        "until they take it back, ask, or are gone for a month, or moderators take it out",
        keep=None,
        subject="author",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TipShelf(Record):
    """How often the tips in the library have changed, so that the search knows when to read them again."""

    name: str
    changes: int

    key: ClassVar[tuple[str, ...]] = ("name",)
    duty: ClassVar[Duty] = Duty(
        purpose="tells the search that a tip was added or taken out; one row, until there is no bot",
        keep=None,
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRound(Record):
    """When the library is next looked through for what is to be read again, or its news are told."""

    name: str
    due: datetime

    key: ClassVar[tuple[str, ...]] = ("name",)
    duty: ClassVar[Duty] = Duty(
        purpose="has the library looked through once a day, and its news told once a month; until there is no bot",
        keep=None,
        subject=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked(Record):
    """That the reviewer of an entry was asked to read it again before that day."""

    entry: str
    review_by: date

    key: ClassVar[tuple[str, ...]] = ("entry", "review_by")
    duty: ClassVar[Duty] = Duty(
        purpose="asks for an entry to be read again once, and not every day",
        keep=timedelta(days=400),
        subject=None,
    )
