# SPDX-License-Identifier: Apache-2.0
"""Words that were written so that no list finds them: `k i l l`, `v.i.a.g.r.a`, `p1lls`, `$ell`.

This is a second reading beside the plain one, never in place of it: a dose is not a word (`20mg`, `b12`, `t1d`).
It takes time linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Letters, each alone, with the same few marks between them; three at least.
_SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9@$!](?:[ ._\-*/|~]{1,3}[a-z0-9@$!]){2,}(?![a-z0-9])")
_FLAGS = {chr(0x1F1E6 + letter): chr(ord("a") + letter) for letter in range(26)}
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
# A sign between letters, or in front of three or more.
_MASKED = re.compile(
    r"(?<=[a-z])[013457@$!|]{1,2}(?=[a-z])|(?<![a-z0-9])(?:[1345$@!](?=[a-z]{3})|0(?=[a-z]{5}))|(?<=[a-z]{2})(?<!\bus)\$(?![\w$])"
)
# A capital I among small letters is meant for an l, and a small l among capitals for an I: "kiII", "KlLL".
_TALL = re.compile(r"(?<=[a-z])I{1,2}(?![A-Z])|(?<=[A-Z])l(?=[A-Z])")
_SIGN = re.compile(r"[013457@$!|]")
_TOKEN = re.compile(r"\S+")
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "l"}
# `2x5mg`, `3pm`: a number, and no word with a digit for its first letter.
_NUMBER = re.compile(r"\W*[0-9](?!(?<=[1345])[a-z]{3}|(?<=0)[a-z]{5})")
# An address or a link is what it is.
_ADDRESS = re.compile(r"\S@\S{1,80}\.\S|://|\.\w{2,}/")


def straight(text: str) -> str:
    """The text with what stands for another tall letter as that letter, each character in its place."""
    return _TALL.sub(lambda tall: "i" if tall.group() == "l" else "l" * len(tall.group()), text)


def unmask(folded: str, origin: Sequence[int]) -> tuple[str, Sequence[int]] | None:
    """What the folded text says behind its masks, and where each character came from; None if it wears none.

    Words that are spaced out evenly are run together as one: `k i l l y o u` is `killyou`, `k i l l   y o u` two.
    """
    text, places = _joined(_letters(folded), origin)
    bare = _without_leet(text)
    return None if bare == folded else (bare, places)


def _letters(folded: str) -> str:
    return folded if folded.isascii() else _FLAG.sub(lambda flag: _FLAGS[flag.group()], folded)


def _joined(text: str, origin: Sequence[int]) -> tuple[str, Sequence[int]]:
    pieces: list[str] = []
    places: list[int] = []
    end = 0
    for run in _SPACED.finditer(text):
        if not any(character.isalpha() for character in run.group()):
            continue
        pieces.append(text[end : run.start()])
        places += origin[end : run.start()]
        widest = min(len(gap) for gap in re.findall(r"[^a-z0-9@$!]+", run.group()))
        gap = 0
        for at in range(run.start(), run.end()):
            if re.match(r"[a-z0-9@$!]", text[at]):
                if gap > widest:
                    pieces.append(" ")
                    places.append(origin[at - 1])
                pieces.append(text[at])
                places.append(origin[at])
                gap = 0
            else:
                gap += 1
        end = run.end()
    if not end:
        return text, origin
    return "".join((*pieces, text[end:])), (*places, *origin[end:])


def _without_leet(text: str) -> str:
    if not (_SIGN.search(text) and _MASKED.search(text)):
        return text
    return _TOKEN.sub(lambda token: _word(token.group()), text)


def _word(token: str) -> str:
    if token.isalpha() or _NUMBER.match(token) or _ADDRESS.search(token):
        return token
    return _MASKED.sub(lambda mask: _read(mask, token), token)


def _read(mask: re.Match[str], token: str) -> str:
    read = ""
    before = token[mask.start() - 1] if mask.start() else ""
    for character in mask.group():
        # `1` is an l after an i or an l, as in `ki11`, and else an i, as in `su1c1de`.
        letter = "l" if character == "1" and before in ("i", "l", "e") else _LEET[character]
        read += letter
        before = letter
    return read
