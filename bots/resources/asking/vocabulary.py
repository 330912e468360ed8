# SPDX-License-Identifier: Apache-2.0
"""How people say for whom they ask, and what they say to an answer, in every language that comes with the bots."""

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
_NUMBERED = re.compile(r"(?P<words>.+?) (?P<number>[1-9])")


class Reply(StrEnum):
    """What can be said to an answer: by a tap, by a command, or in plain words."""

    MORE = "more"
    HELPED = "helped"
    UNHELPFUL = "unhelpful"
    TALK = "talk"


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

    def replied(self, text: str) -> Replied | None:
        """What a message says to an answer, if it says that and nothing else."""
        words = folded(text)
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
        replies={words: reply for reply in Reply for words in _all(every, reply.value)},
    )


def folded(text: str) -> str:
    """Without capitals, accents, apostrophes and punctuation."""
    text = text.replace("'", "").replace("’", "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def _all(every: list[dict[str, Any]], name: str) -> frozenset[str]:
    return frozenset(folded(str(words)) for each in every for words in each.get(name, ()))
