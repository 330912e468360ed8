# SPDX-License-Identifier: Apache-2.0
"""What somebody says of tips in their private chat, passed on to the resources bot, which decides and answers. Pure.

A tip or a link that they give, and their answer to what they were asked about one: in words, or by a tap.
"""

from __future__ import annotations

from datetime import datetime

from bots.core.actions import Action
from bots.core.bot import Reader
from bots.core.events import Message, Reaction
from bots.core.records import TipAsked
from bots.core.rooms import RoomRole
from bots.core.tips import TIP_COMMANDS, Said, TipCommand, answer_in, asked_about, is_a_link
from bots.welcome.facts import Facts
from bots.welcome.records import Pause, Step


async def asked_of(event: Message, reader: Reader) -> tuple[datetime | None, tuple[int, int] | None]:
    """When the sender was asked about a tip, if they were, and the tip and the time that the message replies to."""
    asked = await reader.get(TipAsked, event.sender)
    about = asked_about(await reader.label(event.reply_to)) if event.reply_to is not None else None
    return asked.at if asked is not None else None, about


def given(event: Message, facts: Facts) -> tuple[Action, ...] | None:
    """What is for the resources bot; None where the conversation goes on.

    Who has not agreed to the guidelines gives nothing yet. A plain "yes" is an answer to what was asked last:
    by the resources bot while the welcome bot itself asks nothing, or if that bot said nothing more since.
    """
    conversation, about = facts.conversation, facts.tip_replied_to
    if event.replaces is not None:
        return None
    agreed = conversation is not None and conversation.agreed > 0
    idle = conversation is not None and conversation.step is Step.DONE and conversation.pause is Pause.NONE
    theirs = (
        about is not None
        or (agreed and isinstance(TIP_COMMANDS.parse(event.text), TipCommand))
        or ((idle or _asked_last(facts)) and facts.tip_asked is not None and answer_in(event.text) is not None)
        or (idle and is_a_link(event.text))
    )
    if not theirs:
        return None
    number, time = about or (None, None)
    said = Said(who=event.sender, event_id=event.event_id, words=event.text, number=number, time=time)
    return (said.passed_on(facts.now),)


def _asked_last(facts: Facts) -> bool:
    """Whether the question about a tip came after all that the welcome bot said to somebody who has agreed."""
    conversation, asked = facts.conversation, facts.tip_asked
    return conversation is not None and conversation.agreed > 0 and asked is not None and asked > conversation.asked_at


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
