# SPDX-License-Identifier: Apache-2.0
"""Somebody knocks at the room of a condition: they are answered in private, and let in by what they say there.

While somebody knocks, everybody in the room can see their name. A knock that leads nowhere is taken back after a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bots.core.actions import Action, BotName, Cancel, Priority, Redact, Schedule
from bots.core.bot import Reader
from bots.core.events import Membership, Tick
from bots.core.rooms import MembershipState
from bots.welcome.carrying_out import carry_out, no_longer_knocks
from bots.welcome.conversation.machine import JUST_NOW, Interview
from bots.welcome.facts import Facts, facts_about
from bots.welcome.rooms.inviting import let_in_when_open

WHY = "welcome.knock"
OVER = "welcome.knock_over"
# Long enough to come back to the questions in the private chat, which stay open for longer.
STANDS_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Knocking:
    """The decisions about knocks."""

    interview: Interview

    async def gather(self, event: Membership, reader: Reader) -> Facts | None:
        """About who knocks, or has knocked before."""
        knocks = MembershipState.KNOCK in (event.now, event.previous)
        return await facts_about(event, event.user, reader) if knocks and event.user not in reader.bots else None

    def decide(self, event: Membership, facts: Facts | None) -> tuple[Action, ...]:
        """Answer in private; the knock stands until it is answered by whoever knocks, or for a month."""
        if facts is None or facts.room is None:
            return ()
        if event.now is not MembershipState.KNOCK:
            return (Cancel(why=OVER, id=_tick_id(event.room_id, event.user)),)
        over = Schedule(
            why=OVER,
            id=_tick_id(event.room_id, event.user),
            kind=OVER,
            at=facts.now + STANDS_FOR,
            payload={"room_id": event.room_id, "user": event.user},
        )
        return (over, *self._answered(event, facts))

    async def gather_tick(self, event: Tick, reader: Reader) -> bool:
        """Whether the person still knocks there."""
        room = reader.room(str(event.payload["room_id"])) if event.kind == OVER else None
        member = room.members.get(str(event.payload["user"])) if room else None
        return member is not None and member.state is MembershipState.KNOCK

    def decide_tick(self, event: Tick, facts: bool) -> tuple[Action, ...]:
        """Take it back, without a word: nobody was refused anything."""
        if not facts:
            return ()
        return (no_longer_knocks(str(event.payload["room_id"]), str(event.payload["user"])),)

    def _answered(self, event: Membership, facts: Facts) -> Iterator[Action]:
        """What was written beside it stood open to every server: it goes at once."""
        if event.reason:
            yield Redact(
                why=WHY,
                voice=BotName.MODERATION,
                priority=Priority.MODERATION,
                room_id=event.room_id,
                event_id=event.event_id,
                sender=event.user,
            )
        key = "knock.reason" if event.reason else "knock"
        conversation, condition = facts.conversation, facts.room.condition if facts.room else None
        if conversation is None:
            turn = self.interview.begin(facts.person, facts.world, key)
        elif condition and self.interview.may_enter(conversation, condition):
            yield from self._at_a_door_they_know(facts, condition, event, key)
            return
        elif facts.now - conversation.asked_at < JUST_NOW:
            return
        else:
            turn = self.interview.resume(conversation, facts.world, key)
        yield from carry_out(turn, facts, event.event_id, open_chat=True)

    def _at_a_door_they_know(self, facts: Facts, condition: str, event: Membership, key: str) -> Iterator[Action]:
        """Who was let in before is invited. While the room takes nobody in, they hear so, once, and wait."""
        conversation = facts.conversation
        assert conversation is not None
        if condition in facts.world.locked and condition not in conversation.held.split():
            turn = self.interview.held(conversation, condition, facts.world, key)
            yield from carry_out(turn, facts, event.event_id, open_chat=True)
        yield from let_in_when_open(facts, condition)


def _tick_id(room_id: str, user: str) -> str:
    return f"{OVER}:{room_id}:{user}"
