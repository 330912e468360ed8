# SPDX-License-Identifier: Apache-2.0
"""What words of despair come to where they stand: somebody else's are about another, a joke is distress at most."""

from __future__ import annotations

from bots.moderation.crisis.tiers import Tier
from bots.moderation.grammar.around import Who, denied, laughed, past, quoted, whose
from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.rules import Match

_OWN = frozenset({Tier.THOUGHTS, Tier.IMMEDIATE, Tier.DISTRESS})


def heard(parsed: Parsed, match: Match) -> Tier:
    """The tier of a match where it stands."""
    tier = Tier(match.rule.mark)
    if quoted(parsed, match) or denied(parsed, match) or past(parsed, match):
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
