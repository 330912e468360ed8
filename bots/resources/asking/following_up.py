# SPDX-License-Identifier: Apache-2.0
"""What somebody says to an answer: more of it, that it helped or did not, or that they want to talk about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.core.actions import Action, BotName, EventRef, InPrivateChat, InRoom, LabelRef, Remember, Send, Words
from bots.core.bot import Reader
from bots.core.community import Community, in_language
from bots.core.events import Message, Reaction
from bots.core.library import Resource
from bots.core.records import SpokenLanguage
from bots.core.rooms import RoomRole, RoomView, permalink, place_of
from bots.resources.asking.opinions import ballot_of, counted, quarter_of
from bots.resources.asking.telling import Telling, may_be_shown
from bots.resources.asking.vocabulary import HELPED, MORE, TALK, TAPS, UNHELPFUL, Replied, Reply
from bots.resources.finding import MOST_RESULTS
from bots.resources.library import Answer, Found, Library
from bots.resources.people import is_private
from bots.resources.records import Answered, Ballot, Opinion
from bots.resources.wisdom.shelf import Shelf

# How the labels of answers begin, and the memo of more of one that was to be told in private.
ANSWER, FURTHER, TOLD_IN_PRIVATE = "answer", "more", "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An answer that somebody says something to.

    `page` is which three of what was found are meant, `shown` those that are still there, by their places from 1 on,
    and `further` those after them. `hashes`, `ballots` and `opinions`: what was said of the entries, by their ids.
    `room` is where it is said, `told_in` where a thread about an entry would be, `thread` the one there is already.
    """

    now: datetime
    room: RoomView
    replied: Replied
    answered: Answered | None = None
    page: int = 0
    shown: Mapping[int, Resource] = field(default_factory=dict)
    further: Mapping[int, Resource] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    ballots: Mapping[str, Ballot | None] = field(default_factory=dict)
    opinions: Mapping[str, Opinion | None] = field(default_factory=dict)
    told_in: RoomView | None = None
    thread: str | None = None
    spoken: str | None = None
    server: str = ""


