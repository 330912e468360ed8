# SPDX-License-Identifier: Apache-2.0
"""What the bot may do later, of its own accord: what is put by for one person, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product

from bots.core.actions import Action, Cancel, Schedule
from bots.core.hours import awake
from bots.welcome.conversation.machine import NOTE_DAYS
from bots.welcome.facts import Facts
from bots.welcome.records import Conversation, Pause, Step

# One reminder after a silence of so long; longer for somebody who asked for time. After "stop" there is none.
REMIND_AFTER = timedelta(days=1)
REMIND_AFTER_LATER = timedelta(days=3)
# Nothing is kept of somebody too young: the chat ends by itself if they write no country.
YOUNG_STAYS = timedelta(hours=1)
INVITE = "welcome.admit"
PAST = "welcome.history"

# The questions between the greeting and the door. What comes after may stay unanswered for ever.
_ON_THE_WAY = (
    Step.AGE,
    Step.GUIDELINES,
    Step.HEALTH,
    Step.CONDITION,
    Step.CHOOSE,
    Step.READ,
    Step.APP,
)


class Later(StrEnum):
    """The kinds of ticks."""

    REMINDER = "welcome.reminder"
    YOUNG = "welcome.young"
    NOTE = "welcome.note"
    MISSED = "welcome.missed"
    INVITE_AGAIN = "welcome.invite_again"
    UNREAD = "welcome.unread"
    LOCKED = "welcome.locked"


# When an invitation is looked after: one that was not opened, one that the homeserver did not take, one that is held.
_LOOK_AFTER = {
    Later.MISSED: timedelta(days=1),
    Later.INVITE_AGAIN: timedelta(hours=1),
    Later.LOCKED: timedelta(minutes=10),
}


def tick_id(kind: Later, user: str, which: int | str = "") -> str:
    """What a tick is called, so that another one takes its place."""
    return f"{kind}:{which}:{user}"


def coming_up(after: Conversation, facts: Facts) -> Iterator[Action]:
    """What is put by, or taken back, when the conversation has come to stand at `after`."""
    before, user = facts.conversation, facts.person
    if after == before:
        return
    if (at := _reminder(after, facts.now)) is not None:
        yield _put_by(Later.REMINDER, after, at)
    elif before is not None and _reminder(before, facts.now) is not None:
        yield Cancel(why=Later.REMINDER, id=tick_id(Later.REMINDER, user))
    if after.step is Step.YOUNG and (before is None or before.step is not Step.YOUNG):
        yield _put_by(Later.YOUNG, after, facts.now + YOUNG_STAYS)
    notes_before = before.notes if before else 0
    for day in NOTE_DAYS:
        if after.notes and not notes_before:
            yield _put_by(Later.NOTE, after, facts.now + timedelta(days=day), day)
        elif notes_before and not after.notes:
            yield Cancel(why=Later.NOTE, id=tick_id(Later.NOTE, user, day))


def put_by(kind: Later, conversation: Conversation, now: datetime, which: str) -> Schedule:
    """A look, after the time that is fit for it, at what has become of an invitation to the room of a condition."""
    return _put_by(kind, conversation, now + _LOOK_AFTER[kind], which)


def past_once_more(room_id: str, user: str, now: datetime) -> Schedule:
    """The person says that their device is confirmed now: the room's past is handed over, if it is so."""
    payload = {"room_id": room_id, "user": user, "asked": True}
    return Schedule(why=PAST, id=f"{PAST}:{room_id}:{user}:asked", kind=PAST, at=now, payload=payload)


def nothing_more(user: str, chosen: str = "") -> Iterator[Action]:
    """Everything that was put by for this person, who had `chosen` these conditions, is taken back."""
    for kind, condition in product(_LOOK_AFTER, chosen.split()):
        yield Cancel(why=kind, id=tick_id(kind, user, condition))
    for kind in (Later.REMINDER, Later.YOUNG, Later.UNREAD):
        yield Cancel(why=kind, id=tick_id(kind, user))
    for day in NOTE_DAYS:
        yield Cancel(why=Later.NOTE, id=tick_id(Later.NOTE, user, day))


def _reminder(conversation: Conversation, now: datetime) -> datetime | None:
    if conversation.reminded or conversation.step not in _ON_THE_WAY:
        return None
    match conversation.pause:
        case Pause.NONE:
            return now + REMIND_AFTER
        case Pause.LATER:
            return now + REMIND_AFTER_LATER
        case _:
            return None


def _put_by(kind: Later, conversation: Conversation, at: datetime, which: int | str = "") -> Schedule:
    """Not in the person's quiet hours, as they are by now."""
    at = awake(at, conversation.zone, conversation.quiet)
    payload = {"user": conversation.user, "which": which}
    return Schedule(why=kind, id=tick_id(kind, conversation.user, which), kind=kind, at=at, payload=payload)
