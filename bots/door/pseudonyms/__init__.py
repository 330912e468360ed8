# SPDX-License-Identifier: Apache-2.0
"""Names for people who want none: two neutral words and a number. Pure, given a source of chance.

A language has a file `<language>.yaml` with two lists, whose words go together in any pairing and any person's mouth.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bots.core.documents import Mistake, SettingsError, read

_FOLDER = Path(__file__).parent
_WORD = re.compile(r"[a-z]{3,12}")
_NUMBERS = range(2, 100)


@dataclass(frozen=True, slots=True)
class Words:
    """A language's words, in the order in which they are said."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def languages() -> tuple[str, ...]:
    """Those that there are words for."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@cache
def words(language: str) -> Words:
    """The words of a language, or of its base language ("pt" for "pt-BR"), or the English ones.

    Raises SettingsError for a file that is not as it should be.
    """
    have = languages()
    chosen = next(tag for tag in (language, language.partition("-")[0], "en") if tag in have)
    mistakes: list[Mistake] = []
    document = read(_FOLDER / f"{chosen}.yaml", mistakes)
    value = document.value if document else None
    lists = [value.get(part) for part in ("first", "second")] if isinstance(value, dict) else []
    if mistakes or len(lists) != 2 or not all(isinstance(each, list) and _good(each) for each in lists):
        raise SettingsError(mistakes or [Mistake(_FOLDER / f"{chosen}.yaml", 1, 1, "Two lists of words: a to z.")])
    first, second = (tuple(str(word) for word in each) for each in lists if isinstance(each, list))
    return Words(first, second)


def suggestions(language: str, chance: random.Random) -> Iterator[str]:
    """Names without end, no two alike in a row of words: `calm-otter-42`. Who asks takes those that are free."""
    there = words(language)
    while True:
        firsts, seconds = list(there.first), list(there.second)
        chance.shuffle(firsts)
        chance.shuffle(seconds)
        for first, second in zip(firsts, seconds, strict=False):
            if first != second:
                yield f"{first}-{second}-{chance.choice(_NUMBERS)}"


def _good(each: Sequence[object]) -> bool:
    return bool(each) and all(isinstance(word, str) and _WORD.fullmatch(word) for word in each)
