# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from bots.resources.finding import Entry, open_index, sentences
from bots.resources.finding.static import load_static

pytest.importorskip("onnxruntime")
ENCODER = sentences.load_sentences()
pytestmark = pytest.mark.skipif(ENCODER is None, reason="the extra `encoder` is not installed")


def test_a_sentence_has_one_direction_alone_and_among_others():
    texts = ["my sugar is high", "high blood glucose", "the engine of my car", "", " ", "word " * 2_000]
    together = ENCODER.encode(texts)
    alone = np.concatenate([ENCODER.encode([text]) for text in texts])

    assert together.shape == (6, ENCODER.size)
    # What is quantized is rounded by the whole batch.
    assert (together * alone).sum(axis=1) == pytest.approx([1, 1, 1, 0, 0, 1], abs=0.01)
    assert together[0] @ together[1] > together[0] @ together[2] + 0.2


def test_it_is_used_beside_the_table(tmp_path):
    entries = (
        Entry(id="pacing", titles=("Doing a bit less than you can",), bodies=("Rest before it is too late.",)),
        Entry(id="work", titles=("Telling your employer",), bodies=("What the law asks.",)),
        Entry(id="food", titles=("A kitchen without gluten",), bodies=("Toasters and crumbs.",)),
    )
    index, _ = open_index(entries, file=tmp_path / "index.db", encoders=(load_static(), ENCODER))
    again, opening = open_index(entries, file=tmp_path / "index.db", encoders=(load_static(), ENCODER))

    assert opening.put == 0
    assert index.closest("my boss", 1) == again.closest("my boss", 1)
    assert index.closest("my boss", 1)[0][0][0] == "work"


def test_without_its_package_it_is_not_there(monkeypatch):
    monkeypatch.setattr(sentences, "find_spec", lambda _: None)
    assert sentences.load_sentences() is None
