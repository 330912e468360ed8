# SPDX-License-Identifier: Apache-2.0
import pytest

from bots.resources.finding.asked import read
from bots.resources.finding.beside import Pairs
from bots.resources.finding.everyday import NONE, Everyday, everyday_english
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


def likeliest(spelling, word, entries=0, everyday=NONE):
    return next((meant for meant, _ in spelling.meant(spelling.readings(word, entries, everyday), everyday)), None)


def test_a_misspelt_word_is_mended_to_the_nearest_and_then_to_the_most_frequent():
    words = {"insulin": 3, "fill": 5, "kidney": 2, "kidneys": 9, "hand": 1, "tired": 4, "wheat": 7, "glutes": 9}
    spelling = Spelling({**words, "gluten": 2}, say_nothing={"what", "with"})

    assert likeliest(spelling, "insuline") == "insulin"
    assert likeliest(spelling, "kidnye") == "kidney"
    assert likeliest(spelling, "tierd") == "tired"
    assert likeliest(spelling, "nisulin") == "insulin"
    # Of equally near ones the most frequent; what says nothing before all others.
    assert likeliest(spelling, "glute") == "glutes"
    assert likeliest(spelling, "whta") == "what"
    # Another first letter of a short word is another word; shorter ones and numbers stay.
    assert likeliest(spelling, "kill") is None
    assert likeliest(spelling, "hsnd") == "hand"
    assert likeliest(spelling, "abc") == "abc"
    assert likeliest(spelling, "insul1n") is None


def test_letters_that_changed_places_or_were_left_out_are_likelier_than_other_letters():
    spelling = Spelling({"born": 10, "bony": 100, "strep": 5, "step": 90, "hair": 20, "death": 50}, {"his", "this"})

    assert likeliest(spelling, "bonr") == "born"
    assert likeliest(spelling, "sterp") == "strep"
    # A short word is mended where letters were left out or changed places, and by short words that say nothing.
    assert likeliest(spelling, "hir") == "hair"
    assert likeliest(spelling, "hsi") == "his"
    assert likeliest(spelling, "htis") == "this"
    assert likeliest(spelling, "bqn") == "bqn"


def test_a_rare_word_that_is_rather_a_slip_of_a_frequent_one_is_known_as_that():
    spelling = Spelling({"food": 1500, "the": 9000, "gout": 60, "out": 800, "mould": 4}, {"the", "out"})

    assert likeliest(spelling, "fod", 3) == "food"
    assert likeliest(spelling, "teh", 2) == "the"
    # Whoever writes of gout means it, and in a small library every word is rare.
    assert likeliest(spelling, "gout", 60) == "gout"
    assert likeliest(spelling, "mould", 4) == "mould"


def test_what_is_rather_a_slip_counts_as_much_as_it_is_likely_beside_what_it_may_be_a_slip_of():
    words = {"fod": 3, "food": 500, "teh": 1, "the": 9000, **dict.fromkeys(("kidney", "diet", "salt"), 100)}
    asked = read("teh kidney fod diet", words | MANY, Spelling(words | MANY, {"the"}), lambda _: 0, {"the"})

    assert set(asked.words) == {"kidney", "fod", "food", "diet"}
    assert asked.sure["kidney"] == asked.sure["diet"] == 1
    assert 0.1 < asked.sure["fod"] < 0.2 < asked.sure["food"] == 1
    assert (asked.text, asked.telling) == ("the kidney food diet", "kidney food diet")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hemroids", "hemorrhoids"),
        ("soriasis", "psoriasis"),
        ("rumatoid", "rheumatoid"),
        ("rumatokd", "rheumatoid"),
        ("fybromialgia", "fibromyalgia"),
        ("ekzema", "eczema"),
        ("siatica", "sciatica"),
        ("iatica", "sciatica"),
        ("ekzeam", "eczema"),
        ("colestrol", "cholesterol"),
        ("numonia", "pneumonia"),
        ("diarea", "diarrhea"),
        ("skizofrenia", "schizophrenia"),
        # What is heard is no reason for another word that is a letter away.
        ("dermoid", "dermoids"),
    ],
)
def test_a_word_that_is_written_as_it_is_heard_is_mended(written, meant):
    frequent = dict.fromkeys(("dermoids", "humanoid", "memories", "steroids", "erosion", "control", "diary"), 6)
    rare = ("hemorrhoids", "psoriasis", "rheumatoid", "fibromyalgia", "eczema", "sciatica", "cholesterol", "pneumonia")
    spelling = Spelling({**frequent, **dict.fromkeys((*rare, "diarrhea", "schizophrenia"), 2)})

    assert likeliest(spelling, written) == meant


def test_letters_that_are_near_each_other_are_likelier_than_others():
    # "e" and "i" sound alike, "n" and "d" don't; "m" and "n" lie side by side, "m" and "x" don't.
    assert likeliest(Spelling({"chicken": 40, "checked": 100}), "checken") == "chicken"
    assert likeliest(Spelling({"lemon": 30, "lexon": 100}), "lenon") == "lemon"


# Of so many words, a library has nearly all short ones.
MANY = {f"w{''.join(chr(97 + int(digit)) for digit in str(n))}": 1 for n in range(10_000)}


def test_of_many_words_three_that_are_nearly_as_likely_are_looked_up():
    words = {"food": 500, "feud": 300, "found": 30, "foul": 9}
    asked = read("foud", words | MANY, Spelling(words | MANY), lambda _: 0, ())

    assert (set(asked.words), asked.text) == ({"food", "feud", "found"}, "food feud")
    assert 1 == asked.sure["food"] > asked.sure["feud"] > 0.5 > asked.sure["found"] > 0.3
    few = Spelling(words)
    # In a library of few words one is as many as can be told from words that it does not have.
    assert [meant for meant, _ in few.meant(few.readings("foud", 0))] == ["food"]


