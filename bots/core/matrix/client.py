# SPDX-License-Identifier: Apache-2.0
"""`MatrixClient`: one logged-in, cross-signed device of one account, as the runtime's `Transport`.

Puts together what the modules beside it do: HTTP, the crypto engine, the rooms, what comes and what it says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.core.events import Message, Unreadable
from bots.core.matrix.content import POLL_START, file_content, message_content, poll_content
from bots.core.matrix.cross_signing import Identity
from bots.core.matrix.encryption import Encryption
from bots.core.matrix.files import upload_encrypted
from bots.core.matrix.http import Http, path
from bots.core.matrix.known_rooms import KnownRooms
from bots.core.matrix.latecomers import Latecomers
from bots.core.matrix.private_chats import PrivateChats
from bots.core.matrix.reading import ENCRYPTED, Reading
from bots.core.matrix.receiving import Receiving
from bots.core.matrix.reports import read_reports
from bots.core.matrix.room_actions import RoomActions, event_id_in
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
        user_id = self._user_id = identity.device.user_id
        self._encryption = encryption
        self._rooms = rooms
        self._bots = bots | {user_id}
        self._private_chats = PrivateChats(http, self, rooms, user_id)
        self._reading = Reading(http, encryption, rooms)
        self._latecomers = Latecomers(encryption, self._sending_in)
        self._receiving = Receiving(http, identity, encryption, rooms, self._reading, self._latecomers)
        self._sending: dict[str, asyncio.Lock] = {}

    @property
    def user_id(self) -> str:
        """Whose device it is."""
        return self._user_id

    @property
    def health(self) -> Health:
        """The state of the device's keys, and counts since start."""
        counted = self._receiving
        return replace(self._encryption.health, decrypted=counted.decrypted, undecryptable=counted.undecryptable)

    # Reading

    async def sync(self, since: str | None, *, timeout_ms: int) -> SyncBatch:
        """What came after `since`: keys first, then gaps filled, then decrypted and decoded."""
        return await self._receiving.sync(since, timeout_ms=timeout_ms)

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
        """An event that could not be read, fetched and decrypted again; None while the key is still missing."""
        return await self._reading.retry(unreadable)

    async def event(self, room_id: str, event_id: str) -> Message | None:
        """One message, decrypted, as the sender's last edit left it; None when it is gone, redacted or unreadable."""
        return await self._reading.event(room_id, event_id)

    async def as_written(self, room_id: str, event_id: str) -> Message | None:
        """One message, decrypted, if it is still what its sender last wrote there."""
        return await self._reading.as_written(room_id, event_id)

    async def file_tells(self, room_id: str, event_id: str) -> frozenset[Tells]:
        """What the file of a message, or the picture in a membership, says of who took it and where."""
        return await self._reading.file_tells(room_id, event_id)

    async def event_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event; None when the homeserver does not know it."""
        return await self._reading.event_sender(room_id, event_id)

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

    # Writing

    async def send(self, room_id: str, message: Outgoing, transaction_id: str) -> str:
        """Send, encrypted if the room is (or ever was); everybody in the room has the key first. Gives the event id.

        One message at a time in a room, so that they arrive in order; rooms don't wait for each other.
        """
        async with self._sending_in(room_id):
            await self._rooms.load([room_id])
            view = self._rooms.view(room_id)
            if view is None:
                raise self._rooms.unknown(room_id)
            kind, content = "m.room.message", message_content(message)
            if message.choices:
                kind, content = POLL_START, poll_content(message)
            if await self._rooms.encrypts(room_id):
                view = self._rooms.view(room_id) or view
                shares = message.shared_history and view.history_visibility in _SHARED
                content = await self._encrypted(view, content, transaction_id, kind=kind, shared_history=shares)
                kind = ENCRYPTED
            answer = await self._http.request("PUT", path("rooms", room_id, "send", kind, transaction_id), content)
            return event_id_in(answer)

    async def send_file(self, room_id: str, file: OutgoingFile, transaction_id: str) -> str:
        """Send a file, encrypted, into an encrypted room."""
        async with self._sending_in(room_id):
            await self._rooms.load([room_id])
            view = self._rooms.view(room_id)
            if view is None:
                raise self._rooms.unknown(room_id)
            if not self._rooms.is_encrypted(room_id):
                raise TransportError("M_FORBIDDEN", "the room is not encrypted")
            content = file_content(file, await upload_encrypted(self._http, file.content))
            encrypted = await self._encrypted(view, content, transaction_id, shared_history=False)
            target = path("rooms", room_id, "send", ENCRYPTED, transaction_id)
            return event_id_in(await self._http.request("PUT", target, encrypted))

    def _sending_in(self, room_id: str) -> asyncio.Lock:
        return self._sending.setdefault(room_id, asyncio.Lock())

    async def _encrypted(
        self,
        view: RoomView,
        content: dict[str, Any],
        made_by: str,
        *,
        kind: str = "m.room.message",
        shared_history: bool,
    ) -> dict[str, Any]:
        readers = view.joined() - self._bots
        if not readers:
            raise NotReadyError("KITHROOM_NOT_READY", "nobody but bots is in the room", retryable=True)
        rules = self._rooms.encryption_rules(view.room_id)
        sealed = await self._encryption.encrypt(
            view.room_id, recipients_of(view), readers, content, rules, kind=kind, shared_history=shared_history
        )
        self._latecomers.said(made_by, sealed)
        return sealed.content

    async def share_history(self, room_id: str, user: str, since: datetime) -> int | None:
        """Hand the keys of the room's shareable past over; how many of the person's devices can fetch them now."""
        await self._rooms.load([room_id])
        view = self._rooms.view(room_id)
        if view is None or not view.encrypted or view.history_visibility not in _SHARED:
            raise TransportError("KITHROOM_HISTORY_NOT_SHARED", "the room does not share its history")
        return await self._encryption.hand_over(room_id, user, since.timestamp())

    async def join(self, room_id: str, via: Sequence[str] = ()) -> str:
        """Accept an invitation, or join a public room. Gives the room's id."""
        joined = await super().join(room_id, via)
        self._rooms.enter(joined)
        return joined

    async def create_private_chat(self, user: str, marker: str, name: str) -> str:
        """The encrypted room with `user`: the one that carries `marker` if there is one, else a new one."""
        return await self._private_chats.open(user, marker, name)

    async def close(self) -> None:
        """Stop; the crypto store is on disk."""
        await self._latecomers.close()
        await self._encryption.close()
        await self._http.close()
        if self._administrator is not None:
            await self._administrator.close()


def recipients_of(view: RoomView) -> frozenset[str]:
    """Who gets the key of what is said in the room: who is in it, and who is invited where the invited may read."""
    states = {MembershipState.JOIN}
    if view.history_visibility != "joined":
        states.add(MembershipState.INVITE)
    return frozenset(user for user, member in view.members.items() if member.state in states)
