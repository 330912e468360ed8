# SPDX-License-Identifier: Apache-2.0
"""What moderators say of tips for the library, under a tip's card, passed on to the resources bot, which decides. Pure.

That bot is not in the moderators' room: cases are quoted there.
"""

from __future__ import annotations

from bots.core.actions import Action
from bots.core.bot import Reader
from bots.core.events import Message, MessageKind, Reaction
from bots.core.rooms import RoomRole
from bots.core.rooms.authority import is_moderator
from bots.core.tips import Judged, on_the_card_of
from bots.moderation.whereabouts import members_rooms


async def gather_message(event: Message, reader: Reader) -> Action | None:
    """A word in a card's thread, or in answer to it."""
    if event.kind is not MessageKind.TEXT or not event.authentic or event.replaces is not None:
        return None
    number = None
    for about in (event.reply_to, event.thread):
        if number is None and about is not None and _is_the_office(event.room_id, reader):
            number = on_the_card_of(await reader.label(about))
    return _passed_on(event, number, reader, words=event.text)


async def gather_reaction(event: Reaction, reader: Reader) -> Action | None:
    """A tap under a card."""
    number = on_the_card_of(await reader.label(event.target)) if _is_the_office(event.room_id, reader) else None
    return _passed_on(event, number, reader, key=event.key)


def decide(_event: Message | Reaction, tick: Action | None) -> tuple[Action, ...]:
    """Pass it on."""
    return (tick,) if tick is not None else ()


def _is_the_office(room_id: str, reader: Reader) -> bool:
    room = reader.room(room_id)
    return room is not None and room.role is RoomRole.MODERATORS


def _passed_on(
    event: Message | Reaction, number: int | None, reader: Reader, *, words: str = "", key: str = ""
) -> Action | None:
    if number is None or event.sender in reader.bots:
        return None
    moderates = any(is_moderator(room, event.sender) for room in members_rooms(reader))
    judged = Judged(by=event.sender, event_id=event.event_id, number=number, moderates=moderates, words=words, key=key)
    return judged.passed_on(reader.now)
