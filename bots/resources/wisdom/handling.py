# SPDX-License-Identifier: Apache-2.0
"""The handlers of tips: which events concern them, and what is gathered for each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import Action, LookAt, ReadWords, Send
from bots.core.bot import Handler, Reader
from bots.core.community import Community
from bots.core.crisis.hearing import Hear
from bots.core.events import Message, MessageKind, Outcome, Reaction, Started, Tick
from bots.core.records import TipAsked
from bots.core.rooms import RoomView
from bots.core.tips import (
    TIP_COMMANDS,
    WHY,
    Hack,
    Judged,
    Said,
    Save,
    TipCommand,
    answer_in,
    asked_about,
    is_a_link,
    judged_in,
)
from bots.core.tips import said_in as said_by_tick
from bots.resources.library import Library
from bots.resources.people import is_private
from bots.resources.wisdom import savers
from bots.resources.wisdom.authors import Authors
from bots.resources.wisdom.facts import MEMBERS_ROOMS, Facts, GivesAway, about_message, facts_about, office
from bots.resources.wisdom.judging import Case, Duplicate, Judging, judgement_in
from bots.resources.wisdom.records import OfferedTip, SharedTip
from bots.resources.wisdom.rounds import Rounds
from bots.resources.wisdom.saving import Saving
from bots.resources.wisdom.shelf import Shelf
from bots.resources.wisdom.steps import LAPSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said about tips, where it was heard: in a room (`command`), or in private (`said`)."""

    facts: Facts
    room: RoomView
    command: Save | None = None
    said: Said | None = None


