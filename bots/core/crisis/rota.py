# SPDX-License-Identifier: Apache-2.0
"""Who is on duty, and who is called first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bots.core.hours import awake
from bots.core.records import OnCall

_DAY = timedelta(days=1)
_UTC = "+00:00"


def on_duty(rota: Sequence[OnCall], now: datetime, most_calls: int) -> tuple[OnCall, ...]:
    """Those who can be called now, in order: whoever was called least in the last day comes first, and is called once.

    Nobody is called in their quiet hours, or more than `most_calls` times a day.
    """
    able = [each for each in rota if has_duty(each, now) and is_reachable(each, now, most_calls)]
    return tuple(sorted(able, key=lambda each: (len(calls(each, now)), max(calls(each, now), default=now), each.user)))


def has_duty(each: OnCall, now: datetime) -> bool:
    """Whether they said so by hand, or it is one of their hours and they did not take it off."""
    if each.until is not None and now < each.until:
        return True
    return within(each.hours, each.zone, now) and not (each.off_until is not None and now < each.off_until)


def is_reachable(each: OnCall, now: datetime, most_calls: int) -> bool:
    """Whether it is none of their quiet hours, and they were not called too often."""
    return not within(each.quiet, each.zone, now) and len(calls(each, now)) < most_calls


def called(each: OnCall, now: datetime) -> OnCall:
    """After one more call."""
    return replace(each, calls=" ".join(at.isoformat() for at in (*calls(each, now), now)))


def calls(each: OnCall, now: datetime) -> tuple[datetime, ...]:
    """When they were called in the last day."""
    every = (datetime.fromisoformat(at) for at in each.calls.split())
    return tuple(at for at in every if now - at < _DAY)


def within(span: str, zone: str, now: datetime) -> bool:
    """Whether it is one of these hours ("22:00 07:00", none if empty) by a clock that is `zone` from UTC."""
    return end_of(span, zone, now) != now


def end_of(span: str, zone: str, now: datetime) -> datetime:
    """When these hours end, if it is one of them; else now."""
    return awake(now, zone or _UTC, span)
