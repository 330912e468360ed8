# SPDX-License-Identifier: Apache-2.0
"""Plain words, understood: "yep", "👍🏽", "go back", "1 and 3". The vocabulary is in `answers/<language>.yaml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, cast

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bots.core.documents import Mistake, SettingsError, read
from bots.core.helplines import Asking, load_asking

# An answer is short. Of a longer text, this much is looked at.
LONGEST_TEXT = 2000

_SKIN_TONES_AND_SELECTORS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d]")
# Apostrophes vanish ("Crohn's" is "crohns"); everything else that is no letter, digit or symbol parts two words.
_APOSTROPHES = re.compile(r"['’ʼ`´‘]")
# "yesss" is "yes", and "agreeee" is "agree".
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_TWICE = re.compile(r"([^\W\d_])\1+")
# A number below is one of a list rather than an age. In digits: what has more is no age.
_YOUNGEST, _LONGEST_AGE = 5, 3
# In words: what is longer says something of its own.
_LONGEST_ANSWER, _LONGEST_FILLER = 12, 4
# "16yo"
_BEFORE_A_UNIT = re.compile(r"(\d)(?=[^\W\d])")
_KEYCAP = "\u20e3"
_ENDS_A_PHRASE = re.compile(r"[,;/&+\n.!()|:]+")


class Intent(StrEnum):
    """What somebody may want, at any question."""

    YES = "yes"
    NO = "no"
    BACK = "back"
    SKIP = "skip"
    LATER = "later"
    STOP = "stop"
    HELP = "help"
    WHAT = "what"
    MORE = "more"
    WHY = "why"
    AGAIN = "again"
    LIST = "list"
    URGENT = "urgent"
    FORGET = "forget"
    LEAVE = "leave"
    MYDATA = "mydata"
    COPY = "copy"
    RECEIPT = "receipt"
    CHECK = "check"
    SETTINGS = "settings"
    POLLS = "polls"
    NO_POLLS = "no_polls"
    HELLO = "hello"
    THANKS = "thanks"


# A slip in one of these is forgiven: it leads to an answer, and changes nothing.
_FORGIVING = frozenset({Intent.HELP, Intent.WHAT, Intent.WHY, Intent.AGAIN, Intent.LIST, Intent.MYDATA, Intent.CHECK})
# Of so many letters, one may be wrong.
_LETTERS_A_SLIP, _MOST_SLIPS = 9, 3


def plain(text: str) -> str:
    """`text` without capitals, accents, skin tones and punctuation, one space between words; emoji stay.

    >>> plain("  Crohn’s — maladie CŒLIAQUE! 👍🏽")
    'crohns maladie cœliaque 👍'
    """
    text = _SKIN_TONES_AND_SELECTORS.sub("", text.replace(_KEYCAP, " "))
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    kept = (c if _belongs_to_a_word(c) else " " for c in text if not unicodedata.combining(c))
    words = " ".join("".join(kept).split())
    return words or re.sub(r"\s+", "", text)


def phrases(text: str) -> list[str]:
    """`text` cut where its punctuation cuts it, each piece `plain`; only the first `LONGEST_TEXT` characters.

    A point between digits is part of a number ("type 1.5"), and one between single letters of an abbreviation ("M.S.").
    """
    text = re.sub(r"(?<=\d)\.(?=\d)|(?<=\b[^\W\d])\.(?=[^\W\d]\b)", "", text[:LONGEST_TEXT])
    return [piece for piece in map(plain, _ENDS_A_PHRASE.split(text)) if any(map(_belongs_to_a_word, piece))]


def _unadorned(words: str) -> str:
    """`words` (plain) without the emoji around them; of nothing but the same emoji, one."""
    kept = " ".join(word for word in words.split() if any(map(str.isalnum, word)))
    kept = "".join(c for c in kept if c.isalnum() or c == " ").strip()
    if kept:
        return kept
    symbols = "".join(words.split())
    return symbols[:1] if len(set(symbols)) == 1 else words


def _belongs_to_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in {"So", "Sm", "Mc", "Mn"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all of the community's languages together: people mix them.

    `lead_ins` are what stands before a condition, `others` among them, the longest first.
    `forgiving` are those of the intents' words that may be misspelt: whoever meant something else is asked again.
    `shorthands` are the short forms of each language, for itself: "who r u", "vc é um bot".
    `picks` are the answers to questions with a few fixed choices: by question, what people write and the choice meant.
    """

    intents: Mapping[str, Intent]
    fillers: frozenset[str]
    numbers: Mapping[str, int]
    joiners: frozenset[str]
    lead_ins: tuple[str, ...]
    trailers: frozenset[str]
    negations: frozenset[str]
    others: frozenset[str]
    animals: frozenset[str]
    none: frozenset[str]
    unsure: frozenset[str]
    ordinary: frozenset[str]
    ages: frozenset[str]
    asking: Asking
    forgiving: tuple[str, ...]
    shorthands: tuple[Mapping[str, str], ...]
    picks: Mapping[str, Mapping[str, str]]

    def intent(self, text: str) -> Intent | None:
        """What `text` as a whole means, if it is one of the known words.

        Politeness and emoji around it are ignored, long-drawn letters shortened,
        and what is said twice in two ways is said once.

        >>> vocabulary.intent("Yesss, of course 🙂")
        <Intent.YES: 'yes'>
        """
        words = plain(text[:LONGEST_TEXT])
        if meant := self._known(words):
            return meant
        meant = self._known(_unadorned(words)) or self._agreeing(text)
        symbols = (symbol for symbol in words if not symbol.isalnum())
        signs = {self.intents.get(symbol) for symbol in symbols} - {None, Intent.THANKS, meant}
        # "yes 👎" is no yes.
        return None if signs else meant or self._misspelt(words)

    def _known(self, words: str) -> Intent | None:
        spellings = dict.fromkeys((words, _DRAWN_OUT.sub(r"\1\1", words), _TWICE.sub(r"\1", words)))
        written = (out for spelling in spellings for out in self._written_out(spelling))
        forms = (form for spelling in written for form in (spelling, self.without_fillers(spelling)))
        return next((intent for form in forms if (intent := self.intents.get(form))), None)

    def _misspelt(self, words: str) -> Intent | None:
        """What a question or a request nearly is. A yes, a no and whatever takes something away is never guessed."""
        slips = min(len(words) // _LETTERS_A_SLIP, _MOST_SLIPS)
        near = process.extractOne(words, self.forgiving, scorer=OSA.distance, score_cutoff=slips) if slips else None
        return self.intents[near[0]] if near else None

    def _written_out(self, words: str) -> Iterator[str]:
        """`words` (plain), and what they are with a language's short forms written out."""
        yield words
        parts = words.split()
        for short in self.shorthands:
            if not short.keys().isdisjoint(parts):
                yield " ".join(short.get(part, part) for part in parts)

    def _agreeing(self, text: str) -> Intent | None:
        """What all of its phrases mean, or both halves of it: "yes, that's fine", "ok of course"."""
        pieces = [_unadorned(phrase) for phrase in phrases(text)]
        words = " ".join(pieces).split()
        if len(words) > _LONGEST_ANSWER:
            return None
        halves = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words)))
        return next((meant for parts in (pieces, *halves) if (meant := self._meant_by_all(parts))), None)

    def _meant_by_all(self, parts: Sequence[str]) -> Intent | None:
        first, *others = [part for part in parts if part] or [""]
        meant = self._known(first)
        return meant if meant and all(self._known(other) is meant for other in others) else None

    def choice(self, text: str, count: int) -> tuple[int, ...]:
        """The numbers from 1 to `count` that `text` names, in order, if it holds nothing else; otherwise none.

        >>> vocabulary.choice("1️⃣ and three", 4)
        (1, 3)
        """
        words = [w for w in self.without_fillers(" ".join(phrases(text))).split() if w not in self.joiners]
        numbers = [int(w) if w.isdecimal() and len(w) <= len(str(count)) else self.numbers.get(w, 0) for w in words]
        if not numbers or not all(1 <= n <= count for n in numbers):
            return ()
        return tuple(sorted(set(numbers)))

    def age(self, text: str) -> tuple[Intent | None, int | None]:
        """How old somebody says they are, if they say that and no more than a yes or a no. It is not kept.

        >>> vocabulary.age("nope im 16yo")
        (<Intent.NO: 'no'>, 16)
        """
        words = _BEFORE_A_UNIT.sub(r"\1 ", plain(text[:LONGEST_TEXT])).split()
        meant = {self.intents.get(word) for word in words} & {Intent.YES, Intent.NO}
        numbers = [word for word in words if word not in self.ages and self.intents.get(word) not in meant]
        one_number = len(numbers) == 1 and numbers[0].isdecimal() and len(numbers[0]) <= _LONGEST_AGE
        if not one_number or len(meant) > 1 or int(numbers[0]) < _YOUNGEST:
            return None, None
        return next(iter(meant), None), int(numbers[0])

    def of_another(self, text: str) -> bool:
        """Whether somebody else is spoken of: "my daughter has it"."""
        words = f" {plain(text[:LONGEST_TEXT])} "
        return any(f" {other} " in words for other in self.others)

    def pick(self, question: str, text: str, *, whole: bool = False) -> str | None:
        """The one choice of `question` that `text` is, or has in it (not if `whole`); None if it is none, or several.

        >>> vocabulary.pick("who", "I was just diagnosed, on Monday")
        'new'
        """
        words = plain(text[:LONGEST_TEXT])
        known = self.picks.get(question, {})
        if (exactly := known.get(words) or known.get(self.without_fillers(_unadorned(words)))) or whole:
            return exactly
        written = "  ".join(self._written_out(words))
        found = {choice for phrase, choice in known.items() if f" {phrase} " in f" {written} "}
        return found.pop() if len(found) == 1 else None

    def without_fillers(self, words: str) -> str:
        """`words` (plain) without what politeness puts before and after."""
        parts = words.split()
        while at := next((n for n in _lengths(parts) if " ".join(parts[:n]) in self.fillers), 0):
            parts = parts[at:]
        while at := next((n for n in _lengths(parts) if " ".join(parts[-n:]) in self.fillers), 0):
            parts = parts[:-at]
        return " ".join(parts)


