# SPDX-License-Identifier: Apache-2.0
"""What a message asks for: a command, a question in plain words, people, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from bots.core.commands import PREFIX, Missing, Unknown
from bots.core.community import Community
from bots.core.crisis.hearing import Hear, where_in
from bots.core.crisis.tiers import NOTED, Assessment, Tier
from bots.core.events import Message, MessageKind
from bots.core.helplines import Asking, find_country, is_a_country
from bots.core.rooms import RoomView
from bots.resources.asking.cards import card_named, cards_of, is_called_so
from bots.resources.asking.vocabulary import Replied, Reply, Vocabulary, folded
from bots.resources.commands import COMMANDS, Card, Command, Find, Helped, Helplines, More, NotHelped, Talk, Topics
from bots.resources.library import Library
from bots.resources.people import is_private


@dataclass(frozen=True, slots=True)
class Search:
    """A question for the library. `low`: it sounds like a hard hour, so that words come before links."""

    question: str
    low: bool = False


@dataclass(frozen=True, slots=True)
class Distress:
    """Words that ask for people, whatever else they ask for."""

    assessment: Assessment


@dataclass(frozen=True, slots=True)
class People:
    """Whom one can call in a country ("" if none is named); `here`: said where it was asked, as was asked for."""

    country: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A greeting, a command that is none: nothing to look up."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """A thank-you."""


Asked = Command | Search | People | Replied | Distress | Lost | Thanks | Missing | Unknown

# A letter left out, doubled or beside the right one, in a word of four.
_A_SLIP = 0.75
_REPLIES: dict[type, Reply] = {
    More: Reply.MORE,
    Helped: Reply.HELPED,
    NotHelped: Reply.UNHELPFUL,
    Talk: Reply.TALK,
}


@dataclass(frozen=True)
class Reading:
    """Reads messages. It may search the library, and so is asked beside the sync loop."""

    community: Community
    library: Library
    asking: Asking
    hear: Hear
    vocabulary: Vocabulary

    def asked(self, event: Message, room: RoomView | None, *, to_an_answer: bool = False) -> Asked | None:
        """None for what is not for this bot. `to_an_answer`: it replies to one of the bot's own."""
        if not event.authentic or event.kind is not MessageKind.TEXT or room is None:
            return None
        private, parsed = is_private(room), COMMANDS.parse(event.text)
        if isinstance(parsed, Unknown):
            meant = _mended(event.text, parsed)
            # In a room it may be another bot's; whoever looks for people is answered in private in any case.
            parsed = meant if private or isinstance(meant, Helplines) else parsed
        if private or isinstance(parsed, Find | Card):
            tier = (assessment := self.hear(event, where_in(self.community, room, event.sent_at))).tier
            if tier in NOTED:
                return Distress(assessment)
        else:
            tier = Tier.NONE
        low = tier is Tier.DISTRESS or self.vocabulary.sounds_hard(event.text)
        match parsed:
            case Find(question=question):
                return Search(question, low=low)
            case Helplines(country=country):
                return People(*self.vocabulary.without_here(country))
            case More() | Helped() | NotHelped() | Talk():
                return Replied(_REPLIES[type(parsed)], _number(getattr(parsed, "which", "")))
            case None if private or to_an_answer:
                replied = self.vocabulary.replied(event.text)
                return replied or (self._in_plain_words(event.text, low=low) if private else None)
            case Unknown() if private:
                return Lost()
            case _:
                return parsed

    def _in_plain_words(self, text: str, *, low: bool) -> Asked | None:
        """What somebody wants who has taken the bot aside. Without a letter in it, nothing, but for a cry or a "?"."""
        if not any(map(str.isalpha, text)):
            return Search(text, low=True) if low else Lost() if "?" in text else None
        if self.vocabulary.is_thanks(text):
            return Thanks()
        country = self.asking.country(text, or_somebody=True)
        if country is not None and not self._is_in_the_library(country):
            return People(country)
        if find_country(self.community.countries, text) is not None or is_a_country(text):
            return People(text)
        if (command := self._without_its_mark(text)) is not None:
            return command
        return Search(text, low=low) if low or self.library.asks_something(text) else Lost()

    def _without_its_mark(self, text: str) -> Card | Topics | None:
        """The card that is named ("breathing", "card breathing"), which cards there are, or the topics."""
        cards = cards_of(self.community)
        if card_named(cards, text) is not None:
            return Card(name=text)
        match COMMANDS.parse(f"{PREFIX}{text.strip()}"):
            case Card(name=name) as card if not name or is_called_so(cards, name):
                return card
            case Topics() as topics if len(text.split()) == 1:
                return topics
        return None

    def _is_in_the_library(self, words: str) -> bool:
        """An "epilepsy helpline" is an entry to look up, and no country."""
        return find_country(self.community.countries, words) is None and bool(self.library.search(words).found)


def _mended(text: str, unknown: Unknown) -> Command | Unknown | Missing | None:
    """The command that is a slip away, if it only looks something up: "!hepline ireland", typed with a shaking hand."""
    near = unknown.nearest or ""
    if SequenceMatcher(None, unknown.name, near).ratio() < _A_SLIP:
        return unknown
    _, _, rest = text.strip().partition(" ")
    meant = COMMANDS.parse(f"{PREFIX}{near} {rest}")
    return meant if isinstance(meant, Find | Helplines | Card | Topics) else unknown


def _number(which: str) -> int | None:
    words = folded(which)
    return int(words) if words.isdecimal() and len(words) == 1 else None
