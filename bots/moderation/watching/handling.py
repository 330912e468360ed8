# SPDX-License-Identifier: Apache-2.0
"""The handlers that watch, for one community."""

from __future__ import annotations

from typing import Any

from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.crisis.hearing import Hear
from bots.core.events import Membership, Message, Outcome, Tick, Unreadable
from bots.moderation.detectors.registry import DETECTORS
from bots.moderation.watching import deciding, watch, waves
from bots.moderation.watching.telling_why import TellingWhy


def watching(community: Community, hear: Hear) -> tuple[Handler[Any, Any], ...]:
    """Messages, edits included; what can't be read; who comes in; and what is asked about the guidelines.

    `hear` says what a message sounds like.
    """
    over = watch.Watch.over(community, hear, DETECTORS)
    why = TellingWhy(community)
    return (
        Handler(Message, over.gather_message, deciding.decide, target=lambda event: event.replaces),
        Handler(Outcome, over.gather_outcome, deciding.decide_outcome),
        Handler(Unreadable, over.gather_unreadable, deciding.decide),
        Handler(Message, why.gather_message, why.decide),
        Handler(Tick, why.gather_tick, why.decide),
        Handler(Membership, waves.Waves(community).gather, waves.decide),
    )
