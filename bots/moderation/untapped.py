# SPDX-License-Identifier: Apache-2.0
"""A moderator takes a tap back by which they decided: that alone undoes nothing, and they are told so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import Action, Words
from bots.core.bot import Reader
from bots.core.events import Redaction
from bots.core.rooms import RoomView
from bots.moderation.records import Decision, Tap
from bots.moderation.telling import say_in_office
from bots.moderation.whereabouts import moderators_room


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the tap had decided, as far as it is in force, and where to say it."""

    office: RoomView | None
    decisions: Sequence[Decision]


async def gather(event: Redaction, reader: Reader) -> Facts | None:
    """What came of the tap that is taken back, if it was one."""
    tap = await reader.get(Tap, event.target)
    if tap is None or event.sender in reader.bots:
        return None
    return Facts(office=moderators_room(reader), decisions=await reader.find(Decision, order=tap.order, active=True))


def decide(event: Redaction, facts: Facts | None) -> tuple[Action, ...]:
    """Say that it stays, and how to undo it."""
    if facts is None or not facts.decisions:
        return ()
    last = facts.decisions[-1]
    words = Words("moderation.untapped", {"who": event.sender, "target": last.target})
    return tuple(say_in_office(facts.office, last.case, words))
