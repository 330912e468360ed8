# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.weighing`: learn from the suites what words weigh, and write the tables (`PYTHONPATH=tests`).

Logistic regression by stochastic gradient descent, the same every time. It learns from the suites of cries, from what
was written only to be learned from (`tests/suites/learning`), and from every second harmless message, all made up here.
From where on a message is heavy is found by leaving out: each fifth is weighed by what the others teach, and of what
has not the mark only so many may be called heavy, and far fewer of what is ordinary in a room. What nobody learned from
says how good that is.
Each table says from what it was made (`basis`), so that only what changed is made again; a test says when it has to be.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from math import exp, sqrt
from pathlib import Path

from benchmarks import weighing_wording as wording
from bots.moderation.crisis.surroundings import PURPOSE, idle
from bots.moderation.grammar import tables
from bots.moderation.grammar.reading import read
from bots.moderation.grammar.weights import Weights, things
from bots.moderation.passages.reading import passage
from fakes import suites
from fakes.harmless import messages

# The pairs of the first suite differ by a word: they are learned from twice.
ENGLISH_SUITES = ("crisis", "crisis", "crisis_voices", "crisis_veiled")
ROUNDS = 30
FORGOTTEN = 0.001
# A cry that is missed weighs more than a false alarm.
MISSED = 1.6
# What stands in fewer messages is chance.
LEAST = 3
# What weighs less, in hundredths, is left out.
LIGHTEST = 20
FOLDS = 5
# What was written in one go is left out together: pairs, and one voice after the other.
TOGETHER = 10
# Which of `learning/ordinary` is plain talk. The rest (sayings, offers to write, what is past) has the words of what is
# looked for: it is among the look-alikes.
PLAIN = ("chat", "own")
FOLDER = Path(tables.__file__).parent / "tables"
HEAD = """# SPDX-License-Identifier: Apache-2.0
# What words weigh, in hundredths; written by `python -m benchmarks.weighing`. `../weights.py` says how this is read.

"""


@dataclass(frozen=True)
class Table:
    """What is weighed for: `mark` is what the table's purpose tells apart.

    Of what has its words but not the mark, a share of `false_alarms` at most is called heavy; of plain talk `ordinary`.
    Of each weight, so much is `forgotten` with every message that it stands in: the less, the more single ones teach.
    """

    purpose: str
    mark: str
    language: str
    false_alarms: float
    forgotten: float = FORGOTTEN

    @property
    def ordinary(self) -> float:
        """How much of plain talk may be called heavy."""
        if self.purpose == PURPOSE:
            return (ENGLISH_ORDINARY if self.language == "en" else ORDINARY)[self.mark]
        return wording.ENGLISH_ORDINARY if self.language == "en" else wording.ORDINARY

    @property
    def file(self) -> Path:
        """Where it stands."""
        return FOLDER / f"weights.{self.purpose}.{self.mark}.{self.language}.yaml"


# What was written to learn cries from, and how it calls what is learned as a mark.
LEARNING = ("crisis", "bodies")
# Told among cries alone.
NOW = "now"
KINDS = {"own": ("thoughts", "now"), "another": ("another",), "medical": ("medical",)}
# Where no row hears anything, what may be it (see KINDS); and where a cry is heard, whether it is for now. What is not
# learned from much is told apart less well.
SHARES = {"own": 0.06, "now": 0.06, "another": 0.015, "medical": 0.015}
ENGLISH_SHARES = SHARES | {"own": 0.09, "another": 0.012, "medical": 0.012}
# Of plain talk, which is nearly all that is said in a room. With more, those who are told would stop to look.
ORDINARY = {"own": 0.02, "another": 0.01, "medical": 0.01}
ENGLISH_ORDINARY = {"own": 0.01, "another": 0.005, "medical": 0.005}
TABLES = (
    *(
        Table(PURPOSE, mark, language, share)
        for language in tables.LANGUAGES
        for mark, share in (ENGLISH_SHARES if language == "en" else SHARES).items()
    ),
    *(
        Table(purpose, mark, language, share, forgotten=0.0003)
        for language in tables.LANGUAGES
        for purpose, marks in wording.MARKS.items()
        for mark, share in (wording.ENGLISH_SHARES if language == "en" else wording.SHARES).items()
        if mark in marks
    ),
)

Text = tuple[str, bool]
"""A message, and whether it has the mark."""
Example = tuple[frozenset[str], bool]
"""What stands in a text, and whether it has the mark."""


def basis(table: Table) -> str:
    """What the weights are made from, as a digest: the texts, the tables they are read by, and how it is learned."""
    how = (ROUNDS, table.forgotten, MISSED, LEAST, LIGHTEST, FOLDS, TOGETHER, table.false_alarms)
    how += (table.ordinary,) if table.mark != NOW else ()
    made_from = hashlib.sha256(repr(how).encode())
    for grammar in sorted(FOLDER.glob(f"*.{table.language}.yaml")):
        if not grammar.name.startswith("weights."):
            made_from.update(grammar.read_bytes())
    for text, has in texts(table):
        made_from.update(f"{has} {text}\n".encode())
    return made_from.hexdigest()


def is_fresh(table: Table) -> bool:
    """Whether it was made from what there is now."""
    return table.file.is_file() and f"\nbasis: {basis(table)}\n" in table.file.read_text("utf-8")


def texts(table: Table) -> Iterator[Text]:
    """What is learned from; what is plainly ordinary comes last."""
    yield from _telling_apart(table)
    yield from ((text, False) for plain in (False, True) for text in ordinary(table, plain=plain))


