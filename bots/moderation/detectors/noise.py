# SPDX-License-Identifier: Apache-2.0
"""Noise: floods, the same thing again and again, calling everybody, walls of nothing, and many coming at once. Pure.

By counts and times, so that it works the same in a room whose messages can't be read.
People who are upset write many short lines; as fast as hands can, that is never clear enough to take anything away.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.core.events import Message
from bots.moderation.detectors.finding import Finding
from bots.moderation.passages.passage import Field

GUIDELINE = "kind"
# So many messages in so many seconds, and how surely that is a flood. Quick typists send five lines in ten seconds;
# nobody's hands send twenty.
_FLOODS = ((40, 20, 0.95), (25, 60, 0.7), (10, 15, 0.7))
_AGAIN, _AGAIN_CLEARLY = 3, 5
_MANY_CALLED, _ALL_CALLED = 8, 15
_BLANK_LINES, _LINES = 25, 120
_LONG = 20_000
_MARKS = 60
# So many people in so many seconds.
_WAVES = ((8, 60), (20, 600))
WAVE_WINDOW = timedelta(seconds=600)
QUIET = timedelta(minutes=10)


def floods(times: Sequence[float], marks: Sequence[str]) -> tuple[Finding, ...]:
    """What the last messages of one person are together: `times` in seconds, and for each the mark of its text or "".

    The last one is the one that is asked about.
    """
    found = []
    latest = times[-1] if times else 0.0
    for most, seconds, confidence in _FLOODS:
        if sum(latest - at <= seconds for at in times) >= most:
            found.append(_finding("flood", confidence))
            break
    same = Counter(mark for mark in marks if mark)
    often = same[marks[-1]] if marks and marks[-1] else 0
    if often >= _AGAIN:
        found.append(_finding("duplicates", 0.95 if often >= _AGAIN_CLEARLY else 0.7))
    return tuple(found)


def in_message(message: Message) -> tuple[Finding, ...]:
    """What one message is by itself: it calls very many people, or is a wall of nothing."""
    found = []
    called = len(message.mentions)
    if called >= _MANY_CALLED:
        found.append(_finding("mentions", 0.95 if called >= _ALL_CALLED else 0.7))
    elif message.mentions_room:
        found.append(_finding("mentions", 0.6))
    if _is_wall(message.text):
        found.append(_finding("wall", 0.7))
    return tuple(found)


def is_wave(times: Sequence[float]) -> bool:
    """Whether so many people came at once that somebody should look: seconds, the last one last."""
    latest = times[-1] if times else 0.0
    return any(sum(latest - at <= seconds for at in times) >= most for most, seconds in _WAVES)


def may_tell(told_at: datetime | None, now: datetime) -> bool:
    """Whether moderators may hear of the same again: a flood is one thing, however long it lasts.

    What was told while the clock was ahead keeps nobody silent until it comes round again.
    """
    return told_at is None or not timedelta() <= now - told_at < QUIET


def _is_wall(text: str) -> bool:
    lines = text.split("\n")
    blank = longest = 0
    for line in lines:
        blank = blank + 1 if not line.strip() else 0
        longest = max(longest, blank)
    if longest >= _BLANK_LINES or len(text) >= _LONG:
        return True
    if len(lines) >= _LINES and sum(len(line) for line in lines) / len(lines) < 4:
        return True
    return not text.isascii() and _stacked(text) >= _MARKS


def _stacked(text: str) -> int:
    """How many marks stand on top of other marks: letters in some languages carry one or two."""
    stacked = height = 0
    for character in text:
        height = height + 1 if unicodedata.combining(character) else 0
        stacked += height > 2
    return stacked


def _finding(kind: str, confidence: float) -> Finding:
    return Finding(
        detector=f"noise.{kind}", guideline=GUIDELINE, start=0, end=0, confidence=confidence, field=Field.BODY
    )
