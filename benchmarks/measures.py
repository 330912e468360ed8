# SPDX-License-Identifier: Apache-2.0
"""(a), (b) and (c): answers at a second each, answers as fast as they go, and what an answer costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchmarks.load import Burst, Latency, burst, latency, steadily
from benchmarks.machine import Usage, usage
from benchmarks.report import KITHROOM, Row
from benchmarks.subjects import Subject

PLAIN_NIO = "plain nio"
FLOOR = "bare client"
FLOOR_ENCRYPTED = "bare client, encrypted rooms"
# Questions of one subject before it is the next one's turn: what else the machine does is spread over all of them.
_TURN = 10
# Seconds to wait for the answers to a burst; what has not come by then does not come.
_PATIENCE = 60.0
_MOST_MEMORY = 90.0
_SLOWER = 1.1
_RATE = 0.9


async def latencies(subjects: Sequence[Subject], questions: int, asked: Callable[[], object]) -> dict[str, Latency]:
    """One question a second to one subject, then to the next, in turns."""
    samples: dict[str, list[float | None]] = {subject.title: [] for subject in subjects}
    for begun in range(0, questions, _TURN):
        for subject in subjects:
            count = min(_TURN, questions - begun)
            places = subject.places[begun % len(subject.places) :] + subject.places[: begun % len(subject.places)]
            samples[subject.title] += await steadily(places, 1.0, count, asked=asked)
    return {title: latency(taken) for title, taken in samples.items()}


def latency_rows(found: Mapping[str, Latency]) -> list[Row]:
    """The rows of (a)."""
    rows = []
    for what in ("p50", "p95"):
        values = {title: float(getattr(each, what)) for title, each in found.items()}
        met = values[KITHROOM] <= _SLOWER * values[PLAIN_NIO]
        target = f"at most {_SLOWER} × {PLAIN_NIO}"
        rows.append(Row(part="a", what=what, unit="s", values=values, reference=PLAIN_NIO, target=target, met=met))
    answered = {title: float(each.answered) for title, each in found.items()}
    asked = found[KITHROOM].asked
    return [*rows, Row(part="a", what=f"answered of {asked}", unit="", values=answered)]


async def burst_of(
    subject: Subject, questions: int, ended: Callable[[], object]
) -> tuple[Burst, float, dict[str, Usage]]:
    """A burst: what came of it, CPU seconds in all, and what each process has used by then."""
    before = usage(subject.program.pid).cpu
    came = await burst(subject.places, questions, patience=_PATIENCE, ended=ended)
    spent = usage(subject.program.pid).cpu - before
    used = {name: usage(pid) for name, pid in subject.program.processes.items()}
    return came, spent, used


def burst_rows(found: Mapping[str, Burst]) -> list[Row]:
    """The rows of (b)."""
    asked = found[KITHROOM].asked
    answered = {title: float(each.answered) for title, each in found.items()}
    rates = {title: each.rate for title, each in found.items()}
    all_answered = Row(
        part="b",
        what=f"answered of {asked}",
        unit="",
        values=answered,
        reference=FLOOR,
        target="all",
        met=answered[KITHROOM] == asked,
    )
    return [
        all_answered,
        *(
            Row(
                part="b",
                what="answers a second",
                unit="/s",
                values=rates,
                reference=reference,
                target=f"at least {_RATE} × {reference}",
                met=rates[KITHROOM] >= _RATE * rates[reference],
            )
            for reference in (FLOOR, FLOOR_ENCRYPTED)
        ),
    ]


def cost_rows(cpu: Mapping[str, float], used: Mapping[str, Mapping[str, Usage]]) -> list[Row]:
    """The rows of (c): Kithroom's three bots and what they are forked from have a row each, everybody else has one."""
    rows = [Row(part="c", what="CPU an answer", unit="CPU s", values=dict(cpu), reference=PLAIN_NIO)]
    others = {title: each[""] for title, each in used.items() if "" in each}
    for name, mine in used[KITHROOM].items():
        every = {**others, KITHROOM: mine}
        rows.append(
            Row(
                part="c",
                what=f"memory ({name}), shared pages shared out",
                unit="MB",
                values={title: each.memory for title, each in every.items()},
                reference=PLAIN_NIO,
                target=f"at most {_MOST_MEMORY:.0f} MB",
                met=mine.memory <= _MOST_MEMORY,
            )
        )
        resident = {title: each.resident for title, each in every.items()}
        rows.append(Row(part="c", what=f"the same, all pages ({name})", unit="MB", values=resident))
    return rows
