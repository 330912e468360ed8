# SPDX-License-Identifier: Apache-2.0
"""The `Transport` of one user to the homeserver in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bots.core.events import Event, Message, Unreadable
from bots.core.metadata import Tells
from bots.core.rooms import MembershipState, RoomView
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.rooms import Entry
from bots.core.transport import Health, HomeserverReport, Outgoing, OutgoingFile, ReportKind, SyncBatch, TransportError


@dataclass
class MemoryTransport:
    """One user's device. A sync token is a position in the homeserver's stream."""

    homeserver: MemoryHomeserver
    user_id: str
    health: Health = field(
        default_factory=lambda: Health(cross_signed=True, one_time_keys=50, fallback_key=True, decrypted=0)
    )
    _views: dict[str, RoomView] | None = None

    async def sync(self, since: str | None, *, timeout_ms: int) -> SyncBatch:
        """What came after `since`; waits for news, for however long, unless `timeout_ms` is 0."""
        position = int(since) if since is not None else 0
        if since is not None and timeout_ms:
            await self.homeserver.wait_for_news(self.user_id, position)
        entries = [entry for entry in self.homeserver.stream[position:] if self.user_id in entry.audience]
        self._views = known = self._as_now()
        events = [entry.event for entry in entries if entry.event and not self._own(entry.event)]
        return SyncBatch(
            next_batch=str(len(self.homeserver.stream)),
            events=tuple(self.homeserver.seen_by(self.user_id, event) for event in events),
            own=self._transactions(entries),
            keys_came=frozenset(entry.key for entry in entries if entry.key),
            devices_changed=frozenset(entry.device_of for entry in entries if entry.device_of),
            left=frozenset(entry.left for entry in entries if entry.left) - known.keys(),
            initial=since is None,
            room_ids=frozenset(event.room_id for event in events),
        )

    def _own(self, event: Event) -> bool:
        return event.sender == self.user_id

    def _transactions(self, entries: Sequence[Entry]) -> dict[str, str]:
        own = (entry for entry in entries if entry.event and self._own(entry.event))
        return {entry.transaction_id: entry.event.event_id for entry in own if entry.transaction_id and entry.event}

    def room(self, room_id: str) -> RoomView | None:
        """The room as of the last batch: what has happened since is not known yet, as on any homeserver."""
        return self._known().get(room_id)

    def device_names(self, user: str) -> tuple[str, ...]:
        """The names that the homeserver was given."""
        return self.homeserver.device_names.get(user, ())

    def joined_rooms(self) -> frozenset[str]:
        """The rooms that this user is in, as of the last batch."""
        return frozenset(self._known())

    def _known(self) -> dict[str, RoomView]:
        return self._as_now() if self._views is None else self._views

    def _as_now(self) -> dict[str, RoomView]:
        return {room_id: view for room_id, view in self.homeserver.rooms.items() if self.user_id in view.joined()}

    async def load_rooms(self, room_ids: frozenset[str]) -> None:
        """Have a look at those that are not known yet."""
        now = self._as_now()
        if self._views is not None:
            self._views = {**{room_id: now[room_id] for room_id in room_ids & now.keys()}, **self._views}

    async def retry(self, unreadable: Unreadable) -> Message | None:
        """The event, if its key has come."""
        event = self.homeserver.find(unreadable.room_id, unreadable.event_id)
        seen = self.homeserver.seen_by(self.user_id, event) if event else None
        return seen if isinstance(seen, Message) else None

    async def event(self, room_id: str, event_id: str) -> Message | None:
        """The message with its last edit."""
        return self.homeserver.message(self.user_id, room_id, event_id)

    async def as_written(self, room_id: str, event_id: str) -> Message | None:
        """The message, if it is still what was last written there."""
        return self.homeserver.as_written(self.user_id, room_id, event_id)

    async def file_tells(self, room_id: str, event_id: str) -> frozenset[Tells]:
        """What a file says, as far as the homeserver was told."""
        return self.homeserver.told_by_files.get((room_id, event_id), frozenset())

    async def event_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent it."""
        return self.homeserver.sender(room_id, event_id)

    async def withheld(self, room_id: str, session_id: str) -> str | None:  # noqa: ARG002 — the session says it all
        """Why its key was withheld."""
        return self.homeserver.withheld(session_id)

    async def send(self, room_id: str, message: Outgoing, transaction_id: str) -> str:
        """Say it."""
        return self.homeserver.say_for(self.user_id, room_id, message, transaction_id)

    async def send_file(self, room_id: str, file: OutgoingFile, transaction_id: str) -> str:
        """Send it: its words are in `files`, and its name where a caption would be."""
        if not self.homeserver.rooms[room_id].encrypted:
            raise TransportError("M_FORBIDDEN", "the bot is not in the room, or it is not encrypted")
        self.homeserver.files[room_id, file.name] = file.content
        return self.homeserver.say(self.user_id, room_id, file.name, transaction_id=transaction_id)

    async def react(self, room_id: str, event_id: str, key: str, transaction_id: str) -> str:
        """React."""
        return self.homeserver.react(self.user_id, room_id, event_id, key, transaction_id)

    async def redact(self, room_id: str, event_id: str, transaction_id: str) -> None:
        """Redact."""
        self.homeserver.redact(self.user_id, room_id, event_id, transaction_id)

    async def invite(self, room_id: str, user: str) -> None:
        """Invite; somebody who is invited or in the room already stays so."""
        if not self._is(room_id, user, MembershipState.INVITE, MembershipState.JOIN):
            self.homeserver.invite(self.user_id, room_id, user)

    async def membership(self, room_id: str, user: str) -> MembershipState | None:
        """Whether they are there."""
        member = self.homeserver.rooms[room_id].members.get(user)
        return member.state if member else None

    async def inviter(self, room_id: str, user: str) -> str | None:
        """Who invited them."""
        return self.homeserver.inviters.get((room_id, user))

    async def share_history(self, room_id: str, user: str, since: datetime) -> int | None:
        """Note it: there are no keys here."""
        view = self.homeserver.rooms.get(room_id)
        if view is None or not view.encrypted or view.history_visibility not in ("shared", "world_readable"):
            raise TransportError("KITHROOM_HISTORY_NOT_SHARED", "the room does not share its history")
        if user in self.homeserver.without_signed_devices:
            return 0
        self.homeserver.handed_over.append((room_id, user, since))
        return 1

    async def kick(self, room_id: str, user: str) -> None:
        """Kick; somebody who is not in the room stays out."""
        if self._is(room_id, user, MembershipState.INVITE, MembershipState.JOIN, MembershipState.KNOCK):
            self.homeserver.remove(self.user_id, room_id, user)

    async def ban(self, room_id: str, user: str) -> None:
        """Ban."""
        if not self._is(room_id, user, MembershipState.BAN):
            self.homeserver.ban(self.user_id, room_id, user)

    async def unban(self, room_id: str, user: str) -> None:
        """Unban; somebody who is not banned is left as they are."""
        if self._is(room_id, user, MembershipState.BAN):
            self.homeserver.unban(self.user_id, room_id, user)

    def _is(self, room_id: str, user: str, *states: MembershipState) -> bool:
        view = self.homeserver.rooms.get(room_id)
        return view is not None and user in view.members and view.members[user].state in states

    async def set_power(self, room_id: str, user: str, level: int | None) -> None:
        """Set a power level, where it is another."""
        levels = self.homeserver.rooms[room_id].power_levels
        if levels is None or levels.users.get(user) != level:
            self.homeserver.set_power(self.user_id, room_id, user, level)

    async def set_topic(self, room_id: str, topic: str) -> None:
        """Set the topic."""
        self.homeserver.set_topic(self.user_id, room_id, topic)

    async def set_join_rule(self, room_id: str, rule: str) -> None:
        """Say who may join, where it is somebody else."""
        if self.homeserver.rooms[room_id].join_rule != rule:
            self.homeserver.set_join_rule(self.user_id, room_id, rule)

    async def shut_out(self, room_id: str, shut: Sequence[str], let_in: Sequence[str]) -> None:
        """Change the access list."""
        self.homeserver.shut_out(self.user_id, room_id, shut, let_in)

    async def put_rule(self, room_id: str, kind: str, state_key: str, content: Mapping[str, Any]) -> None:
        """Write a rule."""
        self.homeserver.put_policy(self.user_id, room_id, kind, state_key, dict(content))

    async def take_rule(self, room_id: str, kind: str, state_key: str) -> None:
        """Take a rule out."""
        if (kind, state_key) in self.homeserver.rooms[room_id].policies:
            self.homeserver.put_policy(self.user_id, room_id, kind, state_key, {})

    async def join(self, room_id: str, via: Sequence[str] = ()) -> str:  # noqa: ARG002 — one homeserver, no way to it
        """Join."""
        return self.homeserver.join(self.user_id, room_id)

    async def leave(self, room_id: str) -> None:
        """Leave."""
        self.homeserver.leave(self.user_id, room_id)

    async def create_private_chat(self, user: str, marker: str, name: str) -> str:
        """The room with the marker."""
        return self.homeserver.private_chat(self.user_id, user, marker, name)

    async def reports(self, kind: ReportKind, after: int) -> Sequence[HomeserverReport]:
        """What the homeserver was told, above that number."""
        return [each for each in self.homeserver.reports if each.kind is kind and each.number > after]

    async def close(self) -> None:
        """Nothing to close."""
