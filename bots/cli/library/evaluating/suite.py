# SPDX-License-Identifier: Apache-2.0
"""Documents, questions and judgements in a folder, in the formats in which others publish theirs.

documents.jsonl   one a line: id, title, keywords, questions, body (BEIR's corpus.jsonl with _id, title, text, too)
queries.jsonl     one a line: id, text, kind ("off-topic" for what nothing fits); or queries.tsv: id, tab, text
qrels.txt         TREC's four columns: question, 0, document, grade; or BEIR's qrels/test.tsv with three
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bots.cli.sorry import Sorry
from bots.resources.finding import Entry

OFF_TOPIC = "off-topic"
_DOCUMENTS = ("documents.jsonl", "corpus.jsonl")
_QUERIES = ("queries.jsonl", "queries.tsv", "topics.tsv")
_JUDGEMENTS = ("qrels.txt", "qrels.tsv", "qrels", "qrels/test.tsv")
_ID, _TEXT = ("id", "_id", "docid", "qid", "query_id"), ("text", "query", "question", "body", "contents", "summary")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_WITH_TYPO = 3


@dataclass(frozen=True, slots=True)
class Query:
    """A question, and of which kind it is."""

    id: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """What is measured with: `grades` by question and document."""

    documents: tuple[Entry, ...]
    queries: tuple[Query, ...]
    grades: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def judged(self) -> tuple[Query, ...]:
        """The questions that something fits."""
        return tuple(query for query in self.queries if any(grade > 0 for grade in self.grades_of(query).values()))

    def off_topic(self) -> tuple[Query, ...]:
        """The questions that nothing fits."""
        return tuple(query for query in self.queries if query.kind == OFF_TOPIC)

    def strangers(self) -> int:
        """How many judgements say that something fits which is none of the documents: nobody could find it."""
        there = {entry.id for entry in self.documents}
        grades = (self.grades_of(query) for query in self.queries)
        return sum(grade > 0 and name not in there for each in grades for name, grade in each.items())

    def grades_of(self, query: Query) -> Mapping[str, int]:
        """The grades of the documents that were judged for it."""
        return self.grades.get(query.id, {})


def read_suite(folder: Path, documents: Path | None, library: Callable[[], Sequence[Entry]]) -> Suite:
    """The suite in `folder`. Its documents are those in `documents`, or in it, or else what `library` gives.

    Raises Sorry.
    """
    where = _one_of(documents or folder, _DOCUMENTS)
    if where is None and documents is not None:
        raise Sorry(f"There are no documents in {documents}: one of {', '.join(_DOCUMENTS)}.")
    entries = tuple(map(_document, _lines(where))) if where else tuple(library())
    if not entries:
        raise Sorry(f"There are no documents in {where or 'the library'}: nothing can be found.")
    asked, judged = _one_of(folder, _QUERIES), _one_of(folder, _JUDGEMENTS)
    if asked is None or judged is None:
        raise Sorry(f"{folder} needs questions ({' or '.join(_QUERIES)}) and judgements ({' or '.join(_JUDGEMENTS)}).")
    suite = Suite(entries, tuple(_queries(asked)), _grades(judged))
    if not suite.judged():
        raise Sorry(f"{judged} says of no question in {asked.name} that something fits it: are the ids the same?")
    return suite


def with_typos(suite: Suite, share: float = 0.2, seed: int = 1) -> Suite:
    """The same with one slip in about `share` of the questions' words; the same slips each time."""
    chance = random.Random(seed)  # noqa: S311 — slips, not secrets
    queries = (
        replace(query, text=" ".join(_slip(word, chance) if chance.random() < share else word for word in words))
        for query in suite.queries
        if (words := query.text.split()) is not None
    )
    return replace(suite, queries=tuple(queries))


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < _SHORTEST_WITH_TYPO or not word.isalpha():
        return word
    at = chance.randrange(len(word) - 1)
    letter = chance.choice(_LETTERS)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def _one_of(folder: Path, names: Sequence[str]) -> Path | None:
    return next((file for name in names if (file := folder / name).is_file()), None)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Sorry(f"{file} is not written in UTF-8.") from None


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict) or not any(key in value for key in _ID):
            raise Sorry(f"{file}, line {number}: not a JSON object with an `id`.")
        yield value


def _document(value: Mapping[str, Any]) -> Entry:
    keywords = value.get("keywords") or value.get("synonyms") or ()
    body = " ".join((*(value.get("questions") or ()), _first(value, ("body", "text", "contents", "summary"))))
    return Entry(
        id=_first(value, _ID),
        titles=(str(value.get("title") or ""),),
        synonyms=tuple(map(str, keywords)),
        bodies=(body,),
    )


def _first(value: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((str(value[key]) for key in keys if value.get(key) is not None), "")


def _queries(file: Path) -> Iterator[Query]:
    if file.suffix == ".jsonl":
        for value in _lines(file):
            yield Query(_first(value, _ID), _first(value, _TEXT), str(value.get("kind", "")))
    else:
        for line in _text(file).splitlines():
            name, _, text = line.partition("\t")
            if text:
                yield Query(name, text)


def _grades(file: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(_text(file).splitlines(), start=1):
        columns = line.split()
        if not columns or (number == 1 and not columns[-1].lstrip("-").isdigit()):
            continue
        if len(columns) not in (3, 4) or not columns[-1].lstrip("-").isdigit():
            raise Sorry(f"{file}, line {number}: not `question 0 document grade`.")
        grades[columns[0]][columns[-2]] = int(columns[-1])
    return dict(grades)
