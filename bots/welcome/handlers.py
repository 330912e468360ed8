# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot does about people who come, write, tap and leave, and about invitations that came back.

In rooms it says one sentence at most, `welcome.newcomer`, and only for somebody who asked for it.
Everything else is said in the one private chat with the person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import (
    Action,
    Forget,
    InPrivateChat,
    InRoom,
    Invite,
    Leave,
    OwnWords,
    Remember,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.commands import Missing, Unknown
from bots.core.events import Membership, Message, MessageKind, Outcome, PollAnswer, Reaction
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.welcome.answers import Intent
from bots.welcome.arriving import OWN, introduced, was_heard
from bots.welcome.carrying_out import GREET, carry_out, send
from bots.welcome.commands import COMMANDS, Command, Copy, ForgetMe, Help, Language, LeaveUs, MyData, NotesAgain
from bots.welcome.conversation.machine import JUST_NOW, Interview
from bots.welcome.conversation.turn import Called, Input, Mistyped, Said, Showed, Speak, Tapped
from bots.welcome.facts import LABEL, Facts, facts_about
from bots.welcome.giving import asked_of, given
from bots.welcome.listening import Listening
from bots.welcome.passing_on import heard
from bots.welcome.records import Conversation, Step, Telling
from bots.welcome.rooms.inviting import turned_down, what_came
from bots.welcome.unread import entered

# What `!privacy` can be followed by.
_OF_PRIVACY = {"export": Intent.COPY, "copy": Intent.COPY, "erase": Intent.FORGET, "forget": Intent.FORGET}
_ROOMS_OF_MEMBERS = (RoomRole.LOBBY, RoomRole.CONDITION)


@dataclass(frozen=True)
class Welcome:
    """The decisions of the welcome bot for one community."""

    interview: Interview
    listening: Listening

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """Where the conversation with the sender stands; for somebody who asks, all that is kept about them."""
        facts = await facts_about(event, event.sender, reader)
        if facts.private:
            telling = await reader.get(Telling, event.sender)
            tip_asked, tip = await asked_of(event, reader)
            unsaid = tuple(await reader.about_to_say(event.sender))
            # By two clocks, so it is asked of few messages only.
            crossed = event.late and facts.conversation is not None and event.sent_at < facts.conversation.asked_at
            facts = replace(facts, telling=telling, tip_asked=tip_asked, tip_replied_to=tip)
            facts = replace(facts, unsaid=unsaid, crossed=crossed)
            facts = replace(facts, ear=await self.listening.said_here(event, reader))
        asks = isinstance(COMMANDS.parse(event.text), MyData) or (
            facts.private and self.interview.vocabulary.intent(event.text) is Intent.MYDATA
        )
        return replace(facts, kept=tuple(await reader.holdings(event.sender))) if asks else facts

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """Go on with the conversation; in rooms, hear nothing but the commands that are about oneself."""
        if event.kind is MessageKind.NOTICE or not event.authentic or event.sender in facts.bots:
            return ()
        parsed = COMMANDS.parse(event.text)
        if not facts.private:
            return self._in_a_room(parsed, event, facts)
        passed_on = heard(event, parsed, self.interview.vocabulary.intent(event.text), facts)
        if facts.ear is not None and (answer := self.listening.answer(event, facts.ear)):
            return (*answer, *(passed_on or ()))
        if isinstance(parsed, NotesAgain) and facts.ear is not None:
            return self.listening.notes_again(facts.ear)
        if facts.room is not None and facts.room.encrypted and not event.encrypted:
            return (send(InPrivateChat(event.sender), (Words("welcome.not_encrypted"),), "welcome.answer"),)
        if passed_on is None:
            passed_on = given(event, facts)
        gentle = self.listening.gentle(event, facts.ear) if facts.ear is not None else ()
        return (*gentle, *(self._goes_on(parsed, event, facts) if passed_on is None else passed_on))

    def _goes_on(self, parsed: Command | Unknown | Missing | None, event: Message, facts: Facts) -> tuple[Action, ...]:
        if facts.conversation is None:
            return carry_out(self.interview.begin(facts.person, facts.world), facts, event.event_id)
        turn = self.interview.step(facts.conversation, self._came(parsed, event, facts.conversation), facts.world)
        return carry_out(turn, facts, event.event_id)

    def _came(self, parsed: Command | Unknown | Missing | None, event: Message, conversation: Conversation) -> Input:
        """What somebody put in. The way to helplines is the same here as in a room, with or without the `!`.

        A line of their own may begin as they like: what is no command of this bot is none in it.
        """
        as_words = (
            conversation.step in (Step.LINE, Step.PREVIEW)
            or self.interview.vocabulary.asking.country(event.text) is not None
        )
        if isinstance(parsed, Unknown) and as_words:
            return Said(event.text, event.event_id, event.replaces)
        return _input(parsed, event)

    async def gather_reaction(self, event: Reaction, reader: Reader) -> Facts:
        """The same, and what the reaction is under."""
        return replace(await facts_about(event, event.sender, reader), label=await reader.label(event.target))

    def decide_reaction(self, event: Reaction, facts: Facts) -> tuple[Action, ...]:
        """An answer by one tap."""
        if not facts.private or facts.conversation is None or not facts.label or not facts.label.startswith(LABEL):
            return ()
        question = facts.label.removeprefix(LABEL).partition(":")[0]
        turn = self.interview.step(facts.conversation, Tapped(event.key, question), facts.world)
        return carry_out(turn, facts, event.event_id)

    async def gather_poll(self, event: PollAnswer, reader: Reader) -> Facts:
        """The same, and which poll it answers."""
        return replace(await facts_about(event, event.sender, reader), label=await reader.label(event.target))

    def decide_poll(self, event: PollAnswer, facts: Facts) -> tuple[Action, ...]:
        """An answer by one tap that nobody else can read."""
        known = facts.private and facts.conversation and facts.label and facts.label.startswith(LABEL)
        in_clear = facts.room is not None and facts.room.encrypted and not event.encrypted
        if not known or in_clear or not event.authentic or not event.answers:
            return ()
        assert facts.conversation is not None
        assert facts.label is not None
        question = facts.label.removeprefix(LABEL).partition(":")[0]
        came = Tapped(event.answers[0], question, encrypted=event.encrypted)
        return carry_out(self.interview.step(facts.conversation, came, facts.world), facts, event.event_id)

    async def gather_membership(self, event: Membership, reader: Reader) -> Facts:
        """About the person who moved, or who invites the bot."""
        return await facts_about(event, event.sender if event.user == reader.me else event.user, reader)

    def decide_membership(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        """Greet who comes; introduce who wished it; notice who left the private chat."""
        if event.user == facts.me:
            return self._invited(event, facts) if event.now is MembershipState.INVITE else ()
        if event.user in facts.bots or facts.room is None:
            return ()
        joined = event.now is MembershipState.JOIN and event.previous is not MembershipState.JOIN
        if facts.private and joined:
            return tuple(entered(facts))
        if facts.room.role is RoomRole.LOBBY and joined:
            return self._in_the_lobby(event, facts)
        if facts.room.role is RoomRole.CONDITION and joined:
            return self._in_a_condition_room(facts, facts.room)
        if facts.room.role is RoomRole.CONDITION and event.now is MembershipState.LEAVE:
            return self._out_of_a_condition_room(event, facts, facts.room)
        if facts.private and facts.conversation and event.now in (MembershipState.LEAVE, MembershipState.BAN):
            return (Remember(why="welcome.left", record=replace(facts.conversation, chat_left=True)),)
        return ()

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Facts | None:
        """About the person whom the action was for."""
        match event.action:
            case Invite(user=user) | Send(place=InPrivateChat(user=user)) | Send(parts=(_, OwnWords(user=user))):
                return await facts_about(None, user, reader)
        return None

    def decide_outcome(self, event: Outcome, facts: Facts | None) -> tuple[Action, ...]:
        """Say that an invitation came back; forget having greeted somebody who could not be reached."""
        if facts is None or facts.conversation is None:
            return ()
        if isinstance(event.action, Send) and event.action.why == OWN:
            return (*was_heard(event.action), *(() if event.ok else self._unsaid(event.action, facts, event.id)))
        match event.action:
            case Invite():
                return tuple(what_came(self.interview, facts, event.action, event))
            case Send(why=why) if why == GREET and not event.ok:
                return (Forget(why=GREET, record=Conversation, key=(facts.person,)),)
        return ()

    def _unsaid(self, send: Send, facts: Facts, source: str) -> tuple[Action, ...]:
        """Their line was not said: it is not what they said yes to any more, or they left the room."""
        assert facts.conversation is not None
        rooms = (i for i, room in facts.condition_rooms.items() if send.place == InRoom(room.room_id))
        turn = self.interview.unsaid(facts.conversation, tuple(rooms), facts.world)
        return carry_out(turn, facts, source)

    def _in_a_room(
        self, parsed: Command | Unknown | Missing | None, event: Message, facts: Facts
    ) -> tuple[Action, ...]:
        about_oneself = isinstance(parsed, ForgetMe | LeaveUs | MyData | Copy)
        if not about_oneself or facts.room is None or facts.room.role not in _ROOMS_OF_MEMBERS:
            return ()
        if facts.conversation is None:
            return carry_out(self.interview.begin(facts.person, facts.world), facts, event.event_id)
        came = _input(parsed, event)
        turn = self.interview.step(replace(facts.conversation, chat_left=False), came, facts.world)
        return carry_out(turn, facts, event.event_id, open_chat=True)

    def _invited(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        """A chat that somebody else made is declined, and answered in our own: only there the bot knows who listens."""
        if facts.person in facts.bots or not facts.organisers or facts.person in facts.organisers:
            return ()
        leave = Leave(why="welcome.own_chat", room_id=event.room_id)
        if facts.conversation is None:
            turn = self.interview.begin(facts.person, facts.world)
            return (*carry_out(turn, facts, event.event_id), leave)
        left = facts.conversation.chat_left
        if not left and facts.now - facts.conversation.asked_at < JUST_NOW:
            return (leave,)
        key = "back" if left else "here"
        turn = self.interview.resume(facts.conversation, facts.world, key)
        return (*carry_out(turn, facts, event.event_id, open_chat=True), leave)

    def _in_the_lobby(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        if facts.person in facts.organisers or facts.person in self.interview.community.moderators:
            return ()
        if facts.conversation is None:
            return carry_out(self.interview.begin(facts.person, facts.world), facts, event.event_id)
        if not facts.conversation.chat_left:
            return ()
        turn = self.interview.resume(facts.conversation, facts.world, "back")
        return carry_out(turn, facts, event.event_id, open_chat=True)

    def _in_a_condition_room(self, facts: Facts, room: RoomView) -> tuple[Action, ...]:
        conversation = facts.conversation
        if conversation is None or room.condition not in conversation.introduce.split():
            return ()
        left = " ".join(i for i in conversation.introduce.split() if i != room.condition)
        told = introduced(room.room_id, facts)
        return (*told, Remember(why="welcome.introduce", record=replace(conversation, introduce=left)))

    def _out_of_a_condition_room(self, event: Membership, facts: Facts, room: RoomView) -> tuple[Action, ...]:
        if event.sender == event.user and event.previous is MembershipState.INVITE and room.condition:
            return tuple(turned_down(self.interview, facts, room.condition, event.event_id))
        return self._taken_out(event, facts)

    def _taken_out(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        """Somebody whose homeserver is shut out hears why, once: the homeserver itself tells them nothing."""
        conversation, world = facts.conversation, facts.world
        if event.sender not in facts.organisers or world.is_reached_by(self.interview.community):
            return ()
        if conversation is None or conversation.chat_left or conversation.step is Step.ELSEWHERE:
            return ()
        return carry_out(self.interview.shut_out(conversation, world), facts, event.event_id)


def _input(parsed: Command | Unknown | Missing | None, event: Message) -> Input:
    match parsed:
        case None if not event.text.strip():
            return Showed()
        case None:
            return Said(event.text, event.event_id, event.replaces)
        case Help():
            return Called(Intent.HELP)
        case MyData(what=what):
            return Called(_OF_PRIVACY.get(what.strip().casefold(), Intent.MYDATA))
        case Copy():
            return Called(Intent.COPY)
        case ForgetMe():
            return Called(Intent.FORGET)
        case LeaveUs():
            return Called(Intent.LEAVE)
        case Language(language=language):
            return Speak(language.strip())
        case _:
            return Mistyped()
