# SPDX-License-Identifier: Apache-2.0
"""The homeserver's own floor: a bare HTTP client without encryption that answers every message at once, in clear.

Run with the homeserver's URL, a token, a user id, a device id and a folder (the last two it has no use for).
It says `ready` when it listens.
"""

import asyncio
import itertools
import json
import secrets
import sys

import aiohttp

FILTER = {"presence": {"types": []}, "room": {"timeline": {"limit": 500}, "state": {"lazy_load_members": True}}}
QUESTIONS = ("m.room.encrypted", "m.room.message")


async def main(homeserver: str, token: str, me: str, *_unused: str) -> None:
    numbers = itertools.count()
    run = secrets.token_hex(4)
    tasks: set[asyncio.Task[None]] = set()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(f"{homeserver}/_matrix/client/v3/", headers=headers) as http:

        async def answer(room: str, question: str) -> None:
            relation = {"rel_type": "m.thread", "event_id": question}
            body = {"msgtype": "m.text", "body": "an answer", "m.mentions": {}, "m.relates_to": relation}
            async with http.put(f"rooms/{room}/send/m.room.message/{run}{next(numbers)}", json=body) as response:
                response.raise_for_status()

        since = None
        while True:
            query = {"timeout": "30000", "filter": json.dumps(FILTER)} | ({"since": since} if since else {})
            async with http.get("sync", params=query) as response:
                batch = await response.json()
            if since is None:
                print("ready", flush=True)
            else:
                for room, joined in batch.get("rooms", {}).get("join", {}).items():
                    for event in joined["timeline"]["events"]:
                        if event["type"] in QUESTIONS and event["sender"] != me:
                            task = asyncio.create_task(answer(room, event["event_id"]))
                            tasks.add(task)
                            task.add_done_callback(tasks.discard)
            since = batch["next_batch"]


asyncio.run(main(*sys.argv[1:]))
