# SPDX-License-Identifier: Apache-2.0
"""PRIVACY.md names every table: what it is for, how long it is kept, and what a person can have erased."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bots.cli.installation.database import every_record
from bots.core.records import CORE_RECORDS
from bots.core.store.columns import record_table
from bots.core.store.schema import DUTIES, schema

PAGE = Path(__file__).parents[2] / "PRIVACY.md"
CELLS = ("purpose", "content", "keep", "erase")
ROW = re.compile(
    r"^\| `(?P<table>[a-z_]+)` " + "".join(rf"\|(?P<{cell}>[^|]+)" for cell in CELLS) + r"\|$", re.MULTILINE
)

RECORDS = {record_table(record).table.name: record.duty for record in (*CORE_RECORDS, *every_record())}
REGISTERED = {**DUTIES, **RECORDS}


@pytest.fixture(scope="module")
def rows():
    """The page's table, by the name in its first column."""
    found = list(ROW.finditer(PAGE.read_text("utf-8")))
    assert len({row["table"] for row in found}) == len(found), "a table is named twice"
    return {row["table"]: {name: cell.strip() for name, cell in row.groupdict().items()} for row in found}


def test_the_page_names_the_tables_there_are_and_no_others(rows):
    assert set(rows) == set(REGISTERED) == set(schema(every_record()).tables)


@pytest.mark.parametrize("table", sorted(REGISTERED))
def test_a_table_has_its_purpose_its_time_and_its_way_out(rows, table):
    duty, row = REGISTERED[table], rows[table]
    assert all(row.values())
    assert re.findall(r"(\d+) days", row["keep"]) == ([str(duty.keep.days)] if duty.keep else [])
    if duty.subject is not None:
        # Whoever it is about must read whether asking helps; nobody else can ask.
        assert row["erase"].startswith("erased" if duty.on_erase == "delete" else "kept: ")
    else:
        assert not row["erase"].startswith("erased")
