# SPDX-License-Identifier: Apache-2.0
"""Fifty thousand entries: what is asked is answered, and one more is one more and not all of them anew.

To read so many takes minutes, so the shelf is filled by itself, as it is when a kept index is opened; the encoder is a
stand-in with a direction for each word. How long the real one takes is measured (the bot's README), not tested.
"""

from itertools import product

import numpy as np
import pytest

from bots.resources.finding import Entry
from bots.resources.finding.confidence import Measure
from bots.resources.finding.index import Index
from bots.resources.finding.shelf import Shelf
from bots.resources.finding.vectors import unit
from bots.resources.finding.words import words_of

MANY = 50_000
SYLLABLES = ("ba", "ko", "ri", "tu", "me", "la", "so", "ni", "da", "fe")
WORDS = tuple(map("".join, product(SYLLABLES, repeat=3)))
NEEDLE = "flying with insulin"


class Directions:
    """Each word has a direction, and a text that of its words; it counts the texts."""

    name, size, weight = "directions", 8, 1.0
    texts = 0

    def encode(self, texts):
        self.texts += len(texts)
        return unit(np.array([self._of(words_of(text)) for text in texts], dtype=np.float32))

    def _of(self, words):
        return sum((np.random.default_rng([*word.encode()]).standard_normal(8) for word in words), np.zeros(8))


@pytest.fixture(scope="module")
def many():
    shelf, _ = Shelf.open(None, "many")
    titles = [f"{WORDS[n % 1000]} {WORDS[n // 1000]}" for n in range(MANY - 1)]
    rows = list(enumerate((*titles, NEEDLE), start=1))
    for table in ("titles", "everything"):
        shelf._db.executemany(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", rows)
    shelf._db.executemany(
        "INSERT INTO entries (row, id, digest, name, facts, words, of_title, of_all, tongues)"
        " VALUES (?, ?, '', ?, '{}', '', 2, 2, 1)",
        ((row, str(row), title) for row, title in rows),
    )
    shelf._count((word for _, title in rows for word in title.split()), 1)
    encoder = Directions()
    vectors = np.random.default_rng(1).standard_normal((MANY, Directions.size), dtype=np.float32)
    vectors[-1] = encoder.encode([NEEDLE])
    kept = [vector.tobytes() for vector in unit(vectors).astype(np.float16)]
    shelf.put_vectors(encoder.name, ((row, vector, vector) for row, vector in enumerate(kept, start=1)))
    shelf.put_note("measure", Measure({"covered": (0.0, 1.0)}, 0.0, 0.5).to_json())
    shelf.commit()
    return Index(shelf, (encoder,), ("en",)), encoder


@pytest.mark.parametrize("question", ["flying with insulin", "flyng to my insuln", "who flies? insulin"])
def test_the_one_that_is_asked_for_is_found_among_so_many(many, question):
    index, _ = many
    assert index.search(question).matches[0].id == str(MANY)


def test_what_all_of_them_are_about_gives_three_of_them(many):
    index, _ = many
    everywhere = " ".join(WORDS)
    assert [len(index.search(question).matches) for question in (WORDS[3], everywhere[:200], everywhere)] == [3, 3, 3]


def test_one_more_is_read_and_written_alone_and_found_at_once(many):
    index, encoder = many
    texts, rows = encoder.texts, index._shelf._db.total_changes
    index.put(Entry(id="llama", titles=("Feeding a llama",)))
    texts, rows = encoder.texts - texts, index._shelf._db.total_changes - rows

    assert index.search("llama food").matches[0].id == "llama"
    assert index.search(NEEDLE).matches[0].id == str(MANY)
    # Its title and its body; its rows in each table, and its words.
    assert texts == 2
    assert rows < 30
    index.take_out("llama")
    assert "llama" in index.search("llama food").missing
    assert len(index) == MANY
