# SPDX-License-Identifier: Apache-2.0
"""People who need people are understood in every language, whatever the community speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bots.core.community import Country
from bots.core.helplines import country_name, find_country, is_a_country, load_asking, told, told_lines
from bots.core.settings import load_community

COMMUNITY = load_community(Path(__file__).parents[2] / "config")
ASKING = load_asking()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("helplines for Ireland, please", "ie"),
        ("¿Hay alguna línea de ayuda en Alemania?", "de"),
        ("teléfonos de ayuda españa", "es"),
        ("Numéros d’écoute en Allemagne, s'il te plaît", "de"),
        ("lignes d'écoute Royaume-Uni", "gb"),
        ("Gibt es ein Krisentelefon für Österreich?", "at"),
        ("Gibt es ein Krisentelefon für Liechtenstein?", None),
        ("Telefonseelsorge Deutschland", "de"),
        ("Hilfetelefon in Frankreich bitte", "fr"),
        ("linhas de apoio na Espanha", "es"),
        ("linha de ajuda Reino Unido por favor", "gb"),
        ("helpine ireland", "ie"),
        ("germany hotlin plz", "de"),
        ("Hilfetelfon Österreich", "at"),
    ],
)
def test_helplines_are_asked_for_in_every_language(text, code):
    asked = ASKING.country(text)
    assert asked
    country = find_country(COMMUNITY.countries, asked)
    assert (country.code if country else None) == code


@pytest.mark.parametrize("text", ["outline of ms", "offline maps", "airline rules", "who called", "hot lime", "anruf"])
def test_other_words_are_no_slip_for_a_helpline(text):
    assert ASKING.country(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "i want to die",
        "Ya no quiero vivir.",
        "a veces pienso en el suicidio",
        "J'ai envie de mourir",
        "je ne veux plus vivre comme ça",
        "Ich möchte nicht mehr leben",
        "manchmal denke ich, ich bringe mich um",
        "Não quero mais viver",
        "às vezes quero me machucar",
    ],
)
def test_words_that_leave_no_doubt_are_understood_in_every_language(text):
    assert ASKING.distressed(text)


@pytest.mark.parametrize(
    "text",
    [
        "can a low blood sugar kill me",
        "me muero de hambre después de la insulina",
        "me corto el dedo para medir el azúcar",
        "cette fatigue va me tuer",
        "est-ce que le gluten peut me faire du mal",
        "diese Müdigkeit bringt mich noch um den Verstand",
        "die Spritze tut weh",
        "estou morrendo de cansaço",
        "o glúten pode me fazer mal?",
    ],
)
def test_everyday_words_are_not_taken_for_distress(text):
    assert not ASKING.distressed(text)


def test_a_country_is_called_what_the_language_calls_it_unless_the_organiser_says_otherwise():
    germany = Country(code="de", name={"en": "Germany", "fr": "L'Allemagne"}, emergency="112")
    called = {code: country_name(germany, code, "en") for code in ("en", "es", "fr", "pt-BR", "de")}
    assert called == {"en": "Germany", "es": "Alemania", "fr": "L'Allemagne", "pt-BR": "Alemanha", "de": "Deutschland"}


def test_which_countries_there_are_is_told_in_the_language_of_who_asks():
    few = replace(COMMUNITY, countries=tuple(c for c in COMMUNITY.countries if c.code in ("ie", "gb")))
    *_, words = told(few, "", date(2026, 11, 23), "de")
    assert words.params["countries"] == "Irland, Vereinigtes Königreich"


def test_many_countries_are_not_read_out():
    first, words = told(COMMUNITY, "", date(2026, 11, 23), "de")
    assert first.key == "core.crisis.emergency.anywhere"
    assert (words.key, words.params) == ("core.helplines.which.many", {"count": len(COMMUNITY.countries)})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("Botswana", True), ("la Jamaïque", False), ("Jamaika", True), ("Europe", False), ("no", False)],
)
def test_a_country_without_lines_is_known_as_one(text, is_one):
    assert is_a_country(text) is is_one


@pytest.mark.parametrize(("days", "key"), [(365, "unchecked"), (366, "noted"), (730, "noted"), (731, None)])
def test_a_line_that_nobody_checked_ages_from_the_day_that_it_was_written_down(days, key):
    (country,) = (country for country in COMMUNITY.countries if country.code == "de")
    noted = country.helplines[0].noted
    _, *lines, _ = told(COMMUNITY, "de", noted + timedelta(days=days), "en")
    assert {words.key for words in lines} == ({f"core.helplines.line.{key}"} if key else set())


def test_a_checked_line_does_not_age_from_the_day_that_it_was_written_down():
    (country,) = (country for country in COMMUNITY.countries if country.code == "de")
    day = country.helplines[0].noted + timedelta(days=800)
    checked = replace(country.helplines[0], verified_at=day, verified_by="Ana")
    (line,) = told_lines(replace(country, helplines=(checked,)), day, "en", "en")
    assert line.key == "core.helplines.line"


def test_a_helpline_is_told_in_the_language_of_who_asks():
    first, line, *_ = told(COMMUNITY, "Spain", date(2026, 11, 23), "es")
    assert first.params["country"] == "España"
    assert "escucha" in str(line.params["what_happens"])
    (phone,) = line.params["ways"]
    assert phone.params["hours"] == " (de día y de noche)"
