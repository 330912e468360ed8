# SPDX-License-Identifier: Apache-2.0
"""Who sounded near to danger a short while ago. Whatever acts by itself leaves them alone."""

from __future__ import annotations

from datetime import timedelta

from bots.core.bot import Reader
from bots.moderation.crisis.records import CrisisAlert

# So long, more of the same is added to the alert that there is, and nothing that acts by itself acts on them.
LATELY = timedelta(hours=12)


async def cried_lately(user: str, reader: Reader) -> bool:
    """Whether somebody did."""
    alerts = await reader.find(CrisisAlert, person=user)
    return any(reader.now - alert.at < LATELY for alert in alerts)
