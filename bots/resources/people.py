# SPDX-License-Identifier: Apache-2.0
"""What somebody hears who takes this bot aside with words that sound near to danger: people, and no articles.

Said in a room, they are for the moderation bot, which hears them there.
"""

from __future__ import annotations

from datetime import datetime

from bots.core.actions import Action, InRoom, Priority, Send
from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.crisis.hearing import Heard
from bots.core.crisis.note import Person, answer
from bots.core.crisis.rota import on_duty
from bots.core.crisis.tiers import Assessment
from bots.core.events import Message
from bots.core.records import OnCall
from bots.core.rooms import RoomRole, RoomView

# A private chat with this bot is the two of them.
_TWO = 2


def is_private(room: RoomView) -> bool:
    """Whether nobody else is in it."""
    return room.role is RoomRole.OTHER and len(room.joined()) <= _TWO


async def is_somebody_awake(community: Community, reader: Reader) -> bool:
    """Whether somebody who looks after the rooms is on duty."""
    return bool(on_duty(await reader.find(OnCall), reader.now, community.crisis.most_calls_a_day))


def people_to_call(
    community: Community, event: Message, assessment: Assessment, now: datetime, spoken: str | None, *, awake: bool
) -> tuple[Action, ...]:
    """Whom to call, said in the chat itself; and the moderation bot calls somebody to them."""
    parts = answer(community, assessment.tier, Person(language=spoken), now.date(), awake=awake)
    heard = Heard(person=event.sender, assessment=assessment, event_id=event.event_id, at=now)
    said = Send(why="resources.helplines", priority=Priority.CRISIS, place=InRoom(event.room_id), parts=parts)
    return (said, heard.passed_on())
