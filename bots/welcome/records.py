# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot keeps: where each conversation stands, and who agreed to which guidelines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from bots.core.records import Duty, Hashed, Person, Record, Sealed


class Step(StrEnum):
    """The question that a newcomer was asked last.

    ELSEWHERE is no question: the person's account is on a homeserver that the condition rooms do not reach.
    """

    GUIDELINES = "guidelines"
    CONDITION = "condition"
    CHOOSE = "choose"
    INTRODUCE = "introduce"
    DONE = "done"
    ELSEWHERE = "elsewhere"


class Pause(StrEnum):
    """What holds the question up: nothing, a "stop", or "shall I really forget you?"."""

    NONE = "none"
    STOPPED = "stopped"
    CONFIRM_FORGET = "confirm_forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(Record):
    """Where the conversation with one person stands. What they said is not in here.

    `chosen` and `offered` are condition ids with spaces between them:
    the ones the person named, and the ones that the question at hand is about.
    `unannounced` are those they were invited to and have not said of whether they wish to be introduced.
    `agreed` is the version of the guidelines that they agreed to (0: none yet).
    `introduce` are condition ids whose rooms shall hear that somebody new has come, once the person is in.
    `round` rises with every new question, so that a button under an old one does nothing.
    `unclear` is the event id of their last message if it was no answer: an edit of that one is a new answer.
    `asked_at` (UTC) is when the bot last said something; `chat_left` that the person left the private chat.
    """

    user: Person
    step: Step
    pause: Pause = Pause.NONE
    chosen: Sealed = ""
    offered: Sealed = ""
    unannounced: Sealed = ""
    introduce: Sealed = ""
    agreed: int = 0
    round: int = 0
    language: str = ""
    unclear: str = ""
    chat_left: bool = False
    asked_at: datetime

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="lets somebody stop half-way and go on later, and be greeted only once",
        keep=timedelta(days=365),
        subject="user",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Record):
    """That somebody agreed to a version of the guidelines, and when (UTC)."""

    user: Hashed
    version: int
    agreed_at: datetime

    key: ClassVar[tuple[str, ...]] = ("user",)
    duty: ClassVar[Duty] = Duty(
        purpose="shows that a member agreed to the guidelines before entering; kept until they ask to be forgotten",
        keep=None,
        subject="user",
    )
