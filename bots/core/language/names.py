# SPDX-License-Identifier: Apache-2.0
"""What languages are called: by those who speak them, and by everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

# "en español", "auf Deutsch", "em português".
_BEFORE = ("in ", "en ", "auf ", "em ")


def own_name(code: str) -> str:
    """What a language calls itself: "español", "Deutsch"; the code, if nobody knows."""
    return _name(code, code) or code


def meant(text: str, offered: Sequence[str]) -> str | None:
    """The one of `offered` (codes) that `text` names: by its code, or by its name in any of them or in English."""
    words = " ".join(text.casefold().split()).strip(".!?¡¿")
    for start in _BEFORE:
        words = words.removeprefix(start)
    return next((code for code in offered if words in _called(code, tuple(offered))), None)


@cache
def _called(code: str, offered: tuple[str, ...]) -> frozenset[str]:
    tags = (code, code.partition("-")[0])
    names = (_name(tag, speaker) for tag in tags for speaker in ("en", *offered))
    return frozenset(name.casefold() for name in (code, *names) if name)


def _name(code: str, speaker: str) -> str | None:
    try:
        return Locale.parse(code, sep="-").get_display_name(Locale.parse(speaker, sep="-"))
    except UnknownLocaleError:
        return None
