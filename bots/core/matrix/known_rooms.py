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

from bots.core.matrix.disk import writing
from bots.core.matrix.http import BAD_RESPONSE, Http, path
from bots.core.matrix.state import view_from_state, with_state
from bots.core.rooms import RoomView
from bots.core.transport import TransportError

ENCRYPTION = "m.room.encryption"
_POWER_LEVELS = "m.room.power_levels"
ENCRYPTED_ROOMS_FILE = "encrypted_rooms.txt"
# How many rooms' states are asked for at the same time.
_AT_ONCE = 8
_GONE = frozenset({403, 404})
_log = logging.getLogger(__name__)


async def joined_rooms(http: Http) -> list[str]:
    """The rooms that the account is in, by the homeserver's word now. Raises TransportError."""
    listed = (await http.request("GET", path("joined_rooms"))).get("joined_rooms")
    if not isinstance(listed, list):
        raise TransportError(BAD_RESPONSE, "the homeserver does not say which rooms one is in", retryable=True)
    return [room_id for room_id in listed if isinstance(room_id, str)]


class KnownRooms:
    """The views of the rooms. `folder` keeps the list of those that are, or were, encrypted."""

    def __init__(self, http: Http, folder: Path) -> None:
        self._http = http
        self._file = folder / ENCRYPTED_ROOMS_FILE
        self._encrypted = _read(self._file)
        self._views: dict[str, RoomView] = {}
        # Of these more is known to have happened than their views tell.
        self._outdated: set[str] = set()
        # The event that says each room's power levels, as far as it was told.
        self._levels: dict[str, object] = {}
        # What syncs brought for rooms whose state is on its way.
        self._meanwhile: dict[str, list[object]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._rules: dict[str, Mapping[str, Any]] = {}
        self.joined: frozenset[str] = frozenset()
        # Made or come into, with no sync that tells of them yet.
        self._entered: set[str] = set()

    def view(self, room_id: str) -> RoomView | None:
        """The room as it was last loaded, if it was."""
        return self._views.get(room_id)

    def is_encrypted(self, room_id: str) -> bool:
        """Whether the room is, or ever was, encrypted."""
        return room_id in self._encrypted

    async def encrypts(self, room_id: str) -> bool:
        """Whether what is said in the room has to be encrypted.

        Where nothing has said so yet the homeserver is asked, each time:
        a room that is being made tells of its parts one by one, and it may be turned on later.
        Raises TransportError.
        """
        if room_id not in self._encrypted:
            rules = await self._http.found(path("rooms", room_id, "state", ENCRYPTION, ""))
            if rules is None:
                return False
            await self.note_encrypted(room_id, rules)
            await self.load([room_id])
        return True

    async def note_encrypted(self, room_id: str, rules: Mapping[str, Any]) -> None:
        """Keep that the room is encrypted, by these rules, and ask again for what else was known of it."""
        await self._take_in_encryption(room_id, [{"type": ENCRYPTION, "content": rules}])
        self.outdate(room_id)

    def encryption_rules(self, room_id: str) -> Mapping[str, Any]:
        """The content of the room's `m.room.encryption`, as far as it is known."""
        return self._rules.get(room_id, {})

    async def load(self, room_ids: Iterable[str]) -> None:
        """Fetch the state of the rooms that are not loaded, or outdated.

        One that the bot has no access to stays unknown. Raises TransportError.
        """
        await asyncio.gather(*(self._load(room_id) for room_id in set(room_ids) if not self._is_up_to_date(room_id)))

    async def apply(self, room_id: str, events: Iterable[Mapping[str, Any]]) -> None:
        """Take in the state events among these, which a homeserver gave in clear, in order."""
        state = [event for event in events if "state_key" in event]
        await self._take_in_encryption(room_id, state)
        if room_id in self._meanwhile:
            self._meanwhile[room_id].extend(state)
        view = self._views.get(room_id)
        if view is not None and state:
            self._views[room_id] = with_state(view, state)
            self._note_levels(room_id, state)

    def enter(self, room_id: str) -> None:
        """The bot has made the room, or come into it, just now."""
        self._entered.add(room_id)

    def unknown(self, room_id: str) -> TransportError:
        """Why nothing can be done in a room that has no view.

        Of a room that one process of a homeserver has just made, another may say that it is not ours.
        """
        here = room_id in self._entered or room_id in self.joined
        return TransportError("M_FORBIDDEN", "the bot is not in the room", status=403, retryable=here)

    def outdate(self, room_id: str) -> None:
        """More happened in the room than is known: whoever loads it next asks anew.

        The view stays until then, for whoever has just loaded it.
        """
        self._outdated.add(room_id)

    def forget(self, room_id: str) -> None:
        """Drop the view: the room was left. Whether it is encrypted is kept."""
        self._views.pop(room_id, None)
        self._entered.discard(room_id)

    def _is_up_to_date(self, room_id: str) -> bool:
        return room_id in self._views and room_id not in self._outdated

    async def _load(self, room_id: str) -> None:
        async with self._locks.setdefault(room_id, asyncio.Lock()), self._at_once:
            if self._is_up_to_date(room_id):
                return
            self._meanwhile[room_id] = []
            # What is heard of from here on may not be in the answer any more.
            self._outdated.discard(room_id)
            try:
                events = await self._http.request_list("GET", path("rooms", room_id, "state"))
            except TransportError as error:
                if error.retryable or error.status not in _GONE:
                    self._outdated.add(room_id)
                    raise
                _log.info("a room's state can't be read any more: %s", error.errcode)
                self._views.pop(room_id, None)
                return
            finally:
                meanwhile = self._meanwhile.pop(room_id)
            events = [event for event in (*events, *meanwhile) if isinstance(event, Mapping)]
            await self._take_in_encryption(room_id, events)
            self._views[room_id] = view_from_state(room_id, events, encrypted=self.is_encrypted(room_id))
            self._levels.pop(room_id, None)
            self._note_levels(room_id, events)

    def _note_levels(self, room_id: str, state: Iterable[Mapping[str, Any]]) -> None:
        """Of two that were written at the same time one holds, and it need not be the one that was told of last."""
        for event in state:
            if (event.get("type"), event.get("state_key")) != (_POWER_LEVELS, ""):
                continue
            known, self._levels[room_id] = self._levels.get(room_id), event.get("event_id")
            unsigned = event.get("unsigned")
            replaced = unsigned.get("replaces_state") if isinstance(unsigned, Mapping) else None
            if None not in (known, replaced) and replaced != known and event.get("event_id") != known:
                self.outdate(room_id)

    async def _take_in_encryption(self, room_id: str, state: Iterable[Mapping[str, Any]]) -> None:
        for event in state:
            content = event.get("content")
            if event.get("type") != ENCRYPTION or not isinstance(content, Mapping):
                continue
            self._rules[room_id] = content
            if room_id not in self._encrypted:
                with writing():
                    await asyncio.to_thread(_append, self._file, room_id)
                self._encrypted.add(room_id)


def _read(file: Path) -> set[str]:
    return set(file.read_text(encoding="utf-8").split()) if file.exists() else set()


def _append(file: Path, room_id: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as opened:
        # A line that a power cut tore is closed first, so that it spoils no other.
        opened.write(f"\n{room_id}\n")
        opened.flush()
        os.fsync(opened.fileno())
