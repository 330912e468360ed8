# SPDX-License-Identifier: Apache-2.0
"""What was measured, as tables for a person and as JSON for a program."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

KITHROOM = "Kithroom"
# The unit of what lies between 0 and 1.
SHARE = "share"
TITLES = {
    "a": "(a) A question a second, to the readable answer",
    "b": "(b) Questions as fast as they go, over 10 rooms",
    "c": "(c) What an answer costs, in the burst of (b)",
    "d": "(d) From the start of the process to the first readable answer",
    "e": "(e) Others' answers while newcomers come to a room of many devices",
    "f": "(f) Many newcomers in the lobby, to the readable greeting",
    "g": "(g) A moderator's word, to what is done",
    "h": "(h) The search, beside others on the same questions",
    "i": "(i) One more in a room of hundreds, from the invitation to a readable answer",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table, a value per subject. `reference` is the subject beside which Kithroom's ratio is given.

    `target` says what is asked of Kithroom, `met` whether it is so; None for a row without a target.
    """

    part: str
    what: str
    unit: str
    values: Mapping[str, float]
    reference: str | None = None
    target: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Kithroom's value beside the reference's."""
        ours, theirs = self.values.get(KITHROOM), self.values.get(self.reference or "")
        return ours / theirs if ours is not None and theirs else None


@dataclass
class Report:
    """A whole run. `left_out` says what could not be measured here, a sentence each."""

    facts: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    load: dict[str, list[list[float]]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def write(self, file: Path) -> None:
        """As JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(row), "values": _finite(row.values), "ratio": row.ratio} for row in self.rows]
        text = json.dumps(
            {**self.facts, "load_average": self.load, "left_out": self.left_out, "rows": rows},
            indent=2,
            ensure_ascii=False,
        )
        file.write_text(text + "\n", encoding="utf-8")

    def show(self, console: Console) -> None:
        """As tables."""
        for part, title in TITLES.items():
            rows = [row for row in self.rows if row.part == part]
            if rows:
                console.print(_table(title, rows))
                console.print()
        for sentence in self.left_out:
            console.print(f"Left out: {sentence}", soft_wrap=True)


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: round(value, 4) if math.isfinite(value) else None for name, value in values.items()}


def _table(title: str, rows: Sequence[Row]) -> Table:
    subjects = list(dict.fromkeys(name for row in rows for name in row.values))
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for name in subjects:
        table.add_column(name, justify="right")
    table.add_column("ratio", justify="right")
    table.add_column("target")
    table.add_column("")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} × {row.reference}"
        verdict = {None: "", True: "[green]met[/green]", False: "[red]missed[/red]"}[row.met]
        values = (_value(row.values.get(name), row.unit) for name in subjects)
        table.add_row(row.what, *values, ratio, row.target, verdict)
    return table


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if not math.isfinite(value):
        return "none"
    if unit == SHARE:
        return f"{value:.3f}"
    digits = 0 if unit in ("", "MB") else 3 if unit in ("s", "CPU s") else 1
    return f"{value:.{digits}f} {unit}".strip()