@dataclass(frozen=True)
class FollowingUp:
    """Answers it."""

    community: Community
    library: Library
    shelf: Shelf

    async def gather_tap(self, event: Reaction, reader: Reader) -> Facts | None:
        """What the tap is about; None for a tap on anything else."""
        reply = TAPS.get(event.key)
        label = await reader.label(event.target) if reply is not None else None
        if reply is None or (page := page_of(label)) is None:
            return None
        return await self._about(event, Replied(reply), page, reader)

    async def gather_reply(self, event: Message, replied: Replied, reader: Reader) -> Facts | None:
        """What the words are about: the answer that they reply to, or that of their thread, or the last one for two."""
        label = await reader.label(event.reply_to) if event.reply_to else None
        page: tuple[str, int | None] | None = page_of(label) or ((event.thread, None) if event.thread else None)
        return await self._about(event, replied, page, reader)

    async def is_to_an_answer(self, event: Message, reader: Reader) -> bool:
        """Whether it replies to one."""
        return event.reply_to is not None and page_of(await reader.label(event.reply_to)) is not None

    async def _about(
        self, event: Message | Reaction, replied: Replied, page: tuple[str, int | None] | None, reader: Reader
    ) -> Facts | None:
        room = reader.room(event.room_id)
        if room is None:
            return None
        spoken = await reader.get(SpokenLanguage, event.sender)
        facts = Facts(now=reader.now, room=room, replied=replied, spoken=spoken.language if spoken else None)
        answered, number = await self._answered(event, page, reader)
        if answered is None or answered.room_id != event.room_id:
            return facts
        number = answered.pages - 1 if number is None else number
        shown, further = [await self._entries(answered, each, reader) for each in (number, number + 1)]
        facts = replace(facts, answered=answered, page=number, shown=shown, further=further)
        if replied.reply is Reply.TALK:
            return await self._with_a_place(facts, event.sender, reader)
        about = [entry.id for entry in _meant(facts).values()]
        return replace(
            facts,
            hashes=(hashes := {each: ballot_of(event.sender, each, reader) for each in about}),
            ballots={each: await reader.get(Ballot, of) for each, of in hashes.items()},
            opinions={each: await reader.get(Opinion, each, quarter_of(reader.now)) for each in about},
        )

    async def _answered(
        self, event: Message | Reaction, page: tuple[str, int | None] | None, reader: Reader
    ) -> tuple[Answered | None, int | None]:
        if page is not None:
            return await reader.get(Answered, page[0]), page[1]
        me = reader.pseudonym(event.sender)
        every = [each for each in await reader.find(Answered, room_id=event.room_id) if each.asker == me]
        return (every[-1] if every else None), None

    async def _entries(self, answered: Answered, page: int, reader: Reader) -> dict[int, Resource]:
        """What was taken out since is not among them, and the others keep their numbers."""
        ids = answered.found.split()[page * MOST_RESULTS : (page + 1) * MOST_RESULTS]
        entries = {number: each for number, name in enumerate(ids, start=1) if (each := self.library.get(name))}
        found = tuple(Found(each, ()) for each in entries.values() if may_be_shown(each, reader.now.date()))
        there = {each.resource.id for each in (await self.shelf.still_there(Answer(found, ()), reader)).found}
        return {number: each for number, each in entries.items() if each.id in there}

    async def _with_a_place(self, facts: Facts, user: str, reader: Reader) -> Facts:
        entry = next(iter(_meant(facts).values()), None)
        place = facts.room if not is_private(facts.room) else _place_for(entry, user, reader)
        if entry is None or place is None:
            return facts
        thread = await reader.event_id(_talk(entry, place, reader.now))
        return replace(facts, told_in=place, thread=thread, server=reader.me.partition(":")[2])

    def decide(self, event: Message | Reaction, facts: Facts | None) -> tuple[Action, ...]:
        """Do what was asked of the answer. In a room where nothing was meant, nothing is said."""
        if facts is None:
            return ()
        if facts.answered is None or not _meant(facts):
            # A number may be that of no entry that is shown.
            nothing = facts.answered is None or not facts.answered.found or bool(facts.shown)
            why = Words("resources.reply.what" if nothing else "resources.reply.gone")
            # An emoji to nothing in particular, or a tap, asks for no answer.
            in_words = isinstance(event, Message) and any(map(str.isalnum, event.text))
            return (self._say(event, facts, why),) if is_private(facts.room) and (in_words or not nothing) else ()
        match facts.replied.reply:
            case Reply.MORE:
                return self._more(event, facts, facts.answered)
            case Reply.TALK:
                return self._talk(event, facts)
            case Reply.HELPED | Reply.UNHELPFUL:
                return self._opinion(event, facts)

    def _more(self, event: Message | Reaction, facts: Facts, answered: Answered) -> tuple[Action, ...]:
        private = is_private(facts.room)
        language = facts.spoken or self.community.default_language
        telling = Telling(community=self.community, language=language, today=facts.now.date())
        entries = tuple(telling.entry(entry, number) for number, entry in facts.further.items())
        if not entries:
            none = Words("resources.more.none")
            return (self._say(event, facts, none) if private else self._in_private(event, facts, none),)
        parts = (Words("resources.more", {"count": len(entries)}), *entries)
        if not private:
            # A long list is for whoever wants one, and not for the whole room.
            return (self._in_private(event, facts, *parts, Words("resources.more.elsewhere")),)
        page = facts.page + 1
        if page < answered.pages:
            return ()
        further = bool(answered.found.split()[(page + 1) * MOST_RESULTS :])
        said = replace(
            self._say(event, facts, *parts, *buttons_told(further=further, private=True)),
            label=f"{FURTHER}:{answered.question}:{page}",
            buttons=buttons(further=further),
        )
        return said, Remember(why="resources.more", record=replace(answered, pages=page + 1))

    def _opinion(self, event: Message | Reaction, facts: Facts) -> tuple[Action, ...]:
        helped = facts.replied.reply is Reply.HELPED
        actions = tuple(
            action
            for entry in _meant(facts).values()
            for action in counted(
                entry.id,
                facts.hashes[entry.id],
                facts.ballots.get(entry.id),
                facts.opinions.get(entry.id),
                helped=helped,
                now=facts.now,
            )
        )
        # A tap needs no answer, and a room none at all.
        if isinstance(event, Message) and is_private(facts.room):
            thanks = Words("resources.opinion.helped" if helped else "resources.opinion.unhelpful")
            return (*actions, self._say(event, facts, thanks))
        return actions

    def _talk(self, event: Message | Reaction, facts: Facts) -> tuple[Action, ...]:
        entry = next(iter(_meant(facts).values()), None)
        place = facts.told_in
        if entry is None or place is None:
            return (self._say(event, facts, Words("resources.talk.where")),)
        if facts.thread is not None:
            link = permalink(place.room_id, facts.thread, facts.server)
            return (self._say(event, facts, Words("resources.talk.already", {"link": link})),)
        language, label = self._spoken_in(place), _talk(entry, place, facts.now)
        telling = Telling(community=self.community, language=language, today=facts.now.date())
        title = in_language(entry.title, language, self.community.default_language)
        root = Send(
            why="resources.talk",
            place=InRoom(place.room_id),
            parts=(Words("resources.talk.root", {"title": title}),),
            label=label,
        )
        first = Send(
            why="resources.talk",
            place=InRoom(place.room_id),
            thread=LabelRef(label),
            parts=(telling.entry(entry, 1, because=None), Words("resources.talk.first")),
        )
        started = self._say(event, facts, Words("resources.talk.started")) if is_private(facts.room) else None
        return (root, first, *((started,) if started else ()))

    def _spoken_in(self, room: RoomView) -> str:
        return self.community.language_in(place_of(room.role, room.condition))

    def _say(self, event: Message | Reaction, facts: Facts, *parts: Words) -> Send:
        place = InRoom(event.room_id)
        why = f"resources.{facts.replied.reply}"
        if is_private(facts.room):
            return Send(why=why, place=place, parts=tuple(replace(words, language=facts.spoken) for words in parts))
        return Send(why=why, place=place, thread=EventRef(_thread(event, facts)), parts=parts)

    def _in_private(self, event: Message | Reaction, facts: Facts, *parts: Words) -> Send:
        return Send(
            why="resources.more",
            voice=BotName.WELCOME,
            follow_up=True,
            place=InPrivateChat(event.sender),
            parts=tuple(replace(words, language=facts.spoken) for words in parts),
            memo=f"{TOLD_IN_PRIVATE}|{event.room_id}|{_thread(event, facts)}",
        )


