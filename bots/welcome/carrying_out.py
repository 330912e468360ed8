# SPDX-License-Identifier: Apache-2.0
"""What a turn of the conversation comes to, as actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat

from bots.core.actions import (
    Action,
    BotName,
    Erase,
    Forget,
    InPrivateChat,
    InRoom,
    Invite,
    Leave,
    Part,
    Place,
    Priority,
    Remember,
    Remove,
    Send,
    SendCopy,
    Words,
)
from bots.core.records import AgreedWords, SpokenLanguage
from bots.welcome.arriving import OWN, introduced
from bots.welcome.coming_up import INVITE, Later, coming_up, nothing_more, past_once_more, put_by
from bots.welcome.conversation.turn import Turn
from bots.welcome.facts import AGAIN, LABEL, POLL, Facts
from bots.welcome.records import Consent, Conversation, Purpose
from bots.welcome.unread import answered
from bots.welcome.wording import SETTINGS_VERSION, Say, question_id

GREET = "welcome.greet"


def carry_out(turn: Turn, facts: Facts, source: str, *, open_chat: bool = False) -> tuple[Action, ...]:
    """`source` is the id of what came: it makes the labels of what is said unique."""
    greeting = facts.conversation is None
    if turn.erase and facts.room is not None:
        # The record of the private chat is erased as well: by then only its room id leads there.
        room_id = facts.room.room_id
        return (
            *(send(InRoom(room_id), say.parts, "welcome.forget") for say in turn.says),
            *(_taken_out(facts) if turn.leave else ()),
            *forgotten(facts, turn.conversation.chosen),
        )
    # The first words open the door. Whoever shuts it is not to find it opened by the second.
    doors = chain([InPrivateChat(facts.person, open=greeting or open_chat)], repeat(InPrivateChat(facts.person)))
    says = (said for say in turn.says for said in _said(say, facts, doors, source))
    locked = facts.world.locked
    invites = (
        Invite(why=INVITE, room_id=facts.condition_rooms[i].room_id, user=facts.person, follow_up=True)
        for i in turn.admit
        if i not in locked
    )
    copy = (SendCopy(why="welcome.copy", user=facts.person),) if turn.copy else ()
    # What is held comes when the room lets people in again.
    overlooked = (
        put_by(Later.LOCKED if i in locked else Later.MISSED, turn.conversation, facts.now, i) for i in turn.admit
    )
    office = (to_office(facts, words) for words in turn.office) if facts.office else ()
    rooms = (facts.condition_rooms[i].room_id for i in turn.past if i in facts.condition_rooms)
    past = (past_once_more(room_id, facts.person, facts.now) for room_id in rooms)
    return (
        *_bookkeeping(turn.conversation, facts),
        *_spoken(turn.language, facts),
        *answered(facts.conversation, turn.conversation),
        *coming_up(turn.conversation, facts),
        *invites,
        *overlooked,
        *says,
        *copy,
        *_rooms_hear(turn, facts),
        *past,
        *office,
    )


def _said(say: Say, facts: Facts, doors: Iterator[InPrivateChat], source: str) -> Iterator[Send]:
    """The message, and the poll that goes with it."""
    greeting = facts.conversation is None
    again = AGAIN if facts.conversation and question_id(facts.conversation) == say.asks else ""
    yield Send(
        why=GREET if greeting else "welcome.answer",
        place=next(doors),
        parts=say.parts,
        label=f"{LABEL}{say.asks}:{source}{again}" if say.asks else None,
        buttons=say.buttons,
        priority=Priority.CRISIS if say.urgent else Priority.CONVERSATION,
        follow_up=greeting,
    )
    if say.asks and say.choices:
        yield Send(
            why="welcome.answer",
            place=next(doors),
            parts=(Words("welcome.poll"),),
            choices=say.choices,
            label=f"{LABEL}{say.asks}:{source}{POLL}",
        )


def forgotten(facts: Facts, chosen: str = "") -> tuple[Action, ...]:
    """Leave the chat (`facts.room`), let them knock nowhere any more, and erase what is kept."""
    return (
        *((Leave(why="welcome.forget", room_id=facts.room.room_id),) if facts.room else ()),
        *(no_longer_knocks(room.room_id, facts.person) for room in facts.knocked),
        Erase(why="welcome.forget", user=facts.person),
        *nothing_more(facts.person, chosen),
    )


def no_longer_knocks(room_id: str, user: str) -> Remove:
    """Take a knock back, by the one bot that can."""
    return Remove(why="welcome.knock_over", voice=BotName.MODERATION, room_id=room_id, user=user)


def _taken_out(facts: Facts) -> Iterator[Action]:
    """Out of every room, and every invitation back, by the one bot that can: without a word, to anybody."""
    for room in facts.present:
        if facts.can_be_taken_out_of(room):
            yield Remove(why="welcome.leave", voice=BotName.MODERATION, room_id=room.room_id, user=facts.person)


def to_office(facts: Facts, words: Words, why: str = "welcome.office") -> Send:
    """To the moderators' room, by the voice of the bot that is in it."""
    assert facts.office is not None
    return Send(
        why=why, voice=BotName.MODERATION, priority=Priority.MODERATION, place=InRoom(facts.office), parts=(words,)
    )


