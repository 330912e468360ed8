# SPDX-License-Identifier: Apache-2.0
"""What must be asked of the homeserver before a batch is decided on: with patience, but not for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bots.core.events import AnyEvent, Event, Message, Unreadable
from bots.core.runtime.unreadable import readable
from bots.core.transport import TokenRevokedError, Transport, TransportError

# After so many failures, what can't be looked up stays unknown: one bad lookup must not stop a bot.
PATIENCE = 3
# The same where nobody answered, or not the homeserver: about two minutes.
PATIENCE_WITH_SILENCE = 8
_TOO_MANY_REQUESTS = 429


@dataclass
class Lookups:
    """Those of one bot. `targets` gives the ids of the events whose senders will be asked for.

    Each raises TransportError for what is to be tried again together with its batch, until `batch_decided`.
    What failed before the homeserver told of anything is not counted: it was away then, and is back.
    """

    transport: Transport
    targets: Callable[[AnyEvent], Iterable[str]]
    _failed: int = 0

    def batch_decided(self) -> None:
        """The next failure is of another batch."""
        self._failed = 0

    async def rooms(self, room_ids: frozenset[str]) -> None:
        """Have these rooms loaded."""
        try:
            await self.transport.load_rooms(room_ids)
        except TransportError as error:
            self._bear(error)

    async def senders(self, events: Sequence[AnyEvent]) -> dict[tuple[str, str], str]:
        """Who sent the events that the handlers will ask about."""
        asked = {
            (event.room_id, target) for event in events if isinstance(event, Event) for target in self.targets(event)
        }
        senders: dict[tuple[str, str], str] = {}
        for room_id, event_id in sorted(asked):
            try:
                sender = await self.transport.event_sender(room_id, event_id)
            except TransportError as error:
                self._bear(error)
            else:
                if sender is not None:
                    senders[room_id, event_id] = sender
        return senders

    async def readable(self, waiting: Sequence[Unreadable]) -> list[Message]:
        """Of what could not be read before, that which can be by now."""
        found: list[Message] = []
        for event in waiting:
            try:
                found += await readable(self.transport, [event])
            except TransportError as error:
                self._bear(error)
        return found

    def _bear(self, error: TransportError) -> None:
        """Raise it again, or go on without."""
        if isinstance(error, TokenRevokedError) or error.status == _TOO_MANY_REQUESTS:
            raise error
        if error.retryable:
            self._failed += 1
            if self._failed <= (PATIENCE if error.may_stay else PATIENCE_WITH_SILENCE):
                raise error
