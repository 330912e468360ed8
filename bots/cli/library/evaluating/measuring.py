# SPDX-License-Identifier: Apache-2.0
"""One engine, measured, in a process of its own and on one core: `python -m bots.cli.library.evaluating.measuring`."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

from bots.cli.library.evaluating import measures
from bots.cli.library.evaluating.subjects import SUBJECTS, Ready
from bots.cli.library.evaluating.suite import Query, Suite, with_typos
from bots.cli.sorry import Sorry
from bots.resources.finding import Entry

_MS, _MB = 1e3, 1e6
# Draws of typos: which words are hit makes a difference of some hundredths.
_SEEDS = (1, 2, 3)
# Words that no library has, so that what is found is this.
_NEW = Entry(id="entry-that-just-came", titles=("Quinzelblat and vorpling",), bodies=("How to quinzelblat.",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one engine does with one suite. `auroc` is None without off-topic questions; `typos` is nDCG@10 with them.

    `kinds` is nDCG@10 by the kind of question. Times of answers are in milliseconds, sizes in MB; `made` is how long
    it takes to index everything, `warm` to open what was kept, `new` until one more entry is found, in seconds.
    """

    ndcg: float
    ndcg_judged: float
    mrr: float
    success: float
    recall: float
    typos: float
    auroc: float | None
    kinds: Mapping[str, float]
    p50: float
    p99: float
    made: float
    warm: float
    new: float
    size: float
    resident: float


def measure(name: str, suite: Suite) -> Figures:
    """The engine of this name. Raises Sorry if it breaks."""
    with tempfile.TemporaryDirectory(prefix="kithroom-evaluate-") as folder:
        file = Path(folder) / "suite"
        # Written and read by this program alone, a moment apart.
        file.write_bytes(pickle.dumps((suite, [with_typos(suite, seed=seed) for seed in _SEEDS])))
        # Twice: once to make the index, once to open what was kept and ask, as a bot does that starts again.
        made, figures = (_child(name, Path(folder), step) for step in ("make", "ask"))
    return Figures(**{**figures, "made": made["made"]})


def _child(name: str, folder: Path, step: str) -> dict[str, Any]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(  # noqa: S603 — this program
        [sys.executable, "-m", __name__, name, str(folder), step], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise Sorry(f"{name} broke: {done.stderr.decode().strip().splitlines()[-1:]}")
    return pickle.loads(done.stdout)  # type: ignore[no-any-return]  # noqa: S301 — from our own child


def _main(name: str, folder: Path, step: str) -> None:
    if hasattr(os, "sched_setaffinity") and step == "ask":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    suite, mistyped = pickle.loads((folder / "suite").read_bytes())  # noqa: S301 — from our own parent
    began = perf_counter()
    engine = SUBJECTS[name].open(suite.documents, folder / "index")
    took = perf_counter() - began
    if step == "make":
        sys.stdout.buffer.write(pickle.dumps({"made": took}))
        return
    figures = asdict(_figures(engine, suite, mistyped))
    measured = {"warm": took, "size": engine.size / _MB, "resident": _resident() / _MB, "new": _until_found(engine)}
    sys.stdout.buffer.write(pickle.dumps({**figures, **measured}))


def _figures(engine: Ready, suite: Suite, mistyped: Sequence[Suite]) -> Figures:
    times: list[float] = []

    def timed(query: Query) -> tuple[Sequence[str], float]:
        began = perf_counter()
        answer = engine.ask(query.text)
        times.append(perf_counter() - began)
        return answer

    judged = suite.judged()
    answers = {query.id: timed(query) for query in suite.queries}
    slips = [measures.ndcg(timed(query)[0], suite.grades_of(query)) for each in mistyped for query in each.judged()]

    def mean(of: Callable[[Sequence[str], Mapping[str, int]], float], among: Sequence[Query] = judged) -> float:
        return fmean(of(answers[query.id][0], suite.grades_of(query)) for query in among) if among else 0.0

    def confidence(queries: Sequence[Query]) -> list[float]:
        return [answers[query.id][1] for query in queries]

    return Figures(
        ndcg=mean(measures.ndcg),
        ndcg_judged=mean(lambda ranked, grades: measures.ndcg(measures.judged_only(ranked, grades), grades)),
        mrr=mean(measures.reciprocal_rank),
        success=mean(measures.success),
        recall=mean(measures.recall),
        typos=fmean(slips) if slips else 0.0,
        auroc=measures.auroc(confidence(judged), confidence(suite.off_topic())),
        kinds={
            kind: mean(measures.ndcg, [query for query in judged if query.kind == kind])
            for kind in sorted({query.kind for query in judged})
        },
        p50=measures.quantile(times, 0.5) * _MS,
        p99=measures.quantile(times, 0.99) * _MS,
        made=0.0,
        warm=0.0,
        new=0.0,
        size=0.0,
        resident=0.0,
    )


def _until_found(engine: Ready) -> float:
    """How long it takes from handing in an entry to an answer with it. Raises Sorry if it is not in it."""
    began = perf_counter()
    engine.put(_NEW)
    ranked, _ = engine.ask(_NEW.titles[0])
    if _NEW.id not in ranked:
        raise Sorry("a new entry was put, and not found")
    return perf_counter() - began


def _resident() -> float:
    """What this process holds in memory now, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return float(line.split()[1]) * 1024
    import resource

    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