def page_of(label: str | None) -> tuple[str, int] | None:
    """The question that something was the answer to, and which three entries of it; None for anything else."""
    match (label or "").split(":", 1):
        case [kind, question] if kind == ANSWER:
            return question, 0
        case [kind, rest] if kind == FURTHER:
            question, _, page = rest.rpartition(":")
            return question, int(page)
        case _:
            return None


def buttons(*, further: bool) -> tuple[str, ...]:
    """The taps under an answer."""
    return (*((MORE,) if further else ()), HELPED, UNHELPFUL, TALK)


def buttons_told(*, further: bool, private: bool) -> tuple[Words, ...]:
    """The words that do the same as the taps."""
    more = (Words("resources.found.more.private" if private else "resources.found.more"),) if further else ()
    return (*more, Words("resources.found.taps.private" if private else "resources.found.taps"))


def _meant(facts: Facts) -> Mapping[int, Resource]:
    """The entry that is named by its number, or all that the answer shows."""
    number = facts.replied.number
    if number is None:
        return facts.shown
    return {number: facts.shown[number]} if number in facts.shown else {}


def _thread(event: Message | Reaction, facts: Facts) -> str:
    """Where in a room one answers: in the thread of what was said, or of the question."""
    root = event.thread if isinstance(event, Message) else None
    return root or (facts.answered.question if facts.answered else event.event_id)


def _talk(entry: Resource, place: RoomView, now: datetime) -> str:
    """One thread about an entry in a room and month is enough."""
    return f"talk:{entry.id}:{now:%Y-%m}:{place.room_id}"


def _place_for(entry: Resource | None, user: str, reader: Reader) -> RoomView | None:
    """The room of theirs that the entry is for; the only one they are in, if there is but one."""
    theirs = [room for room in reader.rooms(RoomRole.CONDITION) if user in room.joined()]
    fitting = [room for room in theirs if entry is not None and room.condition in entry.conditions]
    for rooms in (fitting, theirs):
        if len(rooms) == 1:
            return rooms[0]
    return None
