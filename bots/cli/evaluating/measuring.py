# SPDX-License-Identifier: Apache-2.0
"""One engine, measured, in a process of its own and on one core: `python -m bots.cli.evaluating.measuring`."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter

from bots.cli.evaluating import measures
from bots.cli.evaluating.subjects import SUBJECTS, Ask
from bots.cli.evaluating.suite import Query, Suite, with_typos
from bots.cli.sorry import Sorry

_MS, _MB = 1e3, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one engine does with one suite. `auroc` is None without off-topic questions; `typos` is nDCG@10 with them.

    Times of answers are in milliseconds, sizes in MB; `warm` is how long it takes to open what was kept.
    """

    ndcg: float
    ndcg_judged: float
    mrr: float
    success: float
    recall: float
    typos: float
    auroc: float | None
    p50: float
    p99: float
    made: float
    warm: float
    size: float
    resident: float


def measure(name: str, suite: Suite) -> Figures:
    """The engine of this name. Raises Sorry if it breaks."""
    with tempfile.TemporaryDirectory(prefix="kithroom-evaluate-") as folder:
        file = Path(folder) / "suite"
        # Written and read by this program alone, a moment apart.
        file.write_bytes(pickle.dumps((suite, with_typos(suite))))
        # Twice: once to make the index, once to open what was kept and ask, as a bot does that starts again.
        made, figures = (_child(name, Path(folder), step) for step in ("make", "ask"))
    return Figures(**{**figures, "made": made["made"]})


def _child(name: str, folder: Path, step: str) -> dict[str, float]:
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
    ask, size = SUBJECTS[name].open(suite.documents, folder / "index")
    took = perf_counter() - began
    if step == "make":
        sys.stdout.buffer.write(pickle.dumps({"made": took}))
        return
    figures = asdict(_figures(ask, suite, mistyped))
    sys.stdout.buffer.write(pickle.dumps({**figures, "warm": took, "size": size / _MB, "resident": _resident() / _MB}))


def _figures(ask: Ask, suite: Suite, mistyped: Suite) -> Figures:
    times: list[float] = []

    def timed(query: Query) -> tuple[Sequence[str], float]:
        began = perf_counter()
        answer = ask(query.text)
        times.append(perf_counter() - began)
        return answer

    judged = suite.judged()
    answers = {query.id: timed(query) for query in judged}
    off = [timed(query)[1] for query in suite.off_topic()]
    slips = [measures.ndcg(ask(query.text)[0], suite.grades_of(query)) for query in mistyped.judged()]

    def mean(of: Callable[[Sequence[str], Query], float]) -> float:
        return fmean(of(answers[query.id][0], query) for query in judged) if judged else 0.0

    return Figures(
        ndcg=mean(lambda ranked, query: measures.ndcg(ranked, suite.grades_of(query))),
        ndcg_judged=mean(
            lambda ranked, query: measures.ndcg(
                measures.judged_only(ranked, suite.grades_of(query)), suite.grades_of(query)
            )
        ),
        mrr=mean(lambda ranked, query: measures.reciprocal_rank(ranked, suite.grades_of(query))),
        success=mean(lambda ranked, query: measures.success(ranked, suite.grades_of(query))),
        recall=mean(lambda ranked, query: measures.recall(ranked, suite.grades_of(query))),
        typos=fmean(slips) if slips else 0.0,
        auroc=measures.auroc([confidence for _, confidence in answers.values()], off),
        p50=measures.quantile(times, 0.5) * _MS,
        p99=measures.quantile(times, 0.99) * _MS,
        made=0.0,
        warm=0.0,
        size=0.0,
        resident=0.0,
    )


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
