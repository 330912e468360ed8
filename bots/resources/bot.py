# SPDX-License-Identifier: Apache-2.0
"""The resources bot, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bots.core.actions import BotName
from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.crisis.hearing import Hear, Where
from bots.core.events import Membership, Message, Outcome, Reaction, Redaction
from bots.core.following import Following
from bots.core.helplines import load_asking
from bots.core.records import Record
from bots.resources import arriving
from bots.resources.asking import taken_back
from bots.resources.asking.asked import Reading
from bots.resources.asking.following_up import FollowingUp
from bots.resources.asking.vocabulary import load_vocabulary
from bots.resources.handlers import Resources
from bots.resources.library import Library
from bots.resources.records import Answered, Ballot, MissingWord, Opinion
from bots.resources.wisdom.facts import GivesAway
from bots.resources.wisdom.handling import Wisdom
from bots.resources.wisdom.records import LibraryRound, OfferedTip, ReviewAsked, SharedTip, TipShelf


@dataclass(frozen=True)
class ResourcesBot:
    """Answers `!find` and `!helplines` in rooms, and plain questions in a chat of two.

    `notes` are what the operator is to know about how the library was opened.
    """

    handlers: Sequence[Handler]  # type: ignore[type-arg]  # each handler has its own event and facts
    name: BotName = BotName.RESOURCES
    display_name: str = "resources.display_name"
    records: Sequence[type[Record]] = (
        MissingWord,
        Answered,
        Opinion,
        Ballot,
        OfferedTip,
        SharedTip,
        TipShelf,
        LibraryRound,
        ReviewAsked,
    )
    notes: tuple[str, ...] = ()


def called_in(community: Community) -> dict[str, tuple[str, ...]]:
    """What members call each condition and topic, by its id, in every language."""
    subjects = (
        *((condition.id, condition.name, condition.synonyms) for condition in community.conditions),
        *((topic.id, topic.name, topic.words) for topic in community.topics),
    )
    return {key: (*name.values(), *chain.from_iterable(words.values())) for key, name, words in subjects}


def _nothing(text: str, where: Where) -> tuple[str, ...]:
    """Without anybody who knows what gives people away, nothing is said of it."""
    del text, where
    return ()


def make_bot(
    community: Community, hear: Hear, kept_in: Path | None = None, gives_away: GivesAway = _nothing
) -> ResourcesBot:
    """The bot for this community; reads the library once. `hear` says what a message sounds like.

    The library's index is kept in the file `kept_in`, if one is named. `gives_away` says what in somebody's words may
    tell who they are, before they are kept.
    """
    library = Library(community.library, called_in(community), community.languages, file=kept_in)
    wisdom = Wisdom.of(community, library, hear, gives_away)
    following = FollowingUp(community, library, wisdom.shelf)
    reading = Reading(community, library, load_asking(), hear, load_vocabulary())
    resources = Resources(community, library, reading, following, wisdom)
    return ResourcesBot(
        handlers=(
            Handler(Message, resources.gather, resources.decide, target=lambda event: event.replaces),
            Handler(Reaction, following.gather_tap, following.decide),
            Handler(Redaction, taken_back.gather, taken_back.decide),
            Handler(Membership, arriving.gather_invitation, arriving.decide_invitation),
            Handler(Outcome, arriving.gather_arrival, arriving.decide_arrival),
            Handler(Outcome, resources.gather_outcome, resources.decide_outcome),
            *wisdom.handlers,
            *Following().handlers,
        ),
        notes=library.notes,
    )