@dataclass(frozen=True)
class Wisdom:
    """Everything about tips, for one community. `shelf` is asked before and after each search."""

    community: Community
    library: Library
    shelf: Shelf
    saving: Saving

    @classmethod
    def of(cls, community: Community, library: Library, hear: Hear, gives_away: GivesAway) -> Wisdom:
        """Put together."""
        return cls(community, library, Shelf(library, community.slug), Saving(community, hear, gives_away))

    @property
    def handlers(self) -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each handler has its own event and facts
        """All of them."""
        rounds = Rounds(self.community, self.shelf)
        return (
            Handler(Message, self.gather_message, self.decide_message, target=_to_be_saved),
            Handler(Reaction, self.gather_reaction, self.decide_message),
            Handler(Tick, self.gather_said, self.decide_said),
            Handler(Tick, self.gather_judged, self.decide_judged),
            Handler(Tick, self.gather_lapse, self.decide_lapse),
            Handler(Outcome, self.gather_outcome, self.decide_outcome),
            Handler(Outcome, savers.gather, savers.decide),
            Handler(Started, rounds.gather_start, rounds.decide_start),
            Handler(Tick, rounds.gather, rounds.decide),
            Handler(Outcome, rounds.gather_outcome, rounds.decide_outcome),
        )

    @property
    def authors(self) -> Authors:
        """What is said in private."""
        return Authors(self.community, self.saving)

    async def concerns(self, event: Message, room: RoomView, reader: Reader) -> bool:
        """Whether a message in a chat of two is about a tip, and no question to the library."""
        return _is_for_two(event, room) and await self._said(event, reader) is not None

    # In rooms, and in chats of two.

    async def gather_message(self, event: Message, reader: Reader) -> Heard | None:
        """`!save` and the like in a room; in a chat of two, all that is about tips."""
        room = reader.room(event.room_id)
        if room is None or event.sender in reader.bots:
            return None
        if room.role in MEMBERS_ROOMS and _is_said_anew(event):
            return await self._in_a_room(event, room, reader)
        if not _is_for_two(event, room):
            return None
        said = await self._said(event, reader)
        return await self._heard(said, room, reader) if said is not None else None

    async def gather_reaction(self, event: Reaction, reader: Reader) -> Heard | None:
        """A tap under something that was asked in a chat of two."""
        room = reader.room(event.room_id)
        about = asked_about(await reader.label(event.target))
        if room is None or not is_private(room) or about is None or event.sender in reader.bots:
            return None
        number, time = about
        chat, who = event.room_id, event.sender
        said = Said(who=who, event_id=event.event_id, key=event.key, number=number, time=time, chat=chat)
        return await self._heard(said, room, reader)

    def decide_message(self, event: Message | Reaction, heard: Heard | None) -> tuple[Action, ...]:
        """Do what it asks for."""
        if heard is None:
            return ()
        if heard.command is not None and isinstance(event, Message):
            return self.saving.save(event, heard.command, heard.room, heard.facts)
        return self.authors.decide(heard.said, heard.facts) if heard.said is not None else ()

    async def _in_a_room(self, event: Message, room: RoomView, reader: Reader) -> Heard | None:
        command = _command(event.text)
        if command is None:
            return None
        if not isinstance(command, Save):
            # Said before all, answered in private.
            said = Said(who=event.sender, event_id=event.event_id, words=event.text)
            return await self._heard(said, room, reader)
        facts = await facts_about(event.sender, self.community, reader, new=event.reply_to is not None)
        if event.reply_to is not None:
            sender = await reader.message_sender(event.room_id, event.reply_to)
            facts = replace(facts, of_message=await about_message(event.sender, sender, event.reply_to, reader))
        return Heard(facts=facts, room=room, command=command)

    async def _said(self, event: Message, reader: Reader) -> Said | None:
        """What a message in a chat of two says about tips, if it does."""
        about = asked_about(await reader.label(event.reply_to)) if event.reply_to is not None else None
        number, time = about or (None, None)
        said = Said(
            who=event.sender,
            event_id=event.event_id,
            words=event.text,
            number=number,
            time=time,
            chat=event.room_id,
        )
        if number is not None or _command(event.text) is not None or is_a_link(event.text):
            return said
        asked = await reader.get(TipAsked, event.sender)
        return said if asked is not None and answer_in(event.text) is not None else None

    async def _heard(self, said: Said, room: RoomView, reader: Reader) -> Heard:
        return Heard(facts=await self._facts(said, reader), room=room, said=said)

    async def _facts(self, said: Said, reader: Reader) -> Facts:
        new = isinstance(_command(said.words), Hack) or is_a_link(said.words)
        return await facts_about(said.who, self.community, reader, new=new)

    # What the other two bots heard.

    async def gather_said(self, event: Tick, reader: Reader) -> tuple[Said, Facts] | None:
        """Something that was said to the welcome bot."""
        said = said_by_tick(event)
        return (said, await self._facts(said, reader)) if said is not None else None

    def decide_said(self, _event: Tick, heard: tuple[Said, Facts] | None) -> tuple[Action, ...]:
        """Do what it asks for."""
        return self.authors.decide(*heard) if heard is not None else ()

    async def gather_judged(self, event: Tick, reader: Reader) -> tuple[Case, str | None] | None:
        """Something that moderators said about a tip."""
        said = judged_in(event)
        meant = judgement_in(said) if said is not None else None
        if said is None or meant is None:
            return None
        offer, tip = await reader.get(OfferedTip, said.number), await reader.get(SharedTip, said.number)
        found = offer or tip
        author = await facts_about(found.author, self.community, reader) if found is not None else None
        double = await self._double(meant, said, reader) if isinstance(meant, Duplicate) and meant.of else None
        case = Case(said=said, meant=meant, offer=offer, tip=tip, author=author, double=double)
        return case, await office(reader)

    async def _double(self, meant: Duplicate, said: Judged, reader: Reader) -> str | None:
        """What the library has that is called so, or is closest to it."""
        words = meant.of.removeprefix("of ").strip()
        await self.shelf.follow(reader)
        found = await reader.aside(lambda: self.library.named(words))
        return next(iter(found.title.values())) if found is not None and said.moderates else None

    def decide_judged(self, _event: Tick, found: tuple[Case, str | None] | None) -> tuple[Action, ...]:
        """Do it once."""
        return Judging(self.saving.away).decide(*found) if found is not None else ()

    # What comes later.

    async def gather_lapse(self, event: Tick, reader: Reader) -> Facts | None:
        """Whether its author was asked about the tip, and has not answered."""
        if event.kind != LAPSE:
            return None
        offer = await reader.get(OfferedTip, event.payload["number"])
        return await facts_about(offer.author, self.community, reader) if offer is not None else None

    def decide_lapse(self, event: Tick, facts: Facts | None) -> tuple[Action, ...]:
        """Then nothing of it stays."""
        if facts is None:
            return ()
        number, time = event.payload["number"], event.payload["time"]
        assert isinstance(number, int)
        assert isinstance(time, int)
        return self.authors.lapsed(number, time, facts.offer(number), facts)

    async def gather_outcome(self, event: Outcome, reader: Reader) -> tuple[OfferedTip, Facts] | None:
        """The tip that something was read, looked at or asked for. One that was erased meanwhile is none."""
        number = _number_of(event)
        offer = await reader.get(OfferedTip, number) if number is not None else None
        return (offer, await facts_about(offer.author, self.community, reader)) if offer is not None else None

    def decide_outcome(self, event: Outcome, found: tuple[OfferedTip, Facts] | None) -> tuple[Action, ...]:
        """Go on with it."""
        return self.saving.came_back(event, found[1], found[0]) if found is not None else ()


def _command(text: str) -> TipCommand | None:
    parsed = TIP_COMMANDS.parse(text)
    return parsed if isinstance(parsed, TipCommand) else None


def _is_said_anew(event: Message) -> bool:
    return event.kind is MessageKind.TEXT and event.authentic and event.replaces is None


def _is_for_two(event: Message, room: RoomView) -> bool:
    """What somebody may give is not said where whoever runs a server could read it."""
    return is_private(room) and room.encrypted and event.encrypted and _is_said_anew(event)


def _to_be_saved(event: Message) -> str | None:
    return event.reply_to if isinstance(_command(event.text), Save) else None


def _number_of(event: Outcome) -> int | None:
    match event.action:
        case ReadWords(memo=memo) | LookAt(memo=memo):
            return int(memo)
        case Send(memo=str(memo)) if memo.startswith(f"{WHY}|"):
            return int(memo.split("|")[1])
    return None
