# SPDX-License-Identifier: Apache-2.0
"""What people with a condition say and mean no harm by: "shooting myself with methotrexate".

An organiser writes such phrases down, or they come in a condition's pack, from people whom nobody here has met.
So a phrase only counts with a word in it that no cry is made of: "kill myself" takes nothing away, whoever writes it.
And a text is read *without* the phrase, never let through because of it: what else it says is heard as always.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.reading import TAKEN_OUT
from bots.moderation.grammar.tables import grammar, plain

_CRIES = "crisis"
# A shorter word is a slip of too many others.
_LEAST = 4


def without(parsed: Parsed, phrases: tuple[str, ...]) -> Parsed:
    """The same text read as if each of the phrases in it were one word that says nothing."""
    if not phrases:
        return parsed
    words = parsed.reading.words
    taken = [False] * len(words)
    for phrase in _counting(parsed.language, phrases):
        for start in _places(words, phrase):
            taken[start : start + len(phrase)] = [True] * len(phrase)
    if not any(taken):
        return parsed
    left = tuple(TAKEN_OUT if gone else word for word, gone in zip(words, taken, strict=True))
    return grammar(parsed.language).parse(replace(parsed.reading, words=left))


def counts(phrase: str, languages: Iterable[str]) -> bool:
    """Whether the phrase has a word of its own in each of these languages, and so takes something away."""
    words = plain(phrase).split()
    return all(_has_a_word_of_its_own(language, words) for language in languages)


@lru_cache(maxsize=64)
def _counting(language: str, phrases: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    split = (tuple(plain(phrase).split()) for phrase in phrases)
    return tuple(words for words in split if _has_a_word_of_its_own(language, words))


def _has_a_word_of_its_own(language: str, words: Sequence[str]) -> bool:
    known = grammar(language)
    return any(
        len(word) >= _LEAST and word.isalpha() and _words_of_cries(language).isdisjoint({word, known.meant(word)})
        for word in words
    )


@cache
def _words_of_cries(language: str) -> frozenset[str]:
    return grammar(language).words_of(_CRIES)


def _places(words: Sequence[str], phrase: tuple[str, ...]) -> Iterable[int]:
    first = phrase[0]
    return (
        start
        for start, word in enumerate(words)
        if word == first and tuple(words[start : start + len(phrase)]) == phrase
    )
