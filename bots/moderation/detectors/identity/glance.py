# SPDX-License-Identifier: Apache-2.0
"""One look at a text that says whether any of several patterns can stand in it at all: mostly, none can.

RE2 asks for all of them at once, several times as fast as each alone. It cannot look ahead or behind, so that is taken
off: at a glance more may match than does, and never less.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import re2

_MEMORY = 8 << 20
_OTHER_LETTERS = re.compile(r"[^\W\x00-\x7f]")
_AROUND = re.compile(r"\(\?<?[=!]")
# A backslash with what it escapes, a class of characters, or one character.
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
# What is space to Python, and not to RE2.
_SPACES = r"\x0b\x1c-\x1f"


def glance(*patterns: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a text may have a match of any of the patterns; they must have no flags, anchors or references back.

    Of a text with other letters than ASCII's it is always true, since the two disagree on what a letter is.
    Folded text has those of few languages only.
    """
    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    either = re2.compile("|".join(f"(?:{_plainly(pattern.pattern)})" for pattern in patterns), options)

    def may_have(text: str) -> bool:
        return bool(either.search(text) or (not text.isascii() and _OTHER_LETTERS.search(text)))

    return may_have


def _plainly(pattern: str) -> str:
    """The pattern without names of groups, and without what looks ahead or behind."""
    pattern = re.sub(r"\(\?P<\w+>", "(?:", pattern)
    kept = []
    at = 0
    while at < len(pattern):
        if _AROUND.match(pattern, at):
            at = _closed(pattern, at)
            continue
        part = _PART.match(pattern, at)
        assert part is not None
        kept.append(_spaced(part.group()))
        at = part.end()
    return "".join(kept)


def _spaced(part: str) -> str:
    if part == r"\s":
        return rf"[\s{_SPACES}]"
    return part.replace(r"\s", rf"\s{_SPACES}")


def _closed(pattern: str, at: int) -> int:
    """Where the bracket that opens here is closed."""
    depth = 0
    for part in _PART.finditer(pattern, at):
        depth += (part.group() == "(") - (part.group() == ")")
        if not depth:
            return part.end()
    return len(pattern)
