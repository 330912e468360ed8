# SPDX-License-Identifier: Apache-2.0
"""Where everything is measured: one homeserver without rate limits, and the accounts, people and rooms on it.

One part has a homeserver of its own, with Synapse's own limit of what one account sends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from benchmarks.load import Asker
from bots.core.homeserver.synapse import Account, Synapse
from bots.core.matrix.client import MatrixClient
from bots.core.matrix.http import Http, path
from bots.core.matrix.login import Password
from bots.core.matrix.opening import open_client

SERVER_NAME = "bench.localhost"
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


@dataclass(frozen=True)
class Ground:
    """The running homeserver. `organiser` makes the rooms, and invites; their requests are never limited."""

    folder: Path
    synapse: Synapse
    organiser: Account
    http: Http
    _stack: AsyncExitStack

    async def account(self, name: str) -> Account:
        """A new account, logged in as one device that has no keys yet."""
        return await asyncio.to_thread(self.synapse.register, name)

    async def person(self, name: str) -> MatrixClient:
        """Somebody new with a real client, closed in the end."""
        account = await self.account(name)
        folder = self.folder / "people" / name
        client = await open_client(
            self.synapse.url, account.user_id, Password(account.password), folder / "crypto", folder / "secrets"
        )
        self._stack.push_async_callback(client.close)
        return client

    async def asker(self, name: str) -> Asker:
        """Somebody new who listens for answers."""
        asker = Asker(await self.person(name))
        listening = asyncio.create_task(asker.listen())
        self._stack.callback(listening.cancel)
        return asker

    async def room(self, members: Sequence[Account], people: Sequence[MatrixClient], *, encrypted: bool = True) -> str:
        """A room of the organiser's that all of these are in; the rest of the world is not."""
        invited = [*(member.user_id for member in members), *(person.user_id for person in people)]
        body = {
            "preset": "private_chat",
            "initial_state": [ENCRYPTION] if encrypted else [],
            "invite": invited,
        }
        room_id = str((await self.http.request("POST", path("createRoom"), body))["room_id"])
        for member in members:
            async with Http(self.synapse.url, member.access_token) as http:
                await http.request("POST", path("join", room_id), {})
        for person in people:
            await person.join(room_id)
        return room_id

    async def public_room(self, member: Account) -> str:
        """An encrypted room of the organiser's that anybody can join, with one member."""
        body = {"preset": "public_chat", "initial_state": [ENCRYPTION], "invite": [member.user_id]}
        room_id = str((await self.http.request("POST", path("createRoom"), body))["room_id"])
        async with Http(self.synapse.url, member.access_token) as http:
            await http.request("POST", path("join", room_id), {})
        return room_id

    async def exempt(self, user: str, *, exempt: bool = True) -> None:
        """Take the homeserver's limits from this account, or put them back."""
        target = f"/_synapse/admin/v1/users/{quote(user)}/override_ratelimit"
        if exempt:
            await self.http.request("POST", target, {"messages_per_second": 0, "burst_count": 0})
        else:
            await self.http.request("DELETE", target)

    async def invite(self, room_id: str, user: str) -> None:
        """Ask somebody in."""
        await self.http.request("POST", path("rooms", room_id, "invite"), {"user_id": user})


@asynccontextmanager
async def open_ground(folder: Path, *, but_for_messages: bool = False) -> AsyncIterator[Ground]:
    """The homeserver, started; everything on it is gone in the end.

    `but_for_messages`: what an account sends is limited as Synapse does it by itself; but not the organiser's.
    """
    synapse = Synapse(folder / "homeserver", server_name=SERVER_NAME, unlimited=True, but_for_messages=but_for_messages)
    async with AsyncExitStack() as stack:
        stack.callback(synapse.stop)
        await asyncio.to_thread(synapse.start)
        organiser = await asyncio.to_thread(partial(synapse.register, "organiser", admin=True))
        http = await stack.enter_async_context(Http(synapse.url, organiser.access_token))
        people = await stack.enter_async_context(AsyncExitStack())
        ground = Ground(folder, synapse, organiser, http, people)
        if but_for_messages:
            await ground.exempt(organiser.user_id)
        yield ground
