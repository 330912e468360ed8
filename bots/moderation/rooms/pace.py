# SPDX-License-Identifier: Apache-2.0
"""A slower pace for a room: asked for, never forced (decision 15).

Matrix has no slow mode. Whoever writes faster than the moderators asked for is told so in private, kindly and once;
if many messages more follow, the moderators are told, and a person decides.
Nothing is taken away, nobody is muted, and whatever sounds like a cry for help does not count at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Param, Remember, Words
from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.crisis.hearing import Hear, where_in
from bots.core.crisis.tiers import Tier
from bots.core.events import Message
from bots.core.records import Measure, RoomMeasure
from bots.core.rooms import RoomView
from bots.moderation.commands import COMMANDS
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.ladder.roles import Role, Roles
from bots.moderation.telling import say_in_office, tell
from bots.moderation.watching.records import SlowPace
from bots.moderation.whereabouts import MEMBERS_ROOMS, moderators_room

WHY = "moderation.slow"
# After so many messages that came too soon, the moderators hear of it.
MANY = 6
# So long nobody is told again, and so long after a cry nobody is told at all.
QUIET = timedelta(minutes=30)
AFTER_A_CRY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message in a room whose pace is to be slower, and how the one who wrote it has been writing."""

    now: datetime
    office: RoomView | None
    room: RoomView
    slow: RoomMeasure
    pace: SlowPace | None


@dataclass(frozen=True)
class SlowMode:
    """The decisions about messages in a slow room, for one community."""

    community: Community
    roles: Roles
    hear: Hear

    async def gather(self, event: Message, reader: Reader) -> Written | None:
        """None wherever there is nothing to ask for: no slow room, no member, no message that counts."""
        slow = await reader.get(RoomMeasure, event.room_id, Measure.SLOW)
        room = reader.room(event.room_id)
        if slow is None or slow.until <= reader.now or room is None or room.role not in MEMBERS_ROOMS:
            return None
        counts = event.replaces is None and COMMANDS.parse(event.text) is None
        member = event.sender not in reader.bots and self.roles.of(room, event.sender) is Role.MEMBER
        if not (counts and member) or self._sounds_like_anything(event, room, reader.now):
            return None
        alerts = await reader.find(CrisisAlert, person=event.sender)
        if any(reader.now - alert.at < AFTER_A_CRY for alert in alerts):
            return None
        pace = await reader.get(SlowPace, event.room_id, event.sender)
        return Written(now=reader.now, office=moderators_room(reader), room=room, slow=slow, pace=pace)

    def decide(self, event: Message, facts: Written | None) -> tuple[Action, ...]:
        """Count it; the first that comes too soon is answered in private, and many are told to the moderators."""
        if facts is None:
            return ()
        before = facts.pace
        if before is not None and before.slow != facts.slow.number:
            # Of another slow hour.
            before = None
        # What was written while the clock was ahead makes nothing too soon.
        if before is None or not timedelta() <= event.sent_at - before.last_at < timedelta(seconds=facts.slow.every):
            after = before or SlowPace(
                room_id=event.room_id, person=event.sender, slow=facts.slow.number, last_at=event.sent_at
            )
            return (Remember(why=WHY, record=replace(after, person=event.sender, last_at=event.sent_at)),)
        after = replace(before, person=event.sender, last_at=event.sent_at, soon=before.soon + 1)
        room = facts.room.name or ""
        actions: list[Action] = []
        if before.told_at is None or not timedelta() <= facts.now - before.told_at < QUIET:
            about: dict[str, Param] = {"room": room, "seconds": facts.slow.every, "until": facts.slow.until}
            actions.append(tell(event.sender, Words("moderation.tell.slow", about), why=WHY))
            after = replace(after, told_at=facts.now)
        if after.soon == MANY:
            words = Words("moderation.slow.many", {"who": event.sender, "room": room, "count": MANY})
            actions += say_in_office(facts.office, None, words)
        return (Remember(why=WHY, record=after), *actions)

    def _sounds_like_anything(self, event: Message, room: RoomView, now: datetime) -> bool:
        """Whether somebody should look at it, for whatever reason: then its pace is nobody's concern."""
        return self.hear(event, where_in(self.community, room, now)).tier is not Tier.NONE
