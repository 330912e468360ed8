# SPDX-License-Identifier: Apache-2.0
"""The weights are those that the suites and tables as they are now teach."""

import pytest

from benchmarks import weighing

EVERY = pytest.mark.parametrize("table", weighing.TABLES, ids=lambda table: table.file.name)


@EVERY
def test_the_weights_were_learned_from_what_stands_in_the_suites_and_tables(table: weighing.Table) -> None:
    assert weighing.is_fresh(table), "PYTHONPATH=tests python -m benchmarks.weighing"


@EVERY
def test_another_word_in_them_is_another_basis(monkeypatch, table: weighing.Table) -> None:
    before = weighing.basis(table)
    learned_from = [*weighing.texts(table), ("somebody wrote something else", False)]
    monkeypatch.setattr(weighing, "texts", lambda _: learned_from)
    assert weighing.basis(table) != before
