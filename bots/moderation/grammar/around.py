# SPDX-License-Identifier: Apache-2.0
"""What stands around a match: whose it is, whether it is denied, quoted, told by somebody, past, or a joke."""

from __future__ import annotations

from enum import StrEnum

from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.rules import Match

# How many words before a match still say whose it is, and whether it is not so.
_SUBJECT_REACH = 8
_DENIAL_REACH = 4
_TELLING_REACH = 6
_CITING_REACH = 5
# How many words after it still say that it was a joke.
_LAUGH_REACH = 6
# Whoever quotes more than so many words does not speak of themselves.
_QUOTATION_REACH = 60


class Who(StrEnum):
    """Of whom something is said."""

    ONESELF = "oneself"
    YOU = "you"
    OTHER = "other"


def quoted(parsed: Parsed, match: Match) -> bool:
    """Between quotation marks, unless it is oneself who says or thinks it."""
    if not all(parsed.reading.quoted[match.start : match.end]):
        return False
    begin = match.start
    while begin and match.start - begin < _QUOTATION_REACH and parsed.reading.quoted[begin - 1]:
        begin -= 1
    before = begin - _SUBJECT_REACH
    return not parsed.has("i", before, begin) and not parsed.has("my", before, begin)


def cited(parsed: Parsed, match: Match) -> bool:
    """After a song, a book or a film was named: what is sung or played there."""
    return parsed.has("cited", parsed.before(match, _CITING_REACH), match.start)


def told(parsed: Parsed, match: Match) -> bool:
    """After a "said" or "told me": somebody else's words, without marks."""
    begin = parsed.before(match, _TELLING_REACH)
    return parsed.has("say", begin, match.start)


def denied(parsed: Parsed, match: Match) -> bool:
    """A "not" before it that nothing parts from it: "i'm not going to kill myself".

    The words of a "firm" rule are not denied by it: "don't be sad when i'm gone"; nor are those that begin with a "not"
    of their own: "life without her isn't worth living"; nor those that say when, and begin anew: "no pain tonight and
    i'm going to kill myself".
    """
    if "firm" in match.rule.ways or _begins_anew(parsed, match):
        return False
    no, belief, breaks = parsed.covered("no"), parsed.covered("belief"), parsed.covered("breaks")
    pauses = parsed.reading.pauses
    begin = parsed.before(match, _DENIAL_REACH)
    if any(belief[max(begin, match.start - 2) : match.start]):
        return True
    for at in range(match.start - 1, begin - 1, -1):
        if pauses[at] != pauses[match.start] or breaks[at]:
            return False
        if no[at]:
            return not (parsed.covered("again")[match.start] or no[match.start])
    return False


def _begins_anew(parsed: Parsed, match: Match) -> bool:
    """Whether an "and" stands inside, and no "not" right before it all."""
    right_before = parsed.covered("no")[max(0, match.start - 1) : match.start]
    return not any(right_before) and parsed.has("joins", match.start + 1, match.end - 1)


def past(parsed: Parsed, match: Match) -> bool:
    """What was long ago, and nothing says that it is still so, or something that it is over."""
    begin, end = parsed.piece(match)
    if not parsed.has("then", begin, end):
        begin, end = parsed.clause(match)
        if not parsed.has("then", begin, end):
            return False
    whole = parsed.clause(match)
    if parsed.has("returns", *whole):
        return False
    return parsed.has("well", *whole) or not parsed.has("still", begin, end)


def whose(parsed: Parsed, match: Match) -> Who:
    """The nearest who stands in or before it; oneself, if nobody does."""
    own, other, you = parsed.covered("i"), parsed.covered("other"), parsed.covered("you")
    begin = parsed.before(match, _SUBJECT_REACH)
    end = match.end
    if "own" in match.rule.ways:
        # Others may stand in it ("my kids are better off without me"): only who stands before it counts.
        if parsed.has("i", match.start, end) or parsed.has("my", match.start, end):
            return Who.ONESELF
        end = match.start
    for at in range(end - 1, begin - 1, -1):
        if own[at]:
            return Who.ONESELF
        if other[at]:
            return Who.OTHER
        if you[at]:
            return Who.YOU
    return Who.ONESELF


def laughed(parsed: Parsed, match: Match) -> bool:
    """A "lol" in it or soon after; after an "if", anywhere in what is left of its sentence."""
    soon = match.end + _LAUGH_REACH
    if parsed.has("laugh", match.start, soon):
        return True
    _, end = parsed.clause(match)
    return parsed.has("if", match.end, soon) and parsed.has("laugh", soon, end)
