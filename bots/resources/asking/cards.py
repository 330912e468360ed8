# SPDX-License-Identifier: Apache-2.0
"""Cards that need no page, and what the library is about. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bots.core.actions import Words
from bots.core.community import Community, in_language
from bots.core.library import Kind, Resource
from bots.resources.asking.vocabulary import folded
from bots.resources.wording import source_told

# Two or three at any time are enough for somebody who is overwhelmed; a list is for those who ask for it in private.
MOST_NAMED = 3
CARDS = frozenset({Kind.COPING_CARD, Kind.QUESTION_LIST})


def cards_of(community: Community) -> tuple[Resource, ...]:
    """The entries that can be read as they are, in the library's order: cards, and what has its text nowhere else."""
    return tuple(entry for entry in community.library if entry.text and (entry.kind in CARDS or entry.url is None))


def card_named(cards: Sequence[Resource], name: str) -> Resource | None:
    """The card that is called so: by its id, the last part of it, or its title in any language."""
    wanted = folded(name)
    for card in cards:
        titles = {folded(title) for title in card.title.values()}
        if wanted in {folded(card.id), folded(card.id.partition("-")[2]), *titles}:
            return card
    return None


def is_called_so(cards: Sequence[Resource], name: str) -> bool:
    """Whether a card has this name, or is looked for by this word: "Karte Atmen", and no "Karte von Berlin"."""
    wanted = folded(name)
    words = {folded(keyword) for card in cards for keyword in card.keywords}
    return wanted in words or card_named(cards, name) is not None


def short_name(card: Resource, cards: Sequence[Resource]) -> str:
    """The shortest that it can be asked for by: "breathing" for the card "card-breathing", unless another is called so.

    A person who has no strength types it.
    """
    short = card.id.partition("-")[2]
    return short if short and card_named(cards, short) is card else card.id


def card_told(card: Resource, language: str, default: str) -> Words:
    """What stands on it."""
    return Words(
        "resources.card",
        {
            "title": in_language(card.title, language, default),
            "text": in_language(card.text, language, default),
            "source": source_told(card, language, default),
        },
    )


def cards_told(cards: Sequence[Resource], language: str, default: str, *, every: bool) -> tuple[Words, ...]:
    """Which cards there are: `every` one of them, or the first few and how to hear of the others."""
    if not cards:
        return (Words("resources.cards.none"),)
    named = cards if every else cards[:MOST_NAMED]
    lines = tuple(
        Words(
            "resources.cards.line",
            {"title": in_language(card.title, language, default), "name": short_name(card, cards)},
        )
        for card in named
    )
    more = (Words("resources.cards.more"),) if len(named) < len(cards) else ()
    return (Words("resources.cards", {"cards": lines}), *more)


def topics_told(community: Community, language: str) -> Words:
    """The topics that an entry of the library is about, by name."""
    used = {topic for entry in community.library for topic in entry.topics}
    names = [in_language(t.name, language, community.default_language) for t in community.topics if t.id in used]
    return Words("resources.topics", {"topics": ", ".join(names)}) if names else Words("resources.topics.none")
