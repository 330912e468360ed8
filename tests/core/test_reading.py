# SPDX-License-Identifier: Apache-2.0
"""The measures of `fakes.reading` count right where it is easy, and order texts as a reader would."""

from __future__ import annotations

import pytest

from fakes.reading import MEASURES, measured, syllables

COUNTS = {
    "en": "cat 1, home 1, table 2, question 2, moderator 2, asked 1, safely 2",
    "es": "agua 2, línea 3, país 2, quiero 2, guitarra 3, pingüino 3, también 2, pregunta 3, aquí 2, leer 2, mensaje 2",
    "fr": "eau 1, lire 1, personne 2, peuvent 1, écoute 2, chercher 2, message 2, autre 1, gratuites 2",
    "de": "Leute 2, schreiben 2, Häuser 2, jemand 2, sehen 2, Idee 2, Tee 1, ungelesen 4, Nachricht 2",
    "pt": "não 1, coração 3, você 2, teoria 3, água 2, escreva 3, também 2, país 2, mensagem 2, ligação 3",
}
EASY_AND_HARD = {
    "en": (
        "We sit here. You can rest. Come back when you like to.",
        "Participation necessitates prior acknowledgement of the applicable administrative regulations.",
    ),
    "es": (
        "Aquí hay sitio. Puedes leer y ya está. Vuelve cuando te vaya bien.",
        "La participación exige el reconocimiento previo de las disposiciones administrativas aplicables.",
    ),
    "fr": (
        "Il y a de la place ici. Tu peux lire. Reviens quand tu veux.",
        "La participation exige la reconnaissance préalable des dispositions administratives applicables.",
    ),
    "de": (
        "Hier ist Platz. Du kannst auch nur lesen. Komm, wann du magst.",
        "Die Teilnahme erfordert die vorherige Anerkennung sämtlicher einschlägiger Verwaltungsvorschriften.",
    ),
    "pt": (
        "Aqui tem lugar. Você pode só ler. Volte quando quiser, sem pressa.",
        "A participação exige o reconhecimento prévio das disposições administrativas aplicáveis.",
    ),
}


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [(code, *pair.split()) for code, words in COUNTS.items() for pair in words.split(", ")],
)
def test_syllables_are_counted_right_where_it_is_easy(language, word, count):
    assert syllables(word, language) == int(count)


@pytest.mark.parametrize("language", MEASURES)
def test_a_measure_lets_the_easy_through_and_not_the_hard(language):
    easy, hard = (measured(text, language) for text in EASY_AND_HARD[language])
    assert not MEASURES[language].too_hard(easy)
    assert MEASURES[language].too_hard(hard)


def test_a_few_words_are_not_measured():
    assert measured("Participation necessitates acknowledgement.", "en") is None
