# SPDX-License-Identifier: Apache-2.0
"""In which language somebody asks, as far as it matters: whether the models know what the words mean."""

from __future__ import annotations

from collections.abc import Sequence

from bots.resources.finding.words import stop_words_of, words_of

# The shipped models learned from English.
_CARRIED = "en"


class Tongue:
    """Tells the languages of a community apart by their small words."""

    def __init__(self, languages: Sequence[str]) -> None:
        bases = dict.fromkeys(language.partition("-")[0] for language in languages)
        self._small_words = {language: stop_words_of(language) for language in (_CARRIED, *bases)}

    def is_carried(self, text: str) -> bool:
        """False for a text in another script than the models' own, or with more small words of another language."""
        words = words_of(text)
        if sum(not word.isascii() for word in words) * 2 > len(words):
            return False
        counts = {language: sum(word in small for word in words) for language, small in self._small_words.items()}
        return counts[_CARRIED] >= max(counts.values())
