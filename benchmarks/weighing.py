# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.weighing`: learn from the suites what words weigh, and write the table (`PYTHONPATH=tests`).

Logistic regression by stochastic gradient descent, the same every time. It learns from the suites of cries in English
and from every second harmless message, all made up here; what it has not seen says how good it is.
The table says from what it was made (`basis`), and a test says when it has to be made again.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from math import exp, sqrt
from pathlib import Path

from bots.moderation.crisis.surroundings import PURPOSE, idle
from bots.moderation.grammar import tables
from bots.moderation.grammar.reading import read
from bots.moderation.grammar.weights import Weights, things
from bots.moderation.passages.reading import passage
from fakes import suites
from fakes.harmless import messages

# The pairs of the first suite differ by a word: they are learned from twice.
LEARNED_FROM = ("crisis", "crisis", "crisis_voices", "crisis_veiled")
ROUNDS = 30
FORGOTTEN = 0.001
# A cry that is missed weighs more than a false alarm.
CRY = 1.6
# What stands in fewer messages is chance.
LEAST = 3
# What weighs less, in hundredths, is left out.
LIGHTEST = 12
# From where on a message is heavy: chosen for few false alarms on what others made up.
HEAVY = 0.75
FILE = Path(tables.__file__).parent / "tables" / "weights.en.yaml"
HEAD = """# SPDX-License-Identifier: Apache-2.0
# What words weigh, in hundredths; written by `python -m benchmarks.weighing`. `../weights.py` says how this is read.

"""

Example = tuple[frozenset[str], bool]
"""What stands in a text, and whether it is a cry."""


def examples() -> Iterator[Example]:
    """What is learned from: whether somebody speaks of their own death or harm, and the things that stand there."""
    return ((_things(text), cry) for text, cry in _texts())


def basis() -> str:
    """What the weights are made from, as a digest: the texts, the tables they are read by, and how it is learned."""
    made_from = hashlib.sha256(repr((ROUNDS, FORGOTTEN, CRY, LEAST, LIGHTEST, HEAVY)).encode())
    for table in sorted(FILE.parent.glob("*.en.yaml")):
        if table != FILE:
            made_from.update(table.read_bytes())
    for text, cry in _texts():
        made_from.update(f"{cry} {text}\n".encode())
    return made_from.hexdigest()


def _texts() -> Iterator[tuple[str, bool]]:
    for name in LEARNED_FROM:
        for function in suites.load(name)["functions"]:
            # Worry about others, bodies and what endangers others need people, too: a cry is not told from those.
            if function["detector"] == "own":
                yield from ((str(text), True) for text in function["find"])
            yield from ((str(text), False) for text in function["leave"])
    yield from ((text, False) for text in messages()[::2])


def _things(text: str) -> frozenset[str]:
    parsed = tables.grammar("en").parse(read(passage(text)))
    return things(parsed, PURPOSE, idle(parsed))


def learned(seen: Iterable[Example]) -> Weights:
    """The weights that part the cries from the rest."""
    every = list(seen)
    often = Counter(thing for things_of, _ in every for thing in things_of)
    known = [(frozenset(of for of in things_of if often[of] >= LEAST), cry) for things_of, cry in every]
    weight: Counter[str] = Counter()
    start = 0.0
    chance = random.Random(1)
    for lap in range(ROUNDS):
        chance.shuffle(known)
        step = 0.2 / (1 + 0.3 * lap)
        for things_of, cry in known:
            share = 1 / sqrt(len(things_of) + 1)
            score = start + share * sum(weight[of] for of in things_of)
            off = (cry - 1 / (1 + exp(-score))) * (CRY if cry else 1.0) * step
            start += off * 0.1
            for of in sorted(things_of):
                weight[of] = weight[of] * (1 - FORGOTTEN) + off * share * 3  # type: ignore[assignment]
    return Weights(start, HEAVY, dict(weight))


def written(weights: Weights) -> str:
    """The table: what weighs the same stands together, in order."""
    by_weight: dict[int, list[str]] = {}
    for thing, weight in weights.of.items():
        hundredths = round(weight * 100)
        if abs(hundredths) >= LIGHTEST:
            by_weight.setdefault(hundredths, []).append(thing)
    lines = [f"basis: {basis()}", f"start: {weights.start:.2f}", f"heavy: {weights.heavy:.2f}", "weights:"]
    for weight in sorted(by_weight, reverse=True):
        lines += _wrapped(f'  "{weight}": >-', sorted(by_weight[weight]))
    return HEAD + "\n".join(lines) + "\n"


def _wrapped(head: str, things_of: list[str]) -> Iterator[str]:
    yield head
    line = "   "
    for thing in things_of:
        if len(line) + len(thing) > 115:
            yield line.rstrip()
            line = "   "
        line += f" {thing},"
    yield line.rstrip(",")


if __name__ == "__main__":
    FILE.write_text(written(learned(examples())), "utf-8")
