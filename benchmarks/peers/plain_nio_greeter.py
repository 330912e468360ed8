# SPDX-License-Identifier: Apache-2.0
"""A matrix-nio bot as its documentation writes one, that greets whoever joins its room: callbacks that await.

Run with the homeserver's URL, a token, a user id, a device id and a store folder. It says `ready` when it listens.
"""

import asyncio
import sys

from nio import AsyncClient, AsyncClientConfig, MatrixRoom, RoomCreateResponse, RoomMemberEvent

_ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
_GREETING = {"msgtype": "m.text", "body": "Hello, and welcome.", "m.mentions": {}}


async def main(homeserver: str, token: str, me: str, device: str, store: str) -> None:
    config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = AsyncClient(homeserver, me, device, store_path=store, config=config)
    client.restore_login(me, device, token)
    private: set[str] = set()

    async def greet(room: MatrixRoom, event: RoomMemberEvent) -> None:
        if event.membership != "join" or event.prev_membership == "join" or event.state_key == me:
            return
        if room.room_id in private:
            await client.room_send(room.room_id, "m.room.message", _GREETING, ignore_unverified_devices=True)
            return
        made = await client.room_create(is_direct=True, invite=[event.state_key], initial_state=[_ENCRYPTION])
        if isinstance(made, RoomCreateResponse):
            private.add(made.room_id)

    await client.sync(timeout=0, full_state=True)
    if client.should_upload_keys:
        await client.keys_upload()
    client.add_event_callback(greet, RoomMemberEvent)
    print("ready", flush=True)
    await client.sync_forever(timeout=30000)


asyncio.run(main(*sys.argv[1:]))
