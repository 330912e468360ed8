# SPDX-License-Identifier: Apache-2.0
"""How people say for whom they ask, how they are, and what they say to an answer, in every language of the bots."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "vocabulary"
MORE, HELPED, UNHELPFUL, TALK = "➕", "👍", "👎", "💬"
# What somebody sends who has no words. Compared without what only changes how it looks.
_HARD_HOUR = frozenset("😢😭💔😞😔😟😣😖😫😩🥺😨😰😱🆘😥😓☹🙁😿")
_LOOKS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_NUMBERED = re.compile(r"(?P<words>.+?) (?P<number>[1-9])")


class Reply(StrEnum):
    """What can be said to an answer: by a tap, by a command, or in plain words."""

    MORE = "more"
    HELPED = "helped"
    UNHELPFUL = "unhelpful"
    TALK = "talk"


TAPS = {MORE: Reply.MORE, HELPED: Reply.HELPED, UNHELPFUL: Reply.UNHELPFUL, TALK: Reply.TALK}


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply, and the entry that it names by its place in the answer (None: the answer as it is)."""

    reply: Reply
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All languages together, folded: nobody has to say in which one they write."""

    places: frozenset[str]
    languages: frozenset[str]
    audience: Mapping[str, frozenset[str]]
    here: frozenset[str]
    replies: Mapping[str, Reply]
    thanks: frozenset[str]
    polite: frozenset[str]
    hard_hour: frozenset[str]

    def replied(self, text: str) -> Replied | None:
        """What a message says to an answer, if it says that and nothing else: in words, or by a tap's emoji."""
        if (tapped := TAPS.get(_LOOKS.sub("", text.strip()))) is not None:
            return Replied(tapped)
        return self._replied(folded(text)) or self._replied(_without(folded(text), self.thanks | self.polite))

    def is_thanks(self, text: str) -> bool:
        """Whether somebody says thank you, and nothing else."""
        words = folded(text)
        return bool(words) and words != _without(words, self.thanks) and not _without(words, self.thanks | self.polite)

    def sounds_hard(self, text: str) -> bool:
        """Whether somebody says that they are afraid, alone, or at their wits' end: in words, or by an emoji alone."""
        if not any(map(str.isalnum, text)):
            return not _HARD_HOUR.isdisjoint(text)
        words = f" {folded(text)} "
        return any(f" {sign} " in words for sign in self.hard_hour)

    def _replied(self, words: str) -> Replied | None:
        numbered = _NUMBERED.fullmatch(words)
        if numbered and (reply := self.replies.get(numbered["words"])) is not None:
            return Replied(reply, int(numbered["number"]))
        reply = self.replies.get(words)
        return Replied(reply) if reply is not None else None

    def without_here(self, text: str) -> tuple[str, bool]:
        """The text without "here" at its end, and whether that stood there: "ireland here"."""
        words = folded(text)
        for here in sorted(self.here, key=len, reverse=True):
            if words == here or words.endswith(f" {here}"):
                return words[: len(words) - len(here)].strip(), True
        return text, False


@cache
def load_vocabulary() -> Vocabulary:
    """The one there is, read once."""
    every = [yaml.safe_load(file.read_text("utf-8")) for file in sorted(_FOLDER.glob("*.yaml"))]
    audiences = {name for each in every for name in each["audience"]}
    return Vocabulary(
        places=_all(every, "places"),
        languages=_all(every, "languages"),
        audience={name: _all([each["audience"] for each in every], name) for name in sorted(audiences)},
        here=_all(every, "here"),
        thanks=_all(every, "thanks"),
        polite=_all(every, "polite"),
        hard_hour=_all(every, "hard_hour"),
        replies={words: reply for reply in Reply for words in _all(every, reply.value)},
    )


def folded(text: str) -> str:
    """Without capitals, accents, apostrophes and punctuation."""
    text = text.replace("'", "").replace("’", "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def _without(words: str, phrases: frozenset[str]) -> str:
    """What is left without these, the longest taken out first."""
    text = f" {words} "
    for phrase in sorted(phrases, key=lambda each: (-len(each), each)):
        text = text.replace(f" {phrase} ", "  ")
    return " ".join(text.split())


def _all(every: list[dict[str, Any]], name: str) -> frozenset[str]:
    return frozenset(folded(str(words)) for each in every for words in each.get(name, ()))
