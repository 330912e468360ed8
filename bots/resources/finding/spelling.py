# SPDX-License-Identifier: Apache-2.0
"""Words that no entry has, mended by the words that entries have, and by those that say nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bots.resources.finding.everyday import NONE, Everyday
from bots.resources.finding.sounds import sounded

# Shorter words are no slips of anything; where everyday words are known, one of two letters may be ("nd" for "and").
_SHORTEST = 3
# One slip, or as many as change nothing in what is heard; where that gives nothing, in words of so many letters two …
_TWO_SLIPS_FROM = 7
# … or, from so many on, one in what is heard of them, and where that is so long two, which is that much less likely.
_SLIP_IN_SOUND_FROM = 5
_TWO_IN_SOUND_FROM, _TWO_IN_SOUND = 8, 0.1
# Shorter words that sound alike are other words.
_SOUNDS_FROM = 5
# A library of few words does not have most words that there are: what it lacks is a slip only in a longer word, and
# of one word.
_MANY_WORDS = 10_000
# In a word this short, another first letter makes another word: "kill" is not "fill".
_SAME_START_TO = 4
# One this short may be short for something that nobody wrote about: of a million words one is this.
_SHORT, _SHORT_FOR_SOMETHING = 3, 1e-6
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
# How often a word comes out as a certain other word: of a hundred slips that it has, each in a tenth of a percent.
_SLIPS = 0.001
# What one entry has may be there by a slip, too, or be part of a name: most of one entry counts for nothing.
_ASTRAY, _AT_LEAST = 0.6, 0.2
# A word that more entries have than so many, or that is so large a share of all that is written (the ten thousand most
# frequent words are), is known well, and can only be a slip of one that so many entries have.
_FEW, _SHARE, _FREQUENT = 5, 1e-5, 20
# What is that much less likely than the likeliest is not thought of, whatever stands beside it.
_HOPELESS, _MOST_READINGS = 0.002, 6
# So many are looked up, if each is as likely as that; where most words are not known, the likeliest alone.
_MOST_MEANT, _LEAST_LIKELY = 3, 0.1

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUND_ALIKE = ("aeiouy", "sczx", "ckq", "fv", "gj", "td", "mn", "bp")


class Spelling:
    """Knows `vocabulary`, and how many entries have each word, and the words that say nothing.

    About a word of an English question it is asked together with `everyday`, which knows what entries seldom have.
    """

    def __init__(self, vocabulary: Mapping[str, int], say_nothing: Collection[str] = ()) -> None:
        self._entries_with = vocabulary
        # How many words entries have in all, each counted once an entry.
        self.whole = sum(vocabulary.values())
        self._say_nothing = say_nothing
        plain = [word for word in {*vocabulary, *say_nothing} if len(word) >= _SHORTEST and word.isalpha()]
        self._of_length = _by_length(plain)
        self._frequent = _by_length(word for word in plain if word in say_nothing or vocabulary[word] >= _FREQUENT)
        self._sounding: dict[str, list[str]] = defaultdict(list)
        for word in vocabulary:
            if len(word) >= _SOUNDS_FROM and word.isalpha():
                self._sounding[sounded(word)].append(word)
        self._sounds_of_length = _by_length(self._sounding)

    def readings(self, word: str, entries: float, everyday: Everyday = NONE) -> dict[str, float]:
        """What may be meant by a word that `entries` have, each with how likely it is beside the others.

        A word that entries have, or everyday English, may be meant as it is written. Of others, what takes the fewest
        slips is likelier; then what takes a likely one; then what is written more often.
        """
        written = max(entries - _ASTRAY, entries * _AT_LEAST) + self._expected(word, everyday)
        known = written or (len(word) <= _SHORT and self.whole * _SHORT_FOR_SOMETHING)
        likely = {word: known} if known else {}
        if _is_plain(word, everyday):
            near = list(self._one_slip(word, everyday, entries))
            if not (near or known):
                near = list(self._two_slips(word, everyday))
            for each, slip in near:
                likely[each] = self.often(each, everyday) * slip * (_SLIPS if known else 1)
        least = max(likely.values(), default=0.0) * _HOPELESS
        best = sorted(((much, each) for each, much in likely.items() if much > least), reverse=True)[:_MOST_READINGS]
        return {each: much for much, each in best}

    def meant(self, readings: Mapping[str, float], everyday: Everyday = NONE) -> tuple[tuple[str, float], ...]:
        """The likeliest of them first, each with how likely it is; those that are too unlikely left out."""
        whole = sum(readings.values())
        most = _MOST_MEANT if self._many(everyday) else 1
        best = sorted((-much / whole, each) for each, much in readings.items() if much)[:most]
        return tuple((each, -much) for much, each in best if -much >= _LEAST_LIKELY)

    def _many(self, everyday: Everyday) -> bool:
        return len(self._entries_with) + len(everyday) >= _MANY_WORDS

    def _expected(self, word: str, everyday: Everyday) -> float:
        """In so many entries a word would be if these were written as everything is."""
        return everyday.share(word) * self.whole

    def often(self, word: str, everyday: Everyday = NONE) -> float:
        """In so many entries it is, or would be if these were written as everything is."""
        entries = self._entries_with.get(word, 0)
        if word in self._say_nothing:
            entries = max(entries, 1) * _OFTEN
        return entries + self._expected(word, everyday)

    def _one_slip(self, word: str, everyday: Everyday, entries: float) -> Iterator[tuple[str, float]]:
        """Words that it may be a slip of, and how likely that slip is beside others."""
        if entries > _FEW or everyday.share(word) > _SHARE:
            for meant, distance in _near(word, self._frequent, 1):
                if likely := self._likely(word, meant, distance, everyday):
                    yield meant, likely
            return
        near = dict(self._within(word, 1, everyday))
        yield from near.items()
        if len(word) >= _SOUNDS_FROM:
            for meant in self._sounding.get(sounded(word), ()):
                if meant != word and meant not in near:
                    yield meant, _NEAR * _start(word, meant)

    def _two_slips(self, word: str, everyday: Everyday) -> Iterator[tuple[str, float]]:
        near = dict(self._within(word, 2, everyday)) if len(word) >= _TWO_SLIPS_FROM else {}
        yield from near.items()
        if len(word) < _SLIP_IN_SOUND_FROM:
            return
        heard = sounded(word)
        slips = 2 if len(heard) >= _TWO_IN_SOUND_FROM else 1
        for sound, distance in _near(heard, self._sounds_of_length, slips):
            for meant in self._sounding[sound]:
                if meant not in near:
                    yield meant, (1 if distance == 1 else _TWO_IN_SOUND) * _start(word, meant)

    def _within(self, word: str, slips: int, everyday: Everyday) -> Iterator[tuple[str, float]]:
        near = dict(_near_everyday(word, everyday, slips)) | dict(_near(word, self._of_length, slips))
        for meant, distance in near.items():
            if likely := self._likely(word, meant, distance, everyday):
                yield meant, likely

    def _likely(self, word: str, meant: str, slips: int, everyday: Everyday) -> float:
        """How likely a slip it is, beside others; 0 for what is rather another word."""
        many = self._many(everyday)
        swapped = sorted(meant) == sorted(word)
        likely = slips == 1 and (swapped or len(meant) > len(word) or _without_doubles(word) == meant)
        other_start = meant[0] != word[0] and not swapped
        near = slips == 1 and _is_near(word, meant)
        if len(word) <= _SHORT and not (likely or near):
            return 0.0
        if meant not in self._say_nothing and (
            (not many and other_start and len(word) <= _SAME_START_TO)
            or (len(meant) <= _SHORT and not swapped and not (many and self.often(meant, everyday) >= _SHORT_IN_MANY))
        ):
            return 0.0
        of_kind = _LIKELY if likely else _NEAR if near else 1
        return of_kind * (_OTHER_START if other_start else 1)


def _near(word: str, words: Mapping[int, list[str]] | Everyday, slips: int) -> Iterator[tuple[str, int]]:
    for length in range(len(word) - slips, len(word) + slips + 1):
        near = process.extract(word, words.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=None)
        yield from ((each, int(distance)) for each, distance, _ in near if each != word)


@lru_cache(maxsize=512)
def _near_everyday(word: str, everyday: Everyday, slips: int) -> tuple[tuple[str, int], ...]:
    """Kept, as each index measures itself by the same lines of chat."""
    return tuple(_near(word, everyday, slips))


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
    pairs = [{one, other} for one, other in zip(word, meant, strict=False) if one != other]
    if len(word) != len(meant) or len(pairs) != 1:
        return False
    return pairs[0] in _NEIGHBOURS or any(pairs[0] <= set(alike) for alike in _SOUND_ALIKE)


def _neighbours() -> Iterator[frozenset[str]]:
    for row in _KEYBOARD:
        yield from map(frozenset, pairwise(row))
    for upper, lower in pairwise(_KEYBOARD):
        # Each key lies below two: the one in its place, and the next.
        for shifted in (upper, upper[1:]):
            yield from map(frozenset, zip(shifted, lower, strict=False))


_NEIGHBOURS = frozenset(_neighbours())


def _is_plain(word: str, everyday: Everyday) -> bool:
    return len(word) >= (_SHORTEST - 1 if everyday else _SHORTEST) and word.isalpha()
