# SPDX-License-Identifier: Apache-2.0
"""What somebody says of tips in their private chat, passed on to the resources bot, which decides and answers. Pure.

A tip or a link that they give, and their answer to what they were asked about one: in words, or by a tap.
"""

from __future__ import annotations

from bots.core.actions import Action
from bots.core.bot import Reader
from bots.core.events import Message, Reaction
from bots.core.records import TipAsked
from bots.core.rooms import RoomRole
from bots.core.tips import TIP_COMMANDS, Said, TipCommand, answer_in, asked_about, is_a_link
from bots.welcome.facts import Facts
from bots.welcome.records import Pause, Step


async def asked_of(event: Message, reader: Reader) -> tuple[bool, tuple[int, int] | None]:
    """Whether the sender was asked about a tip, and the tip and the time that the message replies to."""
    asked = await reader.get(TipAsked, event.sender)
    about = asked_about(await reader.label(event.reply_to)) if event.reply_to is not None else None
    return asked is not None, about


def given(event: Message, facts: Facts) -> tuple[Action, ...] | None:
    """What is for the resources bot; None where the conversation goes on.

    Who has not agreed to the guidelines gives nothing yet. A plain "yes" is an answer to what the resources bot asked
    only while the welcome bot itself asks nothing.
    """
    conversation, about = facts.conversation, facts.tip_replied_to
    if event.replaces is not None:
        return None
    agreed = conversation is not None and conversation.agreed > 0
    idle = conversation is not None and conversation.step is Step.DONE and conversation.pause is Pause.NONE
    theirs = (
        about is not None
        or (agreed and isinstance(TIP_COMMANDS.parse(event.text), TipCommand))
        or (idle and facts.tip_asked and answer_in(event.text) is not None)
        or (idle and is_a_link(event.text))
    )
    if not theirs:
        return None
    number, time = about or (None, None)
    said = Said(who=event.sender, event_id=event.event_id, words=event.text, number=number, time=time)
    return (said.passed_on(facts.now),)


async def gather_tap(event: Reaction, reader: Reader) -> Action | None:
    """A tap under something that the resources bot asked here."""
    room = reader.room(event.room_id)
    about = asked_about(await reader.label(event.target))
    if about is None or room is None or room.role is not RoomRole.PRIVATE or room.private_with != event.sender:
        return None
    number, time = about
    said = Said(who=event.sender, event_id=event.event_id, key=event.key, number=number, time=time)
    return said.passed_on(reader.now)


def decide_tap(_event: Reaction, tick: Action | None) -> tuple[Action, ...]:
    """Pass it on."""
    return (tick,) if tick is not None else ()
