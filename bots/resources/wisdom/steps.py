# SPDX-License-Identifier: Apache-2.0
"""The steps that a tip takes before it is in the library: asked about, read, queued, given up. Pure."""

from __future__ import annotations

from datetime import timedelta

from bots.core.actions import (
    Action,
    BotName,
    EventRef,
    Forget,
    InRoom,
    ReadWords,
    Redact,
    Remember,
    Schedule,
    Send,
    Words,
)
from bots.core.events import Event
from bots.core.records import TipAsked
from bots.core.tips import WHY
from bots.resources.wisdom.facts import Facts
from bots.resources.wisdom.records import OfferedTip, Stage

LAPSE = "resources.tips.lapse"
LAPSES_AFTER = timedelta(days=7)
# Stages in which something of the person's waits.
_WAITING = frozenset({Stage.READING, Stage.SHOWN, Stage.QUEUED, Stage.PROPOSED})


def waiting(facts: Facts) -> int:
    """How many tips of theirs wait."""
    return sum(tip.stage in _WAITING for tip in facts.offered)


def ask(tip: OfferedTip, facts: Facts) -> tuple[Action, ...]:
    """What goes with asking its author about a tip: a plain yes is understood, and no answer is one, too."""
    return (
        Remember(why=WHY, record=tip),
        Remember(why=WHY, record=TipAsked(user=tip.author, number=tip.number, time=tip.time, at=facts.now)),
        Schedule(
            why=WHY,
            id=f"{LAPSE}:{tip.number}",
            kind=LAPSE,
            at=facts.now + LAPSES_AFTER,
            payload={"number": tip.number, "time": tip.time},
        ),
    )


def answered(tip: OfferedTip, facts: Facts) -> tuple[Action, ...]:
    """Its author has answered: a plain yes is about something else again."""
    about_it = facts.asked is not None and facts.asked.number == tip.number
    return (Forget(why=WHY, record=TipAsked, key=(tip.author,)),) if about_it else ()


def give_up(tip: OfferedTip, facts: Facts) -> tuple[Action, ...]:
    """Nothing of it is kept."""
    return (Forget(why=WHY, record=OfferedTip, key=(tip.number,)), *answered(tip, facts))


def read(tip: OfferedTip) -> ReadWords:
    """Read the message that the tip is."""
    assert tip.room_id is not None
    assert tip.event_id is not None
    return ReadWords(
        why=WHY,
        room_id=tip.room_id,
        event_id=tip.event_id,
        sender=tip.author,
        memo=str(tip.number),
        follow_up=True,
    )


def no_chat(tip: OfferedTip) -> tuple[Send, ...]:
    """Said where it was asked for, to somebody who has no private chat yet."""
    if tip.room_id is None or tip.event_id is None:
        return ()
    return (Send(why=WHY, place=InRoom(tip.room_id), thread=EventRef(tip.event_id), parts=(Words("wisdom.no_chat"),)),)


def command_gone(event: Event) -> Redact:
    """A command is nobody's to see in a room."""
    return Redact(
        why=WHY,
        voice=BotName.MODERATION,
        room_id=event.room_id,
        event_id=event.event_id,
        sender=event.sender,
        asked_by_sender=True,
    )
