# SPDX-License-Identifier: Apache-2.0
"""How near to danger words sound. It is a reason for people to look, never a judgement of a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """What a message sounds like."""

    NONE = "T0"  # nothing, or only the sound of it: idiom, the past, a quotation, awareness, a condition's slang
    DISTRESS = "T1"  # distress, without self-harm
    THOUGHTS = "T2"  # thoughts of suicide or self-harm, nothing immediate
    IMMEDIATE = "T3"  # a plan, means, a time, a goodbye
    ABOUT_ANOTHER = "TX"  # worry about somebody else
    UNSAFE = "TU"  # a method, a pact, encouragement, a sale: for a person to decide
    ABUSE = "TA"  # aimed at somebody
    MEDICAL = "T-MED"  # signs of a medical emergency


# Whoever writes these needs people, and is never acted against.
CRIES = frozenset({Tier.DISTRESS, Tier.THOUGHTS, Tier.IMMEDIATE, Tier.ABOUT_ANOTHER, Tier.MEDICAL})
# Whoever writes these is told in private whom they can call.
NOTED = CRIES - {Tier.DISTRESS} | {Tier.UNSAFE}
# These do not wait for whoever happens to look next.
URGENT = frozenset({Tier.IMMEDIATE, Tier.MEDICAL, Tier.UNSAFE})

# From the one that can wait to the one that can't.
_NEARER = (
    Tier.NONE,
    Tier.ABUSE,
    Tier.DISTRESS,
    Tier.ABOUT_ANOTHER,
    Tier.UNSAFE,
    Tier.THOUGHTS,
    Tier.MEDICAL,
    Tier.IMMEDIATE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one message sounds like, and the ids of the rules that say so (for `!why` and the log: never its words)."""

    tier: Tier
    rules: tuple[str, ...] = ()
    confidence: float = 0.0


def is_nearer(tier: Tier, than: Tier) -> bool:
    """Whether this one is nearer to danger than that one."""
    return _NEARER.index(tier) > _NEARER.index(than)
