# SPDX-License-Identifier: Apache-2.0
"""Everything that can be asked of the moderation bot, and the buttons under a case."""

from __future__ import annotations

from bots.core.commands import CommandSet
from bots.moderation.commands.for_everybody import Help, Report, RuleCommand, ShowGuidelines, Why
from bots.moderation.commands.in_the_office import (
    OFFICE_COMMANDS,
    Lists,
    OfficeCommand,
    Publish,
    Server,
    Status,
    Subscribe,
    Unpublish,
    Unsubscribe,
)
from bots.moderation.commands.on_a_case import Close, Grant, Keep, OnACase, OnAnAppeal, Second, Take
from bots.moderation.commands.on_a_room import Lock, OnARoom, Slow, Unlock
from bots.moderation.commands.on_people import Aimed, Ban, Confirm, Hold, Mute, Note, Remove, Unban, Undo, Unmute, Warn

__all__ = [
    "BUTTONS",
    "COMMANDS",
    "OFFICE_COMMANDS",
    "Aimed",
    "Ban",
    "Close",
    "Command",
    "Confirm",
    "Grant",
    "Help",
    "Hold",
    "Keep",
    "Lists",
    "Lock",
    "Mute",
    "Note",
    "OfficeCommand",
    "OnACase",
    "OnARoom",
    "OnAnAppeal",
    "Publish",
    "Remove",
    "Report",
    "RuleCommand",
    "Second",
    "Server",
    "ShowGuidelines",
    "Slow",
    "Status",
    "Subscribe",
    "Take",
    "Unban",
    "Undo",
    "Unlock",
    "Unmute",
    "Unpublish",
    "Unsubscribe",
    "Warn",
    "Why",
]

Command = Aimed | OnACase | OnARoom | Confirm | OnAnAppeal | Report | RuleCommand | Help
COMMANDS: CommandSet[Command | OfficeCommand] = CommandSet(
    *(Note, Warn, Mute, Hold, Unmute, Remove, Ban, Unban, Undo),
    *(Close, Take, Second, Confirm, Grant, Keep),
    *(Slow, Lock, Unlock),
    *(Report, ShowGuidelines, Why, Help),
    *OFFICE_COMMANDS,
)
# Under every case, in this order; the card names each in words.
BUTTONS = ("📝", "⚠️", "🔇", "👋", "✅", "🙋", "👥")
