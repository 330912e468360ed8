# SPDX-License-Identifier: Apache-2.0
"""What words of despair come to where they stand: somebody else's are about another, a joke is distress at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bots.core.crisis.tiers import Tier
from bots.moderation.grammar.around import Who, cited, denied, laughed, past, quoted, whose
from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.rules import Match

PURPOSE = "crisis"
"""The tables in which cries are."""

# How many words around a match name whoever does it.
_BESIDE = 3
_OWN = frozenset({Tier.THOUGHTS, Tier.IMMEDIATE, Tier.DISTRESS})


def heard(parsed: Parsed, matches: Sequence[Match]) -> Iterator[tuple[Tier, Match]]:
    """The tier of each match where it stands; those that come to nothing are left out.

    What is denied, quoted, sung or past takes with it what stands inside: in "it doesn't mean i want to kill myself"
    no one wants to, and no one kills.
    """
    void = _void(parsed, matches)
    for match in matches:
        if not all(void[match.start : match.end]):
            tier = _where_it_stands(parsed, match)
            if tier is not Tier.NONE:
                yield tier, match


def idle(parsed: Parsed) -> Sequence[bool]:
    """For each word whether it says nothing here: an idiom's, quoted, or of what comes to nothing."""
    matches = parsed.matches(PURPOSE)
    if not matches:
        return parsed.idle(PURPOSE)
    return [one or other for one, other in zip(parsed.idle(PURPOSE), _void(parsed, matches), strict=True)]


def _void(parsed: Parsed, matches: Iterable[Match]) -> Sequence[bool]:
    void = [False] * len(parsed.reading.words)
    for match in matches:
        if any(nothing(parsed, match) for nothing in (quoted, cited, denied, past)):
            void[match.start : match.end] = [True] * (match.end - match.start)
    return void


def _where_it_stands(parsed: Parsed, match: Match) -> Tier:
    tier = Tier(match.rule.mark)
    if "mine" in match.rule.ways and not _names_oneself(parsed, match):
        return Tier.NONE
    if tier in _OWN and "whole" not in match.rule.ways:
        who = whose(parsed, match)
        if who is Who.YOU or (who is Who.OTHER and tier is Tier.DISTRESS):
            return Tier.NONE
        if who is Who.OTHER:
            return Tier.ABOUT_ANOTHER
    if "hyperbole" in match.rule.ways and laughed(parsed, match):
        return Tier.DISTRESS
    return tier


def _names_oneself(parsed: Parsed, match: Match) -> bool:
    """Whether an "I" stands in it or beside it: where it is left out, "spring vom Dach" is an order to somebody."""
    return parsed.has("i", parsed.before(match, _BESIDE), match.end + _BESIDE)
