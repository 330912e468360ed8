# SPDX-License-Identifier: Apache-2.0
"""Text for comparing: what looks the same is the same, and every character still knows where it came from.

NFKD takes apart what is composed; accents and everything that has no width fall away; letters and digits that look
like plain ones become them (UTS 39's skeleton, `lookalikes.txt`); what a bidi override shows backwards is read the way
it is shown. It takes time linear in the length of the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

_MARKS = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})
# What NFKD does not take apart, and is more than a look-alike.
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "’": "'", "‘": "'"}
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_OVERRIDE, _ENDS = "\u202e", frozenset("\u202c\n\u2029")


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and for each of its characters the place in `text` that it came from.

    It is in lower case, every space is a plain one, and lines stay lines.
    """
    if text.isascii():
        return text.lower(), range(len(text))
    folded: list[str] = []
    origin: list[int] = []
    for place in _as_shown(text):
        for character in _folded(text[place]):
            folded.append(character)
            origin.append(place)
    return "".join(folded), tuple(origin)


def _as_shown(text: str) -> Sequence[int]:
    """The places of the text in the order in which they are read: what follows an override backwards."""
    if _OVERRIDE not in text:
        return range(len(text))
    places: list[int] = []
    start = 0
    while (begin := text.find(_OVERRIDE, start)) >= 0:
        end = next((at for at in range(begin, len(text)) if text[at] in _ENDS), len(text))
        places += range(start, begin)
        places += reversed(range(begin, end))
        start = end
    places += range(start, len(text))
    return places


# As many as all letters that one community's languages are likely to need; nobody can make it grow without end.
@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in "\n\r":
        return "\n"
    category = unicodedata.category(character)
    if category in _SPACES or character == "\t":
        return " "
    if category in _MARKS:
        return ""
    known = {**_LETTERS, **_DASHES}.get(character.lower()) or _look_alikes().get(character)
    if known is not None:
        return known
    parts = (part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part) not in _MARKS)
    return "".join(_simple(part) for part in parts)


def _simple(part: str) -> str:
    lower = part.lower()
    if part.isascii():
        return lower
    alike = _look_alikes()
    return alike.get(part) or alike.get(lower) or "".join(c for c in lower if not unicodedata.combining(c))


@cache
def _look_alikes() -> dict[str, str]:
    text = (resources.files(__package__) / "lookalikes.txt").read_text("utf-8")
    lines = (line.split(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {alike: plain for plain, all_alike in lines for alike in all_alike}
