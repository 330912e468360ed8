# SPDX-License-Identifier: Apache-2.0
"""Somebody's hours: what time it is for them, and when the bot is quiet. Pure.

Kept as hours and not as a place: "+05:30" tells less than the name of a city, and is all that is needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

_TIME = re.compile(r"(?<!\d)(\d{1,2})(?!\d)(?:[:.h](\d{2}))?\s*(am\b|pm\b|a\.m\.|p\.m\.)?", re.IGNORECASE)
_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
# The farthest that clocks on earth go: UTC-12 and UTC+14.
_EARLIEST, _LATEST = timedelta(hours=-12), timedelta(hours=14)


def times_in(text: str) -> Sequence[time]:
    """The times of day that a short answer names: "half past" is not understood, "14:30", "9 pm" and "22" are.

    >>> times_in("from 10 pm to 7")
    [datetime.time(22, 0), datetime.time(7, 0)]
    """
    found = []
    for hour, minute, half in _TIME.findall(text[:200]):
        at, past = int(hour), int(minute or 0)
        if half and 1 <= at <= 12:
            at = at % 12 + (12 if half[0] in "pP" else 0)
        if at <= 24 and past < 60:
            found.append(time(at % 24, past))
    return found


def offset_of(told: time, now: datetime) -> timedelta:
    """How far somebody's clock is from UTC, to a quarter of an hour, if it shows `told` now."""
    there = timedelta(hours=told.hour, minutes=told.minute)
    here = timedelta(hours=now.hour, minutes=now.minute)
    offset = round((there - here) / _QUARTER) * _QUARTER
    while offset < _EARLIEST:
        offset += _DAY
    while offset > _LATEST:
        offset -= _DAY
    return offset


def written(offset: timedelta) -> str:
    """As it is kept: "+05:30"."""
    minutes = int(offset / timedelta(minutes=1))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def awake(at: datetime, zone: str, quiet: str) -> datetime:
    """`at`, or the end of the quiet hours that it falls into. `quiet` is "22:00 07:00", in the hours of `zone`."""
    if not zone or not quiet:
        return at
    sign = -1 if zone.startswith("-") else 1
    offset = sign * _since_midnight(zone[1:])
    begin, end = map(_since_midnight, quiet.split())
    local = at + offset
    of_day = timedelta(hours=local.hour, minutes=local.minute)
    is_quiet = begin <= of_day < end if begin <= end else of_day >= begin or of_day < end
    if not is_quiet:
        return at
    return at + (end - of_day if of_day < end else end + _DAY - of_day) - timedelta(seconds=local.second)


def _since_midnight(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
