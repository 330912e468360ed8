# SPDX-License-Identifier: Apache-2.0
"""What somebody said, as a quotation that is harmless: no markup of theirs, no mention, not too long. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bots.core.actions import Quote, Words
from bots.core.events import Message
from bots.core.language.markup import Inline, Rendered, escaped, plain_text

# How much of a message is quoted, in bytes as it travels in HTML: both forms of it fit into one encrypted event.
LONGEST = 6_000
# How much of what stands before the first marked place is shown of a message that is cut.
_BEFORE = 500
_GONE = Words("core.quote_gone")
_EDITED = Words("core.quote_edited")


def quoted(quote: Quote, message: Message | None) -> tuple[Rendered | Words, ...]:
    """What is shown of a message: its words, and what there is to know about them. None: it can't be shown."""
    if message is None:
        return (_GONE,)
    text = message.text or (message.media.mimetype if message.media else "")
    # Places in the words as they were say nothing about the words as they are.
    marks = () if message.edited else _places(quote.marks, len(text))
    start, end = _window(text, marks)
    shown = quotation(text[start:end], [(max(a, start) - start, min(b, end) - start) for a, b in marks if a < end])
    left_out = len(text) - (end - start)
    return (
        shown,
        *((Words("core.quote_cut", {"count": left_out}),) if left_out else ()),
        *((_EDITED,) if message.edited else ()),
    )


def in_own_words(message: Message | None) -> tuple[Rendered | Words, ...]:
    """What is shown of somebody's own line, that a bot says for them. None: it is not what it was any more."""
    return (_GONE,) if message is None else (quotation(message.text),)


def quotation(text: str, marks: Sequence[tuple[int, int]] = ()) -> Rendered:
    """What somebody said, set apart. `marks` are places in it, in order and apart, that are set off."""
    pieces = list(_pieces(text, marks))
    body = "".join(piece.body for piece in pieces)
    return Rendered(
        "\n".join(f"> {line}" for line in body.split("\n")),
        f"<blockquote>{''.join(piece.html for piece in pieces)}</blockquote>",
    )


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> Iterator[Inline]:
    edges = [0, *(edge for mark in marks for edge in mark), len(text)]
    for number, (start, end) in enumerate(pairwise(edges)):
        piece = plain_text(text[start:end])
        if number % 2 and piece.body:
            yield Inline(f"»{piece.body}«", f"<strong>{piece.html}</strong>")
        else:
            yield piece


def _places(marks: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The marks in order, those that touch as one, none beyond the end."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in marks):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _window(text: str, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where the quotation starts and ends: at the beginning, or a little before the first mark if that is far away."""
    end = _fits(text, 0)
    if end == len(text) or not marks or marks[0][1] <= end:
        return 0, end
    start = max(0, marks[0][0] - _BEFORE)
    return start, _fits(text, start)


def _fits(text: str, start: int) -> int:
    left = LONGEST
    for place in range(start, len(text)):
        left -= len(json.dumps(escaped(text[place]))) - 2
        if left < 0:
            return place
    return len(text)
