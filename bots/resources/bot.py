# SPDX-License-Identifier: Apache-2.0
"""The resources bot, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import BotName
from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.crisis.hearing import Hear
from bots.core.events import Membership, Message, Outcome
from bots.core.following import Following
from bots.core.helplines import load_asking
from bots.core.records import Record
from bots.resources.handlers import Resources
from bots.resources.records import MissingWord
from bots.resources.search import Index


@dataclass(frozen=True)
class ResourcesBot:
    """Answers `!find` and `!helplines` in rooms, and plain questions in a chat of two."""

    handlers: Sequence[Handler]  # type: ignore[type-arg]  # each handler has its own event and facts
    name: BotName = BotName.RESOURCES
    display_name: str = "resources.display_name"
    records: Sequence[type[Record]] = (MissingWord,)


def make_bot(community: Community, hear: Hear) -> ResourcesBot:
    """The bot for this community; reads the library once. `hear` says what a message sounds like."""
    called = {
        condition.id: tuple(name for names in condition.synonyms.values() for name in names)
        + tuple(condition.name.values())
        for condition in community.conditions
    }
    index = Index(community.library, called, community.languages)
    resources = Resources(community, index, load_asking(), hear)
    return ResourcesBot(
        handlers=(
            Handler(Message, resources.gather, resources.decide),
            Handler(Membership, resources.gather_invitation, resources.decide_invitation),
            Handler(Outcome, resources.gather_outcome, resources.decide_outcome),
            *Following().handlers,
        )
    )
