# SPDX-License-Identifier: Apache-2.0
"""The weights are those that the suites and tables as they are now teach."""

import yaml

from benchmarks import weighing


def test_the_weights_were_learned_from_what_stands_in_the_suites_and_tables() -> None:
    written = yaml.safe_load(weighing.FILE.read_text("utf-8").partition("weights:")[0])
    assert written["basis"] == weighing.basis(), "PYTHONPATH=tests python -m benchmarks.weighing"


def test_another_word_in_them_is_another_basis(monkeypatch) -> None:
    before = weighing.basis()
    monkeypatch.setattr(weighing, "messages", lambda: ["somebody wrote something else"])
    assert weighing.basis() != before
