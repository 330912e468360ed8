# SPDX-License-Identifier: Apache-2.0
"""The one encrypted room between the bot and a person: found again by a marker in its create event, or made.

The marker says nothing to anybody else; whoever makes it sees to that.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from bots.core.matrix.http import Http, path
from bots.core.matrix.known_rooms import ENCRYPTION, KnownRooms, joined_rooms
from bots.core.matrix.room_actions import RoomActions
from bots.core.transport import TransportError

MARKER = "org.kithroom.private_chat"
_RULES = {"algorithm": "m.megolm.v1.aes-sha2"}
_AT_ONCE = 8
_TOO_MANY_REQUESTS = 429
# How often a room whose making was not seen to its end is looked for, from some seconds to a quarter of a minute long:
# a homeserver goes on making what it was asked for, also when nobody waits for the answer any more.
LOOKS = 3
# More than this at once, and a homeserver with one database makes each of them slower.
_MADE_AT_ONCE = 4


class PrivateChats:
    """Finds and makes private chats. One call at a time for each marker: two could make two rooms for one person."""

    def __init__(self, http: Http, actions: RoomActions, rooms: KnownRooms, me: str) -> None:
        self._http = http
        self._rooms = rooms
        self._me = me
        self._actions = actions
        # A create event never changes, so a room is asked for its marker once.
        self._markers: dict[str, str | None] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # By marker, how often to look for the room once more before another one is made.
        self._looks_left: dict[str, int] = {}
        self._made_at_once = asyncio.Semaphore(_MADE_AT_ONCE)
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def open(self, user: str, marker: str, name: str) -> str:
        """The room with this marker, `user` in it or invited.

        Raises TransportError, `M_INVITE_BLOCKED` among them; a room that may be in the making is to be asked for again.
        """
        lock = self._locks.setdefault(marker, asyncio.Lock())
        async with lock, self._made_at_once:
            room_id = await self._find(marker)
            if room_id is None:
                self._wait_for_what_is_in_the_making(marker)
                room_id = await self._create(user, marker, name)
                self._markers[room_id] = marker
                self._rooms.enter(room_id)
                # A sync that came while it was being made may have seen a half of it, without its encryption.
                await self._rooms.note_encrypted(room_id, _RULES)
                return room_id
        await self._rooms.note_encrypted(room_id, _RULES)
        if await self._actions.membership(room_id, user) not in ("join", "invite"):
            await self._actions.invite(room_id, user)
        return room_id

    async def _find(self, marker: str) -> str | None:
        # Asked afresh: a room made just before a crash came in no sync yet.
        joined = await joined_rooms(self._http)
        await asyncio.gather(*(self._read_marker(room_id) for room_id in joined if room_id not in self._markers))
        for room_id in joined:
            if self._markers.get(room_id) == marker and await self._is_ours(room_id, marker):
                return room_id
        return None

    def _wait_for_what_is_in_the_making(self, marker: str) -> None:
        left = self._looks_left.get(marker, 0)
        if left:
            self._looks_left[marker] = left - 1
            raise TransportError("KITHROOM_IN_THE_MAKING", "the private chat may be in the making", retryable=True)

    async def _is_ours(self, room_id: str, marker: str) -> bool:
        """Whether the bot made the room, and to the end.

        The person can read the marker, and could make a room with it and guests;
        and a homeserver that stopped half-way left one in which others' clients would not encrypt.
        """
        events = await self._http.request_list("GET", path("rooms", room_id, "state"))
        made = [(event.get("type"), event.get("sender")) for event in events if isinstance(event, dict)]
        if ("m.room.create", self._me) not in made:
            return False
        if (ENCRYPTION, self._me) not in made:
            self._looks_left.setdefault(marker, LOOKS)
            return False
        return True

    async def _read_marker(self, room_id: str) -> None:
        async with self._at_once:
            target = path("rooms", room_id, "state", "m.room.create", "")
            content = await self._http.found(target, or_forbidden=True)
        if content is None:
            return
        found = content.get(MARKER)
        self._markers[room_id] = found if isinstance(found, str) else None

    async def _create(self, user: str, marker: str, name: str) -> str:
        try:
            return await self._ask_for_one(user, marker, name)
        except TransportError as error:
            if error.retryable and error.status != _TOO_MANY_REQUESTS:
                self._looks_left[marker] = LOOKS
            raise

    async def _ask_for_one(self, user: str, marker: str, name: str) -> str:
        answer = await self._http.request(
            "POST",
            path("createRoom"),
            {
                "preset": "private_chat",
                "name": name,
                "invite": [user],
                "is_direct": True,
                "creation_content": {MARKER: marker},
                # In the room before anybody can be, so nothing in it was ever readable by the homeserver.
                "initial_state": [
                    {"type": ENCRYPTION, "content": _RULES},
                    {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}},
                    {"type": "m.room.guest_access", "content": {"guest_access": "forbidden"}},
                ],
            },
        )
        room_id = answer.get("room_id")
        if not isinstance(room_id, str):
            raise TransportError("KITHROOM_BAD_RESPONSE", "the homeserver named no room", retryable=True)
        return room_id
