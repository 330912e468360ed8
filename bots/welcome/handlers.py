# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot does about people who come, write, tap and leave, and about invitations that came back.

In rooms it says one sentence at most, `welcome.newcomer`, and only for somebody who asked for it.
Everything else is said in the one private chat with the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import (
    Action,
    BotName,
    Erase,
    Forget,
    InPrivateChat,
    InRoom,
    Invite,
    Leave,
    Place,
    Priority,
    Remember,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.commands import Missing, Unknown
from bots.core.events import Event, Membership, MembershipState, Message, MessageKind, Outcome, Reaction
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole, RoomView
from bots.welcome.answers import Intent
from bots.welcome.commands import COMMANDS, Appeal, Command, ForgetMe, Help, Language, LeaveUs, MyData
from bots.welcome.conversation import Interview
from bots.welcome.records import Consent, Conversation
from bots.welcome.turn import Called, Input, Mistyped, Said, Showed, Speak, Tapped, Turn, World

_LABEL = "welcome."
_GREET = "welcome.greet"
_BLOCKED = "M_INVITE_BLOCKED"
# Who was spoken to within this time sees our chat: a hundred invitations are answered once.
_JUST_NOW = timedelta(minutes=10)
_ROOMS_OF_MEMBERS = (RoomRole.LOBBY, RoomRole.CONDITION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision depends on.

    `room` is where the event happened, `conversation` where the one with `person` stands (None: not known),
    `condition_rooms` are by condition id, `organisers` who made the lobby,
    `label` is that of the message a reaction is under, `office` the moderators' room, which this bot is not in.
    """

    now: datetime
    me: str
    bots: frozenset[str]
    person: str
    room: RoomView | None
    conversation: Conversation | None
    condition_rooms: Mapping[str, RoomView]
    organisers: frozenset[str]
    label: str | None = None
    office: str | None = None

    @property
    def private(self) -> bool:
        """Whether the event happened in the private chat with the person."""
        return self.room is not None and self.room.role is RoomRole.PRIVATE and self.room.private_with == self.person

    @property
    def world(self) -> World:
        """The part that the conversation may know."""
        return World(
            now=self.now,
            server=_server(self.person),
            ours=_server(self.me),
            rooms=frozenset(self.condition_rooms),
            inside=frozenset(i for i, room in self.condition_rooms.items() if self.person in room.joined()),
        )


@dataclass(frozen=True)
class Welcome:
    """The decisions of the welcome bot for one community."""

    interview: Interview

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """Where the conversation with the sender stands."""
        return await _facts(event, event.sender, reader)

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """Go on with the conversation; in rooms, hear nothing but the commands that are about oneself."""
        if event.kind is MessageKind.NOTICE or not event.authentic or event.sender in facts.bots:
            return ()
        parsed = COMMANDS.parse(event.text)
        if not facts.private:
            return self._in_a_room(parsed, event, facts)
        if facts.room is not None and facts.room.encrypted and not event.encrypted:
            return (_plain(event, Words("welcome.not_encrypted")),)
        if isinstance(parsed, Appeal) or (isinstance(parsed, Missing) and parsed.command == "appeal"):
            return _appealed(parsed, event, facts)
        if facts.conversation is None:
            return self._carry_out(self.interview.begin(facts.person, facts.world), facts, event.event_id)
        turn = self.interview.step(facts.conversation, self._came(parsed, event), facts.world)
        return self._carry_out(turn, facts, event.event_id)

    def _came(self, parsed: Command | Unknown | Missing | None, event: Message) -> Input:
        """What somebody put in. The way to helplines is the same here as in a room, with or without the `!`."""
        if isinstance(parsed, Unknown) and self.interview.vocabulary.asking.country(event.text) is not None:
            return Said(event.text, event.event_id, event.replaces)
        return _input(parsed, event)

    async def gather_reaction(self, event: Reaction, reader: Reader) -> Facts:
        """The same, and what the reaction is under."""
        return replace(await _facts(event, event.sender, reader), label=await reader.label(event.target))

    def decide_reaction(self, event: Reaction, facts: Facts) -> tuple[Action, ...]:
        """An answer by one tap."""
        if not facts.private or facts.conversation is None or not facts.label or not facts.label.startswith(_LABEL):
            return ()
        question = facts.label.removeprefix(_LABEL).partition(":")[0]
        turn = self.interview.step(facts.conversation, Tapped(event.key, question), facts.world)
        return self._carry_out(turn, facts, event.event_id)

    async def gather_membership(self, event: Membership, reader: Reader) -> Facts:
        """About the person who moved, or who invites the bot."""
        return await _facts(event, event.sender if event.user == reader.me else event.user, reader)

    def decide_membership(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        """Greet who comes; introduce who wished it; notice who left the private chat."""
        if event.user == facts.me:
            return self._invited(event, facts) if event.now is MembershipState.INVITE else ()
        if event.user in facts.bots or facts.room is None:
            return ()
        joined = event.now is MembershipState.JOIN and event.previous is not MembershipState.JOIN
        if facts.room.role is RoomRole.LOBBY and joined:
            return self._in_the_lobby(event, facts)
        if facts.room.role is RoomRole.CONDITION and joined:
            return self._in_a_condition_room(facts, facts.room)
        if facts.private and facts.conversation and event.now in (MembershipState.LEAVE, MembershipState.BAN):
            return (Remember(why="welcome.left", record=replace(facts.conversation, chat_left=True)),)
        return ()

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Facts | None:
        """About the person whom the action was for."""
        match event.action:
            case Invite(user=user) | Send(place=InPrivateChat(user=user)):
                return await _facts(None, user, reader)
        return None

    def decide_outcome(self, event: Outcome, facts: Facts | None) -> tuple[Action, ...]:
        """Say that an invitation came back; forget having greeted somebody who could not be reached."""
        if event.ok or facts is None or facts.conversation is None:
            return ()
        match event.action:
            case Invite(room_id=room_id):
                condition = next((i for i, room in facts.condition_rooms.items() if room.room_id == room_id), "")
                blocked = event.errcode == _BLOCKED
                turn = self.interview.not_invited(facts.conversation, condition, blocked=blocked)
                return self._carry_out(turn, facts, event.id)
            case Send(why=why) if why == _GREET:
                return (Forget(why=_GREET, record=Conversation, key=(facts.person,)),)
        return ()

    def _in_a_room(
        self, parsed: Command | Unknown | Missing | None, event: Message, facts: Facts
    ) -> tuple[Action, ...]:
        about_oneself = isinstance(parsed, ForgetMe | LeaveUs | MyData)
        if not about_oneself or facts.room is None or facts.room.role not in _ROOMS_OF_MEMBERS:
            return ()
        if facts.conversation is None:
            return self._carry_out(self.interview.begin(facts.person, facts.world), facts, event.event_id)
        came = _input(parsed, event)
        turn = self.interview.step(replace(facts.conversation, chat_left=False), came, facts.world)
        return self._carry_out(turn, facts, event.event_id, open_chat=True)

    def _invited(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        """A chat that somebody else made is declined, and answered in our own: only there the bot knows who listens."""
        if facts.person in facts.bots or not facts.organisers or facts.person in facts.organisers:
            return ()
        leave = Leave(why="welcome.own_chat", room_id=event.room_id)
        if facts.conversation is None:
            turn = self.interview.begin(facts.person, facts.world)
            return (*self._carry_out(turn, facts, event.event_id), leave)
        left = facts.conversation.chat_left
        if not left and facts.now - facts.conversation.asked_at < _JUST_NOW:
            return (leave,)
        key = "back" if left else "here"
        turn = self.interview.resume(facts.conversation, facts.world, key)
        return (*self._carry_out(turn, facts, event.event_id, open_chat=True), leave)

    def _in_the_lobby(self, event: Membership, facts: Facts) -> tuple[Action, ...]:
        if facts.person in facts.organisers or facts.person in self.interview.community.moderators:
            return ()
        if facts.conversation is None:
            return self._carry_out(self.interview.begin(facts.person, facts.world), facts, event.event_id)
        if not facts.conversation.chat_left:
            return ()
        turn = self.interview.resume(facts.conversation, facts.world, "back")
        return self._carry_out(turn, facts, event.event_id, open_chat=True)

    def _in_a_condition_room(self, facts: Facts, room: RoomView) -> tuple[Action, ...]:
        conversation = facts.conversation
        if conversation is None or room.condition not in conversation.introduce.split():
            return ()
        left = " ".join(i for i in conversation.introduce.split() if i != room.condition)
        return (_newcomer(room), Remember(why="welcome.introduce", record=replace(conversation, introduce=left)))

    def _carry_out(self, turn: Turn, facts: Facts, source: str, *, open_chat: bool = False) -> tuple[Action, ...]:
        """`source` is the id of what came: it makes the labels of what is said unique."""
        greeting = facts.conversation is None
        if turn.erase and facts.room is not None:
            # The record of the private chat is erased as well: by then only its room id leads there.
            room_id = facts.room.room_id
            goodbye = (_send(InRoom(room_id), parts=say.parts, why="welcome.forget") for say in turn.says)
            return (
                *goodbye,
                Leave(why="welcome.forget", room_id=room_id),
                Erase(why="welcome.forget", user=facts.person),
            )
        place = InPrivateChat(facts.person, open=greeting or open_chat)
        says = (
            Send(
                why=_GREET if greeting else "welcome.answer",
                place=place,
                parts=say.parts,
                label=f"{_LABEL}{say.asks}:{source}" if say.asks else None,
                buttons=say.buttons,
                priority=Priority.CRISIS if say.urgent else Priority.CONVERSATION,
                follow_up=greeting,
            )
            for say in turn.says
        )
        invites = (
            Invite(why="welcome.admit", room_id=facts.condition_rooms[i].room_id, user=facts.person, follow_up=True)
            for i in turn.admit
        )
        introductions = (_newcomer(facts.condition_rooms[i]) for i in turn.introduce)
        return (*_bookkeeping(turn.conversation, facts), *invites, *says, *introductions)


def _bookkeeping(after: Conversation, facts: Facts) -> tuple[Action, ...]:
    if after == facts.conversation:
        return ()
    actions: list[Action] = [Remember(why="welcome.progress", record=after)]
    agreed_before = facts.conversation.agreed if facts.conversation else 0
    if after.agreed > agreed_before:
        consent = Consent(user=facts.person, version=after.agreed, agreed_at=facts.now)
        actions.append(Remember(why="welcome.agreed", record=consent))
    elif after.agreed < agreed_before:
        actions.append(Forget(why="welcome.taken_back", record=Consent, key=(facts.person,)))
    return tuple(actions)


async def _facts(event: Event | None, person: str, reader: Reader) -> Facts:
    offices = await reader.find(CommunityRoom, role=RoomRole.MODERATORS)
    return Facts(
        now=reader.now,
        me=reader.me,
        bots=reader.bots,
        person=person,
        room=reader.room(event.room_id) if event else None,
        conversation=await reader.get(Conversation, person),
        condition_rooms={room.condition: room for room in reader.rooms(RoomRole.CONDITION) if room.condition},
        organisers=frozenset(user for room in reader.rooms(RoomRole.LOBBY) for user in room.creators),
        office=offices[0].room_id if offices else None,
    )


def _input(parsed: Command | Unknown | Missing | None, event: Message) -> Input:
    match parsed:
        case None if not event.text.strip():
            return Showed()
        case None:
            return Said(event.text, event.event_id, event.replaces)
        case Help():
            return Called(Intent.HELP)
        case MyData():
            return Called(Intent.MYDATA)
        case ForgetMe():
            return Called(Intent.FORGET)
        case LeaveUs():
            return Called(Intent.LEAVE)
        case Language(language=language):
            return Speak(language.strip())
        case _:
            return Mistyped()


def _appealed(parsed: Appeal | Missing, event: Message, facts: Facts) -> tuple[Action, ...]:
    """Bring it to the moderators, by the voice of the bot that is in their room."""
    if isinstance(parsed, Missing):
        return (_plain(event, Words("welcome.appeal.how")),)
    if facts.office is None:
        return (_plain(event, Words("welcome.appeal.nobody")),)
    words = parsed.words or Words("welcome.appeal.no_words")
    appeal = Words("moderation.appeal", {"who": event.sender, "number": parsed.number, "words": words})
    return (
        Send(
            why="welcome.appeal",
            voice=BotName.MODERATION,
            priority=Priority.MODERATION,
            place=InRoom(facts.office),
            parts=(appeal,),
        ),
        _plain(event, Words("welcome.appeal.sent")),
    )


def _newcomer(room: RoomView) -> Send:
    return _send(InRoom(room.room_id), (Words("welcome.newcomer"),), "welcome.introduce")


def _plain(event: Message, words: Words) -> Send:
    return _send(InPrivateChat(event.sender), (words,), "welcome.answer")


def _send(place: Place, parts: tuple[Words, ...], why: str) -> Send:
    return Send(why=why, place=place, parts=parts)


def _server(user: str) -> str:
    return user.partition(":")[2]
