# SPDX-License-Identifier: Apache-2.0
"""What people report with their app's own button, where an account may read what came of it (Synapse's admin API).

Reports of messages and of people. What is reported of a whole room Synapse (1.163) keeps, and shows to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bots.core.matrix.http import Http
from bots.core.transport import HomeserverReport, ReportKind, TransportError

_PATHS = {
    ReportKind.EVENT: ("/_synapse/admin/v1/event_reports", "event_reports"),
    ReportKind.USER: ("/_synapse/admin/v1/user_reports", "user_reports"),
}
_PAGE = 100
# Pages overlap by so much: what somebody deletes meanwhile moves the rest up, and nothing is skipped.
_OVERLAP = 20
_MOST_PAGES = 60
# Numbers are given out before reports are written: a smaller one may come to light this much later.
LATE = timedelta(hours=1)
_NOT_FOR_US = frozenset({403, 404, 405})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def read_reports(http: Http, kind: ReportKind, after: int) -> Sequence[HomeserverReport]:
    """The reports with a number above `after`, and once more those of the last hour before, in the order of numbers.

    Empty where the account may not read them, or the homeserver has no such thing. Raises TransportError.
    """
    where, name = _PATHS[kind]
    found: dict[int, HomeserverReport] = {}
    newest: datetime | None = None
    for page_number in range(_MOST_PAGES):
        query = {"dir": "b", "from": str(page_number * (_PAGE - _OVERLAP)), "limit": str(_PAGE)}
        try:
            page = await http.request("GET", where, query=query)
        except TransportError as error:
            if error.status in _NOT_FOR_US:
                return ()
            raise
        listed = page.get(name)
        reports = [report for entry in listed if (report := _report(kind, entry))] if isinstance(listed, list) else []
        newest = newest or max((report.at for report in reports), default=None)
        new = [report for report in reports if report.number > after or (newest and newest - report.at < LATE)]
        found.update((report.number, report) for report in new)
        if "next_token" not in page or not new:
            break
    return [found[number] for number in sorted(found)]


def _report(kind: ReportKind, entry: object) -> HomeserverReport | None:
    if not isinstance(entry, Mapping):
        return None
    number, stamp, by, reason = (entry.get(name) for name in ("id", "received_ts", "user_id", "reason"))
    about = [entry.get(name) for name in (("room_id", "event_id") if kind is ReportKind.EVENT else ("target_user_id",))]
    if (
        not isinstance(number, int)
        or not isinstance(stamp, int)
        or not all(isinstance(each, str) for each in (by, *about))
    ):
        return None
    texts = [str(each) for each in about]
    return HomeserverReport(
        kind=kind,
        number=number,
        reporter=str(by),
        at=_EPOCH + timedelta(milliseconds=stamp),
        room_id=texts[0] if kind is ReportKind.EVENT else None,
        event_id=texts[1] if kind is ReportKind.EVENT else None,
        user=texts[0] if kind is ReportKind.USER else None,
        reason=reason if isinstance(reason, str) and reason.strip() else None,
    )
