# SPDX-License-Identifier: Apache-2.0
"""Which rooms are the community's: in the store, where `kithroom apply` writes them, and looked up again now and then.

Every event is decided with them, so they are not read for every event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.records import CommunityRoom
from bots.core.runtime.ports import Transaction

# How long what was read is good for. A room that the bot has just come to is looked up at once (`forget`).
GOOD_FOR = timedelta(seconds=5)


@dataclass
class CommunityRooms:
    """What one bot's loop, scheduler and performer know together."""

    _rooms: tuple[CommunityRoom, ...] = ()
    _good_until: datetime | None = None

    async def read(self, transaction: Transaction) -> tuple[CommunityRoom, ...]:
        """The community's rooms, in the order of the settings."""
        known = self.known(transaction.now)
        if known is None:
            known = tuple(sorted(await transaction.find(CommunityRoom), key=lambda room: room.position))
            self._rooms, self._good_until = known, transaction.now + GOOD_FOR
        return known

    def known(self, now: datetime) -> tuple[CommunityRoom, ...] | None:
        """The same, if they were read a moment ago."""
        return self._rooms if self._good_until is not None and now < self._good_until else None

    def forget(self) -> None:
        """Read them again next time."""
        self._good_until = None
