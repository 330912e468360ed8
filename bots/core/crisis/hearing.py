# SPDX-License-Identifier: Apache-2.0
"""How a bot asks what a message sounds like, and how one bot lets another know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bots.core.actions import BotName, Schedule
from bots.core.community import Community
from bots.core.crisis.tiers import Assessment, Tier
from bots.core.events import Message
from bots.core.rooms import RoomView, place_of

# What was said longer ago than this is for people to look at. A note would come at the wrong hour.
LATE = timedelta(hours=1)
# The ticks by which bots let each other know: "I heard something in a chat of mine", and "please write to somebody".
HEARD, WRITE = "crisis.heard", "crisis.write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where and when something is said: the languages of the place, the likeliest first, and its condition.

    `slang` are phrases that people there use and mean no harm by.
    """

    now: datetime
    languages: tuple[str, ...] = ("en",)
    condition: str | None = None
    slang: tuple[str, ...] = ()


def where_in(community: Community, room: RoomView, now: datetime) -> Where:
    """The room as a place where something is said: the same for all who ask."""
    spoken = community.language_in(place_of(room.role, room.condition))
    return Where(
        now=now,
        languages=tuple(dict.fromkeys((spoken, *community.languages))),
        condition=room.condition,
        slang=community.slang_in(room.condition),
    )


class Hear(Protocol):
    """What a message sounds like. A pure function: the same words at the same place are the same, always."""

    def __call__(self, message: Message, where: Where) -> Assessment:
        """What it sounds like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a bot heard and answered in a chat of its own, for the moderation bot: who and how near, never what."""

    person: str
    assessment: Assessment
    event_id: str
    at: datetime

    def passed_on(self) -> Schedule:
        """The tick that lets the moderation bot know."""
        return Schedule(
            why="crisis.heard",
            voice=BotName.MODERATION,
            id=f"{HEARD}:{self.event_id}",
            kind=HEARD,
            at=self.at,
            payload={
                "person": self.person,
                "tier": self.assessment.tier.value,
                "rules": list(self.assessment.rules),
                "event_id": self.event_id,
                "at": self.at.isoformat(),
            },
        )

    @classmethod
    def from_tick(cls, payload: Mapping[str, object]) -> Heard:
        """What `passed_on` put by."""
        rules = payload["rules"]
        assert isinstance(rules, list | tuple)
        assessment = Assessment(tier=Tier(str(payload["tier"])), rules=tuple(map(str, rules)))
        return cls(
            person=str(payload["person"]),
            assessment=assessment,
            event_id=str(payload["event_id"]),
            at=datetime.fromisoformat(str(payload["at"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the moderation bot asks of the welcome bot, which alone knows where somebody lives: to write to them.

    `number` is the alert's, `heard_at` when they wrote, `awake` whether somebody is on duty.
    `first`: it is no addition to an alert that is there; then the moderators hear why nobody was written to, if so.
    """

    person: str
    tier: Tier
    number: int
    heard_at: datetime
    awake: bool
    first: bool = True

    def passed_on(self, now: datetime) -> Schedule:
        """The tick that asks for it."""
        return Schedule(
            why="crisis.note",
            voice=BotName.WELCOME,
            id=f"{WRITE}:{self.number}:{self.tier}",
            kind=WRITE,
            at=now,
            payload={
                "person": self.person,
                "tier": self.tier.value,
                "number": self.number,
                "heard_at": self.heard_at.isoformat(),
                "awake": self.awake,
                "first": self.first,
            },
        )

    @classmethod
    def from_tick(cls, payload: Mapping[str, object]) -> Asked:
        """What `passed_on` put by."""
        number = payload["number"]
        assert isinstance(number, int)
        return cls(
            person=str(payload["person"]),
            tier=Tier(str(payload["tier"])),
            number=number,
            heard_at=datetime.fromisoformat(str(payload["heard_at"])),
            awake=bool(payload["awake"]),
            first=bool(payload["first"]),
        )


def alert_label(number: int, step: int = 0) -> str:
    """The label of an alert in the moderators' room, under which both bots speak of it; and of each later call."""
    return f"crisis:{number}:{step}" if step else f"crisis:{number}"


def alert_number(label: str | None) -> int | None:
    """The alert that something was said about with this label; None for anything else."""
    if label is None or not label.startswith("crisis:"):
        return None
    number = label.split(":")[1]
    return int(number) if number.isdecimal() else None
