# SPDX-License-Identifier: Apache-2.0
"""What members report with their client's own button, as the homeserver tells its administrator.

Each is decided on once, by its number: it may be read again, and smaller numbers may come later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from bots.core.actions import BotName
from bots.core.events import Report
from bots.core.runtime.ports import Store, Transaction
from bots.core.transport import HomeserverReport, ReportKind, TokenRevokedError, Transport, TransportError

_READER = BotName.MODERATION


async def unread(transport: Transport, store: Store, now: datetime) -> list[Report]:
    """Those that came since the last that were read; where they can't be asked for, none, and the log says so.

    Raises TokenRevokedError.
    """
    found: list[HomeserverReport] = []
    for kind in ReportKind:
        async with store.reading(_READER, now) as transaction:
            after = int(await transaction.position(_place(kind)) or 0)
        try:
            found += await transport.reports(kind, after)
        except TokenRevokedError:
            raise
        except TransportError as error:
            structlog.get_logger().warning("reports can't be read", bot=_READER.value, errcode=error.errcode)
    return [_event(each) for each in found]


async def were_read(reports: Sequence[Report], transaction: Transaction) -> None:
    """Remember how far they were read."""
    for report in reports:
        place = _place(ReportKind.EVENT if report.user is None else ReportKind.USER)
        if report.report_id > int(await transaction.position(place) or 0):
            await transaction.set_position(place, str(report.report_id))


def _place(kind: ReportKind) -> str:
    """Under which name it is kept how far they were read."""
    return "reports" if kind is ReportKind.EVENT else f"reports.{kind}"


def _event(told: HomeserverReport) -> Report:
    return Report(
        room_id=told.room_id or "",
        event_id=f"$report-{'user-' if told.kind is ReportKind.USER else ''}{told.number}",
        sender=told.reporter,
        sent_at=told.at,
        report_id=told.number,
        target=told.event_id,
        user=told.user,
        reason=told.reason,
    )
