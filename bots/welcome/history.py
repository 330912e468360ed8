# SPDX-License-Identifier: Apache-2.0
"""A newcomer can read what was said before they came, where the organiser shares it.

The keys are given twice: once the invitation is out, so that they are there when somebody comes in,
and at the moment they come in, to whichever device they have then. An app takes whichever comes in time.
Somebody whose device is not confirmed yet gets them when it is, if that is within some hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.actions import Action, Invite, Schedule, ShareHistory
from bots.core.bot import Reader
from bots.core.community import Community, HistorySharing
from bots.core.events import Membership, MembershipState, Outcome, Tick
from bots.core.rooms import RoomRole
from bots.welcome.records import Conversation

_WHY = "welcome.history"
_NO_SIGNED_DEVICE = "KITHROOM_NO_SIGNED_DEVICE"
# An app waits for a day after it came in.
_AGAIN = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=12))


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
        """About the person who was invited, or was to be given the keys."""
        action = event.action
        return await _facts(action.user, reader) if isinstance(action, Invite | ShareHistory) else None

    def decide_outcome(self, event: Outcome, facts: Facts | None) -> tuple[Action, ...]:
        """Give the keys to somebody whose invitation is out; try again later where no device could have them."""
        match event.action:
            case Invite(room_id=room_id, user=user) if event.ok and facts is not None:
                return self._share(room_id, user, facts)
            case ShareHistory(room_id=room_id, user=user) if event.errcode == _NO_SIGNED_DEVICE and facts is not None:
                return tuple(_try_again(room_id, user, facts.now + wait) for wait in _AGAIN)
        return ()

    async def gather_membership(self, event: Membership, reader: Reader) -> Facts | None:
        """About the person who came in somewhere; nothing in a community that shares nothing."""
        came = event.now is MembershipState.JOIN and event.previous is not MembershipState.JOIN
        shares = any(condition.history is HistorySharing.ON for condition in self.community.conditions)
        return await _facts(event.user, reader) if came and shares else None

    def decide_membership(self, event: Membership, facts: Facts | None) -> tuple[Action, ...]:
        """Give them again to somebody who came in: by now they may have another device."""
        if facts is None:
            return ()
        return self._share(event.room_id, event.user, facts, follow_up=True)

    async def gather_tick(self, event: Tick, reader: Reader) -> Facts | None:
        """About the person for whom it was put by."""
        return await _facts(str(event.payload["user"]), reader) if event.kind == _WHY else None

    def decide_tick(self, event: Tick, facts: Facts | None) -> tuple[Action, ...]:
        """Try again."""
        if facts is None:
            return ()
        return self._share(str(event.payload["room_id"]), str(event.payload["user"]), facts)

    def _share(self, room_id: str, user: str, facts: Facts, *, follow_up: bool = False) -> tuple[Action, ...]:
        condition = self.community.condition(facts.conditions.get(room_id, ""))
        if condition is None or condition.history is not HistorySharing.ON or not facts.met:
            return ()
        since = facts.now - self.community.history_for
        return (ShareHistory(why=_WHY, room_id=room_id, user=user, since=since, follow_up=follow_up),)


def _try_again(room_id: str, user: str, at: datetime) -> Schedule:
    payload = {"room_id": room_id, "user": user}
    return Schedule(why=_WHY, id=f"{_WHY}:{room_id}:{user}:{at.isoformat()}", kind=_WHY, at=at, payload=payload)


async def _facts(user: str, reader: Reader) -> Facts:
    return Facts(
        now=reader.now,
        conditions={room.room_id: room.condition for room in reader.rooms(RoomRole.CONDITION) if room.condition},
        met=await reader.get(Conversation, user) is not None,
    )
