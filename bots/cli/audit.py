# SPDX-License-Identifier: Apache-2.0
"""`kithroom audit`: the log of who decided what, checked, copied out, and summed up."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.privacy import words_of
from bots.cli.sorry import Sorry
from bots.core.actions import BotName, Words
from bots.core.store.audit import Wrong
from bots.moderation.standing.transparency import kinds, month_before, name, times, told

_COLUMNS = (
    "number",
    "at",
    "bot",
    "kind",
    "why",
    "actor",
    "target",
    "room_id",
    "case_number",
    "content",
    "previous",
    "hash",
)
_SORRY = {
    Wrong.CHANGED: "Line {at} of the audit log is not as it was written.",
    Wrong.MISSING: "Line {at} of the audit log is missing.",
    Wrong.REORDERED: "Line {at} of the audit log is not in its place.",
    Wrong.END_GONE: "The audit log ends too early: line {at} is missing.",
    Wrong.HEAD_CHANGED: "The mark of the audit log's end is not as it was written, or the key is another one.",
}


async def verify(config: Path, anchor: str | None) -> str:
    """That every line is as it was written, and the log's end. Raises Sorry for the first line that is not.

    `anchor` is an end that was told before (`120:3f2a…`): that line must still be there, unless its time is over.
    """
    async with open_database(load_deployment(config), makes=False) as store:
        verdict = await store.verify_audit(datetime.now(UTC))
        lines = {int(line["number"]): str(line["hash"]) async for line in store.export_audit()} if anchor else {}
    if verdict.wrong is not None:
        raise Sorry(_SORRY[verdict.wrong].format(at=verdict.at))
    if anchor is not None:
        number, _, begins = anchor.partition(":")
        if not number.isdecimal() or not begins:
            raise Sorry(f"`{anchor}` is no end of a log, which looks like 120:3f2a94c1.")
        if int(number) > verdict.head.expired and not lines.get(int(number), "").startswith(begins):
            raise Sorry(f"Line {number} of the audit log is not the one that was there before.")
    return f"{verdict.lines} lines, all as they were written. The end is {verdict.head.end}"


async def export(config: Path, kind: str) -> AsyncIterator[str]:
    """The audit log's lines, oldest first, each as JSON, or as a table with commas. People are keyed hashes."""
    async with open_database(load_deployment(config), makes=False) as store:
        if kind == "csv":
            yield _row(_COLUMNS)
        try:
            async for line in store.export_audit():
                # Moments read as their text.
                yield (
                    _row([line[column] for column in _COLUMNS])
                    if kind == "csv"
                    else json.dumps(line, ensure_ascii=False, default=str)
                )
        except (TypeError, ValueError):
            # A moment that is none: somebody wrote in the database.
            raise Sorry("The audit log can't be read: `kithroom audit verify` says from which line on.") from None


def _row(values: Any) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(["" if value is None else value for value in values])
    return line.getvalue()


async def summary(config: Path, months: int) -> Table:
    """What was done in the last months that are over, in numbers that may be shown to anybody."""
    deployment = load_deployment(config)
    catalogue, language = words_of(deployment)
    spans = [month_before(datetime.now(UTC))]
    while len(spans) < months:
        spans.append(month_before(spans[-1][0]))
    counts: list[Mapping[str, int]] = []
    async with (
        open_database(deployment, makes=False) as store,
        store.reading(BotName.MODERATION, datetime.now(UTC)) as reading,
    ):
        for first, end in spans:
            counts.append(await reading.audit_counts(first, end))

    def say(words: Words) -> str:
        return catalogue.render(words, language).body

    table = Table()
    table.add_column("")
    for first, _ in spans:
        table.add_column(f"{first:%Y-%m}", justify="right")
    for kind in kinds(*counts):
        numbers = (say(told(times(each, kind))) for each in counts)
        table.add_row(say(name(kind)), *numbers)
    return table
