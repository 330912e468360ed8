# SPDX-License-Identifier: Apache-2.0
"""Somebody who has left everything is forgotten after a while, as if they had asked; so is an account that is no more.

So is somebody who is banned from every room and stays in the private chat: once they can't appeal any more.
A homeserver that deactivates an account takes it out of every room, and nobody is told more than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bots.core.actions import Action, Cancel, Schedule
from bots.core.bot import Reader
from bots.core.events import Membership, Tick
from bots.core.rooms import MembershipState
from bots.welcome.carrying_out import forgotten
from bots.welcome.facts import Facts, facts_in_their_chat
from bots.welcome.records import Conversation

GONE = "welcome.gone"
# Long enough to come back from a holiday from it all.
REMEMBERED_FOR = timedelta(days=30)
_OUT = (MembershipState.LEAVE, MembershipState.BAN)


@dataclass(frozen=True)
class Gone:
    """The decisions about people who are nowhere any more.

    `appeal_within` is how long somebody may ask for a second look at a ban: that long the chat is there for it.
    """

    appeal_within: timedelta

    async def gather(self, event: Membership, reader: Reader) -> Facts | None:
        """Where the person is who moved; nothing about somebody whom the bot has not met."""
        known = event.user not in reader.bots and await reader.get(Conversation, event.user) is not None
        return await facts_in_their_chat(event.user, reader) if known else None

    def decide(self, event: Membership, facts: Facts | None) -> tuple[Action, ...]:
        """Begin to count when they left the last place, and stop when they come back."""
        if facts is None:
            return ()
        if event.now is MembershipState.JOIN and event.previous is not MembershipState.JOIN:
            return (Cancel(why=GONE, id=_tick_id(event.user)),)
        if event.now in _OUT and not _is_somewhere(facts):
            at = facts.now + (max(REMEMBERED_FOR, self.appeal_within) if _is_in_the_chat(facts) else REMEMBERED_FOR)
            return (Schedule(why=GONE, id=_tick_id(event.user), kind=GONE, at=at, payload={"user": event.user}),)
        return ()

    async def gather_tick(self, event: Tick, reader: Reader) -> Facts | None:
        """Where the person is now."""
        user = event.payload.get("user")
        return await facts_in_their_chat(user, reader) if event.kind == GONE and isinstance(user, str) else None

    def decide_tick(self, event: Tick, facts: Facts | None) -> tuple[Action, ...]:  # noqa: ARG002 — the facts say it all
        """Forget who is still nowhere."""
        if facts is None or _is_somewhere(facts):
            return ()
        return forgotten(facts)


def _is_somewhere(facts: Facts) -> bool:
    return bool(facts.present) or (_is_in_the_chat(facts) and not facts.banned_everywhere)


def _is_in_the_chat(facts: Facts) -> bool:
    return facts.room is not None and facts.person in facts.room.joined()


def _tick_id(user: str) -> str:
    return f"{GONE}:{user}"
