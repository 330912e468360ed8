# SPDX-License-Identifier: Apache-2.0
"""What people say where a page says something else: lay words, abbreviations, other languages' names.

They are put with the entries when these are indexed. (To put them into the question instead gained nothing.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import yaml

from bots.core.language import and_what_they_stand_on
from bots.resources.finding.words import words_of


@dataclass(frozen=True, slots=True)
class LayWords:
    """`said` is what people say of what pages call by one of the names in `of` (its words, a space around each).

    `first` are the names' first words: a text that has none of them has none of the names.
    """

    of: tuple[str, ...]
    said: tuple[str, ...]
    first: frozenset[str] = field(repr=False, compare=False)

    @classmethod
    def written(cls, of: Iterable[str], said: Iterable[str]) -> LayWords:
        """As a file has them."""
        names = tuple(map(_spaced, of))
        return cls(names, tuple(map(str, said)), frozenset(name.split()[0] for name in names))


def lay_words(languages: Sequence[str]) -> tuple[LayWords, ...]:
    """Those of these languages, and English."""
    return tuple(each for language in and_what_they_stand_on(languages) for each in _of(language))


@cache
def _of(language: str) -> tuple[LayWords, ...]:
    file = resources.files("bots.resources.finding") / "lay_words" / f"{language}.yaml"
    if not file.is_file():
        return ()
    loaded = yaml.safe_load(file.read_text("utf-8"))
    return tuple(LayWords.written(each["of"], each["said"]) for each in loaded)


def said_of(names: Iterable[str], table: Sequence[LayWords]) -> list[str]:
    """What people say of something that has these names."""
    text = " ".join(map(_spaced, names))
    words = set(text.split())
    said = (each.said for each in table if not each.first.isdisjoint(words) and any(name in text for name in each.of))
    return list(dict.fromkeys(word for words in said for word in words))


def _spaced(name: str) -> str:
    """Spaces around, so that "ms" is not found in "arms"."""
    return f" {' '.join(words_of(str(name)))} "
