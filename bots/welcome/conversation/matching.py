# SPDX-License-Identifier: Apache-2.0
"""A condition in somebody's own words: "T1D", "sugar diabetes", "rhumatoid", "my son has crohns and celiac".

Two things can go wrong: not to understand, which costs a question, and to understand wrongly,
which would open the door to the wrong room. So only what was said plainly and in exactly known words is `certain`;
everything else that comes near is `likely`, and the person is asked before anything happens.

- Exact: the words of a name or synonym, whole, the longest first. A name of up to three letters that is also an
  ordinary word ("ME", "fits") would be found in every second sentence, so names of up to `SHORTEST_IN_A_SENTENCE`
  letters count only when they stand alone, behind a lead-in ("I have …"), or were written in capitals;
  and the vocabulary's `ordinary` ones only in capitals ("it's me" is asked about).
- Near: Damerau-Levenshtein distance (swapped neighbours count once, and so do all the right letters in another order:
  "chrons"). Names of fewer than `SHORTEST_TYPO` letters must be spelled right; up to `LONG` letters one slip is
  understood, above that two, above `VERY_LONG` three.
  Words with a digit in them never bend: "type 1" and "type 2" are one slip apart and two different lives.
  "Type II", "type two" and "type2" are "type 2".
- Part: all that is left of the phrase are words of a name ("diabetes", "arthritis"): what fits is asked about.
- Negated ("not diabetes") and animals' conditions are dropped; somebody else's ("my son has …"),
  unsure ones ("might be …") and those inside a long message are `likely`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from rapidfuzz.distance import OSA

from bots.core.community import Condition
from bots.welcome.answers import LONGEST_TEXT, Vocabulary, phrases, plain

SHORTEST_IN_A_SENTENCE = 4
SHORTEST_TYPO = 5
LONG = 8
VERY_LONG = 14
# More words than this are a story, and what is named in it is asked about, not assumed.
LONGEST_STATEMENT = 14
# More words than this are only searched for exact names.
LONGEST_FOR_TYPOS = 40
# How far before a name "not" still denies it.
NEGATION_REACH = 3
# In a name, these say nothing about which condition it is.
_COMMON = frozenset({"disease", "syndrome", "disorder", "type", "chronic", "condition", "and", "of", "the", "cant"})
_TYPE = "type"
_TYPE_AND_NUMBER = re.compile(rf"({_TYPE})(\d+)")
_ROMAN = {"i": 1, "ii": 2, "iii": 3}
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{1,3}\b")


class Unnamed(StrEnum):
    """What somebody said who named no condition."""

    NONE_OF_THESE = "none"
    UNSURE = "unsure"
    ANIMAL = "animal"


@dataclass(frozen=True, slots=True)
class Found:
    """The condition ids that were named `certain`ly, those to ask about, and, if there are none at all, what was said.

    All three empty: not understood.
    """

    certain: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    unnamed: Unnamed | None = None


@dataclass(frozen=True)
class Matcher:
    """Knows what the community's conditions are called."""

    conditions: Sequence[Condition]
    vocabulary: Vocabulary = field(repr=False)

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Every name and synonym in every language, plain, with the conditions it may mean."""
        names: dict[str, list[str]] = {}
        for condition in self.conditions:
            synonyms = (synonym for of_language in condition.synonyms.values() for synonym in of_language)
            for name in (*condition.name.values(), *synonyms):
                ids = names.setdefault(" ".join(self.counted(" ".join(phrases(name)).split())), [])
                if condition.id not in ids:
                    ids.append(condition.id)
        return {name: tuple(ids) for name, ids in names.items() if name}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(word for name in self.names for word in name.split())

    def find(self, text: str) -> Found:
        """What `text` names. It is looked at and not kept."""
        said = _Said(self, text[:LONGEST_TEXT])
        for phrase in phrases(text):
            said.add(phrase)
        return said.found()

    @cached_property
    def longest_name(self) -> int:
        """In words."""
        return max((len(name.split()) for name in self.names), default=0)

    def exact(self, words: str) -> tuple[str, ...]:
        """The conditions called exactly that."""
        return self.names.get(words, ()) or self.names.get(words.replace(" ", ""), ())

    def counted(self, words: Sequence[str]) -> list[str]:
        """The words with the number of a type in digits, and apart: "type ii", "type two", "type2" → "type 2"."""
        counted: list[str] = []
        for position, word in enumerate(words):
            if glued := _TYPE_AND_NUMBER.fullmatch(word):
                counted += glued.groups()
            elif counted and counted[-1] == _TYPE:
                # "the type I have" is no number.
                a_number_fits = word != "i" or not words[position + 1 :] or words[position + 1].startswith("diabet")
                number = self.vocabulary.numbers.get(word) or _ROMAN.get(word)
                counted.append(str(number) if number and a_number_fits else word)
            else:
                counted.append(word)
        return counted

    def near(self, words: str) -> tuple[str, ...]:
        """The conditions that `words` misspell: all those at the smallest distance allowed."""
        best: dict[str, None] = {}
        closest = 99
        for name, ids in self.names.items():
            allowed = _slips(len(name))
            if not allowed or _digits(name) != _digits(words):
                continue
            scrambled = words[0] == name[0] and sorted(words) == sorted(name)
            distance = 1 if scrambled else OSA.distance(words, name, score_cutoff=allowed)
            if distance > allowed or distance > closest:
                continue
            if distance < closest:
                best, closest = {}, distance
            best.update(dict.fromkeys(ids))
        return tuple(best)

    def part(self, words: Iterable[str]) -> tuple[str, ...]:
        """The conditions with a name that has all of these words (nearly) in it; none if the words tell nothing."""
        wanted = {self._spelled(word) for word in words}
        if not any(word not in _COMMON and len(word) >= SHORTEST_TYPO for word in wanted):
            return ()
        return tuple(dict.fromkeys(i for name, ids in self.names.items() if wanted <= set(name.split()) for i in ids))

    def _spelled(self, word: str) -> str:
        """The word of a name that this one nearly is, else the word itself."""
        if word in self.words or any(map(str.isdigit, word)):
            return word
        near = ((OSA.distance(word, known), known) for known in self.words if len(known) >= SHORTEST_TYPO)
        distance, known = min(near, default=(99, word))
        return known if distance <= _slips(len(known)) else word


class _Said:
    """One answer, read phrase by phrase."""

    def __init__(self, matcher: Matcher, text: str) -> None:
        self._matcher = matcher
        self._words = matcher.vocabulary
        whole = plain(text)
        # Who writes everything in capitals stresses nothing.
        shouted = text.upper() == text and " " in whole
        self._capitals = set() if shouted else {plain(word) for word in _CAPITALS.findall(text)}
        self._length = len(whole.split())
        self._unsure = _has_any(whole, self._words.unsure)
        self._none = _has_any(whole, self._words.none)
        self._touches_a_name = any(len(w) >= SHORTEST_TYPO and w in matcher.words for w in whole.split())
        self._animal = _has_any(whole, self._words.animals)
        self._others = _has_any(whole, self._words.others)
        self._certain: dict[str, None] = {}
        self._likely: dict[str, None] = {}
        self._denied: set[str] = set()

    def add(self, phrase: str) -> None:
        """Look for names in one phrase."""
        for piece in self._pieces(phrase):
            self._add_piece(self._matcher.counted(piece))

    def found(self) -> Found:
        """What it came to."""
        certain = [i for i in self._certain if i not in self._denied]
        likely = [i for i in self._likely if i not in self._denied and i not in certain]
        if self._animal and not self._others:
            return Found(unnamed=Unnamed.ANIMAL) if certain or likely or self._touches_a_name else Found()
        if self._unsure or self._others or self._length > LONGEST_STATEMENT:
            certain, likely = [], [*certain, *likely]
        if certain or likely:
            return Found(tuple(certain), tuple(likely))
        if self._unsure:
            return Found(unnamed=Unnamed.UNSURE)
        return Found(unnamed=Unnamed.NONE_OF_THESE) if self._none else Found()

    def _pieces(self, phrase: str) -> list[list[str]]:
        """The phrase cut at "and"; whole where a name has the word itself."""
        if self._matcher.exact(phrase):
            return [phrase.split()]
        pieces: list[list[str]] = [[]]
        for word in phrase.split():
            if word in self._words.joiners:
                pieces.append([])
            else:
                pieces[-1].append(word)
        return [piece for piece in pieces if piece]

    def _add_piece(self, words: list[str]) -> None:
        bare = self._bare(words)
        name = " ".join(bare)
        if ids := self._matcher.exact(name):
            if name in self._words.ordinary and name not in self._capitals:
                self._note_likely(ids)
            else:
                self._name(ids)
            return
        rest: list[str] = []
        position = 0
        while position < len(words):
            ids, length = self._longest(words, position)
            if not ids:
                rest.append(words[position])
            elif self._is_denied(words, position):
                self._denied.update(ids)
            else:
                self._name(ids)
            position += length or 1
        if len(rest) < len(words):
            return
        if self._length <= LONGEST_FOR_TYPOS and not self._near(bare):
            self._note_likely(self._matcher.part(bare))

    def _name(self, ids: Sequence[str]) -> None:
        if len(ids) == 1:
            self._certain[ids[0]] = None
        else:
            self._note_likely(ids)

    def _note_likely(self, ids: Iterable[str]) -> None:
        self._likely.update(dict.fromkeys(ids))

    def _longest(self, words: Sequence[str], start: int) -> tuple[tuple[str, ...], int]:
        """The longest name that begins here, and how many words it has."""
        for length in range(min(self._matcher.longest_name, len(words) - start), 0, -1):
            name = " ".join(words[start : start + length])
            ids = self._matcher.exact(name)
            if ids and (len(name) > SHORTEST_IN_A_SENTENCE or name in self._capitals or any(map(str.isdigit, name))):
                return ids, length
        return (), 0

    def _near(self, words: Sequence[str]) -> bool:
        """Whether some words are nearly a name; the widest window first."""
        for length in range(min(self._matcher.longest_name + 1, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                ids = self._matcher.near(" ".join(words[start : start + length]))
                if not ids:
                    continue
                if self._is_denied(words, start):
                    self._denied.update(ids)
                else:
                    self._note_likely(ids)
                return True
        return False

    def _is_denied(self, words: Sequence[str], start: int) -> bool:
        before = " ".join(words[max(0, start - NEGATION_REACH) : start])
        return _has_any(before, self._words.negations)

    def _bare(self, words: Sequence[str]) -> list[str]:
        """The words without what may stand before and after a condition."""
        text, before = self._words.without_fillers(" ".join(words)), None
        while before != text:
            before = text
            for lead_in in self._words.lead_ins:
                text = text.removeprefix(f"{lead_in} ")
            for trailer in self._words.trailers:
                shorter = text.removesuffix(f" {trailer}")
                text = text if self._matcher.exact(text) else shorter
        return text.split()


def _slips(length: int) -> int:
    if length < SHORTEST_TYPO:
        return 0
    return 1 if length < LONG else 2 if length < VERY_LONG else 3


def _digits(words: str) -> list[str]:
    return [word for word in words.split() if any(map(str.isdigit, word))]


def _has_any(text: str, wanted: Iterable[str]) -> bool:
    padded = f" {text} "
    return any(f" {words} " in padded for words in wanted)
