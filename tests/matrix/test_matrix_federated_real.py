# SPDX-License-Identifier: Apache-2.0
"""`MatrixClient` across two federating homeservers."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bots.core.events import Membership, Message
from bots.core.language import Rendered
from bots.core.matrix.login import Password
from bots.core.matrix.opening import open_client
from bots.core.rooms import MembershipState
from bots.core.transport import NotReadyError, Outgoing

pytestmark = pytest.mark.real


async def test_a_member_of_another_homeserver_reads_and_is_read(federated_pair, tmp_path):
    async with AsyncExitStack() as stack:

        async def open_one(server, name):
            account = server.register(name)
            folder = tmp_path / name
            password = Password(account.password)
            client = await open_client(server.url, account.user_id, password, folder / "crypto", folder / "secrets")
            stack.push_async_callback(client.close)
            return client

        bot = await open_one(federated_pair.first, "bot")
        anna = await open_one(federated_pair.second, "anna")
        bot_since = (await bot.sync(None, timeout_ms=0)).next_batch
        anna_since = (await anna.sync(None, timeout_ms=0)).next_batch
        room_id = await bot.create_private_chat(anna.user_id, "marker", "Welcome")

        async def until(client, since, wanted):
            while True:
                batch = await client.sync(since, timeout_ms=1000)
                since = batch.next_batch
                for event in batch.events:
                    if wanted(event):
                        return event, since

        def invited(event):
            return isinstance(event, Membership) and event.now is MembershipState.INVITE

        def joined(event):
            return isinstance(event, Membership) and event.now is MembershipState.JOIN

        async with asyncio.timeout(90):
            _, anna_since = await until(anna, anna_since, invited)
            await anna.join(room_id)
            _, bot_since = await until(bot, bot_since, joined)
            while True:
                try:
                    await bot.send(room_id, Outgoing(rendered=Rendered("welcome", "welcome")), "t1")
                    break
                except NotReadyError:
                    bot_since = (await bot.sync(bot_since, timeout_ms=1000)).next_batch
            said, anna_since = await until(anna, anna_since, lambda event: isinstance(event, Message))
            assert (said.text, said.authentic) == ("welcome", True)
            await anna.send(room_id, Outgoing(rendered=Rendered("thank you", "thank you")), "t1")
            answer, _ = await until(bot, bot_since, lambda event: isinstance(event, Message))
            assert (answer.text, answer.authentic, answer.sender) == ("thank you", True, anna.user_id)
