# SPDX-License-Identifier: Apache-2.0
"""The homeserver's own report button, where the account may read what came of it (Synapse's admin API)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bots.core.matrix.http import Http
from bots.core.transport import TransportError

Reported = tuple[int, str, str, str, datetime]
_PATH = "/_synapse/admin/v1/event_reports"
_PAGE = 100
_MOST_PAGES = 50
_NOT_FOR_US = frozenset({403, 404, 405})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def read_reports(http: Http, after: int) -> Sequence[Reported]:
    """The reports with a number above `after`, oldest first: (number, room, event, reporter, time).

    Empty where the account may not read them, or the homeserver has no such thing. Raises TransportError.
    """
    found: dict[int, Reported] = {}
    start = 0
    for _ in range(_MOST_PAGES):
        query = {"dir": "b", "from": str(start), "limit": str(_PAGE)}
        try:
            page = await http.request("GET", _PATH, query=query)
        except TransportError as error:
            if error.status in _NOT_FOR_US:
                return ()
            raise
        listed = page.get("event_reports")
        reports = [report for entry in listed if (report := _report(entry))] if isinstance(listed, list) else []
        found.update((report[0], report) for report in reports if report[0] > after)
        if "next_token" not in page or any(report[0] <= after for report in reports):
            break
        start += _PAGE
    return [found[number] for number in sorted(found)]


def _report(entry: object) -> Reported | None:
    if not isinstance(entry, Mapping):
        return None
    number, stamp = entry.get("id"), entry.get("received_ts")
    texts = [entry.get(name) for name in ("room_id", "event_id", "user_id")]
    if not isinstance(number, int) or not isinstance(stamp, int) or not all(isinstance(text, str) for text in texts):
        return None
    room_id, event_id, reporter = (str(text) for text in texts)
    return number, room_id, event_id, reporter, _EPOCH + timedelta(milliseconds=stamp)
