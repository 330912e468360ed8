# SPDX-License-Identifier: Apache-2.0
"""What events say, those of a timeline and those asked for by id: decrypted where they are encrypted, and decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots.core.events import Message, PollAnswer, Unreadable
from bots.core.matrix.decode import Decoded, decode, decode_decrypted, decode_unreadable
from bots.core.matrix.encryption import Encryption
from bots.core.matrix.files import told_by_file
from bots.core.matrix.http import Http, path
from bots.core.matrix.known_rooms import KnownRooms
from bots.core.metadata import Tells

Json = Mapping[str, Any]
RoomEvent = Decoded | Unreadable
ENCRYPTED = "m.room.encrypted"


class Reading:
    """Reads events of the rooms that the bot is in. What asks the homeserver raises TransportError."""

    def __init__(self, http: Http, encryption: Encryption, rooms: KnownRooms) -> None:
        self._http = http
        self._encryption = encryption
        self._rooms = rooms

    async def read(self, room_id: str, raw: Json) -> RoomEvent | None:
        """One event, decrypted where it is encrypted. None for what is malformed or no policy handles."""
        if raw.get("type") != ENCRYPTED or "state_key" in raw:
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
            edit = await self.read(room_id, candidate)
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
        """What the file of a message, or the picture in a membership, says of who took it and where."""
        raw = await self._fetch(room_id, event_id)
        if raw is None:
            return frozenset()
        content = raw.get("content")
        if raw.get("type") == ENCRYPTED:
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

    async def event_sender(self, room_id: str, event_id: str) -> str | None:
        """Who sent an event; None when the homeserver does not know it."""
        sender = (await self._fetch(room_id, event_id) or {}).get("sender")
        return sender if isinstance(sender, str) else None

    async def _edits(self, room_id: str, event_id: str) -> list[Json]:
        """What the homeserver calls edits of a message, the newest first."""
        target = path("rooms", room_id, "relations", event_id, "m.replace", version="v1")
        answer = await self._http.request("GET", target, query={"dir": "b", "limit": "50"})
        chunk = answer.get("chunk")
        return [each for each in chunk if isinstance(each, Mapping)] if isinstance(chunk, list) else []

    async def _fetch_and_read(self, room_id: str, event_id: str) -> RoomEvent | None:
        raw = await self._fetch(room_id, event_id)
        if raw is None:
            return None
        if raw.get("type") == ENCRYPTED and isinstance(sender := raw.get("sender"), str):
            await self._encryption.know([sender])
        return await self.read(room_id, raw)

    async def _fetch(self, room_id: str, event_id: str) -> dict[str, Any] | None:
        return await self._http.found(path("rooms", room_id, "event", event_id), or_forbidden=True)
