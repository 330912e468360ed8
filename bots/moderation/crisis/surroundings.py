# SPDX-License-Identifier: Apache-2.0
"""What stands around words of despair: whose they are, whether they are denied, past, quoted, or a joke."""

from __future__ import annotations

from bots.moderation.crisis.tiers import Tier
from bots.moderation.grammar import Match
from bots.moderation.grammar.parsed import Parsed

# How many words before a match still say whose it is, and whether it is not so.
_SUBJECT_REACH = 8
_DENIAL_REACH = 4
# How many words after it still say that it was a joke.
_LAUGH_REACH = 6
_OWN = frozenset({Tier.THOUGHTS, Tier.IMMEDIATE, Tier.DISTRESS})


def heard(parsed: Parsed, match: Match) -> Tier:
    """The tier of a match where it stands."""
    tier = Tier(match.rule.mark)
    ways = match.rule.ways
    if _quoted(parsed, match) or _denied(parsed, match):
        return Tier.NONE
    if _past(parsed, match):
        return Tier.NONE
    if tier in _OWN:
        who = _whose(parsed, match)
        if who == "you":
            return Tier.NONE
        if who == "other":
            return Tier.ABOUT_ANOTHER if tier is not Tier.DISTRESS else Tier.NONE
    if "hyperbole" in ways and _laughed(parsed, match):
        return Tier.DISTRESS
    return tier


def _quoted(parsed: Parsed, match: Match) -> bool:
    """Between quotation marks, unless it is oneself who says or thinks it."""
    if not all(parsed.reading.quoted[match.start : match.end]):
        return False
    begin = match.start
    while begin and parsed.reading.quoted[begin - 1]:
        begin -= 1
    before = max(parsed.sentence(begin)[0], begin - _SUBJECT_REACH)
    return not parsed.has("i", before, begin) and not parsed.has("my", before, begin)


def _denied(parsed: Parsed, match: Match) -> bool:
    """A "not" before it that nothing parts from it: "i'm not going to kill myself"."""
    no, belief, breaks = parsed.covered("no"), parsed.covered("belief"), parsed.covered("breaks")
    pauses = parsed.reading.pauses
    begin = max(parsed.sentence(match.start)[0], match.start - _DENIAL_REACH)
    if any(belief[max(begin, match.start - 2) : match.start]):
        return True
    for at in range(match.start - 1, begin - 1, -1):
        if pauses[at] != pauses[match.start] or breaks[at]:
            return False
        if no[at]:
            # Whoever begins again with "i" has left the "not" behind: "i dont know i want to die".
            return not parsed.covered("i")[match.start]
    return False


def _past(parsed: Parsed, match: Match) -> bool:
    begin, end = parsed.clause(match)
    return parsed.has("then", begin, end) and not parsed.has("still", begin, end)


def _whose(parsed: Parsed, match: Match) -> str:
    """The nearest who stands in or before it."""
    own, other, you = parsed.covered("i"), parsed.covered("other"), parsed.covered("you")
    begin = max(parsed.sentence(match.start)[0], match.start - _SUBJECT_REACH)
    end = match.end
    if "own" in match.rule.ways:
        # Others may stand in it ("my kids are better off without me"): only who stands before it counts.
        if parsed.has("i", match.start, end) or parsed.has("my", match.start, end):
            return "i"
        end = match.start
    for at in range(end - 1, begin - 1, -1):
        if own[at]:
            return "i"
        if other[at]:
            return "other"
        if you[at]:
            return "you"
    return "i"


def _laughed(parsed: Parsed, match: Match) -> bool:
    return parsed.has("laugh", match.start, match.end + _LAUGH_REACH)
