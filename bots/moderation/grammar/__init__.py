# SPDX-License-Identifier: Apache-2.0
"""A small grammar of what people write: words belong to classes, rules are rows of classes, and both are tables.

The tables are YAML, one for each language and purpose. What reads them knows no word of any language.
"""

from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.rules import Match, Rule
from bots.moderation.grammar.slang import without
from bots.moderation.grammar.tables import likeliest, understood
from bots.moderation.grammar.weights import heaviest, heavy, learn

__all__ = ["Match", "Parsed", "Rule", "heaviest", "heavy", "learn", "likeliest", "understood", "without"]
