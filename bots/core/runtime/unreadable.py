# SPDX-License-Identifier: Apache-2.0
"""What becomes of an encrypted event whose key has not come.

It is kept by its ids.
When the key comes, the event is delivered as the message that it is.
When the key has not come within `PATIENCE`, the session's first such event is delivered to the handlers as an
`Unreadable`, once for the whole session, with the code with which the sender's client withheld the key if it gave one:
so the moderators are told, and nobody is told before there was something to tell.
After that the ids stay until the key comes or their retention ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bots.core.events import Message, Unreadable
from bots.core.runtime.ports import Transaction
from bots.core.transport import Transport

PATIENCE = timedelta(minutes=15)
UNREADABLE_KIND = "kithroom.unreadable"


async def keep(event: Unreadable, transaction: Transaction) -> None:
    """Keep the event's ids, and have a look again in a while."""
    if not await transaction.unreadable(event.room_id, event.session_id):
        id_ = "unreadable:" + hashlib.sha256(f"{event.room_id}\0{event.session_id}".encode()).hexdigest()[:40]
        payload = {"room_id": event.room_id, "session_id": event.session_id}
        await transaction.schedule(id_, UNREADABLE_KIND, transaction.now + PATIENCE, payload)
    await transaction.keep_unreadable(event)


async def readable(transport: Transport, waiting: Sequence[Unreadable]) -> list[Message]:
    """Of these, the ones that can be read by now. Raises TransportError where that can't be told."""
    tried = [await transport.retry(event) for event in waiting]
    return [replace(message, late=True) for message in tried if message is not None]


async def with_reason(transport: Transport, event: Unreadable) -> Unreadable:
    """The event with the code of why its key was withheld, as far as that is known by now."""
    return replace(event, withheld=await transport.withheld(event.room_id, event.session_id) or event.withheld)
