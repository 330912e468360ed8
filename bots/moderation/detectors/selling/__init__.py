# SPDX-License-Identifier: Apache-2.0
"""Selling and scams: by their wording, and by where their links lead."""

from __future__ import annotations

from bots.moderation.detectors.finding import Finding, Setting
from bots.moderation.detectors.selling.links import links, places
from bots.moderation.detectors.wording import NEW_HERE, SUREST, Worded
from bots.moderation.passages.passage import Field, Passage

NAME = "selling"
GUIDELINES = {
    "money": "no-selling",
    "cure": "no-selling",
    "medicines": "no-selling",
    "elsewhere": "no-selling",
    "advert": "no-selling",
    "fundraising": "no-selling",
    "research": "confidential",
    # What the words weigh as much as is told apart no further.
    "offer": "no-selling",
}

__all__ = ["Selling"]


class Selling(Worded):
    """The detector `selling`."""

    def __init__(self) -> None:
        super().__init__(NAME, GUIDELINES, newcomers_weigh=True)

    def find(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """What is worded like it, and links that lead to it; where there is neither, what the words weigh."""
        more = NEW_HERE if setting.new_here else 0.0
        found = [
            Finding(
                detector=f"{NAME}.{link.kind}",
                guideline=link.guideline,
                start=link.start,
                end=link.end,
                confidence=min(SUREST, link.confidence + more),
                field=passage.field,
            )
            for link in links(passage.text, setting.known)
        ]
        found += (each for each in self.by_rule(passage, setting) if not _is_of_a_phone(each))
        if not found:
            return self.weighed(passage, setting, places(passage.text))
        return tuple(sorted(found, key=lambda f: (f.start, f.detector)))


def _is_of_a_phone(finding: Finding) -> bool:
    """Apps name the pictures that they save after themselves: "WhatsApp Image", "signal-2026"."""
    return finding.field is Field.FILENAME and finding.detector == f"{NAME}.elsewhere"
