# SPDX-License-Identifier: Apache-2.0
"""What the resources bot does about a message, and about a private answer that could not be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeGuard

from bots.core.actions import (
    Action,
    BotName,
    Edit,
    EventRef,
    InPrivateChat,
    InRoom,
    LabelRef,
    Log,
    Priority,
    Remember,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.commands import PREFIX, Missing
from bots.core.community import Community
from bots.core.events import Message, Outcome
from bots.core.helplines import told
from bots.core.language.names import own_name
from bots.core.records import SpokenLanguage
from bots.core.rooms import RoomView, place_of
from bots.core.tips import TipCommand
from bots.resources.asking import following_up
from bots.resources.asking.asked import Asked, Distress, Lost, People, Reading, Search, Thanks
from bots.resources.asking.cards import card_named, card_told, cards_of, cards_told, topics_told
from bots.resources.asking.following_up import ANSWER, TOLD_IN_PRIVATE, FollowingUp, buttons, buttons_told
from bots.resources.asking.for_whom import for_whom
from bots.resources.asking.missing import counted, counts
from bots.resources.asking.opinions import in_order, last_quarters
from bots.resources.asking.taken_back import further_taken_back, taken_back
from bots.resources.asking.telling import LONG_QUESTION, Telling, may_be_shown, most_spoken
from bots.resources.asking.vocabulary import Replied
from bots.resources.commands import Card, Topics
from bots.resources.finding import ANYBODY, MOST_RESULTS, For
from bots.resources.library import MADE_ANEW, Answer, Found, Library
from bots.resources.people import is_private, is_somebody_awake, people_to_call
from bots.resources.records import Answered, Opinion
from bots.resources.wisdom.handling import Wisdom

# So many times `MOST_RESULTS` are kept for whoever wants more: what comes after them fits nothing any more.
_MOST_PAGES = 4
_HELPLINES = "helplines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an answer depends on besides the question.

    `spoken` is the language that the one who asks chose for private words; None if they chose none.
    `awake` says whether somebody who looks after the rooms is on duty. `wanted` is for whom the question is asked.
    `before` is the answer that this message's first version got, `reply` what it says to an answer.
    """

    now: datetime
    room: RoomView | None
    asked: Asked | None
    spoken: str | None = None
    awake: bool = False
    wanted: For = ANYBODY
    answer: Answer | None = None
    before: Answered | None = None
    reply: following_up.Facts | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Resources:
    """The decisions of the resources bot for one community."""

    community: Community
    library: Library
    reading: Reading
    following: FollowingUp
    wisdom: Wisdom

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """Search the library, if a question is asked."""
        room = reader.room(event.room_id)
        spoken = await reader.get(SpokenLanguage, event.sender)
        facts = Facts(now=reader.now, room=room, asked=None, spoken=spoken.language if spoken else None)
        if event.replaces is not None:
            theirs = await reader.message_sender(event.room_id, event.replaces) == event.sender
            if not (theirs and event.authentic):
                return facts
            facts = replace(facts, before=await reader.get(Answered, event.replaces))
        if room is not None and await self.wisdom.concerns(event, room, reader):
            return facts
        if room is not None and (is_private(room) or event.text.lstrip().startswith(PREFIX)):
            await self.wisdom.shelf.follow(reader)
        to_an_answer = await self.following.is_to_an_answer(event, reader)
        # Reading a question can mean a search, too.
        asked, wanted, answer = await reader.aside(lambda: self._looked_up(event, facts, to_an_answer=to_an_answer))
        if answer is not None:
            answer = await self.wisdom.shelf.still_there(answer, reader)
            answer = replace(answer, found=await self._in_order(answer.found, reader))
        reply = await self.following.gather_reply(event, asked, reader) if isinstance(asked, Replied) else None
        return replace(
            facts,
            asked=asked,
            awake=isinstance(asked, Distress) and await is_somebody_awake(self.community, reader),
            wanted=wanted,
            answer=answer,
            reply=reply,
            counts=await counts(event.text, answer.missing, reader) if self._is_a_gap(answer) else {},
        )

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """Answer a question, in a thread where others are talking; change the answer with the question."""
        said = self._answered(event, facts)
        stays = any(isinstance(action, Edit) for action in said)
        gone = taken_back(facts.before) if facts.before is not None and not stays else ()
        anew = facts.answer is not None and facts.answer.made_anew
        log = (Log(why="resources.index", sentence=MADE_ANEW),) if anew else ()
        return (*gone, *said, *log)

    def _answered(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        asked = facts.asked
        private = facts.room is not None and is_private(facts.room)
        # What is asked and answered about health is for two, and not for whoever runs a server. People to call are.
        in_clear = facts.room is not None and private and not facts.room.encrypted
        if in_clear and isinstance(asked, Search | Card | Topics | TipCommand | Lost | Thanks | Missing | Replied):
            return self._say(event, facts, Words("resources.not_encrypted"), why="resources.help")
        match asked:
            case Search():
                assert facts.answer is not None
                return self._found(event, facts, asked, facts.answer)
            case People(country=country, here=here):
                return (self._people(event, facts, country, here=here),)
            case Card(name=name):
                return self._shown(event, facts, name)
            case Topics():
                told_topics = topics_told(self.community, self._language(facts))
                return self._say(event, facts, told_topics, why="resources.topics")
            case Replied():
                return self.following.decide(event, facts.reply)
            case Distress(assessment=assessment) if private:
                return people_to_call(self.community, event, assessment, facts.now, facts.spoken, awake=facts.awake)
            case Thanks():
                return self._say(event, facts, Words("resources.thanks"), why="resources.help")
            case Lost():
                return self._say(event, facts, Words("resources.how"), why="resources.help")
            case Missing():
                return self._say(event, facts, Words("resources.find.how"), why="resources.help")
            case _:
                return ()

    async def gather_outcome(self, _event: Outcome, _reader: Reader) -> None:
        """The outcome says it all."""

    def decide_outcome(self, event: Outcome, _facts: None) -> tuple[Action, ...]:
        """Answer in the thread what could not be answered in private; a long list is not for there."""
        match event.action:
            case Send(memo=str(memo), parts=parts, why=why) if not event.ok and memo.count("|") > 1:
                kind, room_id, thread = memo.split("|", 2)
                own = parts if kind == _HELPLINES else (Words("resources.more.private"),)
                known = kind in (_HELPLINES, TOLD_IN_PRIVATE)
                return (Send(why=why, place=InRoom(room_id), thread=EventRef(thread), parts=own),) if known else ()
            case _:
                return ()

    def _looked_up(
        self, event: Message, facts: Facts, *, to_an_answer: bool
    ) -> tuple[Asked | None, For, Answer | None]:
        asked = self.reading.asked(event, facts.room, to_an_answer=to_an_answer)
        match asked:
            case Search(question=words):
                most = MOST_RESULTS * _MOST_PAGES
            case Card(name=words) if words and card_named(cards_of(self.community), words) is None:
                most = MOST_RESULTS
            case _:
                return asked, ANYBODY, None
        wanted = for_whom(words, facts.room, facts.spoken, self.community, self.reading.vocabulary)
        return asked, wanted, self.library.search(words, wanted, most)

    async def _in_order(self, found: Sequence[Found], reader: Reader) -> tuple[Found, ...]:
        """What is found and may be shown, with what people said of it counted in."""
        found = [each for each in found if may_be_shown(each.resource, reader.now.date())]
        opinions: dict[str, list[Opinion]] = {}
        quarters = last_quarters(reader.now)
        for row in await reader.find(Opinion):
            if row.quarter in quarters:
                opinions.setdefault(row.entry, []).append(row)
        return in_order(found, opinions)

    def _is_a_gap(self, answer: Answer | None) -> TypeGuard[Answer]:
        """Whether nothing was found, and the organiser wants to know."""
        return answer is not None and not answer.found and self.community.keep_missing_words

    def _found(self, event: Message, facts: Facts, asked: Search, answer: Answer) -> tuple[Action, ...]:
        parts = tuple(self._parts(facts, asked, answer))
        found = " ".join(each.resource.id for each in answer.found)
        further = len(answer.found) > MOST_RESULTS
        # In a room each tap that waits for a finger is one more event for every member's phone; words do the same.
        private = facts.room is not None and is_private(facts.room)
        taps = buttons(further=further) if answer.found and private else ()
        return (
            *self._say(event, facts, *parts, why="resources.find", found=found, taps=taps),
            *counted(facts.counts, facts.now),
        )

    def _parts(self, facts: Facts, asked: Search, answer: Answer) -> Iterator[Words]:
        private = facts.room is not None and is_private(facts.room)
        long = len(asked.question.split()) > LONG_QUESTION
        if asked.low:
            yield Words("resources.low.private" if private else "resources.low")
        if not answer.found:
            if not asked.low:
                yield Words("resources.nothing.long" if long else "resources.nothing")
                if answer.by_words_alone and (most := most_spoken(self.community.library)) is not None:
                    yield Words("resources.nothing.by_words", {"language": own_name(most)})
            return
        shown = Telling(community=self.community, language=self._language(facts), today=facts.now.date()).entries(
            answer.found, facts.wanted
        )
        yield Words("resources.found.weak" if answer.weak else "resources.found", {"count": len(shown)})
        yield from shown
        if answer.by_words_alone:
            yield Words("resources.found.by_words")
        if answer.weak and long:
            yield Words("resources.found.one_line")
        yield Words("resources.found.note")
        yield from buttons_told(further=len(answer.found) > MOST_RESULTS, private=private)

    def _shown(self, event: Message, facts: Facts, name: str) -> tuple[Action, ...]:
        """The card that is asked for, or the one that is closest to these words; else which there are."""
        cards = cards_of(self.community)
        found = facts.answer.found if facts.answer else ()
        card = card_named(cards, name) or next((each.resource for each in found if each.resource in cards), None)
        language, default = self._language(facts), self.community.default_language
        if card is not None:
            # What is said of it later is said of this one.
            told_card = card_told(card, language, default)
            return self._say(event, facts, told_card, why="resources.card", found=card.id)
        every = facts.room is not None and is_private(facts.room)
        unknown = (Words("resources.card.unknown"),) if name else ()
        parts = (*unknown, *cards_told(cards, language, default, every=every))
        return self._say(event, facts, *parts, why="resources.card")

    def _people(self, event: Message, facts: Facts, country: str, *, here: bool) -> Send:
        parts = told(self.community, country, facts.now.date(), facts.spoken)
        why, priority = "resources.helplines", Priority.CRISIS
        if facts.room is None or is_private(facts.room):
            return Send(why=why, priority=priority, place=InRoom(event.room_id), parts=parts)
        thread = event.thread or event.replaces or event.event_id
        if here:
            own = told(self.community, country, facts.now.date())
            return Send(why=why, priority=priority, place=InRoom(event.room_id), thread=EventRef(thread), parts=own)
        # Who asks for a helpline is nobody else's business: the one private chat first, the thread if there is none.
        return Send(
            why=why,
            voice=BotName.WELCOME,
            follow_up=True,
            place=InPrivateChat(event.sender),
            parts=parts,
            memo=f"{_HELPLINES}|{event.room_id}|{thread}",
            priority=priority,
        )

    def _language(self, facts: Facts) -> str:
        """What the answer is said in: in a chat of two what the other chose, in a room what is spoken there."""
        room = facts.room
        if room is not None and is_private(room):
            return facts.spoken or self.community.default_language
        return self.community.language_in(place_of(room.role, room.condition) if room else None)

    def _say(
        self, event: Message, facts: Facts, *parts: Words, why: str, found: str = "", taps: tuple[str, ...] = ()
    ) -> tuple[Action, ...]:
        """The answer, once a question: when the question was changed, the answer is changed."""
        question = event.replaces or event.event_id
        answered = Answered(question=question, room_id=event.room_id, asker=event.sender, found=found)
        kept = Remember(why=why, record=answered)
        private = facts.room is not None and is_private(facts.room)
        if private:
            parts = tuple(replace(words, language=words.language or facts.spoken) for words in parts)
        if facts.before is not None:
            changed = Edit(why=why, room_id=event.room_id, target=LabelRef(f"{ANSWER}:{question}"), parts=parts)
            return (changed, *further_taken_back(facts.before), kept)
        send = Send(
            why=why,
            place=InRoom(event.room_id),
            thread=None if private else EventRef(event.thread or question),
            parts=parts,
            label=f"{ANSWER}:{question}",
            buttons=taps,
        )
        return (send, kept)
