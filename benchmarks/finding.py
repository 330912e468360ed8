# SPDX-License-Identifier: Apache-2.0
"""(h) The search of the resources bot beside plain FTS5, bm25s and tantivy: how well it finds, and what that costs.

The starter library and its questions are in this repository, MedQuAD's pages are not: without a folder that has them,
what is measured over them is left out, and said. Each engine is measured in a process of its own, on one core.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from benchmarks.report import KITHROOM, SHARE, Row
from bots.cli.library.evaluating.measuring import Figures, measure
from bots.cli.library.evaluating.showing import library_of
from bots.cli.library.evaluating.subjects import DEFAULT, installed
from bots.cli.library.evaluating.suite import Query, Suite, read_suite
from bots.resources.finding import Entry

SUITES = Path("tests/suites/search")
PAGES = "documents.jsonl"
PEERS = ("plain FTS5", "bm25s", "tantivy")
FEW, MANY = 3_000, 50_000
WORDS_AN_ENTRY, WORDS_A_QUESTION, QUESTIONS = 60, 12, 200
REFERENCE = "plain FTS5"


@dataclass(frozen=True)
class Measured:
    """What each engine did with the suite of this name."""

    name: str
    figures: Mapping[str, Figures]


@dataclass(frozen=True)
class Finding:
    """What there is to measure, and what has to be left out, a sentence each."""

    suites: Mapping[str, Suite]
    left_out: tuple[str, ...]

    @property
    def steps(self) -> int:
        """How many measurements that is."""
        return len(self.suites) * len(engines())

    def rows(self, done: Callable[[str], None]) -> Iterator[Row]:
        """Everything, engine by engine; `done` is called after each with what was measured."""
        for name, suite in self.suites.items():
            figures: dict[str, Figures] = {}
            for engine in engines():
                figures[KITHROOM if engine == DEFAULT else engine] = measure(engine, suite)
                done(f"{engine}: {name}")
            measured = Measured(name, figures)
            yield from _quality(measured) if suite.judged() else ()
            yield from _cost(measured)


def engines() -> tuple[str, ...]:
    """Kithroom as it is installed by default, and the others where they are."""
    return tuple(name for name in installed() if name in (*PEERS, DEFAULT))


def finding(documents: Path, *, quick: bool = False) -> Finding:
    """What can be measured with the pages in `documents`. `quick`: only that it works. Raises Sorry, SettingsError."""
    suites = {"library": read_suite(SUITES / "library", None, lambda: library_of(Path("config")))}
    left_out = [f"{name} is not installed: `pip install {name}`." for name in PEERS if name not in installed()]
    if DEFAULT not in installed():
        left_out.append("Kithroom's default search: its model (wordllama) is not installed.")
    if not (documents / PAGES).is_file():
        left_out.append(f"MedQuAD: there is no {PAGES} in {documents} (`--documents` takes another folder).")
    elif quick:
        left_out.append("MedQuAD: not in a quick run.")
    else:
        whole = read_suite(SUITES / "medquad", documents, tuple)
        suites |= {f"{FEW:,} pages": _drawn(whole, FEW), "MedQuAD": whole}
    many = FEW // 10 if quick else MANY
    return Finding(suites | {f"{many:,} made up": made_up(many)}, tuple(left_out))


def made_up(count: int) -> Suite:
    """Entries and questions of words drawn as languages draw them: few often, most seldom. Nothing is judged."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(30_000)]
    seldom = list(accumulate(1 / place for place in range(1, len(words) + 1)))

    def text(length: int) -> str:
        return " ".join(chance.choices(words, cum_weights=seldom, k=length))

    entries = (Entry(id=str(n), titles=(text(4),), bodies=(text(WORDS_AN_ENTRY),)) for n in range(count))
    questions = (Query(str(n), text(WORDS_A_QUESTION)) for n in range(QUESTIONS))
    return Suite(tuple(entries), tuple(questions))


def _drawn(suite: Suite, count: int) -> Suite:
    """So many of its pages, and all of its questions for the clock alone: many of their pages are gone."""
    pages = tuple(random.Random(1).sample(suite.documents, min(count, len(suite.documents))))
    return replace(suite, documents=pages, grades={})


def _quality(measured: Measured) -> Iterator[Row]:
    say = _Says(measured)
    if measured.name == "library":
        yield say.row("nDCG@10 of what was judged", SHARE, lambda f: f.ndcg_judged, reference=REFERENCE)
        yield say.row("nDCG@10, unjudged counted as wrong", SHARE, lambda f: f.ndcg, reference=REFERENCE)
    else:
        yield say.row("nDCG@10, stories", SHARE, lambda f: f.kinds["story"], at_least=0.73, reference=REFERENCE)
        yield say.row("nDCG@10, mixed", SHARE, lambda f: f.ndcg, at_least=0.78, reference=REFERENCE)
    yield say.row("nDCG@10 lost to typos in a fifth of the words", SHARE, lambda f: f.ndcg - f.typos, at_most=0.02)
    yield say.row("told from off-topic (AUROC)", SHARE, lambda f: f.auroc or 0.0, at_least=0.97)


def _cost(measured: Measured) -> Iterator[Row]:
    say = _Says(measured)
    yield say.row("a question, median", "ms", lambda f: f.p50, reference=REFERENCE)
    most = {f"{FEW:,} pages": 50, "MedQuAD": 100}.get(measured.name)
    yield say.row("a question, p99", "ms", lambda f: f.p99, at_most=most, reference=REFERENCE)
    if measured.name == "library":
        return
    sized = measured.name == "MedQuAD"
    yield say.row("index on disk (0: in memory)", "MB", lambda f: f.size, at_most=60 if sized else None)
    yield say.row("resident memory", "MB", lambda f: f.resident, at_most=400 if sized else None)
    yield say.row("indexed from nothing", "s", lambda f: f.made)
    yield say.row("opened again", "s", lambda f: f.warm, at_most=5 if sized else None)
    yield say.row("until a new entry is found", "s", lambda f: f.new, at_most=1 if sized else None)


@dataclass(frozen=True)
class _Says:
    measured: Measured

    def row(
        self,
        what: str,
        unit: str,
        of: Callable[[Figures], float],
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        reference: str | None = None,
    ) -> Row:
        """One line about this suite, with what is asked of Kithroom's value."""
        values = {name: of(each) for name, each in self.measured.figures.items()}
        ours, met, target = values.get(KITHROOM), None, ""
        if at_least is not None:
            target, met = f"≥ {at_least:g}", ours is not None and ours >= at_least
        elif at_most is not None:
            target, met = f"≤ {at_most:g}", ours is not None and ours <= at_most
        named = f"{self.measured.name}: {what}"
        return Row(part="h", what=named, unit=unit, values=values, reference=reference, target=target, met=met)
