# SPDX-License-Identifier: Apache-2.0
"""What may harm who reads it: methods, pacts, encouragement, numbers of eating disorders, and abuse of a person.

It is held for a person's decision. Who says such a thing may be in need: see `bots.moderation.crisis`.
"""

from __future__ import annotations

from bots.moderation.detectors.wording import Worded
from bots.moderation.grammar import Match, Parsed

GUIDELINES = {
    "method": "content-notes",
    "pact": "content-notes",
    "encouragement": "content-notes",
    "numbers": "content-notes",
    "sale": "no-selling",
    "abuse": "kind",
    "threat": "kind",
    # What the words weigh as much as is told apart no further; what is aimed at a person is "abuse".
    "danger": "content-notes",
}
# Those of its findings that are aimed at a person.
ABUSE = frozenset({"abuse", "threat"})
# Those that are said to somebody.
ADDRESSED = frozenset({"encouragement"})
# So few calories a day are no diet. Below a number of meals or biscuits, it is something else.
_FEWEST, _MOST = 50, 999


class Harm(Worded):
    """The detector `harm`."""

    def __init__(self) -> None:
        super().__init__("harm", GUIDELINES)

    def counts(self, parsed: Parsed, match: Match) -> bool:
        """As of every wording; of calories only so few that they are dangerous."""
        if "few-calories" in match.rule.ways:
            said = (parsed.reading.numbers.get(at, "") for at in range(match.start, match.end))
            if not any(number.isdecimal() and _FEWEST <= int(number) <= _MOST for number in said):
                return False
        if match.rule.mark in ADDRESSED and _is_oneself(parsed, match):
            return False
        return super().counts(parsed, match)


def _is_oneself(parsed: Parsed, match: Match) -> bool:
    """Whether an "I" stands right before its first word, or after: "ich spring", "spring ich", "j'avale".

    There an order and a deed are written alike. What begins with an "if" ("if i were you") is neither.
    """
    own, pauses, start = parsed.covered("i"), parsed.reading.pauses, match.start
    if start and own[start - 1] and pauses[start - 1] == pauses[start]:
        return True
    return start + 1 < match.end and own[start + 1] and not parsed.covered("if")[start]
