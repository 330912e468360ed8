# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots import resources
from bots.core.library import Kind, Resource
from bots.resources.finding import MOST_RESULTS, For
from bots.resources.finding.asked import LONGEST
from bots.resources.library import Library


def entry(entry_id, title, summary, *keywords, conditions=()):
    return Resource(
        id=entry_id,
        title={"en": title},
        summary={"en": summary},
        url="https://example.org",
        source={"en": "A charity"},
        kind=Kind.ARTICLE,
        languages=("en",),
        conditions=conditions,
        keywords=keywords,
        reviewed=date(2026, 1, 1),
        reviewed_by="a nurse",
        review_by=date(2027, 1, 1),
    )


LIBRARY = (
    entry(
        "gf-travel", "Travelling gluten free", "Cards in many languages, airlines, what to pack.", "coeliac", "holiday"
    ),
    entry("gf-home", "A gluten-free kitchen", "Shared toasters, labels and crumbs.", "coeliac", "cooking"),
    entry("insulin-flying", "Flying with insulin", "Airport security, cooling, letters.", "travel", conditions=("t1",)),
    entry("pacing", "Pacing when you are worn out", "Doing a bit less than you can.", "fatigue", "tired", "spoons"),
    entry("work", "Telling your employer", "What the law asks, what helps.", "job", "boss", "rights"),
    entry("sleep", "Sleeping with pain", "Pillows, routines, what to ask.", "insomnia", "night"),
)
SEARCHED = Library(LIBRARY, {"t1": ("T1D", "sugar diabetes")})


def ids(question, condition=None):
    return [found.resource.id for found in SEARCHED.search(question, For(condition=condition)).found]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("gluten free travel", "gf-travel"),
        ("going on holidays with coeliac disease, any tips?", "gf-travel"),
        ("glutten free travell", "gf-travel"),
        ("what do i tell my boss", "work"),
        ("so tierd all the time", "pacing"),
        ("can i take insuline on a plane? flying soon", "insulin-flying"),
        ("sugar diabetes", "insulin-flying"),
        ("I can't sleep because of the pain at night", "sleep"),
    ],
)
def test_lay_words_and_typos_find_the_right_entry_first(question, best):
    assert ids(question)[0] == best


@pytest.mark.parametrize(
    "question",
    ["", "!", "the of and", "what is the capital of france", "quantum chromodynamics lattice", "12 34", '"; DROP'],
)
def test_what_the_library_does_not_have_is_not_made_up(question):
    assert ids(question) == []


def test_a_short_word_with_another_first_letter_is_another_word():
    forms = Library((entry("forms", "Filling in forms", "Help to fill in forms."),), {})
    assert forms.search("kill").found == ()
    assert forms.search("fil forns").found != ()


def test_a_condition_room_brings_its_own_entries_forward():
    assert ids("travel", "t1")[0] == "insulin-flying"
    assert ids("travel", "coeliac")[0] == "gf-travel"


def test_an_entry_says_which_words_it_fits():
    (best, *_) = SEARCHED.search("glutten free travell for my aunt").found

    assert best.because == ("gluten", "free", "travell")


@pytest.mark.parametrize(("question", "said"), [("Müde, und wie", "müde"), ("mude", "mude"), ("MÜDE", "müde")])
def test_words_are_told_with_the_accents_that_somebody_wrote(question, said):
    library = Library([replace(LIBRARY[3], keywords=("müde",))], {}, ("en", "de"))
    assert library.search(question).found[0].because == (said,)
    assert library.search("nefropatía").missing == ("nefropatía",)


def test_words_that_no_entry_has_are_named():
    assert SEARCHED.search("coeliac zebrafish").missing == ("zebrafish",)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_at_most_three_entries(question):
    found = SEARCHED.search(question).found

    assert len(found) <= MOST_RESULTS
    assert len({f.resource.id for f in found}) == len(found)


def test_an_empty_library_finds_nothing():
    assert Library((), {}).search("gluten").found == ()


def test_of_a_question_without_end_the_beginning_is_looked_up():
    words = [f"word{number}" for number in range(10_000)]
    answer = SEARCHED.search(" ".join(["gluten", *words]))
    assert 0 < len(answer.missing) < LONGEST / 4
    assert words[-1] not in answer.missing


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("es", "¿Cómo puedo volar con la insulina?"),
        ("fr", "comment prendre l'avion avec de l’insuline"),
        ("de", "Wie kann ich mit Insulin fliegen?"),
        ("pt", "como é que eu posso voar com insulina"),
    ],
)
def test_words_that_say_nothing_are_left_out_in_every_language(language, question):
    titles = {
        "es": "Volar con insulina",
        "fr": "L'avion et l'insuline",
        "de": "Fliegen mit Insulin",
        "pt": "Voar com insulina",
    }
    flying = replace(entry("flying", "Flying with insulin", "How to."), title=titles)
    index = Library((flying, entry("other", "Gluten", "Food.")), {}, ("en", language))
    answer = index.search(question)
    assert [found.resource.id for found in answer.found] == ["flying"]
    assert len(answer.found[0].because) == 2
    assert set(answer.missing) <= {"prendre"}
    assert not index.asks_something(
        {"es": "hola, gracias", "fr": "merci", "de": "danke dir", "pt": "oi, obrigada"}[language]
    )


def test_what_says_nothing_in_a_language_that_nobody_here_speaks_is_a_word_like_others():
    index = Library((entry("son", "When your son is ill", "For parents."),), {})
    assert index.search("son").found
    assert not Library((entry("son", "When your son is ill", "For parents."),), {}, ("en", "fr")).search("son").found


@pytest.mark.parametrize(
    "words", sorted((Path(resources.__file__).parent / "words").glob("*.yaml")), ids=lambda f: f.stem
)
def test_every_language_that_the_bot_speaks_has_its_stop_words(words):
    assert (words.parent.parent / "stop_words" / f"{words.stem}.txt").is_file()
