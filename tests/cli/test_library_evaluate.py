# SPDX-License-Identifier: Apache-2.0
import json
from math import log2
from pathlib import Path

import pytest
from click.testing import CliRunner

from bots.cli import main
from bots.cli.library.evaluating import measures, showing
from bots.cli.library.evaluating.measuring import measure
from bots.cli.library.evaluating.subjects import SUBJECTS, installed
from bots.cli.library.evaluating.suite import read_suite, with_typos
from bots.cli.options import console
from bots.cli.sorry import Sorry
from bots.resources.finding import Entry

SUITES = Path(__file__).parent.parent / "suites" / "search"
DOCUMENTS = (
    {"id": "d1", "title": "Kidney stones", "keywords": ["nephrolithiasis"], "body": "Small hard stones in the kidney."},
    {"id": "d2", "title": "Asthma", "body": "Wheezing, and breath that is short."},
    {"id": "d3", "title": "Diuretics", "questions": ["What are diuretics?"], "body": "They take water out."},
)
QUERIES = (
    {"id": "q1", "text": "stones in my kidneys"},
    {"id": "q2", "text": "water pill"},
    {"id": "q3", "text": "who won the match last night", "kind": "off-topic"},
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "documents.jsonl").write_text("".join(json.dumps(each) + "\n" for each in DOCUMENTS))
    (tmp_path / "queries.jsonl").write_text("".join(json.dumps(each) + "\n" for each in QUERIES))
    (tmp_path / "qrels.txt").write_text("q1 0 d1 2\nq1 0 d2 0\nq2 0 d3 1\n")
    return tmp_path


def never():
    raise AssertionError("the library was asked for")


def test_measures_are_those_of_trec_eval():
    grades = {"a": 2, "b": 1, "c": 0}
    assert measures.ndcg(["b", "x", "a"], grades) == pytest.approx((1 + 2 / log2(4)) / (2 + 1 / log2(3)))
    assert measures.ndcg(["a", "b"], grades) == 1
    assert measures.ndcg([], grades) == measures.ndcg(["a"], {}) == 0
    assert measures.reciprocal_rank(["c", "x", "b"], grades) == pytest.approx(1 / 3)
    assert measures.success(["c", "x", "b"], grades) == 1
    assert measures.success(["c", "x", "y", "b"], grades) == 0
    assert measures.recall(["a", "x"], grades) == 0.5
    assert measures.judged_only(["x", "c", "a"], grades) == ["c", "a"]
    assert measures.auroc([2, 1], [1, 0]) == 0.875
    assert measures.auroc([1], []) is None
    assert measures.quantile([3, 1, 2], 0.5) == 2


def test_a_suite_is_read_in_ones_own_format_and_in_beirs(folder, tmp_path):
    own = read_suite(folder, None, never)
    beir = tmp_path / "beir"
    (beir / "qrels").mkdir(parents=True)
    (beir / "corpus.jsonl").write_text('{"_id": "d1", "title": "Kidney stones", "text": "Small hard stones."}\n')
    (beir / "queries.jsonl").write_text('{"_id": "q1", "text": "stones in my kidneys"}\n')
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\n")
    theirs = read_suite(beir, None, never)

    assert [query.id for query in own.judged()] == ["q1", "q2"]
    assert [query.id for query in own.off_topic()] == ["q3"]
    assert own.documents[0].synonyms == ("nephrolithiasis",)
    assert own.documents[2].bodies == ("What are diuretics? They take water out.",)
    assert theirs.grades == {"q1": {"d1": 2}}
    assert (theirs.documents[0].id, theirs.documents[0].bodies) == ("d1", ("Small hard stones.",))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("queries.jsonl", "not json\n", "line 1"),
        ("qrels.txt", "q1 0 d1 2\nq1 d1\n", "line 2"),
        ("qrels.txt", None, "judgements"),
        ("qrels.txt", "q9 0 d1 2\n", "of no question in queries.jsonl"),
        ("documents.jsonl", "", "no documents in .*documents.jsonl"),
        ("queries.jsonl", "\xff", "queries.jsonl is not written in UTF-8"),
    ],
)
def test_what_is_wrong_with_a_suite_is_said_with_its_file(folder, name, text, said):
    (folder / name).unlink() if text is None else (folder / name).write_text(text, encoding="latin-1")
    with pytest.raises(Sorry, match=said):
        read_suite(folder, None, never)


def test_judgements_of_what_is_not_there_are_counted(folder):
    assert read_suite(folder, None, never).strangers() == 0
    (folder / "qrels.txt").write_text("q1 0 d1 2\nq1 0 gone 1\nq2 0 gone 0\n")
    assert read_suite(folder, None, never).strangers() == 1


def test_typos_are_the_same_each_time_and_in_about_a_fifth_of_the_words():
    suite = read_suite(SUITES / "library", None, lambda: [Entry(id="one", titles=("One",))])
    pairs = [
        (a, b)
        for query, other in zip(suite.queries, with_typos(suite).queries, strict=True)
        for a, b in zip(query.text.split(), other.text.split(), strict=True)
    ]
    assert with_typos(suite) == with_typos(suite)
    assert 0.1 < sum(a != b for a, b in pairs) / len(pairs) < 0.2


@pytest.mark.parametrize("name", installed())
def test_each_engine_finds_what_is_there(folder, name, tmp_path):
    suite = read_suite(folder, None, never)
    engine = SUBJECTS[name].open(suite.documents, tmp_path / "index.db")

    assert engine.ask("stones in my kidneys")[0][0] == "d1"
    assert set(engine.ask("🙂")[0]) <= {"d1", "d2", "d3"}
    engine.put(Entry(id="new", titles=("Parking permits",)))
    assert engine.ask("parking permits")[0][0] == "new"
    assert engine.ask("stones in my kidneys")[0][0] == "d1"


def test_one_engine_is_measured_in_a_process_of_its_own(folder):
    figures = measure("Kithroom, words alone", read_suite(folder, None, never))

    # "water pill" is what people say of diuretics.
    assert figures.ndcg == figures.mrr == figures.success == figures.recall == 1
    assert figures.resident > 10
    assert figures.kinds == {"": 1}
    assert 0 < figures.p50 <= figures.p99
    assert figures.size > 0
    assert 0 < figures.new < 60


def test_the_command_prints_a_row_for_each_engine(folder, monkeypatch):
    monkeypatch.setattr(showing, "installed", lambda: ("plain FTS5", "Kithroom, words alone"))
    monkeypatch.setattr(console(), "width", 60)
    result = CliRunner().invoke(main, ["library", "evaluate", str(folder)])

    assert result.exit_code == 0, result.output
    assert "3 documents, 2 judged questions, 1 off topic" in result.output
    assert "plain FTS5" in result.output
    assert all(column in result.output for column in showing._COLUMNS), "a number that is cut is none"
