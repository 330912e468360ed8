# SPDX-License-Identifier: Apache-2.0
"""How often somebody writes, and whether they are new: what `noise` looks at. Pure.

Of a message it keeps when it was sent, its id, and for longer ones a few characters of a keyed hash, by which the same
text is known again. It works the same for messages that can't be read: they count, and say nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bots.moderation.watching.records import Pace

# How long and how many are remembered one by one: as many as the clearest flood has.
WINDOW = timedelta(minutes=10)
MOST = 40
# Who has written so often, and came so long ago, is not new.
KNOWN_AFTER, KNOWN_SINCE = 5, timedelta(days=1)
# A mark that no two texts of one person in ten minutes share by chance.
MARK = 10


@dataclass(frozen=True, slots=True)
class Written:
    """One message: when (seconds since 1970), its id, and the mark of its text ("": short, or not readable)."""

    at: float
    event_id: str
    mark: str = ""


def recent(pace: Pace | None) -> tuple[Written, ...]:
    """The last messages, oldest first."""
    return tuple(Written(*each) for each in json.loads(pace.recent)) if pace is not None and pace.recent else ()


def went_on(pace: Pace | None, sender: str, room_id: str, written: Written, now: datetime) -> Pace:
    """The same with one more message. One that was counted already, because its key came late, counts once.

    Those that seem to be of a time to come were counted while the clock was ahead: nothing is measured by them.
    """
    before = recent(pace)
    again = any(each.event_id == written.event_id for each in before)
    earlier = [each for each in before if each.event_id != written.event_id and each.at <= now.timestamp()]
    latest = max([written.at, *(each.at for each in earlier)])
    kept = sorted((*earlier, written), key=lambda each: each.at)
    kept = [each for each in kept if latest - each.at <= WINDOW.total_seconds()][-MOST:]
    packed = json.dumps([(each.at, each.event_id, each.mark) for each in kept], separators=(",", ":"))
    if pace is None:
        return Pace(
            sender=sender,
            room_id=room_id,
            first_at=datetime.fromtimestamp(written.at, tz=UTC),
            messages=1,
            recent=packed,
        )
    messages = pace.messages if again else min(pace.messages + 1, KNOWN_AFTER)
    return replace(pace, sender=sender, messages=messages, recent=packed)


def is_new(paces: Sequence[Pace], now: datetime) -> bool:
    """Whether somebody has written little in this community, or came a short while ago."""
    if not paces:
        return True
    written = sum(pace.messages for pace in paces)
    return written < KNOWN_AFTER or now - min(pace.first_at for pace in paces) < KNOWN_SINCE
