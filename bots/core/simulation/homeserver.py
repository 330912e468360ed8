# SPDX-License-Identifier: Apache-2.0
"""A homeserver in memory: what `kithroom simulate` and the tests run the bots against, through its `Transport`.

It keeps the promises of `bots.core.transport` (`tests/contract` holds it and a real Synapse to the same ones):
membership, invitations, power, transaction ids, keys that come late. It has no cryptography: `encrypted` is a flag.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.core.events import AnyEvent, Event, Message, Reaction, Redaction, Unreadable
from bots.core.metadata import Tells
from bots.core.rooms import MembershipState
from bots.core.rooms.authority import Act, can
from bots.core.simulation.rooms import Entry, MemoryRooms, forbidden
from bots.core.transport import HomeserverReport, NotReadyError, Outgoing, TransportError


@dataclass
class MemoryHomeserver(MemoryRooms):
    """Its rooms, and who said what in them.

    `without_devices` are people to whom nothing can be encrypted yet,
    `without_signed_devices` those whose own identity has signed none;
    `device_names` what people's devices are called, by user id;
    `handed_over` whom a room's past was given to: the room, the person, since when;
    `told_by_files` is what files of messages say of who took them, by room and event;
    `files` are what was sent as files, by room and name.
    """

    without_devices: set[str] = field(default_factory=set)
    without_signed_devices: set[str] = field(default_factory=set)
    device_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    handed_over: list[tuple[str, str, datetime]] = field(default_factory=list)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    told_by_files: dict[tuple[str, str], frozenset[Tells]] = field(default_factory=dict)
    reports: list[HomeserverReport] = field(default_factory=list)
    _keyless: dict[str, set[str]] = field(default_factory=dict)
    _withheld: dict[str, str] = field(default_factory=dict)
    _markers: dict[str, str] = field(default_factory=dict)
    _redacted: set[str] = field(default_factory=set)

    # What people do.

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
            raise forbidden("no power to speak")
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
            raise forbidden("not in the room")
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
            raise forbidden("no power to redact")
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

    # Inside.

    def _readable(self, reader: str, message: Message) -> bool:
        hidden = self._keyless.get(reader, set())
        return not message.encrypted or session_id(message.room_id, message.sender) not in hidden


def session_id(room_id: str, sender: str) -> str:
    """The Megolm session of a sender in a room: they never rotate in here."""
    return f"{room_id}|{sender}"