def _telling_apart(table: Table) -> Iterator[Text]:
    if table.purpose in wording.MARKS:
        yield from wording.texts(table.purpose, table.mark, table.language)
        return
    find, leave = _written_to_learn_from(table.language)
    if table.mark == NOW:
        yield from ((str(text), mark == NOW) for mark in KINDS["own"] for text in find[mark])
        return
    # What else people are needed for is neither: cries, worry about others and bodies in danger share their words.
    for function in _functions(table.language):
        if function["detector"].startswith(table.mark):
            yield from ((str(text), True) for text in function["find"])
        yield from ((str(text), False) for text in function["leave"])
    yield from ((str(text), True) for kind in KINDS[table.mark] for text in find[kind])
    yield from ((str(text), False) for text in leave)
    if table.language == "en":
        yield from ((text, False) for text in messages()[::2])


def _written_to_learn_from(language: str) -> tuple[dict[str, list[str]], list[str]]:
    find: dict[str, list[str]] = {}
    leave: list[str] = []
    for name in LEARNING:
        written = suites.load(f"learning/{name}.{language}")
        find |= written["find"]
        leave += written["leave"]
    return find, leave


def ordinary(table: Table, *, plain: bool) -> list[str]:
    """What is said in a room day in, day out: the plain part of it, or the rest.

    Nothing for the mark that is told among cries alone.
    """
    kinds = suites.load(f"learning/ordinary.{table.language}")["leave"] if table.mark != NOW else {}
    return [str(text) for kind, texts_of in kinds.items() if (kind in PLAIN) is plain for text in texts_of]


def _functions(language: str) -> Iterator[dict]:
    if language == "en":
        for name in ENGLISH_SUITES:
            yield from suites.load(name)["functions"]
        return
    functions = suites.load("crisis_languages")["functions"]
    yield from (function for function in functions if function["name"].startswith(f"{language}, "))


def examples(table: Table) -> list[Example]:
    """What is learned from, as the things that stand there."""
    return [(_things(text, table), has) for text, has in texts(table)]


def _things(text: str, table: Table) -> frozenset[str]:
    parsed = tables.grammar(table.language).parse(read(passage(text)))
    return things(parsed, table.purpose, wording.IDLE.get(table.purpose, idle)(parsed))


def learned(seen: Sequence[Example], heavy: float = 0.0, forgotten: float = FORGOTTEN) -> Weights:
    """The weights that part what has the mark from the rest."""
    often = Counter(thing for things_of, _ in seen for thing in things_of)
    known = [(sorted(of for of in things_of if often[of] >= LEAST), has) for things_of, has in seen]
    weight = dict.fromkeys(often, 0.0)
    start = 0.0
    chance = random.Random(1)
    for lap in range(ROUNDS):
        chance.shuffle(known)
        step = 0.2 / (1 + 0.3 * lap)
        for things_of, has in known:
            share = 1 / sqrt(len(things_of) + 1)
            score = start + share * sum(weight[of] for of in things_of)
            off = (has - 1 / (1 + exp(-score))) * (MISSED if has else 1.0) * step
            start += off * 0.1
            for of in things_of:
                weight[of] = weight[of] * (1 - forgotten) + off * share * 3
    kept = {of: round(100 * much) for of, much in weight.items() if often[of] >= LEAST}
    return Weights(start, heavy, {of: much for of, much in kept.items() if abs(much) >= LIGHTEST})


def left_out(seen: Sequence[Example], forgotten: float = FORGOTTEN) -> list[tuple[float, bool]]:
    """How heavy each is by what the others teach, and whether it has the mark."""
    pieces = [range(at, min(len(seen), at + TOGETHER)) for at in range(0, len(seen), TOGETHER)]
    random.Random(2).shuffle(pieces)
    weight = [0.0] * len(seen)
    for fold in range(FOLDS):
        taught = [seen[at] for number, piece in enumerate(pieces) if number % FOLDS != fold for at in piece]
        weights = learned(taught, forgotten=forgotten)
        for at in chain.from_iterable(pieces[fold::FOLDS]):
            weight[at] = weights.together(seen[at][0])
    return [(each, has) for each, (_, has) in zip(weight, seen, strict=True)]


def heavy_from(weighed: Sequence[tuple[float, bool]], false_alarms: float) -> float:
    """The weight that only this share of what has not the mark reaches."""
    others = sorted((weight for weight, has in weighed if not has), reverse=True)
    return others[int(len(others) * false_alarms)]


def written(table: Table, weights: Weights) -> str:
    """The table: what weighs the same stands together, in order."""
    by_weight: dict[int, list[str]] = {}
    for thing, weight in weights.of.items():
        by_weight.setdefault(weight, []).append(thing)
    lines = [f"basis: {basis(table)}", f"start: {weights.start:.2f}", f"heavy: {weights.heavy:.2f}", "weights:"]
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


def make(table: Table) -> str:
    """Learn a table and write it; what is said of it is what was left out."""
    seen = examples(table)
    weighed = left_out(seen, table.forgotten)
    heavy = heavy_from(weighed, table.false_alarms)
    if talk := len(ordinary(table, plain=True)):
        heavy = max(heavy_from(weighed[:-talk], table.false_alarms), heavy_from(weighed[-talk:], table.ordinary))
    table.file.write_text(written(table, learned(seen, heavy, table.forgotten)), "utf-8")
    found = [weight >= heavy for weight, has in weighed if has]
    wrongly = [weight >= heavy for weight, has in weighed if not has]
    return (
        f"{table.file.name}: of {len(found)} with the mark, left out, {sum(found) / len(found):.0%} are heavy "
        f"(from {heavy:.2f} on), of {len(wrongly)} others {sum(wrongly) / len(wrongly):.1%}"
    )


if __name__ == "__main__":
    with ProcessPoolExecutor() as processes:
        for said in processes.map(make, [table for table in TABLES if not is_fresh(table)]):
            print(said)
