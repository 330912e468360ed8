# SPDX-License-Identifier: Apache-2.0
"""What the resources bot does about a message, an invitation, and a private answer that could not be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bots.core.actions import (
    Action,
    BotName,
    EventRef,
    InPrivateChat,
    InRoom,
    Join,
    Leave,
    Place,
    Priority,
    Remember,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.commands import PREFIX, Missing, Unknown
from bots.core.community import Community, in_language
from bots.core.crisis.hearing import Hear
from bots.core.crisis.tiers import NOTED, Assessment
from bots.core.events import Membership, MembershipState, Message, MessageKind, Outcome
from bots.core.helplines import Asking, find_country, told
from bots.core.library import Standing
from bots.core.records import SpokenLanguage
from bots.core.rooms import RoomRole, RoomView, place_of
from bots.core.tips import TipCommand
from bots.resources.cards import card_named, card_told, cards_of, cards_told, topics_told
from bots.resources.commands import COMMANDS, Card, Command, Find, Helplines, Topics
from bots.resources.finding import For
from bots.resources.library import Answer, Found, Library
from bots.resources.people import is_somebody_awake, people_to_call, where_is
from bots.resources.records import MissingWord
from bots.resources.wisdom.handling import Wisdom
from bots.resources.wording import because_told, origin_told

# A private chat with this bot is the two of them.
_TWO = 2
# Past this many words, one line finds better (measured: +.09 to +.20 nDCG with a one-line summary).
_LONG_QUESTION = 40
_SHARED_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION, RoomRole.MODERATORS)
_PRIVATE_ANSWER = "helplines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an answer depends on besides the question.

    `spoken` is the language that the one who asks chose for private words; None if they chose none.
    `awake` says whether somebody who looks after the rooms is on duty.
    """

    now: datetime
    room: RoomView | None
    asked: Asked | None
    spoken: str | None = None
    awake: bool = False
    answer: Answer | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """Who is asked in, and whether the inviter is one of us.

    `inside`: the bot has come already, and reads in the room's past how it was invited.
    """

    for_me: bool
    inside: bool
    from_a_member: bool


@dataclass(frozen=True, slots=True)
class Distress:
    """Words that ask for people, whatever else they ask for."""

    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Lost:
    """A greeting, a thank-you, a command that is none: nothing to look up."""


Asked = Command | Distress | Lost | Missing | Unknown


