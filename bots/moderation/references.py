# SPDX-License-Identifier: Apache-2.0
"""What a message refers to: whose message it answers, an alert, a case or a decision."""

from __future__ import annotations

from bots.core.bot import Reader
from bots.core.crisis.hearing import alert_number
from bots.core.events import Message
from bots.core.tips import on_the_card_of
from bots.moderation.telling import number_of


async def pointed_at(event: Message, reader: Reader) -> str | None:
    """Whose message is replied to, or who alone is mentioned; never a bot."""
    if event.reply_to is not None:
        sender = await reader.message_sender(event.room_id, event.reply_to)
        if sender is not None and sender not in reader.bots:
            return sender
    mentioned = event.mentions - reader.bots - {event.sender}
    return next(iter(mentioned)) if len(mentioned) == 1 else None


async def answers_an_alert(event: Message, reader: Reader) -> bool:
    """Then `!take` is about the alert: `crisis.answering` hears it."""
    labels = [await reader.label(about) for about in (event.reply_to, event.thread) if about]
    return any(alert_number(label) is not None for label in labels)


async def on_a_tip(event: Message, reader: Reader) -> bool:
    """Then it is said to the resources bot: `library_desk` passes it on."""
    labels = [await reader.label(about) for about in (event.reply_to, event.thread) if about]
    return any(on_the_card_of(label) is not None for label in labels)


async def numbered(reader: Reader, *event_ids: str | None) -> int | None:
    """The case or decision that the first of these events is about which is about one."""
    for event_id in event_ids:
        number = number_of(await reader.label(event_id)) if event_id else None
        if number is not None:
            return number
    return None
