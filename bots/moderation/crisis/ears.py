# SPDX-License-Identifier: Apache-2.0
"""What a message sounds like, as all bots hear it: read as people see it, then assessed."""

from __future__ import annotations

from bots.core.crisis.hearing import Where
from bots.core.crisis.tiers import Assessment
from bots.core.events import Message
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.reading import passages


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
