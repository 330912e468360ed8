# SPDX-License-Identifier: Apache-2.0
"""Many people who come into an open room at once: moderators hear of it, once. Nobody is kept out by a bot."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Remember, Words
from bots.core.bot import Reader
from bots.core.community import Community, FirstStep
from bots.core.events import PRESENT, Membership
from bots.core.rooms import MembershipState, RoomView, place_of
from bots.moderation.detectors.noise import GUIDELINE, WAVE_WINDOW, is_wave
from bots.moderation.telling import say_in_office
from bots.moderation.watching.records import JoinWave
from bots.moderation.whereabouts import MEMBERS_ROOMS, moderators_room

WHY = "moderation.noise.wave"
QUIET = timedelta(hours=1)
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Who comes where. `room` is None where nobody counts; `times` are of those who came lately, this one the last."""

    now: datetime
    office: RoomView | None = None
    room: RoomView | None = None
    times: tuple[float, ...] = ()
    told_at: datetime | None = None


@dataclass(frozen=True)
class Waves:
    """The handler's two halves, for one community."""

    community: Community

    async def gather(self, event: Membership, reader: Reader) -> Coming:
        """Count those who came by themselves into a room that is open to everybody."""
        room = reader.room(event.room_id)
        came = event.now is MembershipState.JOIN and event.previous is not MembershipState.INVITE
        if room is None or room.role not in MEMBERS_ROOMS or room.join_rule != "public" or not self._is_watched(room):
            return Coming(now=reader.now)
        if not came or event.event_id.startswith(PRESENT) or event.user in reader.bots:
            return Coming(now=reader.now)
        known = await reader.get(JoinWave, event.room_id)
        at = min(event.sent_at, reader.now).timestamp()
        # Those who came while the clock was ahead are no later than this one.
        earlier = (each for each in (json.loads(known.times) if known else ()) if each <= reader.now.timestamp())
        times = sorted((*earlier, at))
        recent = [each for each in times if times[-1] - each <= WAVE_WINDOW.total_seconds()][-_MOST:]
        return Coming(
            now=reader.now,
            office=moderators_room(reader),
            room=room,
            times=tuple(recent),
            told_at=known.told_at if known else None,
        )

    def _is_watched(self, room: RoomView) -> bool:
        rule = self.community.guidelines_in(place_of(room.role, room.condition)).named(GUIDELINE)
        return rule is not None and rule.first_step("noise.wave") is not FirstStep.OFF


def decide(_event: Membership, facts: Coming) -> tuple[Action, ...]:
    """Remember the time; and tell the moderators, once an hour at most."""
    if facts.room is None:
        return ()
    record = JoinWave(room_id=facts.room.room_id, times=json.dumps(facts.times), told_at=facts.told_at)
    may_tell = facts.told_at is None or not timedelta() <= facts.now - facts.told_at < QUIET
    if facts.office is None or not may_tell or not is_wave(facts.times):
        return (Remember(why=WHY, record=record),)
    words = Words("moderation.wave", {"count": len(facts.times), "room": facts.room.name or ""})
    return (
        Remember(why=WHY, record=replace(record, told_at=facts.now)),
        *say_in_office(facts.office, None, words),
    )
