# SPDX-License-Identifier: Apache-2.0
"""The pieces of words are those of the library that made the model's vocabulary, in less memory."""

import json
import random
from pathlib import Path

import pytest

from bots.resources.finding import static
from bots.resources.finding.static import load_static
from bots.resources.finding.words import words_of

tokenizers = pytest.importorskip("tokenizers")
ROOT = Path(__file__).parent.parent.parent
FILE = Path(tokenizers.__file__).parent.parent / static._PACKAGE / static._TOKENIZER


@pytest.fixture(scope="module")
def encoder():
    return load_static()


def sample():
    """Words that people read here, in every language, and words that nobody ever wrote, in many scripts."""
    texts = [file.read_text("utf-8") for file in sorted(ROOT.glob("config/library/*.yaml"))]
    texts += [file.read_text("utf-8") for file in sorted(ROOT.glob("bots/*/words/*.yaml"))]
    chance = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyz" * 2 + "0123456789" + "ßæøđłıþ" + "αждшა" + "中文のカ한글" + "मधुمرضเบา" + "𝒳𐌰"
    made_up = {"".join(chance.choices(letters[: chance.randint(2, 99)], k=chance.randint(1, 30))) for _ in range(3_000)}
    return sorted({*words_of(" ".join(texts)), *made_up, "ha" * 30, "aaaaaaa", "1" * 40})


def test_every_word_has_the_pieces_that_the_model_was_made_with(encoder):
    theirs = tokenizers.Tokenizer.from_file(str(FILE))
    words = sample()
    wanted = [each.ids for each in theirs.encode_batch(words, add_special_tokens=False)]

    ours = encoder.pieces.of([word] for word in words)

    assert len(words) > 9_000
    assert [word for word, ids, by_us in zip(words, wanted, ours, strict=True) if by_us != ids] == []


def test_a_text_has_the_pieces_of_its_words(encoder):
    theirs = tokenizers.Tokenizer.from_file(str(FILE))
    texts = ["my sugar is high", "", "sugar sugar 99", "über die müdigkeit", "糖尿 尿病"]
    wanted = [each.ids for each in theirs.encode_batch(texts, add_special_tokens=False)]

    assert list(encoder.pieces.of(text.split() for text in texts)) == wanted


def test_what_is_joined_first_follows_from_the_vocabulary():
    model = json.loads(FILE.read_bytes())["model"]
    number, pairs = model["vocab"], [tuple(pair.split(" ")) for pair in model["merges"]]
    ours = sorted(
        (number[piece], number[piece[:at]], piece[:at], piece[at:])
        for piece in number
        for at in range(1, len(piece))
        if piece[:at] in number and piece[at:] in number
    )

    # Runs of spaces come elsewhere; between words there is one.
    def of_words(all_pairs):
        return [pair for pair in all_pairs if "▁▁" not in "".join(pair)]

    assert of_words([(left, right) for *_, left, right in ours]) == of_words(pairs)


def test_no_length_of_a_word_holds_up_a_search(encoder):
    assert len(next(encoder.pieces.of([["qx" * 50_000]]))) <= 65


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="Linux says what is mapped")
def test_the_table_does_not_stay_in_memory(encoder):
    encoder.encode(["my sugar is high"])
    assert "safetensors" not in Path("/proc/self/maps").read_text("utf-8")
