# SPDX-License-Identifier: Apache-2.0
"""A matrix-nio bot as its documentation writes one: a callback that awaits its send.

Run with the homeserver's URL, a token, a user id, a device id and a store folder. It says `ready` when it listens.
"""

import asyncio
import sys

from nio import AsyncClient, AsyncClientConfig, MatrixRoom, RoomMessageText


async def main(homeserver: str, token: str, me: str, device: str, store: str) -> None:
    config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = AsyncClient(homeserver, me, device, store_path=store, config=config)
    client.restore_login(me, device, token)

    async def answer(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender == me or not event.body.startswith("!find"):
            return
        relation = {"rel_type": "m.thread", "event_id": event.event_id}
        body = {"msgtype": "m.text", "body": "an answer", "m.mentions": {}, "m.relates_to": relation}
        await client.room_send(room.room_id, "m.room.message", body, ignore_unverified_devices=True)

    await client.sync(timeout=0, full_state=True)
    if client.should_upload_keys:
        await client.keys_upload()
    client.add_event_callback(answer, RoomMessageText)
    print("ready", flush=True)
    await client.sync_forever(timeout=30000)


asyncio.run(main(*sys.argv[1:]))
