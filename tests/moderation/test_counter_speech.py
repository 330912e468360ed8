# SPDX-License-Identifier: Apache-2.0
"""Who quotes, denies, tells of or asks about something does not say it: in every language, of every kind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.harm import Harm
from bots.moderation.detectors.instructing import Instructing
from bots.moderation.detectors.selling import Selling
from bots.moderation.passages.reading import passage

SAID = {
    "en": ("kill yourself", "stop your insulin", "selling unopened pens"),
    "es": ("mátate", "deja la insulina", "vendo ozempic"),
    "fr": ("va te tuer", "arrête ton insuline", "je vends mes stylos ozempic"),
    "de": ("bring dich um", "setz das insulin ab", "verkaufe ozempic"),
    "pt": ("vai se matar", "para de tomar insulina", "vendo ozempic"),
}
QUOTED = {
    "en": ('she wrote "{}" to me', "they said {}"),
    "es": ('me escribió "{}"', "me dijo {}"),
    "fr": ("il m'a écrit «{}»", "il m'a dit {}"),
    "de": ("er schrieb „{}“", "er sagte {}"),
    "pt": ('ele me escreveu "{}"', "ele disse {}"),
}
DETECTORS = (Harm(), Instructing(), Selling())
CASES = [
    pytest.param(language, detector, said, id=f"{language}, {detector.name}")
    for language, every in SAID.items()
    for detector, said in zip(DETECTORS, every, strict=True)
]


def found(language, detector, text):
    there = Setting(now=datetime(2026, 5, 4, tzinfo=UTC), languages=(language,))
    return [each.detector for each in detector.by_rule(passage(text), there)]


@pytest.mark.parametrize(("language", "detector", "said"), CASES)
def test_whoever_quotes_or_tells_of_it_does_not_say_it(language, detector, said):
    assert found(language, detector, said) != []
    for frame in (*QUOTED[language], "> {}\n:("):
        assert found(language, detector, frame.format(said)) == [], frame
    assert found(language, detector, f"{said}\n> hm") != []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "please don't stop your insulin"),
        ("es", "no dejes la insulina"),
        ("es", "nunca dejes de tomar la insulina"),
        ("fr", "n'arrête jamais ton insuline"),
        ("de", "niemals das insulin absetzen"),
        ("pt", "não para de tomar insulina"),
    ],
)
def test_whoever_denies_it_does_not_say_it(language, text):
    assert found(language, Instructing(), text) == []


@pytest.mark.parametrize("language", SAID)
def test_whoever_asks_does_not_say_it(language):
    order = SAID[language][1]
    assert found(language, Instructing(), f"{order}!") != []
    assert found(language, Instructing(), f"{order}?") == []
