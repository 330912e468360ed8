# SPDX-License-Identifier: Apache-2.0
"""The sentence encoder: a real ONNX file, read and computed as the extra's is, but tiny; the extra's, where it is here.

Its tokenizer is the one that ships. What the extra's own model finds is measured (the bot's README), not tested.
"""

import numpy as np
import pytest

from bots.resources.finding import Entry, open_index, sentences
from bots.resources.finding.static import load_static
from fakes.tiny_encoder import SIZE, tiny_encoder

pytest.importorskip("onnxruntime")
INSTALLED = sentences.load_sentences()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    (folder / "model.onnx").write_bytes(tiny_encoder())
    with pytest.MonkeyPatch.context() as patch:
        spec = type("Spec", (), {"submodule_search_locations": [str(folder)]})()
        patch.setattr(sentences, "find_spec", lambda _: spec)
        yield sentences.load_sentences()


def test_a_sentence_has_one_direction_alone_and_among_others(tiny):
    texts = ["my sugar is high", "high blood glucose", "the engine of my car", "", " ", "word " * 2_000]
    together = tiny.encode(texts)
    alone = np.concatenate([tiny.encode([text]) for text in texts])

    assert together.shape == (6, SIZE)
    assert (together * alone).sum(axis=1) == pytest.approx([1, 1, 1, 0, 0, 1], abs=1e-5)


def test_a_text_is_the_mean_of_its_pieces_and_of_nothing_that_fills_it_up(tiny):
    alone = tiny._encoded(["sugar"])
    beside_a_long_one = tiny._encoded(["sugar", "sugar and salt and many more words"])

    assert beside_a_long_one[:1] == pytest.approx(alone, abs=1e-5)


def test_capitals_and_accents_are_the_same_pieces(tiny):
    assert tiny.encode(["Crohn Café"]) == pytest.approx(tiny.encode(["crohn cafe"]), abs=1e-6)


def test_it_is_used_beside_the_table_and_kept(tiny, tmp_path):
    entries = (
        Entry(id="pacing", titles=("Doing a bit less than you can",), bodies=("Rest before it is too late.",)),
        Entry(id="work", titles=("Telling your employer",), bodies=("What the law asks.",)),
        Entry(id="food", titles=("A kitchen without gluten",), bodies=("Toasters and crumbs.",)),
    )
    index, _ = open_index(entries, file=tmp_path / "index.db", encoders=(load_static(), tiny))
    again, opening = open_index(entries, file=tmp_path / "index.db", encoders=(load_static(), tiny))
    alone, _ = open_index(entries, encoders=(load_static(),))

    assert opening.put == 0
    assert index.closest("telling my boss", 3) == again.closest("telling my boss", 3)
    assert index.closest("telling my boss", 1)[0][0][0] == "work"
    assert index.closest("telling my boss", 3) != alone.closest("telling my boss", 3)


def test_without_its_package_it_is_not_there(monkeypatch):
    monkeypatch.setattr(sentences, "find_spec", lambda _: None)
    assert sentences.load_sentences() is None


@pytest.mark.skipif(INSTALLED is None, reason="the extra `encoder` is not installed")
def test_the_model_of_the_extra_knows_what_words_mean():
    sugar, glucose, car = INSTALLED.encode(["my sugar is high", "high blood glucose", "the engine of my car"])
    assert sugar @ glucose > sugar @ car + 0.2