def send(place: Place, parts: tuple[Part, ...], why: str) -> Send:
    """Say it, and await nothing."""
    return Send(why=why, place=place, parts=parts)


def _bookkeeping(after: Conversation, facts: Facts) -> Iterator[Action]:
    if after == facts.conversation:
        return
    yield Remember(why="welcome.progress", record=after)
    before = agreements(facts.conversation) if facts.conversation else {}
    for purpose, version in agreements(after).items():
        if version > before.get(purpose, 0):
            consent = Consent(user=facts.person, purpose=purpose, version=version, agreed_at=facts.now)
            yield Remember(why="welcome.agreed", record=consent)
        elif version < before.get(purpose, 0):
            yield Forget(why="welcome.taken_back", record=Consent, key=(facts.person, purpose))


def _spoken(language: str | None, facts: Facts) -> Iterator[Action]:
    if language is None or language == facts.language:
        return
    if language:
        yield Remember(why="welcome.language", record=SpokenLanguage(user=facts.person, language=language))
    else:
        yield Forget(why="welcome.language", record=SpokenLanguage, key=(facts.person,))


def _rooms_hear(turn: Turn, facts: Facts) -> Iterator[Action]:
    """Of the person: those they are in at once, by the line they said yes to, if they did so for that room."""
    lines = {facts.condition_rooms[i].room_id: turn.line for i in turn.heard_by if i in facts.condition_rooms}
    for room_id, line in lines.items():
        yield Remember(why=OWN, record=AgreedWords(user=facts.person, room_id=room_id, event_id=line))
    for room_id in (facts.condition_rooms[i].room_id for i in turn.introduce):
        yield from introduced(room_id, replace(facts, agreed={**facts.agreed, **lines}))
    waited = facts.conversation.introduce.split() if facts.conversation else []
    for condition in (i for i in waited if i in facts.condition_rooms and i not in turn.conversation.introduce.split()):
        room_id = facts.condition_rooms[condition].room_id
        if room_id in facts.agreed and room_id not in lines:
            # Who thought again is not spoken for.
            yield Forget(why=OWN, record=AgreedWords, key=(facts.person, room_id))


def agreements(conversation: Conversation) -> dict[Purpose, int]:
    """The version that somebody agreed to, for each purpose; 0 where they did not."""
    return {
        Purpose.GUIDELINES: conversation.agreed,
        Purpose.HEALTH: conversation.health,
        Purpose.NOTES: conversation.notes,
        Purpose.SETTINGS: SETTINGS_VERSION if conversation.country or conversation.zone else 0,
    }
