# SPDX-License-Identifier: Apache-2.0
"""Logs that cannot tell: structured, on standard error, and only with fields that are on a list.

What a member wrote has no field to be in. A user id is replaced by a keyed hash that is another one tomorrow:
enough to follow one person through one day's trouble, useless for more.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import structlog

# Every field that may leave. Ids of rooms and events are Matrix's own opaque ones; the rest are ours.
ALLOWED = frozenset(
    {
        "action",
        "attempt",
        "bot",
        "count",
        "detail",
        "errcode",
        "error_type",
        "event",
        "event_id",
        "event_type",
        "handler",
        "level",
        "path",
        "port",
        "priority",
        "room",
        "room_id",
        "rule",
        "rules",
        "seconds",
        "stage",
        "status",
        "tier",
        "timestamp",
        "user",
        "version",
    }
)
_OURS = f"{__name__.partition('.')[0]}."
_TOKEN = re.compile(r"[A-Za-z0-9_.:/$!\-=+]{1,255}")
_USER_ID = re.compile(r"@[^\s:@]+:[A-Za-z0-9.:\[\]-]+")

Processor = Callable[[Any, str, MutableMapping[str, Any]], Mapping[str, Any]]


def only_allowed(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the fields on the list, with values that are ids, numbers or our own words; count the others as `dropped`.

    `event` is a sentence of this program. Anything else that is longer than an id, or has a space or another character
    that no id has, is taken out: it may be what somebody said.
    """
    kept: MutableMapping[str, Any] = {}
    dropped = 0
    for name, value in fields.items():
        if name in ALLOWED and _harmless(name, value):
            kept[name] = value
        else:
            dropped += 1
    if dropped:
        kept["dropped"] = dropped
    return kept


def _harmless(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if not isinstance(value, str):
        return False
    if name == "user":
        return _USER_ID.fullmatch(value) is not None
    return name == "event" or _TOKEN.fullmatch(value) is not None


def hash_users(key: bytes, today: Callable[[], str]) -> Processor:
    """A processor that puts a keyed hash of the day in place of every user id, in whichever field it is.

    `key` is a secret of this installation; `today` gives the day that the hashes are good for.
    """

    def processor(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        daily = hmac.digest(key, today().encode(), hashlib.sha256)

        def hashed(found: re.Match[str]) -> str:
            return "user-" + hmac.new(daily, found.group().encode(), hashlib.sha256).hexdigest()[:12]

        return {
            name: _USER_ID.sub(hashed, value) if isinstance(value, str) else value for name, value in fields.items()
        }

    return processor


def _sentence(sentence: str, values: object) -> str:
    """Our own sentence, with the values in it if each of them is one that a field could have."""
    if isinstance(values, tuple) and values and all(_harmless("detail", value) for value in values):
        return sentence % values
    return sentence


def _utc_day() -> str:
    return datetime.now(UTC).date().isoformat()


def configure(key: bytes, *, json: bool, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up the logs of this process: JSON lines, or plain ones for a person, in colours on a terminal.

    Libraries' own logs go no further than their level WARNING, and as their logger's name and level only:
    what they have to say may quote a request. Our own modules that log as libraries do are read whole.
    """
    out = _Unfailing(stream or sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            hash_users(key, _utc_day),
            structlog.processors.JSONRenderer(sort_keys=True)
            if json
            else structlog.dev.ConsoleRenderer(colors=out.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", out)),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_LibraryLogs()], level=logging.WARNING, force=True)


class _Unfailing:
    """A stream on which a line may be lost, when the disk is full or nobody reads: that stops no bot."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def isatty(self) -> bool:
        return self._stream.isatty()

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


class _LibraryLogs(logging.Handler):
    """A library's log line becomes: which library, and how bad. Our own modules' sentences stay sentences."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_OURS) and isinstance(record.msg, str):
            structlog.get_logger().log(record.levelno, _sentence(record.msg, record.args))
            return
        structlog.get_logger().warning(
            "a library complained",
            detail=record.name,
            stage=record.levelname.lower(),
            error_type=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        )
