# SPDX-License-Identifier: Apache-2.0
"""What lists say about homeservers is put together a little after the last of them has changed, once for all."""

from __future__ import annotations

from datetime import datetime, timedelta

from bots.core.actions import Schedule

MERGE = "moderation.servers.merge"
QUIET = timedelta(seconds=10)


def merge_soon(now: datetime) -> Schedule:
    """In place of the one that was to come: each change begins the wait anew."""
    return Schedule(why="moderation.servers", id=MERGE, kind=MERGE, at=now + QUIET)
