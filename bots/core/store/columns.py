# SPDX-License-Identifier: Apache-2.0
"""Tables from records: one column a field, and for people a hash to find them by and a sealed column to read."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from bots.core.records import Kept, Record, table_name
from bots.core.store.keys import Keys

R = TypeVar("R", bound=Record)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always in UTC; SQLite, which knows no zones, gets it without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a moment without a zone (ValueError)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give it its zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Field:
    """A record's field: its plain type, how it is kept, and whether it may be None."""

    name: str
    type: Any
    kept: Kept | None
    optional: bool

    @property
    def found_by(self) -> str | None:
        """The column that it can be searched by."""
        return None if self.kept is Kept.SEALED else self.name

    @property
    def read_from(self) -> str:
        """The column that its value is read from."""
        return self.name if self.kept is None or self.kept is Kept.SEALED else f"{self.name}_sealed"


@dataclass(frozen=True)
class RecordTable(Generic[R]):
    """One record type and its table."""

    record: type[R]
    fields: tuple[Field, ...]
    table: sa.Table

    @property
    def subject(self) -> Field | None:
        """The field that says whom a row is about."""
        return next((field for field in self.fields if field.name == self.record.duty.subject), None)

    def values(self, record: R, keys: Keys) -> dict[str, Any]:
        """The columns of one record."""
        columns: dict[str, Any] = {}
        for field in self.fields:
            value = getattr(record, field.name)
            columns |= self._columns(field, value, keys)
        return columns

    def where(self, values: Mapping[str, object], keys: Keys) -> list[sa.ColumnElement[bool]]:
        """Conditions that fields equal values. Raises TypeError for a field that can't be searched."""
        by_name = {field.name: field for field in self.fields}
        conditions = []
        for name, value in values.items():
            field = by_name.get(name)
            if field is None or field.found_by is None:
                raise TypeError(f"{self.record.__name__}.{name} can't be searched")
            column = self.table.c[field.found_by]
            found = self._columns(field, value, keys)[field.found_by]
            conditions.append(column.is_(None) if found is None else column == found)
        return conditions

    def read(self, row: Mapping[str, Any], keys: Keys) -> R:
        """The record of one row."""
        return self.record(**{field.name: self._value(field, row[field.read_from], keys) for field in self.fields})

    def _columns(self, field: Field, value: Any, keys: Keys) -> dict[str, Any]:
        if field.kept is None:
            return {field.name: _plain(value)}
        if value is None:
            return dict.fromkeys((field.name, field.read_from))
        place = f"{self.table.name}.{field.name}"
        match field.kept:
            case Kept.SEALED:
                return {field.name: keys.seal(place, str(value).encode())}
            case Kept.HASHED:
                sealed = keys.pseudonym(str(value))
            case Kept.PERSON:
                sealed = str(value)
        return {
            field.name: keys.hashed_person(self.table.name, str(value)),
            field.read_from: keys.seal(place, sealed.encode()),
        }

    def _value(self, field: Field, stored: Any, keys: Keys) -> Any:
        if stored is None:
            return None
        if field.kept is not None:
            return keys.unseal(f"{self.table.name}.{field.name}", stored).decode()
        if isinstance(field.type, type) and issubclass(field.type, Enum):
            return field.type(stored)
        if get_origin(field.type) is tuple:
            return tuple(stored)
        return stored


def record_table(record: type[R]) -> RecordTable[R]:
    """The table of a record type, in metadata of its own (`schema` gathers them). Raises TypeError for an odd field."""
    if record not in _TABLES:
        _TABLES[record] = _record_table(record)
    return _TABLES[record]


_TABLES: dict[type[Record], RecordTable[Any]] = {}


def _record_table(record: type[R]) -> RecordTable[R]:
    found = tuple(_field(record, field, hint) for field, hint in _hints(record))
    columns: list[sa.Column[Any]] = []
    for field in found:
        is_key = field.name in record.key
        if is_key and field.kept is Kept.SEALED:
            raise TypeError(f"{record.__name__}.{field.name}: a sealed field can't be a key")
        if field.found_by is not None:
            kind = _column_type(record, field) if field.kept is None else sa.String(32)
            columns.append(sa.Column(field.name, kind, primary_key=is_key, nullable=field.optional))
        if field.kept is not None:
            columns.append(sa.Column(field.read_from, sa.LargeBinary, nullable=field.optional))
    columns += [
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    ]
    return RecordTable(record, found, sa.Table(table_name(record), sa.MetaData(), *columns))


def _hints(record: type[Record]) -> Sequence[tuple[str, Any]]:
    hints = get_type_hints(record, include_extras=True)
    return [(name, hint) for name, hint in hints.items() if name not in {"key", "duty"}]


def _field(record: type[Record], name: str, hint: Any) -> Field:
    optional = get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)
    if optional:
        rest = [each for each in get_args(hint) if each is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"{record.__name__}.{name}: one type, or one type and None")
        (hint,) = rest
    kept = None
    if get_origin(hint) is Annotated:
        plain, *extras = get_args(hint)
        kept = next((each for each in extras if isinstance(each, Kept)), None)
        hint = plain
    return Field(name, hint, kept, optional)


def _column_type(record: type[Record], field: Field) -> TypeEngine[Any]:
    plain: dict[Any, TypeEngine[Any]] = {
        str: sa.Text(),
        bool: sa.Boolean(),
        int: sa.BigInteger(),
        float: sa.Double(),
        datetime: UtcDateTime(),
        date: sa.Date(),
    }
    if field.type in plain:
        return plain[field.type]
    if isinstance(field.type, type) and issubclass(field.type, Enum):
        return sa.Text()
    if get_origin(field.type) is tuple:
        return sa.JSON()
    raise TypeError(f"{record.__name__}.{field.name}: nothing keeps a {field.type!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def as_json(value: Mapping[str, object]) -> bytes:
    """What is sealed of a mapping."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
