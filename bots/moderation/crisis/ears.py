# SPDX-License-Identifier: Apache-2.0
"""What a message sounds like, as all bots hear it: read as people see it, then assessed."""

from __future__ import annotations

from functools import lru_cache

from bots.core.crisis.hearing import Hear, Where
from bots.core.crisis.tiers import Assessment
from bots.core.events import Message
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.passages.reading import passages


def hear(message: Message, where: Where) -> Assessment:
    """What it sounds like."""
    setting = Setting(
        now=where.now,
        languages=where.languages,
        condition=where.condition,
        slang=where.slang,
        replies=message.reply_to is not None,
    )
    return assess(passages(message), setting)


def once(hear: Hear) -> Hear:
    """The same, for several who ask about a message one after the other: it is listened to once.

    Only the last one is known, until the next comes.
    """
    return lru_cache(maxsize=1)(hear)
