# SPDX-License-Identifier: Apache-2.0
"""Who came into a room just before something was said there, and was not known to be in it when that was encrypted.

They see it, and could not read it: a sync tells of them first, and then of what was said. Then they are given its key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bots.core.matrix.encryption import Encryption, Sealed
from bots.core.matrix.key_exchange import mapping
from bots.core.matrix.known_rooms import KnownRooms
from bots.core.matrix.sync import Timeline, transaction_id
from bots.core.transport import TransportError

Json = Mapping[str, Any]
_log = logging.getLogger(__name__)
# Of what was said and not heard of again so much is remembered.
_MOST = 500


class Latecomers:
    """Remembers what was said, by transaction id, until a sync shows it. `sending` is a room's lock for sends.

    An app that gets a later key of the same session in the same moment keeps only that one:
    so nothing is said in the room while the earlier one is on its way.
    """

    def __init__(self, encryption: Encryption, sending: Callable[[str], asyncio.Lock]) -> None:
        self._encryption = encryption
        self._sending = sending
        self._said: dict[str, Sealed] = {}
        self._giving: set[asyncio.Task[None]] = set()

    def said(self, made_by: str, sealed: Sealed) -> None:
        """Remember what is on its way into a room."""
        self._said[made_by] = sealed
        if len(self._said) > _MOST:
            del self._said[next(iter(self._said))]

    def look_for_them(self, timelines: Iterable[Timeline], rooms: KnownRooms) -> None:
        """Give keys to whoever came before what these timelines show, did not get its key, and is still there.

        The sync does not wait for it. What of it fails stays so: they read what is said next.
        """
        for timeline in timelines:
            view = rooms.view(timeline.room_id)
            for place, event in enumerate(timeline.events):
                sealed = self._said.pop(transaction_id(event) or "", None)
                if sealed is None or view is None:
                    continue
                came_later = frozenset(filter(None, map(_who_came, timeline.events[place:])))
                if missed := view.joined() - sealed.recipients - came_later:
                    task = asyncio.create_task(self._give(timeline.room_id, sealed, missed))
                    self._giving.add(task)
                    task.add_done_callback(self._giving.discard)

    async def settled(self) -> None:
        """Come back when nobody waits for a key any more."""
        await asyncio.gather(*self._giving, return_exceptions=True)

    async def close(self) -> None:
        """Stop."""
        for task in self._giving:
            task.cancel()
        await self.settled()

    async def _give(self, room_id: str, sealed: Sealed, missed: frozenset[str]) -> None:
        async with self._sending(room_id):
            try:
                await self._encryption.give_key(sealed, missed)
            except TransportError as error:
                _log.warning("somebody who had just come can't read what was said: %s", error.errcode)


def _who_came(event: Json) -> str | None:
    """Whom the event tells to have come in: not somebody who was in and has another name now."""
    before = mapping(mapping(event.get("unsigned")).get("prev_content")).get("membership")
    came = event.get("type") == "m.room.member" and mapping(event.get("content")).get("membership") == "join"
    who = event.get("state_key")
    return who if came and before != "join" and isinstance(who, str) else None
