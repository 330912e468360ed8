# SPDX-License-Identifier: Apache-2.0
"""A command about the community and no person: who may give it, and where it is answered. Pure but for `gather`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bots.core.actions import Action, Words
from bots.core.bot import Reader
from bots.core.commands import PREFIX
from bots.core.events import Event, Message, MessageKind
from bots.core.pills import spelled_out
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.authority import is_moderator
from bots.moderation.commands import COMMANDS, OfficeCommand
from bots.moderation.telling import command_gone, tell
from bots.moderation.whereabouts import MEMBERS_ROOMS

_YES = frozenset({"yes", "sí", "si", "oui", "ja", "sim"})


def office_command(event: Message, reader: Reader) -> OfficeCommand | None:
    """The command in a message that one of the community's people wrote in one of its rooms."""
    room = reader.room(event.room_id)
    if room is None or room.role not in (*MEMBERS_ROOMS, RoomRole.MODERATORS):
        return None
    if event.sender in reader.bots or event.kind is not MessageKind.TEXT or not event.authentic:
        return None
    if not event.text.lstrip().startswith(PREFIX):
        return None
    parsed = COMMANDS.parse(spelled_out(event.text, event.formatted))
    return parsed if isinstance(parsed, OfficeCommand) else None


def may_ask(event: Message, reader: Reader) -> bool:
    """Whether the one who asks moderates a room of the community."""
    return any(is_moderator(room, event.sender) for role in MEMBERS_ROOMS for room in reader.rooms(role))


def is_yes(text: str) -> bool:
    """Whether what stands after a command is a yes to what it asked back: the word twin of its ✅."""
    return text.strip().casefold() in _YES


def answered(
    event: Event, office: RoomView | None, *, may: bool, answer: Callable[[], Sequence[Action]]
) -> tuple[Action, ...]:
    """In the members' rooms the command is nobody's to see, and goes first; who `may` not ask hears so in private."""
    gone = () if office is not None and event.room_id == office.room_id else (command_gone(event),)
    if may:
        return (*gone, *answer())
    return (*gone, tell(event.sender, Words("moderation.refused.not_moderator"), why="moderation.refused"))
