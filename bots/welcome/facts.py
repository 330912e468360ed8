# SPDX-License-Identifier: Apache-2.0
"""What a decision of the welcome bot depends on, and how it is gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bots.core.bot import Reader
from bots.core.events import Event
from bots.core.records import AgreedWords, CommunityRoom, Holding, Measure, PrivateChat, RoomMeasure, SpokenLanguage
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.core.rooms.authority import power
from bots.welcome.conversation.turn import World
from bots.welcome.records import Arrivals, Consent, Conversation, Pause, Telling
from bots.welcome.showing import Account
from bots.welcome.wording import question_id

if TYPE_CHECKING:
    from bots.welcome.listening import Ear

# A question's label: its name and round, and the event that led to it. A poll that goes with it has a name of its own.
LABEL = "welcome."
POLL = ":poll"
# Of a question that is asked once more: it can be answered already.
AGAIN = ":again"
# What is kept is looked up before it is erased: for the receipt.
_CONFIRM = (Pause.CONFIRM_FORGET, Pause.CONFIRM_LEAVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What there is to know about one person at one moment.

    `room` is where the event happened, `conversation` where the one with `person` stands (None: not known),
    `condition_rooms` are by condition id, `organisers` who made the lobby,
    `account` is what others can see of the person's account,
    `label` is that of the message a reaction is under, `office` the moderators' room, which this bot is not in,
    `consents` what the person agreed to, `kept` what is kept about them, as far as it was asked for,
    `rooms` the rooms of members, `present` those in which they are, or to which they are invited,
    `knocked` those at which they knock,
    `arrivals` by room id what rooms have heard of newcomers, `agreed` by room id the event ids of lines of their own
    that the person said yes to and the room has not heard, `language` the one they chose, if they chose one,
    `telling` what they are about to report,
    `locked` the room ids into which moderators let nobody new for the moment,
    `tip_asked` when they were asked about a tip of theirs, if they were,
    `tip_replied_to` which one, and when, they reply to,
    `unsaid` the labels of what is about to be said to them and is not in the chat yet,
    `crossed` whether what came late was written before the bot spoke last,
    `ear` how near to danger something sounds that was said in the private chat.
    """

    now: datetime
    me: str
    bots: frozenset[str]
    person: str
    room: RoomView | None
    conversation: Conversation | None
    condition_rooms: Mapping[str, RoomView]
    organisers: frozenset[str]
    account: Account
    label: str | None = None
    office: str | None = None
    consents: tuple[Consent, ...] = ()
    kept: tuple[Holding, ...] = ()
    rooms: tuple[RoomView, ...] = ()
    present: tuple[RoomView, ...] = ()
    knocked: tuple[RoomView, ...] = ()
    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)
    agreed: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    locked: frozenset[str] = frozenset()
    ear: Ear | None = None
    unsaid: tuple[str, ...] = ()
    crossed: bool = False
    telling: Telling | None = None
    tip_asked: datetime | None = None
    tip_replied_to: tuple[int, int] | None = None

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
            account=self.account,
            language=self.language,
            receipts=self.consents,
            kept=self.kept,
            by_hand=tuple(room.name or room.room_id for room in self.present if not self.can_be_taken_out_of(room)),
            office=self.office is not None,
            waiting={
                i: address(room, _server(self.me))
                for i, room in self.condition_rooms.items()
                if _is(self.person, room, MembershipState.INVITE)
            },
            locked=frozenset(i for i, room in self.condition_rooms.items() if room.room_id in self.locked),
            asked=not (self.crossed or self._question_is_unsaid),
        )

    @property
    def _question_is_unsaid(self) -> bool:
        if self.conversation is None:
            return False
        question = f"{LABEL}{question_id(self.conversation)}:"
        return any(label.startswith(question) and not label.endswith((POLL, AGAIN)) for label in self.unsaid)

    @property
    def banned_everywhere(self) -> bool:
        """Whether the person is banned from the lobby and from each of the conditions' rooms."""
        rooms = [room for room in self.rooms if room.tombstone is None]
        return bool(rooms) and all(_is(self.person, room, MembershipState.BAN) for room in rooms)

    def can_be_taken_out_of(self, room: RoomView) -> bool:
        """Whether a bot may take the person out: not somebody who has power there."""
        return power(room, self.person) <= 0


def address(room: RoomView, server: str) -> str:
    """Where somebody who is invited comes in, if their app shows them no invitation. `server` knows the room."""
    return f"https://matrix.to/#/{room.room_id}?via={server}"


async def facts_about(event: Event | None, person: str, reader: Reader) -> Facts:
    """What there is to know about `person`, and the room that `event` happened in."""
    return await _facts(person, reader.room(event.room_id) if event else None, reader)


async def facts_in_their_chat(person: str, reader: Reader) -> Facts:
    """The same, when nothing happened anywhere: as seen from the private chat with the person."""
    chat = await reader.get(PrivateChat, person)
    return await _facts(person, reader.room(chat.room_id) if chat else None, reader)


async def _facts(person: str, room: RoomView | None, reader: Reader) -> Facts:
    offices = await reader.find(CommunityRoom, role=RoomRole.MODERATORS)
    conversation = await reader.get(Conversation, person)
    consents = await reader.find(Consent, user=person) if conversation else ()
    kept = await reader.holdings(person) if conversation and conversation.pause in _CONFIRM else ()
    members_rooms = (*reader.rooms(RoomRole.LOBBY), *reader.rooms(RoomRole.CONDITION))
    # Only who waits to be told of can bring a room to hear of anybody.
    introduced = conversation and (conversation.introduce or conversation.unannounced)
    arrivals = await reader.find(Arrivals) if introduced else ()
    agreed = await reader.find(AgreedWords, user=person) if introduced else ()
    spoken = await reader.get(SpokenLanguage, person)
    locks = await reader.find(RoomMeasure, measure=Measure.LOCK)
    rooms = {room.condition: room for room in reader.rooms(RoomRole.CONDITION) if room.condition}
    return Facts(
        now=reader.now,
        me=reader.me,
        bots=reader.bots,
        person=person,
        room=room,
        conversation=conversation,
        condition_rooms={condition: view for condition, view in rooms.items() if view.tombstone is None},
        account=_account(person, room, conversation.picture if conversation else "", reader),
        organisers=frozenset(user for room in reader.rooms(RoomRole.LOBBY) for user in room.creators),
        office=offices[0].room_id if offices else None,
        consents=tuple(consents),
        kept=tuple(kept),
        rooms=members_rooms,
        present=tuple(
            room for room in members_rooms if _is(person, room, MembershipState.JOIN, MembershipState.INVITE)
        ),
        knocked=tuple(room for room in members_rooms if _is(person, room, MembershipState.KNOCK)),
        arrivals={each.room_id: each for each in arrivals},
        agreed={each.room_id: each.event_id for each in agreed},
        language=spoken.language if spoken else "",
        locked=frozenset(each.room_id for each in locks if each.until > reader.now),
    )


def _account(person: str, room: RoomView | None, picture: str, reader: Reader) -> Account:
    views = (*reader.rooms(RoomRole.LOBBY), *([room] if room else []))
    seen = [view.members[person] for view in views if person in view.members]
    return Account(
        user_id=person,
        display_name=next((member.display_name for member in seen if member.display_name), None),
        has_picture=any(member.avatar for member in seen),
        picture=picture,
        devices=reader.device_names(person),
    )


def _is(person: str, room: RoomView, *states: MembershipState) -> bool:
    member = room.members.get(person)
    return member is not None and member.state in states


def _server(user: str) -> str:
    return user.partition(":")[2]
