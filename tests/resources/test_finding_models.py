# SPDX-License-Identifier: Apache-2.0
import sqlite3

import numpy as np
import pytest

from bots.resources.finding import sentences, shelf, static
from bots.resources.finding.encoders import installed_encoders
from bots.resources.library import IN_USE, MADE_ANEW, WITHOUT_MODEL, Library
from resources.test_resources_library import LIBRARY


def test_the_table_is_read_from_the_wheel_and_nothing_is_fetched(monkeypatch):
    def no_network(*_):
        raise AssertionError("somebody asked the network")

    monkeypatch.setattr("socket.socket.connect", no_network)
    encoder = static.load_static()
    vectors = encoder.encode(["My sugar is high!", "my sugar is high", "the engine of a car", "", "🙂"])

    assert vectors.shape == (5, 256)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 0], atol=1e-5)
    assert np.array_equal(vectors[0], vectors[1])
    high, car = encoder.encode(["hyperglycemia"])[0] @ vectors[[0, 2]].T
    assert high > car


@pytest.mark.parametrize("missing", ["package", "files"])
def test_without_the_package_the_library_is_searched_by_words_and_that_is_told(monkeypatch, missing, tmp_path):
    found = None
    if missing == "files":
        (tmp_path / "empty").mkdir()
        found = type("Spec", (), {"submodule_search_locations": [str(tmp_path / "empty")]})()
    for model in (static, sentences):
        monkeypatch.setattr(model, "find_spec", lambda _: found)
    installed_encoders.cache_clear()
    try:
        library = Library(LIBRARY, {})
    finally:
        installed_encoders.cache_clear()

    assert library.notes == (WITHOUT_MODEL,)
    assert library.search("glutten free travell").found[0].resource.id == "gf-travel"
    assert library.search("glutten free travell").by_words_alone


def test_a_spoilt_index_is_made_anew_and_that_is_told(tmp_path):
    file = tmp_path / "library.db"
    assert Library(LIBRARY, {}, file=file).notes == ()
    file.write_bytes(b"spoilt" * 1000)
    library = Library(LIBRARY, {}, file=file)

    assert library.notes == (MADE_ANEW,)
    assert library.search("gluten free travel").found[0].resource.id == "gf-travel"


def test_an_index_that_is_spoilt_while_it_is_used_is_made_anew(tmp_path):
    file = tmp_path / "library.db"
    library = Library(LIBRARY, {}, file=file)
    library._index._shelf._db.executescript("DROP TABLE titles")

    assert library.search("gluten free travel").found[0].resource.id == "gf-travel"


def test_an_index_that_another_program_takes_while_it_is_used_is_left_to_it(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "_PATIENCE", 0.0)
    file = tmp_path / "library.db"
    library = Library(LIBRARY, {}, file=file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    assert library.search("gluten free travel").found[0].resource.id == "gf-travel"
    assert library.notes == (IN_USE,)
    other.execute("COMMIT")
    assert other.execute("SELECT count(*) FROM entries").fetchone() == (len(LIBRARY),)
    other.close()


def test_an_entry_that_is_taken_out_while_it_is_shown_is_shown_and_not_found_again():
    library = Library(LIBRARY, {})
    (shown, *_) = library.search("gluten free travel").found
    library.take_out(shown.resource.id)

    assert shown.resource.title["en"] == "Travelling gluten free"
    assert shown.resource.id not in [found.resource.id for found in library.search("gluten free travel").found]
    library.put(shown.resource)
    assert library.search("gluten free travel").found[0] == shown
