# SPDX-License-Identifier: Apache-2.0
"""A homeserver in memory, and the `Transport` to it: what `kithroom simulate` and the tests run the bots against.

It keeps the promises of `bots.core.transport` (`tests/contract` holds it and a real Synapse to the same ones):
membership, invitations, power, transaction ids, keys that come late. It has no cryptography: `encrypted` is a flag.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from bots.core.access_lists import with_shut_out
from bots.core.authority import Act, can, can_on, outranks, power
from bots.core.events import AnyEvent, Event, Membership, Message, Reaction, Redaction, RoomStateChanged, Unreadable
from bots.core.metadata import Tells
from bots.core.policies import policy_of
from bots.core.rooms import Member, MembershipState, PowerLevels, RoomView
from bots.core.transport import HomeserverReport, NotReadyError, Outgoing, TransportError

_POWER_LEVELS, _JOIN_RULES, _ACL = "m.room.power_levels", "m.room.join_rules", "m.room.server_acl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the stream: an event for those who were in the room, or news about keys and devices for one."""

    audience: frozenset[str]
    event: Event | None = None
    transaction_id: str | None = None
    key: tuple[str, str] | None = None
    device_of: str | None = None
    left: str | None = None


@dataclass
class MemoryHomeserver:
    """Rooms, and who said what in them. `now` is its clock.

    `without_devices` are people to whom nothing can be encrypted yet,
    `without_signed_devices` those whose own identity has signed none.
    `inviters` are, by room and person, who invited the people who are there by invitation;
    `device_names` what people's devices are called, by user id;
    `handed_over` whom a room's past was given to: the room, the person, since when;
    `told_by_files` is what files of messages say of who took them, by room and event;
    `files` are what was sent as files, by room and name; `topics` those of rooms.
    """

    now: Callable[[], datetime]
    rooms: dict[str, RoomView] = field(default_factory=dict)
    stream: list[Entry] = field(default_factory=list)
    without_devices: set[str] = field(default_factory=set)
    without_signed_devices: set[str] = field(default_factory=set)
    inviters: dict[tuple[str, str], str] = field(default_factory=dict)
    device_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    handed_over: list[tuple[str, str, datetime]] = field(default_factory=list)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    told_by_files: dict[tuple[str, str], frozenset[Tells]] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    reports: list[HomeserverReport] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    access_lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(1))
    _done: dict[tuple[str, str], str] = field(default_factory=dict)
    _keyless: dict[str, set[str]] = field(default_factory=dict)
    _withheld: dict[str, str] = field(default_factory=dict)
    _markers: dict[str, str] = field(default_factory=dict)
    _redacted: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    # What people do.

    def create_room(
        self,
        creator: str,
        *,
        encrypted: bool = True,
        join_rule: str = "invite",
        name: str | None = None,
        power_levels: PowerLevels | None = None,
        history_visibility: str = "joined",
        predecessor: str | None = None,
    ) -> str:
        """A new room of version 12, with its creator in it."""
        room_id = f"!room{next(self._ids)}"
        self.rooms[room_id] = RoomView(
            room_id=room_id,
            version="12",
            creators=frozenset({creator}),
            power_levels=power_levels or PowerLevels(),
            encrypted=encrypted,
            join_rule=join_rule,
            history_visibility=history_visibility,
            name=name,
            predecessor=predecessor,
        )
        self._member(room_id, creator, creator, MembershipState.JOIN)
        return room_id

    def close(self, sender: str, room_id: str, replacement: str) -> None:
        """Close a room in favour of another: the tombstone, whoever sends it."""
        self.rooms[room_id] = replace(self._room(room_id), tombstone=replacement, tombstone_by=sender)
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type="m.room.tombstone", state_key=""))

    def put_policy(self, sender: str, room_id: str, kind: str, state_key: str, content: dict[str, Any]) -> None:
        """A rule of a policy list, changed or taken out (`{}`)."""
        room = self._room(room_id)
        levels = room.power_levels or PowerLevels()
        if power(room, sender) < levels.events.get(kind, levels.state_default):
            raise _forbidden("no power to change the list")
        policies = {key: policy for key, policy in room.policies.items() if key != (kind, state_key)}
        if content:
            policies[kind, state_key] = policy_of(kind, content)
        self.rooms[room_id] = replace(room, policies=policies)
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=kind, state_key=state_key))

    def join(self, user: str, room_id: str) -> str:
        """Join a public room, or one that the user is invited to, by its id or an alias. Gives the id."""
        room_id = self.aliases.get(room_id, room_id)
        room = self._room(room_id)
        member = room.members.get(user)
        if member and member.state is MembershipState.JOIN:
            return room_id
        if member and member.state is MembershipState.BAN:
            raise _forbidden("banned")
        if room.join_rule != "public" and not (member and member.state is MembershipState.INVITE):
            raise _forbidden("not invited")
        self._member(room_id, user, user, MembershipState.JOIN)
        return room_id

    def leave(self, user: str, room_id: str) -> None:
        """Leave a room, or decline an invitation."""
        if self._state(room_id, user) in {MembershipState.JOIN, MembershipState.INVITE}:
            self._member(room_id, user, user, MembershipState.LEAVE)

    def invite(self, sender: str, room_id: str, user: str) -> None:
        """Invite; somebody who is in the room already is an error, as it is on Synapse."""
        if not can(self._room(room_id), sender, Act.INVITE):
            raise _forbidden("no power to invite")
        if self._state(room_id, user) in {MembershipState.JOIN, MembershipState.BAN}:
            raise _forbidden("cannot be invited")
        self._member(room_id, user, sender, MembershipState.INVITE)

    def remove(self, sender: str, room_id: str, user: str) -> None:
        """Kick."""
        if not can_on(self._room(room_id), sender, Act.KICK, user):
            raise _forbidden("no power to kick")
        if self._state(room_id, user) not in {MembershipState.JOIN, MembershipState.INVITE}:
            raise _forbidden("not in the room")
        self._member(room_id, user, sender, MembershipState.LEAVE)

    def ban(self, sender: str, room_id: str, user: str) -> None:
        """Ban."""
        if not can_on(self._room(room_id), sender, Act.BAN, user):
            raise _forbidden("no power to ban")
        self._member(room_id, user, sender, MembershipState.BAN)

    def unban(self, sender: str, room_id: str, user: str) -> None:
        """Lift a ban."""
        room = self._room(room_id)
        if self._state(room_id, user) is not MembershipState.BAN:
            raise _forbidden("not banned")
        if not can(room, sender, Act.BAN) or not outranks(room, sender, user):
            raise _forbidden("no power to unban")
        self._member(room_id, user, sender, MembershipState.LEAVE)

    def set_power(self, sender: str, room_id: str, user: str, level: int | None) -> None:
        """Change one user's power level."""
        room = self._room(room_id)
        if not can_on(room, sender, Act.SET_POWER, user):
            raise _forbidden("no power to change power")
        levels = room.power_levels or PowerLevels()
        users = {name: value for name, value in levels.users.items() if name != user}
        if level is not None:
            users[user] = level
        self.rooms[room_id] = replace(room, power_levels=replace(levels, users=users))
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=_POWER_LEVELS, state_key=""))

    def set_topic(self, sender: str, room_id: str, topic: str) -> None:
        """Set a room's topic."""
        if sender not in self._room(room_id).joined():
            raise _forbidden("not in the room")
        self.topics[room_id] = topic
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type="m.room.topic", state_key=""))

    def shut_out(self, sender: str, room_id: str, shut: Sequence[str], let_in: Sequence[str]) -> None:
        """Change who is shut out by the access list."""
        room = self._room(room_id)
        levels = room.power_levels or PowerLevels()
        if sender not in room.joined() or power(room, sender) < levels.events.get(_ACL, levels.state_default):
            raise _forbidden("no power to change the access list")
        changed = with_shut_out(self.access_lists.get(room_id), shut, let_in, sender.partition(":")[2])
        if changed is not None:
            self.access_lists[room_id] = changed
            self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=_ACL, state_key=""))

    def set_join_rule(self, sender: str, room_id: str, rule: str) -> None:
        """Change who may join."""
        room = self._room(room_id)
        levels = room.power_levels or PowerLevels()
        if sender not in room.joined() or power(room, sender) < levels.events.get(_JOIN_RULES, levels.state_default):
            raise _forbidden("no power to change who may join")
        self.rooms[room_id] = replace(room, join_rule=rule)
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=_JOIN_RULES, state_key=""))

    def say(
        self,
        sender: str,
        room_id: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        replaces: str | None = None,
        mentions: tuple[str, ...] = (),
        formatted: str | None = None,
        transaction_id: str | None = None,
    ) -> str:
        """Say something. Gives the event id; the same transaction id again says nothing and gives the same."""
        if (done := self._done.get((sender, transaction_id or ""))) is not None:
            return done
        room = self._room(room_id)
        if not can(room, sender, Act.SEND):
            raise _forbidden("no power to speak")
        message = Message(
            **self._envelope(room_id, sender),
            text=text,
            formatted=formatted,
            reply_to=reply_to,
            thread=thread,
            replaces=replaces,
            mentions=frozenset(mentions),
            encrypted=room.encrypted,
        )
        return self._publish(message, transaction_id)

    def react(self, sender: str, room_id: str, target: str, key: str, transaction_id: str | None = None) -> str:
        """React. Gives the event id."""
        if (done := self._done.get((sender, transaction_id or ""))) is not None:
            return done
        if sender not in self._room(room_id).joined():
            raise _forbidden("not in the room")
        if any(
            isinstance(e.event, Reaction) and (e.event.sender, e.event.target, e.event.key) == (sender, target, key)
            for e in self.stream
        ):
            raise TransportError("M_DUPLICATE_ANNOTATION", "Can't send same reaction twice", status=400)
        return self._publish(Reaction(**self._envelope(room_id, sender), target=target, key=key), transaction_id)

    def redact(self, sender: str, room_id: str, target: str, transaction_id: str | None = None) -> None:
        """Take an event out of the room."""
        if (sender, transaction_id or "") in self._done:
            return
        author = self.sender(room_id, target)
        if author is None:
            raise TransportError("M_NOT_FOUND", "no such event", status=404)
        if author != sender and not can(self._room(room_id), sender, Act.REDACT):
            raise _forbidden("no power to redact")
        self._redacted.add(target)
        self._publish(Redaction(**self._envelope(room_id, sender), target=target), transaction_id)

    # Keys.

    def withhold_key(self, room_id: str, sender: str, receiver: str, code: str | None = None) -> None:
        """From now on `receiver` cannot read what `sender` says in the room."""
        session = session_id(room_id, sender)
        self._keyless.setdefault(receiver, set()).add(session)
        if code:
            self._withheld[session] = code

    def give_key(self, room_id: str, sender: str, receiver: str) -> None:
        """The key comes after all."""
        session = session_id(room_id, sender)
        self._keyless.get(receiver, set()).discard(session)
        self._append(Entry(frozenset({receiver}), key=(room_id, session)))

    def give_device(self, user: str) -> None:
        """The user has a device with keys now."""
        self.without_devices.discard(user)
        self._append(Entry(frozenset({u for room in self.rooms.values() for u in room.joined()}), device_of=user))

    # What the transport reads.

    def sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event of this room."""
        event = self.find(room_id, event_id)
        return event.sender if event else None

    def find(self, room_id: str, event_id: str) -> Event | None:
        """An event of this room."""
        found = (e.event for e in self.stream if e.event and e.event.event_id == event_id)
        return next((event for event in found if event.room_id == room_id), None)

    def message(self, reader: str, room_id: str, event_id: str) -> Message | None:
        """A message with its sender's last edit, as far as the reader can read it."""
        event = self.find(room_id, event_id)
        if not isinstance(event, Message) or event_id in self._redacted or not self._readable(reader, event):
            return None
        edits = (e.event for e in self.stream if isinstance(e.event, Message) and e.event.replaces == event_id)
        texts = [edit.text for edit in edits if edit.sender == event.sender and edit.event_id not in self._redacted]
        return replace(event, text=texts[-1], edited=True) if texts else event

    def as_written(self, reader: str, room_id: str, event_id: str) -> Message | None:
        """A message, if neither it nor what it is an edit of was redacted, and its sender has not edited it since."""
        event = self.find(room_id, event_id)
        if not isinstance(event, Message) or not self._readable(reader, event):
            return None
        first = event.replaces or event_id
        edits = (e.event for e in self.stream if isinstance(e.event, Message) and e.event.replaces == first)
        theirs = [e.event_id for e in edits if e.sender == event.sender and e.event_id not in self._redacted]
        is_last = [first, *theirs][-1] == event_id
        return event if is_last and not self._redacted & {first, event_id} else None

    def seen_by(self, reader: str, event: Event) -> AnyEvent:
        """The event as its reader gets it: unreadable without the key."""
        if not isinstance(event, Message) or self._readable(reader, event):
            return event  # type: ignore[return-value]  # only concrete events are ever published
        session = session_id(event.room_id, event.sender)
        return Unreadable(
            room_id=event.room_id,
            event_id=event.event_id,
            sender=event.sender,
            sent_at=event.sent_at,
            session_id=session,
            withheld=self._withheld.get(session),
        )

    def withheld(self, session: str) -> str | None:
        """The code with which a key was withheld."""
        return self._withheld.get(session)

    def private_chat(self, owner: str, user: str, marker: str, name: str) -> str:
        """The encrypted room of the owner's that carries the marker, made if they are in none."""
        known = self._markers.get(marker)
        if known is None or owner not in self.rooms[known].joined():
            room_id = self._markers[marker] = self.create_room(owner, name=name)
            self.invite(owner, room_id, user)
        return self._markers[marker]

    def say_for(self, sender: str, room_id: str, message: Outgoing, transaction_id: str) -> str:
        """`say` as a bot does it: not to people who could not read it."""
        room = self._room(room_id)
        reached = {u for u, m in room.members.items() if m.state in {MembershipState.JOIN, MembershipState.INVITE}}
        if room.encrypted and reached - {sender} <= self.without_devices and reached != {sender}:
            raise NotReadyError("KITHROOM_NOT_READY", "nobody could read it yet", retryable=True)
        return self.say(
            sender,
            room_id,
            message.rendered.body,
            formatted=message.rendered.html,
            reply_to=message.reply_to,
            thread=message.thread,
            replaces=message.replaces,
            mentions=message.mentions,
            transaction_id=transaction_id,
        )

    async def wait_for_news(self, reader: str, position: int) -> None:
        """Come back when there is something for the reader after `position`."""
        while not any(reader in entry.audience for entry in self.stream[position:]):
            await self._news.wait()

    def timeline(self, room_id: str) -> list[Event]:
        """Everything that happened in the room, in order."""
        return [e.event for e in self.stream if e.event and e.event.room_id == room_id]

    # Inside.

    def _readable(self, reader: str, message: Message) -> bool:
        hidden = self._keyless.get(reader, set())
        return not message.encrypted or session_id(message.room_id, message.sender) not in hidden

    def _room(self, room_id: str) -> RoomView:
        if room_id not in self.rooms:
            raise TransportError("M_NOT_FOUND", "no such room", status=404)
        return self.rooms[room_id]

    def _state(self, room_id: str, user: str) -> MembershipState | None:
        member = self._room(room_id).members.get(user)
        return member.state if member else None

    def _envelope(self, room_id: str, sender: str) -> dict[str, Any]:
        return {"room_id": room_id, "event_id": f"$event{next(self._ids)}", "sender": sender, "sent_at": self.now()}

    def _member(self, room_id: str, user: str, sender: str, state: MembershipState) -> None:
        room = self.rooms[room_id]
        before = room.members.get(user)
        event = Membership(
            **self._envelope(room_id, sender), user=user, now=state, previous=before.state if before else None
        )
        if state is MembershipState.INVITE:
            self.inviters[room_id, user] = sender
        elif state is not MembershipState.JOIN:
            self.inviters.pop((room_id, user), None)
        was_in = room.joined()
        self.rooms[room_id] = replace(room, members={**room.members, user: Member(state, user)})
        out = state in {MembershipState.LEAVE, MembershipState.BAN}
        audience = was_in | self.rooms[room_id].joined() | {user}
        self._append(Entry(audience - ({user} if out else set()), event))
        if out:
            self._append(Entry(frozenset({user}), left=room_id))

    def _publish(self, event: Event, transaction_id: str | None = None) -> str:
        if transaction_id is not None:
            self._done[event.sender, transaction_id] = event.event_id
        self._append(Entry(self.rooms[event.room_id].joined(), event, transaction_id))
        return event.event_id

    def _append(self, entry: Entry) -> None:
        self.stream.append(entry)
        self._news.set()
        self._news = asyncio.Event()


def session_id(room_id: str, sender: str) -> str:
    """The Megolm session of a sender in a room: they never rotate in here."""
    return f"{room_id}|{sender}"


def _forbidden(what: str) -> TransportError:
    return TransportError("M_FORBIDDEN", what, status=403)
