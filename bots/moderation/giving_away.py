# SPDX-License-Identifier: Apache-2.0
"""What in words that somebody wants kept may tell who they are, or who somebody else is. Pure."""

from __future__ import annotations

from functools import cached_property

from bots.core.community import Community
from bots.core.crisis.hearing import Where
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity import Identity
from bots.moderation.passages.reading import passage
from bots.moderation.watching.known import known_of


class GivingAway:
    """The detectors of identity details, asked about a text that is to be kept instead of one that was said."""

    def __init__(self, community: Community) -> None:
        self._community = community
        self._identity = Identity()

    def __call__(self, text: str, where: Where) -> tuple[str, ...]:
        """The kinds of details in it ("phone", "name"), each once."""
        setting = Setting(
            now=where.now,
            languages=where.languages,
            regions=self._community.regions_in(where.condition),
            condition=where.condition,
            known=self._known,
        )
        found = self._identity.find(passage(text), setting)
        return tuple(dict.fromkeys(each.detector.partition(".")[2] for each in found))

    @cached_property
    def _known(self) -> frozenset[str]:
        return known_of(self._community)
