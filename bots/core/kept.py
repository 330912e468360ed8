# SPDX-License-Identifier: Apache-2.0
"""What is kept about somebody, told to them: in sentences, as a receipt, and as a copy to take along. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bots.core.actions import Words
from bots.core.language import Catalogue
from bots.core.records import Holding

# What stays in this table is gone when it is done; what stays in another has a reason to.
_UNDER_WAY = "outbox"


def shown(holdings: Sequence[Holding]) -> tuple[Words, ...]:
    """A line for each table that has something."""
    return tuple(_line(holding) for holding in holdings) or (Words("core.kept.nothing"),)


def receipt(before: Sequence[Holding], *, publishes: bool) -> tuple[Words, ...]:
    """What asking to be forgotten takes away, what it leaves and for how long, and what is out of reach.

    `publishes`: the community has a policy list, which is public and in no table.
    """
    erased = [holding for holding in before if holding.duty.on_erase == "delete"]
    stays = [holding for holding in before if holding.duty.on_erase != "delete"]
    told = [Words("core.kept.erased"), *shown(erased)]
    if stays:
        told += [Words("core.kept.stays"), *shown(stays)]
    if any(holding.table != _UNDER_WAY for holding in stays):
        told.append(Words("core.kept.stays.why"))
    if any(holding.table == _UNDER_WAY for holding in stays):
        told.append(Words("core.kept.stays.under_way"))
    told.append(Words("core.kept.out_of_reach"))
    return (*told, Words("core.kept.public_list")) if publishes else tuple(told)


def readable(holdings: Sequence[Holding], catalogue: Catalogue, language: str) -> str:
    """Everything, row by row, for a person to read: plain text."""
    lines: list[str] = []
    for holding in holdings:
        lines += [catalogue.render(_line(holding), language).body]
        for number, row in enumerate(holding.rows, start=1):
            lines += [
                f"  {number}.",
                *(f"     {name}: {value}" for name, value in row.items() if value not in ("", None)),
            ]
        lines += [""]
    ends = (Words("core.kept.out_of_reach"),) if holdings else shown(())
    return "\n".join((*lines, *(catalogue.render(words, language).body for words in ends))) + "\n"


def as_json(holdings: Sequence[Holding]) -> str:
    """Everything, for a program to read: by table, with why it is kept."""
    tables = {
        holding.table: {
            "purpose": holding.duty.purpose,
            "days": holding.duty.keep.days if holding.duty.keep else None,
            "when_erased": holding.duty.kept_because or "deleted",
            "rows": [dict(row) for row in holding.rows],
        }
        for holding in holdings
    }
    # Moments and enums read as their text.
    return json.dumps(tables, indent=2, ensure_ascii=False, default=str)


def _line(holding: Holding) -> Words:
    return Words(f"core.kept.{holding.table}", {"count": len(holding.rows)})
