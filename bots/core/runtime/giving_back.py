# SPDX-License-Identifier: Apache-2.0
"""What somebody said in a room, given back to them when it is taken out there: when that may be. Pure.

They alone hear it, in the encrypted chat with nobody else in it, and only if it is theirs by the homeserver's word.
"""

from __future__ import annotations

from collections.abc import Sequence

from bots.core.actions import BotName, GivenBack, InPrivateChat, Part, Place, Words
from bots.core.rooms import RoomRole
from bots.core.runtime.own_words import Written


def given_back(parts: Sequence[Part]) -> GivenBack | None:
    """The first thing among the parts of a message that is given back."""
    return next((part for part in parts if isinstance(part, GivenBack)), None)


def gives_it_to_another(parts: Sequence[Part], place: Place, voice: BotName, me: str, written: Written) -> str | None:
    """Why what is given back among these parts must not be said in this place; None where there is none, or it may be.

    `me` is the bot's user id.
    """
    given = given_back(parts)
    if given is None:
        return None
    if voice is not BotName.WELCOME or sum(not isinstance(part, Words) for part in parts) > 1:
        return "what somebody said is given back by the welcome bot, one message at a time"
    chat, message = written.chat, written.message
    if not isinstance(place, InPrivateChat) or place.user != given.user or chat is None:
        return "what somebody said is given back to nobody but themselves"
    if chat.role is not RoomRole.PRIVATE or chat.private_with != given.user or not chat.encrypted:
        return "what somebody said is given back nowhere but in the encrypted private chat with them"
    if chat.joined() != {me, given.user}:
        return "somebody else is in the private chat, or the person is not"
    theirs = message is not None and (message.sender, message.room_id, message.event_id) == (
        given.user,
        given.room_id,
        given.event_id,
    )
    return None if theirs else "the message was not written by the person to whom it would be given"
