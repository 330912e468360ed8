# SPDX-License-Identifier: Apache-2.0
"""Words that sound near to danger: those said to the bot are answered at once; to who says them in a room it writes.

The moderation bot hears the rooms, and calls people; this one alone writes to members, and knows where they live.
So nobody is ever written to by two bots. What was said is not in here, only how near it sounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import (
    TOO_LATE,
    Action,
    BotName,
    Forget,
    InPrivateChat,
    InRoom,
    LabelRef,
    Priority,
    Remember,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.crisis.hearing import LATE, WRITE, Asked, Hear, Heard, Where, alert_label
from bots.core.crisis.note import AGAIN, LABEL, NO_MORE, Person, note, short_note
from bots.core.crisis.rota import on_duty
from bots.core.crisis.tiers import NOTED, Assessment, Tier, is_nearer
from bots.core.events import Message, Outcome, Reaction, Tick
from bots.core.records import CommunityRoom, OnCall, PrivateChat, SpokenLanguage
from bots.core.rooms import RoomRole, RoomView
from bots.welcome.answers import Intent, Vocabulary
from bots.welcome.records import Conversation, CrisisNote, NoCrisisNotes

WHY = "crisis.note"
NOTHING = Assessment(tier=Tier.NONE)
_MEMO = "crisis.note|"
# Nobody is written to again within this time, unless it gets nearer to danger.
WINDOW = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """What a decision here depends on.

    `assessment` is what the message sounds like, `last` the note they had, `stopped` that they want none,
    `wants_no_more` that they say so now, `awake` whether somebody is on duty.
    `agreed` says that there is a private chat with them, and that they are in it, as far as is known.
    """

    now: datetime
    user: str
    person: Person
    assessment: Assessment = NOTHING
    last: CrisisNote | None = None
    stopped: bool = False
    wants_no_more: bool = False
    awake: bool = False
    agreed: bool = False
    office: str | None = None


@dataclass(frozen=True)
class Listening:
    """The decisions about words that sound near to danger, for one community."""

    community: Community
    vocabulary: Vocabulary
    hear: Hear

    async def said_here(self, event: Message, reader: Reader) -> Ear:
        """What something said in the private chat with the person sounds like, and what they had from us."""
        ear = await self._ear(event.sender, reader)
        where = Where(now=reader.now, languages=self._languages(ear.person))
        rota = await reader.find(OnCall)
        return replace(
            ear,
            assessment=self.hear(event, where),
            wants_no_more=self.vocabulary.intent(event.text) is Intent.STOP,
            awake=bool(on_duty(rota, reader.now, self.community.crisis.most_calls_a_day)),
        )

    def answer(self, event: Message, ear: Ear) -> tuple[Action, ...]:
        """The note, in place of what the bot would have said; short to who had it lately; people are told either way.

        Nothing where the words are far from danger, but for a "stop" to who had a note lately.
        """
        noted = ear.last is not None and ear.last.tier in NOTED and ear.now - ear.last.at < WINDOW
        if ear.wants_no_more and not ear.stopped and noted:
            return self._no_more(ear)
        tier = ear.assessment.tier
        # Said to a bot alone, what would be unsafe for others to read is about the one who says it.
        tier = Tier.THOUGHTS if tier is Tier.UNSAFE else tier
        if tier not in NOTED:
            return ()
        today = ear.now.date()
        if _is_due(tier, ear):
            parts = note(self.community, tier, ear.person, today, awake=ear.awake, here=True)
            told: tuple[Action, ...] = self._write(event.sender, tier, parts, event.event_id, ear.now + LATE, ear.now)
        else:
            told = (_sent(event.sender, short_note(self.community, ear.person, awake=ear.awake), ear.now + LATE),)
        heard = Heard(
            person=event.sender, assessment=replace(ear.assessment, tier=tier), event_id=event.event_id, at=ear.now
        )
        return (*told, heard.passed_on())

    def gentle(self, event: Message, ear: Ear) -> tuple[Action, ...]:
        """For distress that is far from danger: a word before what the bot would have said, and where people are.

        Once in half a day, and to nobody who wants no notes, or asks for people anyway. Nobody else hears of it.
        """
        asks_for_people = (
            self.vocabulary.intent(event.text) is Intent.URGENT
            or self.vocabulary.asking.country(event.text) is not None
        )
        if (
            ear.assessment.tier is not Tier.DISTRESS
            or ear.stopped
            or asks_for_people
            or not _is_due(Tier.DISTRESS, ear)
        ):
            return ()
        words = Words("welcome.crisis.gentle", {}, ear.person.language)
        return (
            Remember(why=WHY, record=CrisisNote(person=ear.user, tier=Tier.DISTRESS, at=ear.now)),
            Send(why="crisis.gentle", place=InPrivateChat(ear.user), parts=(words,)),
        )

    async def gather_asked(self, event: Tick, reader: Reader) -> Ear | None:
        """Whether somebody can be written to whom the moderation bot heard."""
        return await self._ear(str(event.payload["person"]), reader) if event.kind == WRITE else None

    def decide_asked(self, event: Tick, ear: Ear | None) -> tuple[Action, ...]:
        """Write to them, and tell the moderators; or tell them why not."""
        if ear is None:
            return ()
        asked = Asked.from_tick(event.payload)
        refused = self._refused(asked, ear)
        if refused is not None:
            return () if not asked.first else self._tell(asked.number, ear.office, Words(f"welcome.crisis.{refused}"))
        parts = note(self.community, asked.tier, ear.person, ear.now.date(), awake=asked.awake, here=False)
        source, until = f"{asked.number}:{asked.tier}", asked.heard_at + LATE
        return self._write(ear.user, asked.tier, parts, source, until, ear.now, asked.number)

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Ear | None:
        """To whom the note was."""
        match event.action:
            case Send(place=InPrivateChat(user=user), memo=str(memo)) if memo.startswith(_MEMO):
                return await self._ear(user, reader)
        return None

    def decide_outcome(self, event: Outcome, ear: Ear | None) -> tuple[Action, ...]:
        """Tell the moderators whether it has reached them. A note that did not is none: then there are only people.

        Of an answer in the chat they hear only if it was not delivered: it has no number, and is in no alert's thread.
        """
        if ear is None:
            return ()
        assert isinstance(event.action, Send)
        number = int(str(event.action.memo).removeprefix(_MEMO)) or None
        if event.ok:
            return self._tell(number, ear.office, Words("welcome.crisis.written")) if number else ()
        whom = ear.user if number is None else Words("welcome.crisis.them")
        late = Words("welcome.crisis.too_late", {"who": whom})
        told = self._tell(number, ear.office, late if event.errcode == TOO_LATE else Words("welcome.crisis.no_chat"))
        return (Forget(why=WHY, record=CrisisNote, key=(ear.user,)), *told)

    async def gather_tap(self, event: Reaction, reader: Reader) -> Ear | None:
        """Whether it is under a note, or under the word that there are no more."""
        label = await reader.label(event.target)
        known = label is not None and label.startswith(LABEL) and event.key in (NO_MORE, AGAIN)
        room = reader.room(event.room_id)
        if not known or room is None or room.private_with != event.sender:
            return None
        return await self._ear(event.sender, reader)

    def decide_tap(self, event: Reaction, ear: Ear | None) -> tuple[Action, ...]:
        """No more notes, or notes again."""
        if ear is None or ear.stopped is (event.key == NO_MORE):
            return ()
        return self._no_more(ear) if event.key == NO_MORE else self.notes_again(ear)

    def notes_again(self, ear: Ear) -> tuple[Action, ...]:
        """They want notes."""
        return (
            Forget(why="crisis.stop", record=NoCrisisNotes, key=(ear.user,)),
            _say(ear.user, Words("core.crisis.notes_again", {}, ear.person.language)),
        )

    def _no_more(self, ear: Ear) -> tuple[Action, ...]:
        return (
            Remember(why="crisis.stop", record=NoCrisisNotes(person=ear.user, since=ear.now)),
            Send(
                why="crisis.stop",
                place=InPrivateChat(ear.user),
                parts=(Words("core.crisis.stopped", {}, ear.person.language),),
                label=f"{LABEL}stopped:{ear.now.isoformat()}:{ear.user}",
                buttons=(AGAIN,),
            ),
        )

    def _refused(self, asked: Asked, ear: Ear) -> str | None:
        """Why somebody is not written to, if so: the last part of `welcome.crisis.<why>`."""
        if ear.now - asked.heard_at > LATE:
            return "late"
        if not ear.agreed:
            return "no_chat"
        if ear.stopped:
            return "no_notes"
        return None if _is_due(asked.tier, ear) else "lately"

    def _write(
        self,
        user: str,
        tier: Tier,
        parts: tuple[Words, ...],
        source: str,
        until: datetime,
        now: datetime,
        number: int = 0,
    ) -> tuple[Action, ...]:
        sent = replace(_sent(user, parts, until, number), label=f"{LABEL}{source}", buttons=(NO_MORE,))
        return (Remember(why=WHY, record=CrisisNote(person=user, tier=tier, at=now)), sent)

    def _tell(self, number: int | None, office: str | None, words: Words) -> tuple[Action, ...]:
        """In the alert's thread if there is a number, by the voice of the bot that is in that room."""
        if office is None:
            return ()
        return (
            Send(
                why=WHY,
                voice=BotName.MODERATION,
                priority=Priority.MODERATION,
                place=InRoom(office),
                thread=LabelRef(alert_label(number)) if number is not None else None,
                parts=(words,),
            ),
        )

    async def _ear(self, user: str, reader: Reader) -> Ear:
        conversation = await reader.get(Conversation, user)
        chat = await reader.get(PrivateChat, user)
        room = reader.room(chat.room_id) if chat else None
        offices = await reader.find(CommunityRoom, role=RoomRole.MODERATORS)
        spoken = await reader.get(SpokenLanguage, user)
        return Ear(
            now=reader.now,
            user=user,
            person=Person(
                country=conversation.country if conversation else "",
                language=spoken.language if spoken else None,
            ),
            last=await reader.get(CrisisNote, user),
            stopped=await reader.get(NoCrisisNotes, user) is not None,
            agreed=_is_there(user, conversation, room) if chat and conversation else False,
            office=offices[0].room_id if offices else None,
        )

    def _languages(self, person: Person) -> tuple[str, ...]:
        """Theirs first: whoever is in distress falls back on it."""
        own = (person.language,) if person.language else ()
        return tuple(dict.fromkeys((*own, *self.community.languages)))


def _is_there(user: str, conversation: Conversation, room: RoomView | None) -> bool:
    """Whether they are in the chat; while the room is not known yet, whether they ever answered there, and stayed."""
    if room is not None:
        return user in room.joined()
    return (conversation.heard or conversation.adult) and not conversation.chat_left


def _is_due(tier: Tier, ear: Ear) -> bool:
    return ear.last is None or ear.now - ear.last.at >= WINDOW or is_nearer(tier, ear.last.tier)


def _sent(user: str, parts: tuple[Words, ...], until: datetime, number: int = 0) -> Send:
    """Said while it helps, and not hours later; what becomes of it is heard of, with the number of the alert."""
    return Send(
        why=WHY,
        priority=Priority.CRISIS,
        place=InPrivateChat(user),
        parts=parts,
        memo=f"{_MEMO}{number}",
        follow_up=True,
        not_after=until,
    )


def _say(user: str, words: Words) -> Send:
    return Send(why="crisis.stop", place=InPrivateChat(user), parts=(words,))
