# SPDX-License-Identifier: Apache-2.0
import pytest

from bots.resources.finding.asked import read
from bots.resources.finding.lay_words import lay_words, said_of
from bots.resources.finding.spelling import Spelling
from bots.resources.finding.tongue import Tongue
from bots.resources.finding.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crohn’s disease, isn't it?", ["crohn", "disease", "isnt", "it"]),
        ("L’insuline d'Élodie", ["insuline", "elodie"]),
        ("Müde! Straße", ["mude", "strasse"]),
        ("糖尿病", ["糖尿", "尿病"]),
        ("インスリン2型", ["イン", "ンス", "スリ", "リン", "2", "型"]),
        ("เบาหวาน", ["เบ", "บา", "าห", "หว", "วา", "าน"]),
        ("مرض السُّكَّري", ["مرض", "السكري"]),
        ("मधुमेह रोग।", ["मधुमेह", "रोग"]),
        ("당뇨병 증상", ["당뇨병", "증상"]),
        ("🙂🙃 !!", []),
        ("T1D & A1C_test", ["t1d", "a1c", "test"]),
    ],
)
def test_every_script_has_its_words(text, words):
    assert words_of(text) == words


def test_a_misspelt_word_is_mended_to_the_nearest_and_then_to_the_most_frequent():
    words = {"insulin": 3, "fill": 5, "kidney": 2, "kidneys": 9, "hand": 1, "tired": 4, "wheat": 7, "glutes": 9}
    spelling = Spelling({**words, "gluten": 2}, say_nothing={"what", "with"})

    assert spelling.mended("insuline") == "insulin"
    assert spelling.mended("kidnye") == "kidney"
    assert spelling.mended("tierd") == "tired"
    assert spelling.mended("nisulin") == "insulin"
    # Of equally near ones the most frequent; what says nothing before all others.
    assert spelling.mended("glute") == "glutes"
    assert spelling.mended("whta") == "what"
    # Another first letter of a short word is another word; shorter ones and numbers stay.
    assert spelling.mended("kill") is None
    assert spelling.mended("hsnd") == "hand"
    assert spelling.mended("abc") is None
    assert spelling.mended("insul1n") is None


def test_letters_that_changed_places_or_were_left_out_are_likelier_than_other_letters():
    spelling = Spelling({"born": 10, "bone": 100, "strep": 5, "step": 90, "hair": 20, "death": 50}, {"his", "this"})

    assert spelling.mended("bonr") == "born"
    assert spelling.mended("sterp") == "strep"
    # A short word is mended where letters were left out or changed places, and by short words that say nothing.
    assert spelling.mended("hir") == "hair"
    assert spelling.mended("hsi") == "his"
    assert spelling.mended("htis") == "this"
    assert spelling.mended("bqn") is None


def test_a_rare_word_that_is_rather_a_slip_of_a_frequent_one_is_known_as_that():
    spelling = Spelling({"food": 1500, "the": 9000, "gout": 60, "out": 800, "mould": 4}, {"the", "out"})

    assert spelling.rather("fod", 3) == "food"
    assert spelling.rather("teh", 2) == "the"
    # Whoever writes of gout means it, and in a small library every word is rare.
    assert spelling.rather("gout", 60) is None
    assert spelling.rather("mould", 4) is None
    assert Spelling({"form": 1, "from": 30}, {"from"}).rather("form", 1) is None


def test_what_is_rather_a_slip_is_looked_up_as_both_and_left_out_if_it_says_nothing():
    words = {"fod": 2, "food": 1500, "teh": 1, "the": 9000, **dict.fromkeys(("kidney", "diet", "salt"), 100)}
    spelling = Spelling(words, {"the"})

    def looked_up(question):
        return set(read(question, words, spelling, lambda _: 0, {"the"}).words)

    assert looked_up("fod") == {"fod", "food"}
    assert looked_up("teh kidney fod diet") == {"kidney", "fod", "food", "diet"}
    assert looked_up("teh kidney") == {"teh", "kidney"}


def test_what_people_say_is_known_for_what_pages_call_it():
    table = lay_words(["es"])
    assert {"sugar", "azúcar"} <= set(said_of(["Diabetes, from the NHS"], table))
    assert "water pill" in said_of(["Taking a diuretic"], table)
    # Whole words: there is no "ms" in "arms".
    assert said_of(["Sore arms"], lay_words([])) == []
    assert "azúcar" not in said_of(["Diabetes"], lay_words([]))


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("how do I fly with insulin", True),
        ("insulin", True),
        ("¿cómo puedo volar con la insulina?", False),
        ("ich bin so müde und habe keine Kraft", False),
        ("糖尿病の食事", False),
        ("مرض السكري", False),
        ("", True),
    ],
)
def test_the_models_carry_english(text, carried):
    assert Tongue(["en", "es", "de"]).is_carried(text) is carried
