# SPDX-License-Identifier: Apache-2.0
"""Somebody's own line, said for them by a bot: when it may be, and what it then reads like.

The narrowest way out there is: whoever wrote it, wrote it to the bot alone, said yes to just that line in just that
room, and is in the room themselves. It is asked at the last moment, of the homeserver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import BotName, InPrivateChat, OwnWords, Part, Place
from bots.core.events import Message
from bots.core.rooms import RoomRole, RoomView


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is known about a line at the moment at which it is to be said.

    `chat` is the private chat with the person, `message` what stands there now under the line's event id
    (None: it was changed or taken back), `agreed` the event id that they said yes to for this room.
    """

    chat: RoomView | None = None
    message: Message | None = None
    agreed: str | None = None


def own_line(parts: Sequence[Part]) -> OwnWords | None:
    """The first own line among the parts of a message."""
    return next((part for part in parts if isinstance(part, OwnWords)), None)


def puts_words_into_a_mouth(
    parts: Sequence[Part], place: Place, voice: BotName, room: RoomView | None, written: Written
) -> str | None:
    """Why the line among these parts must not be said in this place; None where there is none, or it may be.

    `room` is the one that the place is, where it is no private chat.
    """
    line = own_line(parts)
    if line is None:
        return None
    if voice is not BotName.WELCOME or sum(isinstance(part, OwnWords) for part in parts) > 1:
        return "somebody's own words are said by the welcome bot, one line at a time"
    if isinstance(place, InPrivateChat):
        only_theirs = place.user == line.user and (written.message is None or _is_theirs(line, written))
        return None if only_theirs else "a line is shown beforehand to nobody but the person who wrote it"
    if not _is_theirs(line, written):
        return "the line was not written by this person in their private chat"
    if room is None or room.role is not RoomRole.CONDITION or not room.encrypted or line.user not in room.joined():
        return "own words are said nowhere but in the encrypted room of a condition that their author is in"
    if written.agreed != line.event_id:
        return "the person did not say yes to this line in this room"
    return None


def _is_theirs(line: OwnWords, written: Written) -> bool:
    """Whether the person wrote it, encrypted, on a device of theirs, in the private chat with them."""
    chat, message = written.chat, written.message
    if chat is None or message is None:
        return False
    in_their_chat = chat.role is RoomRole.PRIVATE and chat.private_with == line.user and chat.encrypted
    from_them = message.sender == line.user and message.encrypted and message.authentic
    return in_their_chat and from_them and (message.room_id, message.event_id) == (chat.room_id, line.event_id)
