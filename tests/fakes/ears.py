# SPDX-License-Identifier: Apache-2.0
"""Ears that need no grammar: by the few words that leave no doubt, or by marks that a test puts into its messages."""

from bots.core.crisis.tiers import Assessment, Tier
from bots.core.helplines import load_asking


def by_plain_words(message, _where):
    """Thoughts of dying, in the plainest of words."""
    tier = Tier.THOUGHTS if load_asking().distressed(message.text) else Tier.NONE
    return Assessment(tier=tier, rules=("plain_words",) if tier is not Tier.NONE else ())


def by_marks(message, _where):
    """The tier that the message names: "[T3] …"."""
    tier = next((tier for tier in Tier if f"[{tier.value}]" in message.text), Tier.NONE)
    return Assessment(tier=tier, rules=(f"test.{tier.name.lower()}",) if tier is not Tier.NONE else (), confidence=1.0)
