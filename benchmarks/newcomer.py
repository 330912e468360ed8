# SPDX-License-Identifier: Apache-2.0
"""Somebody who comes to a room, asks there, reads the answer and leaves: a process of its own, with a real client.

Run with the homeserver's URL, a user id, a password, a folder and a room id. It says `prepared` when it waits for
the invitation, then `answered` with the seconds from the invitation to the readable answer, or `alone` if none came.
"""

import asyncio
import sys
import time
from pathlib import Path

from benchmarks.load import Asker
from bots.core.events import Membership
from bots.core.matrix.login import Password
from bots.core.matrix.opening import open_client
from bots.core.rooms import MembershipState

PATIENCE = 90.0


async def main(homeserver: str, user: str, password: str, folder: str, room: str) -> None:
    client = await open_client(homeserver, user, Password(password), Path(folder) / "crypto", Path(folder) / "secrets")
    try:
        asker = Asker(client, (await client.sync(None, timeout_ms=0)).next_batch)
        print("prepared", flush=True)
        invited = False
        while not invited:
            batch = await client.sync(asker.since, timeout_ms=30_000)
            asker.since = batch.next_batch
            invited = any(isinstance(e, Membership) and e.now is MembershipState.INVITE for e in batch.events)
        began = time.perf_counter()
        await client.join(room)
        listening = asyncio.create_task(asker.listen())
        took = await asker.ask(room, patience=PATIENCE)
        print("alone" if took is None else f"answered {time.perf_counter() - began:.3f}", flush=True)
        listening.cancel()
        await client.leave(room)
    finally:
        await client.close()


asyncio.run(main(*sys.argv[1:]))
