# SPDX-License-Identifier: Apache-2.0
"""The starter library, asked in people's own words: tests/suites/search/README.md says how that was judged."""

from pathlib import Path
from statistics import fmean

import pytest

from bots.cli.library.evaluating import measures
from bots.cli.library.evaluating.suite import read_suite, with_typos
from bots.core.settings import load_community
from bots.resources.bot import called_in
from bots.resources.finding import open_index
from bots.resources.finding.static import load_static
from bots.resources.library import entry_of

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def asked():
    community = load_community(ROOT / "config")
    called = called_in(community)
    entries = [entry_of(resource, called) for resource in community.library]
    index, _ = open_index(entries, encoders=(load_static(),), languages=community.languages)
    return index, read_suite(ROOT / "tests" / "suites" / "search" / "library", None, lambda: entries)


def found(index, suite, measure):
    """The mean over the judged questions; entries that came after the judgements are left out."""
    return fmean(
        measure(
            measures.judged_only(
                [name for name, _ in index.closest(query.text, 100)[0]],
                {**dict.fromkeys(judged_at_all(suite), 0), **suite.grades_of(query)},
            ),
            suite.grades_of(query),
        )
        for query in suite.judged()
    )


def judged_at_all(suite):
    return {name for grades in suite.grades.values() for name in grades}


def test_of_ten_people_nine_find_something_among_the_first_three(asked):
    index, suite = asked
    assert found(index, suite, measures.success) >= 0.9
    assert found(index, suite, measures.ndcg) >= 0.78


def test_typos_in_a_fifth_of_the_words_cost_little(asked):
    index, suite = asked
    clean = found(index, suite, measures.ndcg)
    slips = [found(index, with_typos(suite, seed=seed), measures.ndcg) for seed in range(3)]
    assert fmean(slips) >= clean - 0.02


def test_everyday_chat_is_told_from_questions(asked):
    index, suite = asked
    on, off = ([index.closest(query.text, 1)[1] for query in each] for each in (suite.judged(), suite.off_topic()))
    assert measures.auroc(on, off) >= 0.95
    answered = [bool(index.search(query.text).matches) for query in suite.judged()]
    assert fmean(answered) >= 0.85
