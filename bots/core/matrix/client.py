# SPDX-License-Identifier: Apache-2.0
"""`MatrixClient`: one logged-in, cross-signed device of one account, as the runtime's `Transport`.

Puts together what the modules beside it do: HTTP, the crypto engine, the rooms, the decoder.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.core.events import Message, PollAnswer, Unreadable
from bots.core.matrix.content import POLL_START, file_content, message_content, poll_content
from bots.core.matrix.cross_signing import Identity
from bots.core.matrix.decode import Decoded, decode, decode_decrypted, decode_unreadable
from bots.core.matrix.encryption import Encryption
from bots.core.matrix.files import told_by_file, upload_encrypted
from bots.core.matrix.http import Http, path
from bots.core.matrix.known_rooms import KnownRooms
from bots.core.matrix.private_chats import PrivateChats
from bots.core.matrix.reports import read_reports
from bots.core.matrix.room_actions import RoomActions, event_id_in
from bots.core.matrix.sync import Timeline, fetch_sync, invitation, read_timeline, rooms_in, transaction_id
from bots.core.metadata import Tells
from bots.core.rooms import MembershipState, RoomView
from bots.core.transport import (
    Health,
    HomeserverReport,
    NotReadyError,
    Outgoing,
    OutgoingFile,
    ReportKind,
    SyncBatch,
    TokenRevokedError,
    TransportError,
)

Json = Mapping[str, Any]
RoomEvent = Decoded | Unreadable
_log = logging.getLogger(__name__)
_NOT_FOUND = 404
_FORBIDDEN = 403
_GAPS_AT_ONCE = 8
_ENCRYPTED = "m.room.encrypted"
# Where newcomers may read what was said before.
_SHARED = frozenset({"shared", "world_readable"})


class MatrixClient(RoomActions):
    """The real `Transport`. Made by `open_client`; `close` it.

    `bots` are the user ids of the community's bots: a message that only they could read waits (`NotReadyError`).
    """

    def __init__(
        self,
        http: Http,
        identity: Identity,
        encryption: Encryption,
        rooms: KnownRooms,
        *,
        bots: frozenset[str],
        administrator: Http | None = None,
    ) -> None:
        """`administrator` may read what the homeserver was told by report buttons, where the bot itself may not."""
        super().__init__(http)
        self._administrator = administrator
        self._identity = identity
        user_id = self._user_id = identity.device.user_id
        self._encryption = encryption
        self._rooms = rooms
        self._bots = bots | {user_id}
        self._private_chats = PrivateChats(http, self, user_id)
        self._synced = False
        # Keys that came, until the batch that tells of them is surely kept: a sync that fails half-way is asked again,
        # and what came with it is old news to the engine then.
        self._keys_came: frozenset[tuple[str, str]] = frozenset()
        self._told_until: str | None = None
        self._filling = asyncio.Semaphore(_GAPS_AT_ONCE)
        self._sending: dict[str, asyncio.Lock] = {}
        self._decrypted = 0
        self._undecryptable = 0

    @property
    def user_id(self) -> str:
        """Whose device it is."""
        return self._user_id

    @property
    def health(self) -> Health:
        """The state of the device's keys, and counts since start."""
        return replace(self._encryption.health, decrypted=self._decrypted, undecryptable=self._undecryptable)

    # Reading

    async def sync(self, since: str | None, *, timeout_ms: int) -> SyncBatch:
        """What came after `since`: keys first, then gaps filled, then decrypted and decoded."""
        if not self._synced:
            answer = await self._http.request("GET", path("joined_rooms"))
            self._rooms.joined = frozenset(room for room in answer.get("joined_rooms", []) if isinstance(room, str))
        response = await fetch_sync(self._http, since, timeout_ms)
        next_batch = response.get("next_batch")
        if not isinstance(next_batch, str):
            raise TransportError("KITHROOM_BAD_RESPONSE", "the homeserver's sync has no end", retryable=True)
        if since is not None and since == self._told_until:
            # The batch that told of them was kept.
            self._keys_came, self._told_until = frozenset(), None
        self._keys_came |= (await self._encryption.receive(response)).keys_came
        changed = _changed_users(response)
        if self._user_id in changed:
            await self._check_identity()
        left = frozenset(room_id for room_id, _ in rooms_in(response, "leave"))
        timelines = await asyncio.gather(
            *(self._read_timeline(room_id, joined, since) for room_id, joined in rooms_in(response, "join"))
        )
        self._rooms.joined = (self._rooms.joined | {timeline.room_id for timeline in timelines}) - left
        for room_id in left:
            self._rooms.forget(room_id)
            await self._encryption.forget_room(room_id)
        events: list[RoomEvent] = [
            invited
            for room_id, room in rooms_in(response, "invite")
            if (invited := invitation(room_id, room, self._user_id, since)) is not None
        ]
        own: dict[str, str] = {}
        # Whose device sent it must be known before it is opened: only then can it be told whether it is theirs.
        await self._know_senders(timelines)
        if since is not None:
            # What stands in clear is to be believed or not: in a room that the bot has just come to, the state says.
            await self._rooms.load(timeline.room_id for timeline in timelines if _speaks_in_clear(timeline))
        for timeline in timelines:
            await self._take_in(timeline, events, own)
        room_ids = frozenset(event.room_id for event in events) & self._rooms.joined
        # What happened in a gap is in the room's state, whether or not it made an event for anybody.
        await self._rooms.load(room_ids | {timeline.room_id for timeline in timelines if not timeline.complete})
        self._synced, self._told_until = True, next_batch
        return SyncBatch(
            next_batch=next_batch,
            events=tuple(events),
            own=own,
            keys_came=self._keys_came,
            devices_changed=changed,
            left=left,
            initial=since is None,
            room_ids=room_ids,
        )

    async def _read_timeline(self, room_id: str, joined: Json, since: str | None) -> Timeline:
        async with self._filling:
            return await read_timeline(self._http, room_id, joined, since, self._user_id)

    async def _know_senders(self, timelines: Sequence[Timeline]) -> None:
        events = (event for timeline in timelines for event in timeline.events if event.get("type") == _ENCRYPTED)
        try:
            await self._encryption.know(sender for event in events if isinstance(sender := event.get("sender"), str))
        except TransportError as error:
            if error.retryable or isinstance(error, TokenRevokedError):
                raise
            _log.warning("some senders' devices are not known: %s", error.errcode)

    async def _take_in(self, timeline: Timeline, events: list[RoomEvent], own: dict[str, str]) -> None:
        room_id = timeline.room_id
        await self._rooms.apply(room_id, (*timeline.state, *timeline.events))
        if not timeline.complete or any(map(_is_departure, (*timeline.state, *timeline.events))):
            await self._encryption.somebody_left(room_id)
        if not timeline.complete:
            self._rooms.forget(room_id)
        for raw in timeline.events:
            if raw.get("sender") == self._user_id:
                made_by = transaction_id(raw)
                if made_by is not None:
                    own[made_by] = str(raw["event_id"])
                continue
            event = await self._read(room_id, raw)
            if isinstance(event, Unreadable):
                self._undecryptable += 1
            elif isinstance(event, Message) and event.encrypted:
                self._decrypted += 1
            if event is not None:
                events.append(event)

    async def _read(self, room_id: str, raw: Json) -> RoomEvent | None:
        """One event, decrypted where it is encrypted. None for what is malformed or no policy handles."""
        if raw.get("type") != _ENCRYPTED or "state_key" in raw:
            event = decode(room_id, raw)
            if isinstance(event, Message | PollAnswer) and self._rooms.is_encrypted(room_id):
                # In clear where everybody encrypts: the homeserver may have made it up.
                return replace(event, authentic=False)
            return event
        opened = await self._encryption.decrypt(room_id, raw)
        if opened is not None:
            payload = {"type": opened.type, "content": opened.content}
            return decode_decrypted(room_id, raw, payload, authentic=opened.authentic)
        closed = decode_unreadable(room_id, raw)
        return closed and replace(closed, withheld=self._encryption.withheld(room_id, closed.session_id))

    async def _check_identity(self) -> None:
        try:
            published = await self._identity.is_published(self._http)
        except TransportError as error:
            _log.warning("the bot's own identity could not be checked: %s", error.errcode)
            return
        self._encryption.cross_signed(confirmed=published)
        if not published:
            _log.error("the homeserver shows another identity for this account, or the device is not signed any more")

    def room(self, room_id: str) -> RoomView | None:
        """The room as the homeserver says it is; None before it was loaded, or when not in it."""
        return self._rooms.view(room_id)

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it says so and they were asked about."""
        return self._encryption.device_names(user)

    def joined_rooms(self) -> frozenset[str]:
        """The ids of the rooms the bot is in, as of the last batch."""
        return self._rooms.joined

    async def load_rooms(self, room_ids: frozenset[str]) -> None:
        """Fetch the state of these rooms where it is not known yet."""
        await self._rooms.load(room_ids)

    async def retry(self, unreadable: Unreadable) -> Message | None:
        """Fetch and decrypt again an event that could not be read; None while the key is still missing."""
        event = await self._fetch_and_read(unreadable.room_id, unreadable.event_id)
        return event if isinstance(event, Message) else None

    async def event(self, room_id: str, event_id: str) -> Message | None:
        """One message, decrypted, as the sender's last edit left it; None when it is gone, redacted or unreadable."""
        message = await self._fetch_and_read(room_id, event_id)
        if not isinstance(message, Message):
            return None
        for candidate in await self._edits(room_id, event_id):
            edit = await self._read(room_id, candidate)
            if isinstance(edit, Message) and (edit.sender, edit.replaces, edit.encrypted) == (
                message.sender,
                event_id,
                message.encrypted,
            ):
                return replace(
                    message,
                    text=edit.text,
                    formatted=edit.formatted,
                    media=edit.media,
                    authentic=message.authentic and edit.authentic,
                    edited=True,
                )
        return message

    async def file_tells(self, room_id: str, event_id: str) -> frozenset[Tells]:
        """What the file of a message says of who took it and where."""
        raw = await self._fetch(room_id, event_id)
        if raw is None:
            return frozenset()
        content = raw.get("content")
        if raw.get("type") == _ENCRYPTED:
            opened = await self._encryption.decrypt(room_id, raw)
            content = opened.content if opened is not None else None
        if not isinstance(content, Mapping):
            return frozenset()
        new = content.get("m.new_content")
        return await told_by_file(self._http, new if isinstance(new, Mapping) else content)

    async def as_written(self, room_id: str, event_id: str) -> Message | None:
        """One message, decrypted, if it is still what its sender last wrote there."""
        message = await self._fetch_and_read(room_id, event_id)
        if not isinstance(message, Message):
            return None
        first = message.replaces or event_id
        if first != event_id and not isinstance(await self._fetch_and_read(room_id, first), Message):
            return None
        # Also an edit that can't be read is one. A redacted one is none, and not told of.
        edits = await self._edits(room_id, first)
        last = next((str(e.get("event_id")) for e in edits if e.get("sender") == message.sender), first)
        return message if last == event_id else None

    async def _edits(self, room_id: str, event_id: str) -> list[Json]:
        """What the homeserver calls edits of a message, the newest first."""
        target = path("rooms", room_id, "relations", event_id, "m.replace", version="v1")
        answer = await self._http.request("GET", target, query={"dir": "b", "limit": "50"})
        chunk = answer.get("chunk")
        return [each for each in chunk if isinstance(each, Mapping)] if isinstance(chunk, list) else []

    async def event_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event; None when the homeserver does not know it."""
        sender = (await self._fetch(room_id, event_id) or {}).get("sender")
        return sender if isinstance(sender, str) else None

    async def withheld(self, room_id: str, session_id: str) -> str | None:
        """The code with which a sender's client withheld this session's key, if it did."""
        return self._encryption.withheld(room_id, session_id)

    async def reports(self, kind: ReportKind, after: int) -> Sequence[HomeserverReport]:
        """The homeserver's own reports above `after`; empty where nobody may read them for the bot."""
        if self._administrator is None:
            return await read_reports(self._http, kind, after)
        try:
            return await read_reports(self._administrator, kind, after)
        except TokenRevokedError as error:
            # The administrator's, not the bot's own: the bot goes on without.
            raise TransportError(error.errcode, error.message, status=error.status) from None

    async def _fetch_and_read(self, room_id: str, event_id: str) -> RoomEvent | None:
        raw = await self._fetch(room_id, event_id)
        if raw is None:
            return None
        if raw.get("type") == _ENCRYPTED and isinstance(sender := raw.get("sender"), str):
            await self._encryption.know([sender])
        return await self._read(room_id, raw)

    async def _fetch(self, room_id: str, event_id: str) -> dict[str, Any] | None:
        try:
            return await self._http.request("GET", path("rooms", room_id, "event", event_id))
        except TransportError as error:
            if error.status in (_NOT_FOUND, _FORBIDDEN):
                return None
            raise

    # Writing

    async def send(self, room_id: str, message: Outgoing, transaction_id: str) -> str:
        """Send, encrypted if the room is (or ever was); everybody in the room has the key first. Gives the event id.

        One message at a time in a room, so that they arrive in order; rooms don't wait for each other.
        """
        async with self._sending.setdefault(room_id, asyncio.Lock()):
            await self._rooms.load([room_id])
            view = self._rooms.view(room_id)
            if view is None:
                raise TransportError("M_FORBIDDEN", "the bot is not in the room", status=_FORBIDDEN)
            kind, content = "m.room.message", message_content(message)
            if message.choices:
                kind, content = POLL_START, poll_content(message)
            if view.encrypted or self._rooms.is_encrypted(room_id):
                shares = message.shared_history and view.history_visibility in _SHARED
                content = await self._encrypted(view, content, kind=kind, shared_history=shares)
                kind = _ENCRYPTED
            answer = await self._http.request("PUT", path("rooms", room_id, "send", kind, transaction_id), content)
            return event_id_in(answer)

    async def send_file(self, room_id: str, file: OutgoingFile, transaction_id: str) -> str:
        """Send a file, encrypted, into an encrypted room."""
        async with self._sending.setdefault(room_id, asyncio.Lock()):
            await self._rooms.load([room_id])
            view = self._rooms.view(room_id)
            if view is None or not self._rooms.is_encrypted(room_id):
                raise TransportError("M_FORBIDDEN", "the bot is not in the room, or it is not encrypted")
            content = file_content(file, await upload_encrypted(self._http, file.content))
            encrypted = await self._encrypted(view, content, shared_history=False)
            target = path("rooms", room_id, "send", _ENCRYPTED, transaction_id)
            return event_id_in(await self._http.request("PUT", target, encrypted))

    async def _encrypted(
        self, view: RoomView, content: dict[str, Any], *, kind: str = "m.room.message", shared_history: bool
    ) -> dict[str, Any]:
        readers = view.joined() - self._bots
        if not readers:
            raise NotReadyError("KITHROOM_NOT_READY", "nobody but bots is in the room", retryable=True)
        rules = self._rooms.encryption_rules(view.room_id)
        return await self._encryption.encrypt(
            view.room_id, recipients_of(view), readers, content, rules, kind=kind, shared_history=shared_history
        )

    async def share_history(self, room_id: str, user: str, since: datetime) -> int | None:
        """Hand the keys of the room's shareable past over; how many of the person's devices can fetch them now."""
        await self._rooms.load([room_id])
        view = self._rooms.view(room_id)
        if view is None or not view.encrypted or view.history_visibility not in _SHARED:
            raise TransportError("KITHROOM_HISTORY_NOT_SHARED", "the room does not share its history")
        return await self._encryption.hand_over(room_id, user, since.timestamp())

    async def create_private_chat(self, user: str, marker: str, name: str) -> str:
        """The encrypted room with `user`: the one that carries `marker` if there is one, else a new one."""
        return await self._private_chats.open(user, marker, name)

    async def close(self) -> None:
        """Stop; the crypto store is on disk."""
        await self._encryption.close()
        await self._http.close()
        if self._administrator is not None:
            await self._administrator.close()


def _speaks_in_clear(timeline: Timeline) -> bool:
    return any(event.get("type") != _ENCRYPTED and "state_key" not in event for event in timeline.events)


def _changed_users(response: Json) -> frozenset[str]:
    lists = response.get("device_lists")
    changed = lists.get("changed") if isinstance(lists, Mapping) else None
    return frozenset(user for user in changed if isinstance(user, str)) if isinstance(changed, list) else frozenset()


def _is_departure(event: Json) -> bool:
    """Whether somebody left, declined, or was sent away."""
    content = event.get("content")
    membership = content.get("membership") if isinstance(content, Mapping) else None
    return event.get("type") == "m.room.member" and membership not in ("join", "invite", "knock")


def recipients_of(view: RoomView) -> frozenset[str]:
    """Who gets the key of what is said in the room: who is in it, and who is invited where the invited may read."""
    states = {MembershipState.JOIN}
    if view.history_visibility != "joined":
        states.add(MembershipState.INVITE)
    return frozenset(user for user, member in view.members.items() if member.state in states)