def load(languages: Sequence[str]) -> Vocabulary:
    """The vocabulary of `languages` and of English, from the files beside this one.

    A language without a file adds nothing. Raises SettingsError for a file that can't be read.
    """
    return _vocabulary(tuple(dict.fromkeys(("en", *languages))))


@cache
def _vocabulary(languages: tuple[str, ...]) -> Vocabulary:
    # The files come with the program: what was read once stays.
    folder = Path(__file__).parent / "answers"
    files = [folder / f"{language}.yaml" for language in languages]
    every = [_read(file) for file in files if file.exists()]
    intents = {plain(w): Intent(name) for one in every for name, words in one["intents"].items() for w in words}
    before = {plain(words) for one in every for words in (*one["lead_ins"], *one["others"])}
    return Vocabulary(
        asking=load_asking(),
        picks=_picks(every),
        shorthands=tuple({plain(short): plain(long) for short, long in one["shorthand"].items()} for one in every),
        intents=intents,
        forgiving=tuple(words for words, intent in intents.items() if intent in _FORGIVING),
        numbers={plain(w): int(number) for one in every for w, number in one["numbers"].items()},
        lead_ins=tuple(sorted(before, key=len, reverse=True)),
        **{
            name: frozenset(plain(words) for one in every for words in one[name])
            for name in (
                "fillers",
                "joiners",
                "trailers",
                "negations",
                "others",
                "animals",
                "none",
                "unsure",
                "ordinary",
                "ages",
            )
        },
    )


def _lengths(parts: Sequence[str]) -> range:
    """In how many words politeness may be put, the most first; something else is left."""
    return range(min(_LONGEST_FILLER, len(parts) - 1), 0, -1)


def _picks(every: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, str]]:
    picks: dict[str, dict[str, str]] = {}
    for one in every:
        for question, choices in one.get("picks", {}).items():
            known = picks.setdefault(question, {})
            known |= {plain(words): choice for choice, several in choices.items() for words in several}
    return picks


def _read(file: Path) -> dict[str, Any]:
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None or mistakes:
        raise SettingsError(mistakes)
    return cast("dict[str, Any]", document.value)
