# SPDX-License-Identifier: Apache-2.0
"""What languages are called."""

from __future__ import annotations

import pytest

from bots.core.language.names import meant, own_name

OFFERED = ("en", "es", "pt-BR", "de")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "de"),
        ("Deutsch", "de"),
        ("auf deutsch.", "de"),
        ("German", "de"),
        ("alemán", "de"),
        ("ESPAÑOL", "es"),
        ("en español", "es"),
        ("português", "pt-BR"),
        ("pt-br", "pt-BR"),
        ("français", None),
        ("I have diabetes", None),
        ("", None),
    ],
)
def test_a_language_is_meant_by_its_code_or_its_name_in_any_of_them(text, code):
    assert meant(text, OFFERED) == code


def test_a_language_calls_itself_what_its_speakers_do():
    assert [own_name(code) for code in ("es", "de", "fr", "pt")] == ["español", "Deutsch", "français", "português"]
    assert own_name("xx") == "xx"
