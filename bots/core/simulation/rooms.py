# SPDX-License-Identifier: Apache-2.0
"""Rooms in memory: who is in them, with which power, and the stream of all that happens there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from bots.core.events import Event, Membership, RoomStateChanged
from bots.core.rooms import Member, MembershipState, PowerLevels, RoomView
from bots.core.rooms.access_lists import with_shut_out
from bots.core.rooms.authority import Act, can, can_on, outranks, power
from bots.core.rooms.policies import policy_of
from bots.core.transport import TransportError

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
class MemoryRooms:
    """The rooms of one homeserver. `now` is its clock.

    `inviters` are, by room and person, who invited the people who are there by invitation;
    `topics` are those of rooms, `aliases` their names, `access_lists` whom they shut out.
    """

    now: Callable[[], datetime]
    rooms: dict[str, RoomView] = field(default_factory=dict)
    stream: list[Entry] = field(default_factory=list)
    inviters: dict[tuple[str, str], str] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    access_lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(1))
    _done: dict[tuple[str, str], str] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

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
            raise forbidden("no power to change the list")
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
            raise forbidden("banned")
        if room.join_rule != "public" and not (member and member.state is MembershipState.INVITE):
            raise forbidden("not invited")
        self._member(room_id, user, user, MembershipState.JOIN)
        return room_id

    def leave(self, user: str, room_id: str) -> None:
        """Leave a room, or decline an invitation."""
        if self._state(room_id, user) in {MembershipState.JOIN, MembershipState.INVITE, MembershipState.KNOCK}:
            self._member(room_id, user, user, MembershipState.LEAVE)

    def knock(self, user: str, room_id: str) -> None:
        """Ask to be let in, where the room takes knocks."""
        if self._room(room_id).join_rule != "knock":
            raise forbidden("no room to knock at")
        self._member(room_id, user, user, MembershipState.KNOCK)

    def invite(self, sender: str, room_id: str, user: str) -> None:
        """Invite; somebody who is in the room already is an error, as it is on Synapse."""
        if not can(self._room(room_id), sender, Act.INVITE):
            raise forbidden("no power to invite")
        if self._state(room_id, user) in {MembershipState.JOIN, MembershipState.BAN}:
            raise forbidden("cannot be invited")
        self._member(room_id, user, sender, MembershipState.INVITE)

    def remove(self, sender: str, room_id: str, user: str) -> None:
        """Kick."""
        if not can_on(self._room(room_id), sender, Act.KICK, user):
            raise forbidden("no power to kick")
        if self._state(room_id, user) not in {MembershipState.JOIN, MembershipState.INVITE, MembershipState.KNOCK}:
            raise forbidden("not in the room")
        self._member(room_id, user, sender, MembershipState.LEAVE)

    def ban(self, sender: str, room_id: str, user: str) -> None:
        """Ban."""
        if not can_on(self._room(room_id), sender, Act.BAN, user):
            raise forbidden("no power to ban")
        self._member(room_id, user, sender, MembershipState.BAN)

    def unban(self, sender: str, room_id: str, user: str) -> None:
        """Lift a ban."""
        room = self._room(room_id)
        if self._state(room_id, user) is not MembershipState.BAN:
            raise forbidden("not banned")
        if not can(room, sender, Act.BAN) or not outranks(room, sender, user):
            raise forbidden("no power to unban")
        self._member(room_id, user, sender, MembershipState.LEAVE)

    def set_power(self, sender: str, room_id: str, user: str, level: int | None) -> None:
        """Change one user's power level."""
        room = self._room(room_id)
        if not can_on(room, sender, Act.SET_POWER, user):
            raise forbidden("no power to change power")
        levels = room.power_levels or PowerLevels()
        users = {name: value for name, value in levels.users.items() if name != user}
        if level is not None:
            users[user] = level
        self.rooms[room_id] = replace(room, power_levels=replace(levels, users=users))
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=_POWER_LEVELS, state_key=""))

    def set_topic(self, sender: str, room_id: str, topic: str) -> None:
        """Set a room's topic."""
        if sender not in self._room(room_id).joined():
            raise forbidden("not in the room")
        self.topics[room_id] = topic
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type="m.room.topic", state_key=""))

    def shut_out(self, sender: str, room_id: str, shut: Sequence[str], let_in: Sequence[str]) -> None:
        """Change who is shut out by the access list."""
        room = self._room(room_id)
        levels = room.power_levels or PowerLevels()
        if sender not in room.joined() or power(room, sender) < levels.events.get(_ACL, levels.state_default):
            raise forbidden("no power to change the access list")
        changed = with_shut_out(self.access_lists.get(room_id), shut, let_in, sender.partition(":")[2])
        if changed is not None:
            self.access_lists[room_id] = changed
            self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=_ACL, state_key=""))

    def set_join_rule(self, sender: str, room_id: str, rule: str) -> None:
        """Change who may join."""
        room = self._room(room_id)
        levels = room.power_levels or PowerLevels()
        if sender not in room.joined() or power(room, sender) < levels.events.get(_JOIN_RULES, levels.state_default):
            raise forbidden("no power to change who may join")
        self.rooms[room_id] = replace(room, join_rule=rule)
        self._publish(RoomStateChanged(**self._envelope(room_id, sender), type=_JOIN_RULES, state_key=""))

    async def wait_for_news(self, reader: str, position: int) -> None:
        """Come back when there is something for the reader after `position`."""
        while not any(reader in entry.audience for entry in self.stream[position:]):
            await self._news.wait()

    def timeline(self, room_id: str) -> list[Event]:
        """Everything that happened in the room, in order."""
        return [e.event for e in self.stream if e.event and e.event.room_id == room_id]

    # Inside.

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


def forbidden(what: str) -> TransportError:
    """What a homeserver answers to somebody who may not."""
    return TransportError("M_FORBIDDEN", what, status=403)