def test_of_two_forms_of_a_word_one_is_looked_up():
    words = {"light": 300, "lights": 290, "night": 280} | MANY
    asked = read("lighst", words, Spelling(words), lambda _: 0, ())

    assert (dict(asked.words), asked.text) == ({"lights": 290}, "lights")
    assert set(Spelling(words).readings("lighst", 0)) == {"light", "lights"}


def test_a_short_word_that_a_library_of_many_words_does_not_have_is_a_slip():
    words = {"food": 500, "fill": 300, "bed": 70, "bbgd": 2}

    assert [likeliest(Spelling(words | MANY), word) for word in ("ood", "kood", "bbed")] == ["food", "food", "bed"]
    # In a library of few words it is rather a word that nobody wrote about.
    assert [likeliest(Spelling(words), word) for word in ("kood", "kill", "sacked")] == [None, None, None]


def test_a_form_that_nobody_wrote_is_let_go_for_the_word_that_it_is_rather_a_slip_of():
    words = {"side": 1800, "effects": 900}
    asked = read("sied effects", words, Spelling(words), {"sied": 40}.get, ())
    other = read("sides effects", words, Spelling(words), {"sides": 1700}.get, ())

    assert (dict(asked.words), asked.text) == (words, "side effects")
    assert set(other.words) == {"sides", "effects"}


# Beside as many other words as a library of ten thousand pages has.
NEIGHBOURS = {
    "whatever": 1_000_000,
    "lay": 9,
    "lazy": 30,
    "eye": 800,
    "people": 700,
    "heat": 90,
    "heart": 900,
    "rash": 200,
    "attack": 300,
}
SIDE_BY_SIDE = {("lazy", "eye"): 13, ("lay", "people"): 4, ("heat", "rash"): 12, ("heart", "attack"): 120}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("lay eye", "lazy eye"),
        ("lay people", "lay people"),
        ("heat attack", "heart attack"),
        ("heat rash", "heat rash"),
        # Nothing that entries have goes with it, or with what it may be a slip of.
        ("lay rash", "lay rash"),
        # Both are slips.
        ("haert atack", "heart attack"),
        ("lay eey", "lazy eye"),
    ],
)
def test_what_stands_beside_a_word_says_what_was_meant(question, text):
    words = NEIGHBOURS | MANY

    def together(left, right):
        return SIDE_BY_SIDE.get((left, right), 0)

    assert read(question, words, Spelling(words), lambda _: 0, (), NONE, together).text == text


def test_what_came_together_once_came_by_chance():
    pairs = Pairs({"eye": 2, "skin": 50}, {"lay": 2, "rash": 60}.get, 10_000, lambda *_: 1)

    # Of words that hardly any entry has, one in which they stand together says as little as of frequent ones.
    assert 1 < pairs.fit("lay", "", "eye") < 12
    assert pairs.fit("rash", "skin", "") < 2
    # A neighbour that no entry has says nothing.
    assert pairs.fit("rash", "zzz", "") == 1


def test_a_word_that_hardly_any_entry_has_is_rather_there_by_chance():
    words = {"driving": 100, "driing": 1, "food": 900, "fool": 30} | MANY

    assert likeliest(Spelling(words), "driing", 1) == "driving"
    # A word that many entries have stays, however many more have the other.
    assert likeliest(Spelling(words), "fool", 30) == "fool"


def test_a_word_that_is_known_well_is_no_slip_of_one_that_few_entries_have():
    words = {"gout": 19, "goat": 2} | MANY
    spelling, english = Spelling(words), everyday_english()

    assert set(spelling.readings("out", 6)) == set(spelling.readings("out", 0, english)) == {"out"}
    assert set(Spelling(words | {"gout": 20}).readings("out", 6)) == {"out", "gout"}
    # Whoever writes what hardly anybody does may mean what few entries have.
    assert "gout" in spelling.readings("goutt", 1)


def test_everyday_words_are_known_and_so_are_slips_of_them():
    words = {"husbands": 3, "cared": 2, "food": 20, "needle": 4} | MANY
    spelling, english = Spelling(words, {"my", "the"}), everyday_english()

    # "scared" is no slip of "cared", nor "good" of "food", though no entry has either.
    assert [likeliest(spelling, word, 0, english) for word in ("scared", "good")] == ["scared", "good"]
    assert [likeliest(spelling, word, 0, english) for word in ("husbnad", "whihc")] == ["husband", "which"]
    # What it is not known in is searched by the library's words alone.
    assert likeliest(spelling, "scared") == "cared"
    asked = read("husbnad scared llama", words, spelling, lambda _: 0, (), english)
    assert (dict(asked.words), asked.text, asked.missing) == ({}, "husband scared lama", ("husbnad", "scared", "llama"))


def test_how_often_an_everyday_word_is_written_is_known_by_its_place():
    words = Everyday(("the", "of", "and", "to", "it"))

    assert len(words) == 5
    assert list(words.get(3)) == ["the", "and"]
    assert list(words.get(9, ("nine",))) == ["nine"]
    assert words.share("the") > words.share("of") > words.share("and") > words.share("it") > 0
    assert words.share("th") == words.share("the of") == words.share("") == 0
    assert everyday_english().share("husband") > everyday_english().share("nephew") > 0


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
