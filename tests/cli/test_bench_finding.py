# SPDX-License-Identifier: Apache-2.0
"""The bench's part (h): what it measures, what it leaves out, and what counts as met."""

from dataclasses import replace

import pytest

from benchmarks import finding as part
from benchmarks.report import KITHROOM
from bots.cli.library.evaluating.measuring import Figures
from bots.cli.library.evaluating.suite import OFF_TOPIC, Query, Suite
from bots.resources.finding import Entry

FIGURES = Figures(
    ndcg=0.8,
    ndcg_judged=0.9,
    mrr=0.0,
    success=0.0,
    recall=0.0,
    typos=0.7,
    auroc=0.98,
    kinds={"story": 0.7},
    p50=4.0,
    p99=40.0,
    made=0.0,
    warm=0.0,
    new=0.0,
    size=61.0,
    resident=0.0,
)
JUDGED = Suite((Entry(id="a", titles=("A",)),), (Query("q", "a"), Query("o", "b", OFF_TOPIC)), {"q": {"a": 1}})


@pytest.fixture
def measured(monkeypatch):
    asked = []

    def measure(engine, suite):
        asked.append((engine, suite))
        return FIGURES if engine == "Kithroom" else replace(FIGURES, ndcg=0.4)

    monkeypatch.setattr(part, "measure", measure)
    monkeypatch.setattr(part, "installed", lambda: (*part.PEERS, "Kithroom, words alone", "Kithroom"))
    return asked


def test_what_is_met_and_what_is_missed_is_said_beside_the_others(measured):
    rows = {row.what: row for row in part.Finding({"MedQuAD": JUDGED}, ()).rows(lambda _: None)}

    assert [engine for engine, _ in measured] == [*part.PEERS, "Kithroom"]
    assert {row.part for row in rows.values()} == {"h"}
    stories, mixed = rows["MedQuAD: nDCG@10, stories"], rows["MedQuAD: nDCG@10, mixed"]
    assert (stories.values[KITHROOM], stories.target, stories.met) == (0.7, "≥ 0.73", False)
    assert (mixed.met, mixed.ratio) == (True, 2)
    assert rows["MedQuAD: told from off-topic (AUROC)"].met
    assert not rows["MedQuAD: nDCG@10 lost to typos in a fifth of the words"].met
    assert rows["MedQuAD: a question, p99"].met
    assert rows["MedQuAD: index on disk (0: in memory)"].met is False
    assert rows["MedQuAD: indexed from nothing"].met is None


def test_pages_that_are_not_there_are_left_out_and_it_is_said(tmp_path, measured):
    found = part.finding(tmp_path, quick=True)

    assert list(found.suites) == ["library", "300 made up"]
    assert [sentence for sentence in found.left_out if "MedQuAD" in sentence and str(tmp_path) in sentence]
    (tmp_path / part.PAGES).touch()
    assert "MedQuAD: not in a quick run." in part.finding(tmp_path, quick=True).left_out
    assert found.steps == len(list(part.engines())) * 2


def test_an_engine_that_is_not_installed_is_left_out_and_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(part, "installed", lambda: ("plain FTS5", "Kithroom, words alone"))

    assert part.engines() == ("plain FTS5",)
    left_out = " ".join(part.finding(tmp_path, quick=True).left_out)
    assert "bm25s" in left_out
    assert "tantivy" in left_out
    assert "default search" in left_out


def test_made_up_entries_are_the_same_each_time():
    suite = part.made_up(20)

    assert suite == part.made_up(20)
    assert len({entry.id for entry in suite.documents}) == 20
    assert suite.judged() == suite.off_topic() == ()
