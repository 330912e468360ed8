# SPDX-License-Identifier: Apache-2.0
"""What somebody says to the welcome bot in private, and wants the moderators to have: passed on to the moderation bot.

It travels as a tick of that bot: sealed, and gone when it is decided on. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import unquote

from bots.core.actions import BotName, Schedule
from bots.core.events import Tick

APPEAL, REPORT = "moderation.appeal", "moderation.report_in_private"
QUESTION = "moderation.question"
_LINK = re.compile(
    r"https?://matrix\.to/#/(?P<room>(?:!|%21)[^/\s?]+)/(?P<event>(?:\$|%24)[^\s?/]+)(?:\?\S*)?"
    r"|matrix:roomid/(?P<bare_room>[^/\s?]+)/e/(?P<bare_event>[^\s?/]+)(?:\?\S*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedAppeal:
    """`who` asks for a second look at a decision (None: the last about them), in their own `words` (perhaps none)."""

    who: str
    number: int | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedReport:
    """`who` reports something: a message, if they pointed at one, and what they say of it."""

    who: str
    words: str
    room_id: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedQuestion:
    """`who` asks about the guidelines: which there are, or by which of them a bot went."""

    GUIDELINES: ClassVar[str] = "guidelines"
    WHY: ClassVar[str] = "why"

    who: str
    what: str


def message_in(text: str) -> tuple[str, str, str] | None:
    """The room and the message that a link in the text leads to, and the text without the link."""
    found = _LINK.search(text)
    if found is None:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    if found["bare_room"] is not None:
        return f"!{unquote(found['bare_room'])}", f"${unquote(found['bare_event'])}", rest
    return unquote(found["room"]), unquote(found["event"]), rest


def passed_on(what: PassedAppeal | PassedReport | PassedQuestion, source: str, now: datetime) -> Schedule:
    """The tick that carries it; `source` is the id of the message that said it."""
    if isinstance(what, PassedQuestion):
        payload: dict[str, object] = {"who": what.who, "what": what.what}
        id_ = f"{QUESTION}:{source}"
        return Schedule(why=QUESTION, voice=BotName.MODERATION, id=id_, kind=QUESTION, at=now, payload=payload)
    kind = APPEAL if isinstance(what, PassedAppeal) else REPORT
    payload = {"who": what.who, "words": what.words}
    if isinstance(what, PassedAppeal):
        payload |= {"number": what.number}
    elif what.room_id is not None:
        payload |= {"room_id": what.room_id, "event_id": what.event_id}
    return Schedule(why=kind, voice=BotName.MODERATION, id=f"{kind}:{source}", kind=kind, at=now, payload=payload)


def appeal_in(tick: Tick) -> PassedAppeal | None:
    """The appeal that a tick carries."""
    match tick.payload:
        case {"who": str(who), "words": str(words), "number": int() | None as number} if tick.kind == APPEAL:
            return PassedAppeal(who=who, number=number, words=words)
    return None


def question_in(tick: Tick) -> PassedQuestion | None:
    """The question that a tick carries."""
    match tick.payload:
        case {"who": str(who), "what": str(what)} if tick.kind == QUESTION:
            return PassedQuestion(who=who, what=what)
    return None


def report_in(tick: Tick) -> PassedReport | None:
    """The report that a tick carries."""
    match tick.payload:
        case {"who": str(who), "words": str(words), "room_id": str(room), "event_id": str(event)} if (
            tick.kind == REPORT
        ):
            return PassedReport(who=who, words=words, room_id=room, event_id=event)
        case {"who": str(who), "words": str(words)} if tick.kind == REPORT:
            return PassedReport(who=who, words=words)
    return None
