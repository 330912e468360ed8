# SPDX-License-Identifier: Apache-2.0
"""Whether words look like people's names.

The lists are Faker's (MIT), of the names that are common where our languages are spoken; `words.txt` has those of them
that are ordinary words too ("rose", "fox"): such a word is a name only beside one that is nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

# What NFKD does not take apart.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]")
_APOSTROPHES = re.compile("['’‘`´]")
# Letters that may be run together: shorter halves are found in too many words ("mari-gold").
_SHORTEST_GIVEN = 4
_SHORTEST_FAMILY = 5


@cache
def _list(name: str) -> frozenset[str]:
    text = (resources.files("bots.core.anonymity") / f"{name}.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def fold(text: str) -> str:
    """The text without accents, full-width forms and other dress; capitals stay."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text.translate(_LETTERS)) if not unicodedata.combining(c))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, folded, in lower case: "Anna-MariaO’Brien84" has anna, maria, obrien."""
    return tuple(word.lower() for word in _WORD.findall(_APOSTROPHES.sub("", fold(text))))


def is_given(word: str, *, surely: bool = True) -> bool:
    """Whether a folded word is somebody's given name; `surely`: and no ordinary word."""
    return word in _list("given") and not (surely and word in _list("words"))


def is_family(word: str, *, surely: bool = True) -> bool:
    """Whether a folded word is a family's name; `surely`: and no ordinary word."""
    return word in _list("family") and not (surely and word in _list("words"))


def is_full_name(words: Sequence[str]) -> bool:
    """Whether two neighbours are a given and a family name in either order, or an initial and a family name."""
    return any(_are_full_name(a, b) or _are_full_name(b, a) for a, b in pairwise(words))


def is_run_together(word: str, *, initial: bool = False) -> bool:
    """Whether one word is a full name without a gap ("annasmith"); `initial`: or with an initial only ("asmith")."""
    if any(word in _list(name) for name in ("given", "family", "words")):
        return False
    if initial and is_family(word[1:]) and len(word) > _SHORTEST_FAMILY:
        return True
    return any(
        is_given(word[:cut]) and is_family(word[cut:])
        for cut in range(_SHORTEST_GIVEN, len(word) - _SHORTEST_FAMILY + 1)
    )


def _are_full_name(given: str, family: str) -> bool:
    if len(given) == 1:
        return is_family(family)
    both = is_given(given, surely=False) and is_family(family, surely=False)
    return both and given != family and (is_given(given) or is_family(family))
