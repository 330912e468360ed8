# SPDX-License-Identifier: Apache-2.0
"""What somebody wants the moderation bot to have, said in private: a report, an appeal, a question. Pure.

The moderation bot decides on it and answers; here it is only understood. Who writes no more than `report` is asked
what it is about, and the next thing that they write is it.
"""

from __future__ import annotations

from datetime import timedelta

from bots.core.actions import Action, Forget, InPrivateChat, Remember, Send, Words
from bots.core.commands import PREFIX, Missing, Unknown
from bots.core.events import Message
from bots.core.passed_on import PassedAppeal, PassedQuestion, PassedReport, message_in, passed_on
from bots.welcome.answers import Intent
from bots.welcome.commands import COMMANDS, Appeal, Command, Report, ShowGuidelines, Why
from bots.welcome.facts import Facts
from bots.welcome.records import Telling

WHY = "welcome.report"
# After so long, what somebody writes is about something else.
STILL_TELLING = timedelta(hours=1)
_SHORTEST_WORD = 3


def heard(
    event: Message, parsed: Command | Unknown | Missing | None, intent: Intent | None, facts: Facts
) -> tuple[Action, ...] | None:
    """What comes of it; None where it is for the conversation to answer."""
    command = parsed if parsed is not None else _bare(event.text)
    match command:
        case Appeal(number=number, words=words):
            return (passed_on(PassedAppeal(who=event.sender, number=number, words=words), event.event_id, facts.now),)
        case ShowGuidelines() | Why():
            what = PassedQuestion.WHY if isinstance(command, Why) else PassedQuestion.GUIDELINES
            return (passed_on(PassedQuestion(who=event.sender, what=what), event.event_id, facts.now),)
        case Report(words=""):
            telling = Telling(user=event.sender, at=facts.now)
            return (Remember(why=WHY, record=telling), _say(event, "welcome.report.which"))
        case Report(words=words):
            return _passed(event, words, facts)
        case None if facts.telling is not None and facts.now - facts.telling.at < STILL_TELLING and event.text.strip():
            if intent in (Intent.NO, Intent.STOP):
                return (*_no_longer(event), _say(event, "welcome.report.dropped"))
            return _passed(event, event.text.strip(), facts)
    return None


def _bare(text: str) -> Appeal | Report | ShowGuidelines | None:
    """`report` and `guidelines` need no sign before them here, when nothing else stands there; `appeal` never does.

    Nor does `report` before a link to a message: nobody writes that in a talk.
    """
    words = text.split()
    if not words or len(words[0]) < _SHORTEST_WORD:
        return None
    command = COMMANDS.parse(f"{PREFIX}{text.strip()}")
    if isinstance(command, Report) and message_in(text) is not None:
        return command
    if isinstance(command, Report | ShowGuidelines):
        return command if len(words) == 1 else None
    return command if isinstance(command, Appeal) else None


def _passed(event: Message, text: str, facts: Facts) -> tuple[Action, ...]:
    room_id, event_id, words = message_in(text) or (None, None, text)
    report = PassedReport(who=event.sender, words=words, room_id=room_id, event_id=event_id)
    return (passed_on(report, event.event_id, facts.now), *(_no_longer(event) if facts.telling else ()))


def _no_longer(event: Message) -> tuple[Action, ...]:
    return (Forget(why=WHY, record=Telling, key=(event.sender,)),)


def _say(event: Message, key: str) -> Send:
    return Send(why=WHY, place=InPrivateChat(event.sender), parts=(Words(key),))
