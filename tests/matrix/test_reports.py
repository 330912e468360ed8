# SPDX-License-Identifier: Apache-2.0
"""The homeserver's own reports: each is told of by its number, whatever happens to the list meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bots.core.matrix.http import Http
from bots.core.matrix.reports import LATE, read_reports
from bots.core.transport import ReportKind, TransportError
from fakes.scripted_homeserver import ScriptedHomeserver

EVENTS, USERS = "/_synapse/admin/v1/event_reports", "/_synapse/admin/v1/user_reports"
START = datetime(2026, 3, 1, tzinfo=UTC)


class Reports:
    """Synapse's list: newest first by the time they came in, by offset and limit. `between` happens after each page."""

    def __init__(self, *numbers, every=timedelta(minutes=10), between=lambda _: None):
        self.entries = {number: START + every * place for place, number in enumerate(numbers)}
        self.between = between

    def __call__(self, asked):
        start, limit = int(asked.query["from"]), int(asked.query["limit"])
        newest = sorted(self.entries, key=lambda number: self.entries[number], reverse=True)
        shown = [self._entry(number) for number in newest[start : start + limit]]
        name = "event_reports" if "event" in asked.path else "user_reports"
        page = {name: shown, "total": len(newest)}
        if start + limit < len(newest):
            page["next_token"] = start + limit
        self.between(self)
        return page

    def _entry(self, number):
        stamp = int(self.entries[number].timestamp() * 1000)
        about = {"room_id": "!r", "event_id": f"${number}", "target_user_id": "@t:x", "reason": "rude"}
        return {"id": number, "received_ts": stamp, "user_id": "@r:x", **about}


async def read(reports, after=0, kind=ReportKind.EVENT):
    where = EVENTS if kind is ReportKind.EVENT else USERS
    async with ScriptedHomeserver({f"GET {where}": reports}) as server, Http(server.url, "token") as http:
        return await read_reports(http, kind, after)


async def test_reports_of_messages_and_of_people_are_read_with_what_was_said_of_them():
    (report,) = await read(Reports(7))
    assert (report.number, report.room_id, report.event_id, report.user) == (7, "!r", "$7", None)
    assert (report.reporter, report.reason, report.at) == ("@r:x", "rude", START)
    (report,) = await read(Reports(7), kind=ReportKind.USER)
    assert (report.room_id, report.event_id, report.user, report.reason) == (None, None, "@t:x", "rude")


async def test_of_many_pages_each_report_is_there_once_and_in_order():
    numbers = [report.number for report in await read(Reports(*range(1, 351)))]
    assert numbers == list(range(1, 351))


async def test_only_what_is_new_is_read_and_the_last_hour_once_more():
    reports = Reports(*range(1, 351))
    numbers = [report.number for report in await read(reports, after=340)]
    assert numbers == list(range(341, 351))
    assert all(number > 340 or reports.entries[350] - reports.entries[number] < LATE for number in numbers)


async def test_a_smaller_number_that_comes_to_light_later_is_not_missed():
    reports = Reports(1, 2, 4)
    assert [report.number for report in await read(reports)] == [1, 2, 4]
    reports.entries[3] = reports.entries[4] + timedelta(seconds=1)
    assert 3 in [report.number for report in await read(reports, after=4)]


async def test_what_is_deleted_while_we_read_moves_nothing_past_us():
    def delete_some(reports):
        for number in sorted(reports.entries)[-15:]:
            del reports.entries[number]

    numbers = {report.number for report in await read(Reports(*range(1, 301), between=delete_some))}
    assert numbers >= set(range(1, 256))


async def test_what_comes_while_we_read_is_there_once():
    def one_more(reports):
        number = max(reports.entries) + 1
        reports.entries[number] = reports.entries[number - 1] + timedelta(seconds=1)

    numbers = [report.number for report in await read(Reports(*range(1, 301), between=one_more))]
    assert numbers == sorted(set(numbers))
    assert set(range(1, 301)) <= set(numbers)


@pytest.mark.parametrize("odd", [None, 5, {"id": "x"}, {"id": 1, "received_ts": 1, "user_id": 5}])
async def test_a_report_that_is_none_is_left_out(odd):
    answer = {"event_reports": [odd], "total": 1}
    assert list(await read(lambda _: answer)) == []


async def test_without_the_right_to_read_them_there_are_none():
    async with ScriptedHomeserver({}) as server, Http(server.url, "token") as http:
        assert list(await read_reports(http, ReportKind.USER, 0)) == []


async def test_a_homeserver_that_breaks_is_no_empty_list():
    with pytest.raises(TransportError):
        await read(lambda _: web.json_response({"errcode": "M_UNKNOWN"}, status=500))
