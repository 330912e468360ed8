# SPDX-License-Identifier: Apache-2.0
"""A newcomer can read what was said before they came, where the organiser shares it.

The keys are given twice: once the invitation is out, so that they are there when somebody comes in,
and at the moment they come in, to whichever device they have then. An app takes whichever comes in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bots.core.actions import Action, Invite, ShareHistory
from bots.core.bot import Reader
from bots.core.community import Community, HistorySharing
from bots.core.events import Membership, MembershipState, Outcome
from bots.core.rooms import RoomRole
from bots.welcome.records import Conversation

_WHY = "welcome.history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The conditions of the rooms that the bot is in, by room id, and whether it has met the person."""

    now: datetime
    conditions: Mapping[str, str]
    met: bool


@dataclass(frozen=True)
class History:
    """The decisions about a room's past, for one community."""

    community: Community

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Facts | None:
        """About the person who was invited."""
        return await _facts(event.action.user, reader) if isinstance(event.action, Invite) else None

    def decide_outcome(self, event: Outcome, facts: Facts | None) -> tuple[Action, ...]:
        """Give the keys to somebody whose invitation is out."""
        if facts is None or not event.ok or not isinstance(event.action, Invite):
            return ()
        return self._share(event.action.room_id, event.action.user, facts)

    async def gather_membership(self, event: Membership, reader: Reader) -> Facts:
        """About the person who moved."""
        return await _facts(event.user, reader)

    def decide_membership(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        """Give them again to somebody who came in: by now they may have another device."""
        if event.now is not MembershipState.JOIN or event.previous is MembershipState.JOIN:
            return ()
        return self._share(event.room_id, event.user, facts)

    def _share(self, room_id: str, user: str, facts: Facts) -> tuple[Action, ...]:
        condition = self.community.condition(facts.conditions.get(room_id, ""))
        if condition is None or condition.history is not HistorySharing.ON or not facts.met:
            return ()
        since = facts.now - self.community.history_for
        return (ShareHistory(why=_WHY, room_id=room_id, user=user, since=since),)


async def _facts(user: str, reader: Reader) -> Facts:
    return Facts(
        now=reader.now,
        conditions={room.room_id: room.condition for room in reader.rooms(RoomRole.CONDITION) if room.condition},
        met=await reader.get(Conversation, user) is not None,
    )