@dataclass(frozen=True)
class Resources:
    """The decisions of the resources bot for one community."""

    community: Community
    library: Library
    asking: Asking
    hear: Hear
    wisdom: Wisdom

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """Search the library, if a question is asked."""
        room = reader.room(event.room_id)
        spoken = await reader.get(SpokenLanguage, event.sender)
        wanted = For(condition=room.condition if room else None, language=spoken.language if spoken else None)
        if room is not None and await self.wisdom.concerns(event, room, reader):
            return Facts(now=reader.now, room=room, asked=None, answer=None, counts={})
        if room is not None and (_is_private(room) or event.text.lstrip().startswith(PREFIX)):
            await self.wisdom.shelf.follow(reader)
        # Reading a question can mean a search, too.
        asked, answer = await reader.aside(lambda: self._looked_up(event, room, wanted))
        if answer is not None:
            answer = await self.wisdom.shelf.still_there(answer, reader)
        counts: dict[str, int] = {}
        if answer and not answer.found and self.community.keep_missing_words:
            for word in _that_may_be_kept(event.text, answer.missing):
                record = await reader.get(MissingWord, word, _month(reader.now))
                counts[word] = record.count if record else 0
        return Facts(
            now=reader.now,
            room=room,
            asked=asked,
            spoken=spoken.language if spoken else None,
            awake=isinstance(asked, Distress) and await is_somebody_awake(self.community, reader),
            answer=answer,
            counts=counts,
        )

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """Answer a question, in a thread where others are talking."""
        asked = facts.asked
        # What is asked and answered about health is for two, and not for whoever runs a server. People to call are.
        in_clear = facts.room is not None and _is_private(facts.room) and not facts.room.encrypted
        if in_clear and isinstance(asked, Find | Card | Topics | TipCommand | Lost | Missing):
            return (self._say(event, facts, Words("resources.not_encrypted"), why="resources.help"),)
        match asked:
            case Find():
                assert facts.answer is not None
                return self._answer(event, facts, facts.answer)
            case Helplines(country=country):
                parts = told(self.community, country, facts.now.date(), facts.spoken)
                return (self._in_private(event, facts, parts, urgent=True),)
            case Card(name=name):
                return (self._say(event, facts, *self._card(name, facts), why="resources.card"),)
            case Topics():
                told_topics = topics_told(self.community, self._language(facts))
                return (self._say(event, facts, told_topics, why="resources.topics"),)
            case Distress(assessment=assessment) if facts.room is not None and _is_private(facts.room):
                return people_to_call(self.community, event, assessment, facts.now, facts.spoken, awake=facts.awake)
            case Lost():
                return (self._say(event, facts, Words("resources.how"), why="resources.help"),)
            case Missing():
                return (self._say(event, facts, Words("resources.find.how"), why="resources.help"),)
            case _:
                return ()

    async def gather_invitation(self, event: Membership, reader: Reader) -> InvitationFacts:
        """See who invites."""
        known = any(event.sender in room.joined() for role in _SHARED_ROOMS for room in reader.rooms(role))
        return InvitationFacts(
            for_me=event.user == reader.me, inside=reader.room(event.room_id) is not None, from_a_member=known
        )

    def decide_invitation(self, event: Membership, facts: InvitationFacts) -> tuple[Action, ...]:
        """Come to a private chat with a member; kindly stay away from strangers."""
        if facts.inside or not (facts.for_me and event.now is MembershipState.INVITE and event.direct):
            return ()
        if not facts.from_a_member:
            return (Leave(why="resources.stranger", room_id=event.room_id),)
        return (Join(why="resources.private", room_id=event.room_id, follow_up=True),)

    async def gather_outcome(self, event: Outcome, reader: Reader) -> str | None:
        """The language that the other one in a new private chat has chosen."""
        room = reader.room(event.action.room_id) if isinstance(event.action, Join) else None
        for user in sorted(room.joined() - {reader.me}) if room is not None and _is_private(room) else ():
            if (chosen := await reader.get(SpokenLanguage, user)) is not None:
                return chosen.language
        return None

    def decide_outcome(self, event: Outcome, spoken: str | None) -> tuple[Action, ...]:
        """Say hello in a new private chat; answer in the thread what could not be answered in private."""
        match event.action:
            case Join(room_id=room_id) if event.ok:
                hello = Words("resources.hello", language=spoken)
                return (Send(why="resources.private", place=InRoom(room_id), parts=(hello,)),)
            case Send(memo=str(memo), parts=parts) if memo.startswith(f"{_PRIVATE_ANSWER}|") and not event.ok:
                _, room_id, thread = memo.split("|")
                return (Send(why="resources.helplines", place=InRoom(room_id), thread=EventRef(thread), parts=parts),)
            case _:
                return ()

    def _looked_up(self, event: Message, room: RoomView | None, wanted: For) -> tuple[Asked | None, Answer | None]:
        asked = self._asked(event, room)
        if isinstance(asked, Card) and asked.name and card_named(cards_of(self.community), asked.name) is None:
            return asked, self.library.search(asked.name, wanted)
        return asked, self.library.search(asked.question, wanted) if isinstance(asked, Find) else None

    def _asked(self, event: Message, room: RoomView | None) -> Asked | None:
        if not event.authentic or event.kind is not MessageKind.TEXT or room is None:
            return None
        parsed = COMMANDS.parse(event.text)
        if isinstance(parsed, Find) or (parsed is None and _is_private(room)):
            assessment = self.hear(event, where_is(self.community, event, room))
            if assessment.tier in NOTED:
                return Distress(assessment)
        if not _is_private(room):
            return parsed
        match parsed:
            case None:
                return self._in_plain_words(event.text)
            case Unknown():
                return Lost()
            case _:
                return parsed

    def _in_plain_words(self, text: str) -> Asked | None:
        """What somebody wants who has taken the bot aside. Without a letter in it, nothing."""
        if not any(map(str.isalpha, text)):
            return None
        country = self.asking.country(text)
        if country is not None and not self._is_in_the_library(country):
            return Helplines(country=country)
        if find_country(self.community.countries, text) is not None:
            return Helplines(country=text)
        return Find(question=text) if self.library.asks_something(text) else Lost()

    def _is_in_the_library(self, words: str) -> bool:
        """An "epilepsy helpline" is an entry to look up, and no country."""
        return find_country(self.community.countries, words) is None and bool(self.library.search(words).found)

    def _answer(self, event: Message, facts: Facts, answer: Answer) -> tuple[Action, ...]:
        today = facts.now.date()
        shown = [found for found in answer.found if found.resource.standing(today) is not Standing.EXPIRED]
        if shown:
            parts = (
                Words("resources.found", {"count": len(shown)}),
                *(self._entry(found, facts) for found in shown),
                Words("resources.found.note"),
            )
            return (self._say(event, facts, *parts, why="resources.find"),)
        long = len(event.text.split()) > _LONG_QUESTION
        nothing = Words("resources.nothing.long" if long else "resources.nothing")
        return (
            self._say(event, facts, nothing, why="resources.find"),
            *(
                Remember(
                    why="resources.missing",
                    record=MissingWord(word=word, month=_month(facts.now), count=count + 1),
                )
                for word, count in facts.counts.items()
            ),
        )

    def _entry(self, found: Found, facts: Facts) -> Words:
        entry = found.resource
        language, default = self._language(facts), self.community.default_language
        return Words(
            "resources.entry",
            {
                "title": in_language(entry.title, language, default),
                "summary": in_language(entry.summary, language, default),
                "because": because_told(found.because),
                "origin": origin_told(entry, facts.now.date()),
                "url": entry.url or (Words("resources.entry.card", {"name": entry.id}) if entry.text else ""),
            },
        )

    def _card(self, name: str, facts: Facts) -> tuple[Words, ...]:
        """The card that is asked for, or the one that is closest to these words; else which there are."""
        cards = cards_of(self.community)
        found = facts.answer.found if facts.answer else ()
        card = card_named(cards, name) or next((each.resource for each in found if each.resource in cards), None)
        language, default = self._language(facts), self.community.default_language
        if card is not None:
            return (card_told(card, language, default),)
        every = facts.room is not None and _is_private(facts.room)
        unknown = (Words("resources.card.unknown"),) if name else ()
        return (*unknown, *cards_told(cards, language, default, every=every))

    def _in_private(self, event: Message, facts: Facts, parts: tuple[Words, ...], *, urgent: bool = False) -> Send:
        priority = Priority.CRISIS if urgent else Priority.CONVERSATION
        if facts.room is None or _is_private(facts.room):
            return replace(self._say(event, facts, *parts, why="resources.helplines"), priority=priority)
        # Who asks for a helpline is nobody else's business: the one private chat first, the thread if there is none.
        return Send(
            why="resources.helplines",
            voice=BotName.WELCOME,
            follow_up=True,
            place=InPrivateChat(event.sender),
            parts=parts,
            memo=f"{_PRIVATE_ANSWER}|{event.room_id}|{event.thread or event.event_id}",
            priority=priority,
        )

    def _language(self, facts: Facts) -> str:
        """What the answer is said in: in a chat of two what the other chose, in a room what is spoken there."""
        room = facts.room
        if room is not None and _is_private(room):
            return facts.spoken or self.community.default_language
        return self.community.language_in(place_of(room.role, room.condition) if room else None)

    def _say(self, event: Message, facts: Facts, *parts: Words, why: str) -> Send:
        place: Place = InRoom(event.room_id)
        if facts.room is not None and _is_private(facts.room):
            own = tuple(replace(words, language=words.language or facts.spoken) for words in parts)
            return Send(why=why, place=place, parts=own)
        return Send(why=why, place=place, thread=EventRef(event.thread or event.event_id), parts=parts)


def _is_private(room: RoomView) -> bool:
    return room.role is RoomRole.OTHER and len(room.joined()) <= _TWO


def _that_may_be_kept(question: str, missing: Sequence[str]) -> list[str]:
    """The missing words that were written as plain lower-case words of three letters or more.

    Numbers, addresses, initials and most names are not, and are never kept.
    """
    plain = {token.strip(".,;:!?()\"'") for token in question.split()}
    return [word for word in missing if word in plain and word.isalpha() and word.islower() and len(word) > _TWO]


def _month(now: datetime) -> str:
    return now.strftime("%Y-%m")
