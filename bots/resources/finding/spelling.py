# SPDX-License-Identifier: Apache-2.0
"""Words that no entry has, mended by the words that entries have, and by those that say nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bots.resources.finding.sounds import sounded

# Shorter words are no slips of anything.
_SHORTEST = 3
# One slip, or as many as change nothing in what is heard; where that gives nothing, in words of so many letters two …
_TWO_SLIPS_FROM = 7
# … or one in what is heard of them, and where that is so long two, which is that much less likely.
_TWO_IN_SOUND_FROM, _TWO_IN_SOUND = 9, 0.1
# Shorter words that sound alike are other words.
_SOUNDS_FROM = 5
# A library of few words does not have most words that there are: what it lacks is a slip only in a longer word, and
# of one word.
_MANY_WORDS = 10_000
# In a word this short, another first letter makes another word: "kill" is not "fill".
_SAME_START_TO = 4
# One this short is mended only where letters changed places or one was left out: it may be short for something.
_SHORT = 3
# Among many words, those this short are taken for a word that was meant if so many entries have them.
_SHORT_IN_MANY = 10
# People seldom get the first letter wrong.
_OTHER_START = 0.25
# Two letters change places, or one is left out or written twice, in as many ways as a word has letters; another letter
# is written in some 25 times as many ways, so each of these is that much less likely: less so for letters that lie side
# by side on a keyboard, or sound alike.
_LIKELY, _NEAR = 25, 4
# Words that say nothing are written far more often than the number of entries shows.
_OFTEN = 3
# How often a word comes out as a certain other word: of a hundred slips that it has, each in a twentieth of a percent.
_SLIPS = 0.0005

# What is so much as likely as the likeliest is looked up beside it, in a library of many.
_CLOSE = 0.25

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUND_ALIKE = ("aeiouy", "sczx", "ckq", "fv", "gj", "td", "mn", "bp")


class Spelling:
    """Knows `vocabulary`, and how many entries have each word, and the words that say nothing."""

    def __init__(self, vocabulary: Mapping[str, int], say_nothing: Collection[str] = ()) -> None:
        self._entries_with = vocabulary
        self._say_nothing = say_nothing
        self._many = len(vocabulary) >= _MANY_WORDS
        self._of_length = _by_length(word for word in {*vocabulary, *say_nothing} if _is_plain(word))
        self._sounding: dict[str, list[str]] = defaultdict(list)
        for word in vocabulary:
            if len(word) >= _SOUNDS_FROM and word.isalpha():
                self._sounding[sounded(word)].append(word)
        self._sounds_of_length = _by_length(self._sounding)

    def mended(self, word: str) -> tuple[str, ...]:
        """The word that was most likely meant, if any is near enough; of many words a second, nearly as likely.

        The fewer slips, the likelier; then the likelier the slip is, and the more often the word is written.
        """
        if not _is_plain(word):
            return ()
        near = list(self._one_slip(word)) or list(self._two_slips(word))
        best = sorted((-self._often(meant) * likely, meant) for meant, likely in near)[: 2 if self._many else 1]
        return tuple(meant for much, meant in best if much <= best[0][0] * _CLOSE)

    def rather(self, word: str, entries: float) -> tuple[str, ...]:
        """For a word that `entries` have: the one that it is more likely a slip of ("teh", "fod"), if there is one."""
        if not _is_plain(word):
            return ()
        likelier = ((-self._entries_with.get(meant, 0) * likely, meant) for meant, likely in self._one_slip(word))
        most, meant = min(likelier, default=(0.0, ""))
        return (meant,) if -most * _SLIPS > entries else ()

    def _often(self, word: str) -> int:
        return max(self._entries_with.get(word, 0), 1) * (_OFTEN if word in self._say_nothing else 1)

    def _one_slip(self, word: str) -> Iterator[tuple[str, float]]:
        """Words that it may be a slip of, and how likely that slip is beside others."""
        near = dict(self._within(word, 1))
        yield from near.items()
        if len(word) >= _SOUNDS_FROM:
            for meant in self._sounding.get(sounded(word), ()):
                if meant != word and meant not in near:
                    yield meant, _NEAR * _start(word, meant)

    def _two_slips(self, word: str) -> Iterator[tuple[str, float]]:
        if len(word) < _TWO_SLIPS_FROM:
            return
        near = dict(self._within(word, 2))
        yield from near.items()
        heard = sounded(word)
        slips = 2 if len(heard) >= _TWO_IN_SOUND_FROM else 1
        for sound, distance in _near(heard, self._sounds_of_length, slips):
            for meant in self._sounding[sound]:
                if meant not in near:
                    yield meant, (1 if distance == 1 else _TWO_IN_SOUND) * _start(word, meant)

    def _within(self, word: str, slips: int) -> Iterator[tuple[str, float]]:
        for meant, distance in _near(word, self._of_length, slips):
            if likely := self._likely(word, meant, distance):
                yield meant, likely

    def _likely(self, word: str, meant: str, slips: int) -> float:
        """How likely a slip it is, beside others; 0 for what is rather another word."""
        swapped = sorted(meant) == sorted(word)
        likely = slips == 1 and (swapped or len(meant) > len(word) or _without_doubles(word) == meant)
        other_start = meant[0] != word[0] and not swapped
        if meant not in self._say_nothing and (
            (len(word) <= _SHORT and not likely)
            or (not self._many and other_start and len(word) <= _SAME_START_TO)
            or (len(meant) <= _SHORT and not swapped and not (self._many and self._often(meant) >= _SHORT_IN_MANY))
        ):
            return 0.0
        of_kind = _LIKELY if likely else _NEAR if slips == 1 and _is_near(word, meant) else 1
        return of_kind * (_OTHER_START if other_start else 1)


def _near(word: str, of_length: Mapping[int, list[str]], slips: int) -> Iterator[tuple[str, int]]:
    for length in range(len(word) - slips, len(word) + slips + 1):
        near = process.extract_iter(word, of_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips)
        yield from ((each, int(distance)) for each, distance, _ in near if each != word)


def _start(word: str, meant: str) -> float:
    return 1 if word[0] == meant[0] else _OTHER_START


def _by_length(words: Iterable[str]) -> dict[int, list[str]]:
    of_length: dict[int, list[str]] = defaultdict(list)
    for word in words:
        of_length[len(word)].append(word)
    return of_length


def _without_doubles(word: str) -> str:
    return "".join(letter for letter, before in zip(word, f" {word}", strict=False) if letter != before)


def _is_near(word: str, meant: str) -> bool:
    """Whether the one letter that is another is near it, on the keyboard or in the ear."""
    if len(word) != len(meant):
        return False
    (pair,) = ({one, other} for one, other in zip(word, meant, strict=True) if one != other)
    return pair in _NEIGHBOURS or any(pair <= set(alike) for alike in _SOUND_ALIKE)


def _neighbours() -> Iterator[frozenset[str]]:
    for row in _KEYBOARD:
        yield from map(frozenset, pairwise(row))
    for upper, lower in pairwise(_KEYBOARD):
        # Each key lies below two: the one in its place, and the next.
        for shifted in (upper, upper[1:]):
            yield from map(frozenset, zip(shifted, lower, strict=False))


_NEIGHBOURS = frozenset(_neighbours())


def _is_plain(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()
