# SPDX-License-Identifier: Apache-2.0
"""How values are written in a sentence: `{when:date}`, `{when:time}`, `{seconds:duration}`, `{case:id}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta

from bots.core.actions import Param


def _moment(value: Param) -> datetime | date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    assert isinstance(value, datetime)
    return value


def date_and_time(value: Param, locale: Locale, zone: tzinfo) -> str:
    """A time as it is written where no style is asked for."""
    moment = _moment(value)
    assert isinstance(moment, datetime)
    day = format_date(moment.astimezone(zone), "long", locale=locale)
    return f"{day}, {format_datetime(moment, 'HH:mm z', tzinfo=zone, locale=locale)}"


def _date(value: Param, locale: Locale, zone: tzinfo) -> str:
    moment = _moment(value)
    return format_date(moment.astimezone(zone) if isinstance(moment, datetime) else moment, "long", locale=locale)


def _time(value: Param, locale: Locale, zone: tzinfo) -> str:
    moment = _moment(value)
    assert isinstance(moment, datetime)
    return format_time(moment, "HH:mm z", tzinfo=zone, locale=locale)


def _duration(value: Param, locale: Locale, _zone: tzinfo) -> str:
    assert isinstance(value, int | float)
    return format_timedelta(timedelta(seconds=value), threshold=1.5, locale=locale)


def _id(value: Param, _locale: Locale, _zone: tzinfo) -> str:
    return str(value)


STYLES: Mapping[str, Callable[[Param, Locale, tzinfo], str]] = {
    "date": _date,
    "datetime": date_and_time,
    "duration": _duration,
    "id": _id,
    "time": _time,
}
