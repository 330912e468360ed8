# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot does when time has passed: a soft reminder, a note, a chat that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bots.core.actions import Action, Schedule
from bots.core.bot import Reader
from bots.core.events import Tick, Unreadable
from bots.core.hours import awake
from bots.welcome.arriving import ARRIVALS, have_arrived
from bots.welcome.carrying_out import carry_out, forgotten
from bots.welcome.coming_up import Later
from bots.welcome.conversation.machine import Interview
from bots.welcome.facts import Facts, facts_about, facts_in_their_chat
from bots.welcome.records import Arrivals, Pause, Step
from bots.welcome.rooms.inviting import let_in_when_open, once_more, overlooked
from bots.welcome.unread import hint


@dataclass(frozen=True)
class LaterOn:
    """The decisions about ticks, and about what could not be read."""

    interview: Interview

    async def gather_arrivals(self, event: Tick, reader: Reader) -> tuple[Arrivals | None, datetime]:
        """What the room has heard of newcomers."""
        if event.kind != ARRIVALS:
            return None, reader.now
        return await reader.get(Arrivals, event.payload["room_id"]), reader.now

    def decide_arrivals(self, event: Tick, facts: tuple[Arrivals | None, datetime]) -> tuple[Action, ...]:  # noqa: ARG002
        """Tell the room of all who have come since."""
        return tuple(have_arrived(*facts))

    async def gather(self, event: Tick, reader: Reader) -> Facts | None:
        """About the person for whom it was put by."""
        user = event.payload.get("user")
        if event.kind not in list(Later) or not isinstance(user, str):
            return None
        return await facts_in_their_chat(user, reader)

    def decide(self, event: Tick, facts: Facts | None) -> tuple[Action, ...]:
        """Nothing to somebody who is not in the chat, or who was forgotten meanwhile."""
        if facts is None or facts.conversation is None or facts.room is None:
            return ()
        if event.kind == Later.YOUNG:
            return forgotten(facts) if facts.conversation.step is Step.YOUNG else ()
        # Who waits at a door need not be in the chat to be let in.
        if facts.person not in facts.room.joined() and event.kind != Later.LOCKED:
            return ()
        # What was put by before somebody named quiet hours waits for their end.
        known = facts.conversation
        at = awake(facts.now, known.zone, known.quiet)
        if at > facts.now:
            return (Schedule(why=event.kind, id=event.id, kind=event.kind, at=at, payload=event.payload),)
        match event.kind:
            case Later.REMINDER:
                return self._reminded(event, facts)
            case Later.NOTE:
                return self._noted(event, facts)
            case Later.UNREAD:
                return tuple(hint(self.interview.community, facts))
            case Later.INVITE_AGAIN:
                return tuple(once_more(facts, str(event.payload["which"])))
            case Later.LOCKED:
                return tuple(let_in_when_open(facts, str(event.payload["which"])))
            case Later.MISSED:
                return tuple(overlooked(self.interview, facts, str(event.payload["which"]), event.id))
            case _:
                return ()

    def _reminded(self, event: Tick, facts: Facts) -> tuple[Action, ...]:
        assert facts.conversation is not None
        if facts.conversation.reminded or facts.conversation.pause not in (Pause.NONE, Pause.LATER):
            return ()
        turn = self.interview.remind(facts.conversation, facts.world)
        return carry_out(turn, facts, f"{event.id}@{event.due_at.isoformat()}")

    def _noted(self, event: Tick, facts: Facts) -> tuple[Action, ...]:
        assert facts.conversation is not None
        day = event.payload.get("which")
        if not isinstance(day, int) or not facts.conversation.notes or facts.conversation.pause is Pause.STOPPED:
            return ()
        return carry_out(self.interview.note(facts.conversation, day, facts.world), facts, event.id)

    async def gather_unreadable(self, event: Unreadable, reader: Reader) -> Facts:
        """About who wrote it."""
        return await facts_about(event, event.sender, reader)

    def decide_unreadable(self, event: Unreadable, facts: Facts) -> tuple[Action, ...]:
        """In the private chat, help with the app; what is unreadable in rooms is the moderators' to know."""
        if not facts.private or facts.conversation is None:
            return ()
        return carry_out(self.interview.unreadable(facts.conversation, facts.world), facts, event.event_id)
