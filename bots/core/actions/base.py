# SPDX-License-Identifier: Apache-2.0
"""What every action has: the rule that asked for it, the bot that carries it out, when, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

# How an action fails that could not be carried out before its `not_after`.
TOO_LATE = "KITHROOM_TOO_LATE"


class BotName(StrEnum):
    """The three voices."""

    WELCOME = "welcome"
    MODERATION = "moderation"
    RESOURCES = "resources"


class Priority(IntEnum):
    """Who goes first when the homeserver says "slow down". Lower is sooner."""

    CRISIS = 0
    MODERATION = 1
    CONVERSATION = 2
    BACKGROUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseAction:
    """What every action has.

    `why` is a rule id (`welcome.greet`, `moderation.mute`), in the audit log and in `!why`.
    `voice` is the bot that carries it out (None: the one that decided).
    `follow_up` asks for an `Outcome` event afterwards. `not_before` (UTC) holds it back.
    `not_after` (UTC) is from when on it does more harm than good: then it is given up, with `KITHROOM_TOO_LATE`.
    """

    why: str
    voice: BotName | None = None
    priority: Priority = Priority.CONVERSATION
    follow_up: bool = False
    not_before: datetime | None = None
    not_after: datetime | None = None
