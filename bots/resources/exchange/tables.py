# SPDX-License-Identifier: Apache-2.0
"""The library as a table, for people with a spreadsheet.

A cell never begins with a character that a spreadsheet takes for a formula: such a cell gets an apostrophe in front,
which is taken away again on the way back (OWASP, "CSV Injection"). Where a comma is written in numbers, a spreadsheet
parts cells at semicolons whatever stands in quotes: what comes behind one, or on a new line, is treated as a cell is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from bots.core.library import Resource
from bots.resources.exchange.draft import DATES, KEYS, LISTS, TRANSLATED, Draft, UnreadableError, drafts_of

_BETWEEN = "; "
# With the wide letters that some spreadsheets take for the same.
_FORMULA = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_BEGINS = r"(?:^|(?<=[;\t\r\n]))([ \"]*)"
_OPEN = re.compile(rf"{_BEGINS}(?='*{_FORMULA})")
_GUARDED = re.compile(rf"{_BEGINS}'(?='*{_FORMULA})")
_PARTS = ",;\t"
_MOST_CELL = 100_000


def to_csv(library: Iterable[Resource], languages: Sequence[str]) -> str:
    """A row an entry; `title.de` is the title in German. Lists are separated by semicolons."""
    columns = list(_columns(languages))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for draft in drafts_of(library):
        writer.writerow([_guarded(_cell(draft.values, column)) for column in columns])
    return out.getvalue()


def from_csv(text: str) -> tuple[Draft, ...]:
    """A draft a row. Empty cells say nothing; a column without a language (`title`) is the default language's.

    Cells are parted by whatever parts the names of the columns: a comma, a semicolon or a tab.
    Raises UnreadableError: no header, or columns that nothing is known of.
    """
    csv.field_size_limit(_MOST_CELL)
    delimiter = max(_PARTS, key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), strict=True, delimiter=delimiter)
    try:
        columns = [column.strip() for column in reader.fieldnames or ()]
        twice = next((column for column in columns if columns.count(column) > 1), None)
        unknown = [column for column in columns if column.partition(".")[0] not in KEYS]
        if not columns or unknown:
            what = f"nothing is known of {', '.join(map(repr, unknown))}" if unknown else "it is empty"
            raise UnreadableError(f"The first line names the columns, and {what}. There are: {', '.join(KEYS)}.")
        if twice is not None:
            raise UnreadableError(f"There are two columns called {twice!r}. Keep one of them.")
        reader.fieldnames = columns
        return tuple(Draft(reader.line_num, dict(_values(row))) for row in reader if any(row.values()))
    except csv.Error as error:
        # The last whole row ended there; quotation marks that are not closed take the rest of the file along.
        raise UnreadableError(f"What comes after line {reader.line_num} is not a row of a table: {error}.") from None


def _columns(languages: Sequence[str]) -> Iterator[str]:
    for key in KEYS:
        if key in TRANSLATED:
            yield from (f"{key}.{language}" for language in languages)
        else:
            yield key


def _cell(values: Any, column: str) -> str:
    key, _, language = column.partition(".")
    value = values.get(key)
    if language:
        value = (value or {}).get(language)
    if isinstance(value, list):
        return _BETWEEN.join(value)
    return "" if value is None else str(value)


def _guarded(cell: str) -> str:
    return _OPEN.sub(r"\1'", cell)


def _bare(cell: str) -> str:
    return _GUARDED.sub(r"\1", cell.strip())


def _values(row: dict[str | Any, str | Any]) -> Iterator[tuple[str, Any]]:
    texts: dict[str, dict[str, str]] = {}
    for column, cell in row.items():
        if column is None:
            raise UnreadableError("A row has more cells than there are columns. Text with a comma stands in quotes.")
        said = _bare(cell or "")
        key, _, language = column.partition(".")
        if not said:
            continue
        if language:
            texts.setdefault(key, {})[language] = said
        elif key in LISTS:
            yield key, [part.strip() for part in said.split(";") if part.strip()]
        else:
            yield key, _day(said) if key in DATES else said
    yield from texts.items()


def _day(said: str) -> date | str:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return said
