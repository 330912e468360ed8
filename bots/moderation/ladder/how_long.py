# SPDX-License-Identifier: Apache-2.0
"""How long an order lasts, where it stands in the reason: taken from there and said so, or asked back. Pure."""

from __future__ import annotations

from datetime import timedelta

from bots.core.actions import Words
from bots.core.commands import PREFIX, spec_of
from bots.core.durations import Meant, meant_within, said_within
from bots.moderation.commands import Ban, Hold, Mute
from bots.moderation.commands.on_people import USUAL_MUTE
from bots.moderation.ladder.places import Refused
from bots.moderation.ladder.steps import HELD_FOR


def lasts(command: object) -> timedelta | None:
    """How long what is ordered lasts by itself; None: until it is undone, or no time at all."""
    match command:
        case Mute(duration=duration):
            return duration or USUAL_MUTE
        case Ban(duration=duration):
            return duration
        case Hold():
            return HELD_FOR
    return None


def unclear(command: object) -> Refused | None:
    """Why to ask back: a number without its unit, or a time of which nobody can tell whether it is how long."""
    if not isinstance(command, Mute | Ban):
        return None
    if command.reason.isdecimal():
        return Refused("how_long")
    perhaps = any(each.meant is not Meant.NO for each in said_within(command.reason))
    return Refused("how_long.unclear") if command.duration is None and perhaps else None


def remark(command: object) -> Words | None:
    """What was understood of a time in the reason, and how to say it otherwise; None where nothing had to be."""
    if not isinstance(command, Mute | Ban):
        return None
    meant = meant_within(command.reason)
    if meant is not None and meant.length == command.duration:
        return _words("taken", command, meant.words)
    told = [each.words for each in said_within(command.reason) if each.meant is Meant.NO]
    return _words("left", command, told[0]) if told and command.duration is None else None


def _words(what: str, command: Mute | Ban, said: str) -> Words:
    again = f"{PREFIX}{spec_of(type(command)).name}"
    return Words(f"moderation.how_long.{what}", {"said": said, "again": again})
