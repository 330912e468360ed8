# SPDX-License-Identifier: Apache-2.0
"""The rooms that the bot is in, as the homeserver says they are, kept up to date by what syncs bring.

That a room is encrypted is kept on disk and never forgotten:
a homeserver that says otherwise later can't make a bot send plain text.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bots.core.matrix.http import Http, path
from bots.core.matrix.state import view_from_state, with_state
from bots.core.rooms import RoomView
from bots.core.transport import TransportError

ENCRYPTED_ROOMS_FILE = "encrypted_rooms.txt"
# How many rooms' states are asked for at the same time.
_AT_ONCE = 8
_GONE = frozenset({403, 404})
_log = logging.getLogger(__name__)


class KnownRooms:
    """The views of the rooms. `folder` keeps the list of those that are, or were, encrypted."""

    def __init__(self, http: Http, folder: Path) -> None:
        self._http = http
        self._file = folder / ENCRYPTED_ROOMS_FILE
        self._encrypted = _read(self._file)
        self._views: dict[str, RoomView] = {}
        # What syncs brought for rooms whose state is on its way.
        self._meanwhile: dict[str, list[object]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._rules: dict[str, Mapping[str, Any]] = {}
        self.joined: frozenset[str] = frozenset()

    def view(self, room_id: str) -> RoomView | None:
        """The room, if it was loaded."""
        return self._views.get(room_id)

    def is_encrypted(self, room_id: str) -> bool:
        """Whether the room is, or ever was, encrypted."""
        return room_id in self._encrypted

    def encryption_rules(self, room_id: str) -> Mapping[str, Any]:
        """The content of the room's `m.room.encryption`, as far as it is known."""
        return self._rules.get(room_id, {})

    async def load(self, room_ids: Iterable[str]) -> None:
        """Fetch the state of the rooms that are not loaded. One that the bot has no access to stays unknown."""
        await asyncio.gather(*(self._load(room_id) for room_id in set(room_ids) - self._views.keys()))

    async def apply(self, room_id: str, events: Iterable[Mapping[str, Any]]) -> None:
        """Take in the state events among these, which a homeserver gave in clear, in order."""
        state = [event for event in events if "state_key" in event]
        await self._note_encryption(room_id, state)
        if room_id in self._meanwhile:
            self._meanwhile[room_id].extend(state)
        view = self._views.get(room_id)
        if view is not None and state:
            self._views[room_id] = with_state(view, state)

    def forget(self, room_id: str) -> None:
        """Drop the view: the room was left, or more happened than is known. Whether it is encrypted is kept."""
        self._views.pop(room_id, None)

    async def _load(self, room_id: str) -> None:
        async with self._locks.setdefault(room_id, asyncio.Lock()), self._at_once:
            if room_id in self._views:
                return
            self._meanwhile[room_id] = []
            try:
                events = await self._http.request_list("GET", path("rooms", room_id, "state"))
            except TransportError as error:
                if error.status not in _GONE:
                    raise
                _log.info("a room's state can't be read any more: %s", error.errcode)
                return
            finally:
                meanwhile = self._meanwhile.pop(room_id)
            events = [event for event in (*events, *meanwhile) if isinstance(event, Mapping)]
            await self._note_encryption(room_id, events)
            self._views[room_id] = view_from_state(room_id, events, encrypted=self.is_encrypted(room_id))

    async def _note_encryption(self, room_id: str, state: Iterable[Mapping[str, Any]]) -> None:
        for event in state:
            content = event.get("content")
            if event.get("type") != "m.room.encryption" or not isinstance(content, Mapping):
                continue
            self._rules[room_id] = content
            if room_id not in self._encrypted:
                self._encrypted.add(room_id)
                await asyncio.to_thread(_append, self._file, room_id)


def _read(file: Path) -> set[str]:
    return set(file.read_text(encoding="utf-8").split()) if file.exists() else set()


def _append(file: Path, room_id: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as opened:
        # A line that a power cut tore is closed first, so that it spoils no other.
        opened.write(f"\n{room_id}\n")
        opened.flush()
        os.fsync(opened.fileno())
