# SPDX-License-Identifier: Apache-2.0
"""A passage as words: where each stands, which sentence it is in, and whether it is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bots.moderation.passages.passage import Passage

NUMBER = "#"
"""The word that stands for a number below ten, or one that is no count ("3.5", "10:30")."""
MANY = "#many"
"""The one for a number from ten on."""
HUGE = "#huge"
"""The one for a number from a hundred on."""
YEAR = "#year"
"""The one for a number that is a year."""
TAKEN_OUT = "·"
"""Stands where a phrase was that says nothing here. No table knows it, and it is no word of any language."""
NUMBERS = (NUMBER, MANY, HUGE)
"""What `#` stands for in a pattern: every number but a year."""

_PIECE = re.compile(
    r"(?P<word>[^\W\d_][^\W_]*(?:(?:['’`´](?=[^\W\d_])|\*+(?=[^\W_]))[^\W_]*)*)"
    r"|(?P<number>\d+(?:[.,:/]\d+)*)"
    r"|(?P<ends>[.!?;¿¡…]+)"
    r"|(?P<pause>[,:\n()]|\s-{1,3}\s)"
    r"|(?P<mark>[\"“”„«»‹›])"
    r"|(?P<picture>[☀-➿⬀-⯿\U0001f300-\U0001faff])"
)
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_INSIDE = str.maketrans("", "", "'’`´*")
# Two dots and more are a breath, not an end ("i just want to... die"), and so is what stands after a single word
# ("tired. of. living.").
_A_BREATH = re.compile(r"\.\.|…")
# What nobody closed within so many words was no quotation.
_LONGEST_QUOTATION = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """A text's words, in lower case and without apostrophes.

    `starts[i]` and `ends[i]` are where word `i` stands in the passage's text. `sentences[i]` counts sentences,
    `pauses[i]` also what commas and line ends part. `quoted[i]`: it stands between quotation marks, or on a quoted
    line. `numbers` has what stood where a number's word is. `asks` are the sentences that end in a question mark.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    pauses: tuple[int, ...]
    quoted: tuple[bool, ...]
    asks: frozenset[int]
    numbers: Mapping[int, str]


def read(passage: Passage) -> Reading:
    """The passage's words; of one that wears a mask, those behind it."""
    view = passage.unmasked
    folded, origin = (view.folded, view.origin) if view else (passage.folded, passage.origin)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    pauses: list[int] = []
    marks: list[int] = []
    asks: set[int] = set()
    numbers: dict[int, str] = {}
    sentence = pause = ended = 0
    for piece in _PIECE.finditer(folded):
        kind, text = piece.lastgroup, piece[0]
        if kind == "word" or kind == "number" or kind == "picture":
            if kind == "number":
                numbers[len(words)] = text
                text = _size(text)
            words.append(text if text.isalnum() else text.translate(_INSIDE))
            start, end = piece.span()
            starts.append(origin[start])
            ends.append(origin[end - 1] + 1)
            sentences.append(sentence)
            pauses.append(pause)
        elif kind == "ends":
            pause += 1
            if "?" in text:
                asks.add(sentence)
            if "?" in text or not (_A_BREATH.search(text) or len(words) - ended == 1):
                sentence += 1
            ended = len(words)
        elif kind == "pause":
            pause += 1
        else:
            marks.append(len(words))
    return Reading(
        tuple(words),
        tuple(starts),
        tuple(ends),
        tuple(sentences),
        tuple(pauses),
        _quoted(starts, marks, passage.quoted),
        frozenset(asks),
        numbers,
    )


def _size(number: str) -> str:
    """The word that a number is read as."""
    if _YEAR.fullmatch(number):
        return YEAR
    count = _THOUSANDS.sub("", number)
    if not count.isdigit():
        return NUMBER
    digits = len(count.lstrip("0")) or 1
    return NUMBERS[min(digits, len(NUMBERS)) - 1]


def _quoted(starts: Sequence[int], marks: Sequence[int], lines: Iterable[tuple[int, int]]) -> tuple[bool, ...]:
    quoted = [False] * len(starts)
    for opened, closed in zip(marks[::2], marks[1::2], strict=False):
        if closed - opened <= _LONGEST_QUOTATION:
            quoted[opened:closed] = [True] * (closed - opened)
    at = 0
    for start, end in lines:
        while at < len(starts) and starts[at] < start:
            at += 1
        while at < len(starts) and starts[at] < end:
            quoted[at] = True
            at += 1
    return tuple(quoted)
