# SPDX-License-Identifier: Apache-2.0
"""A text as words that can be compared: folded, without accents, in scripts with spaces and in those without."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

from bots.core.language import and_what_they_stand_on

# Scripts in which vowels are marks on letters; Python's \w knows letters only. (U+0964 and U+0965 are full stops.)
_WITH_MARKS = r"\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff"
# Scripts that put no space between words: kana, Chinese characters, Thai, Lao, Burmese, Khmer.
_WITHOUT_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"(?:[^\W_]|[{_WITH_MARKS}])+(?:'(?:[^\W_]|[{_WITH_MARKS}])+)*")
_RUN = re.compile(rf"[{_WITHOUT_SPACES}]+|[^{_WITHOUT_SPACES}]+")
_WRITTEN = re.compile(r"\w+")
_SPACELESS = re.compile(rf"[{_WITHOUT_SPACES}]")
# What French writes before a word without a space: "l'insuline".
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=.)")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})


def words_of(text: str) -> list[str]:
    """The words of `text`, in order. Where a script has no spaces, each two neighbouring characters are a word."""
    if text.isascii():
        folded = text.lower().translate(_APOSTROPHES)
    else:
        folded = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
        # Accents go; the marks that are vowels (combining class 0) and Hangul, put together again, stay.
        folded = unicodedata.normalize("NFC", "".join(c for c in folded if not unicodedata.combining(c)))
    found: list[str] = []
    for word in _WORD.findall(folded):
        if "'" in word:
            found.append(_ELISION.sub("", word).removesuffix("'s").replace("'", ""))
        elif word.isascii() or not _SPACELESS.search(word):
            found.append(word)
        else:
            found.extend(_pairs(word))
    return found


def as_written(text: str) -> dict[str, str]:
    """Of words that are compared without their accents, how somebody wrote them: "müde", by "mude"."""
    if text.isascii():
        return {}
    written = ((words_of(word), word.lower()) for word in _WRITTEN.findall(text))
    return {words[0]: word for words, word in written if len(words) == 1 and len(words[0]) == len(word)}


def _pairs(word: str) -> Iterable[str]:
    for run in _RUN.findall(word):
        if len(run) > 1 and _SPACELESS.match(run):
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run


def stop_words(languages: Sequence[str]) -> frozenset[str]:
    """Words that say nothing in `languages`. Of no others: what says nothing in one is a thing in another ("son")."""
    return frozenset().union(*(stop_words_of(language) for language in and_what_they_stand_on(languages)))


@cache
def stop_words_of(language: str) -> frozenset[str]:
    """Those of this one alone."""
    file = resources.files("bots.resources") / "stop_words" / f"{language}.txt"
    return frozenset(words_of(file.read_text("utf-8"))) if file.is_file() else frozenset()
