# SPDX-License-Identifier: Apache-2.0
"""`MatrixClient` against a real Synapse."""

from __future__ import annotations

import asyncio
import stat
from typing import Any

import pytest

from bots.core.events import Membership, MembershipState, Message
from bots.core.language import Rendered
from bots.core.matrix.client import MatrixClient
from bots.core.matrix.http import Http, path
from bots.core.transport import NotReadyError, Outgoing, SyncBatch

pytestmark = pytest.mark.real

ENCRYPTION = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


def say(text: str, **more: Any) -> Outgoing:
    return Outgoing(rendered=Rendered(text, f"<p>{text}</p>"), **more)


class Peer:
    """A client that keeps its place in the stream of syncs."""

    def __init__(self, client: MatrixClient) -> None:
        self.client = client
        self.since: str | None = None

    async def sync(self, timeout_ms: int = 0) -> SyncBatch:
        batch = await self.client.sync(self.since, timeout_ms=timeout_ms)
        self.since = batch.next_batch
        return batch

    async def texts(self) -> list[str]:
        return [event.text for event in (await self.sync()).events if isinstance(event, Message)]


async def create_room(account: Any, synapse: Any, *, invite: list[str], state: Any = (ENCRYPTION,), **more: Any) -> str:
    async with Http(synapse.url, account.access_token) as http:
        body = {"preset": "private_chat", "invite": invite, "initial_state": list(state), **more}
        return (await http.request("POST", path("createRoom"), body))["room_id"]


@pytest.fixture
async def pair(open_device, new_account, synapse):
    """Two peers in an encrypted room."""
    anna_account, bot_account = new_account("anna"), new_account("bot")
    anna, bot = Peer(await open_device(anna_account)), Peer(await open_device(bot_account))
    room_id = await create_room(anna_account, synapse, invite=[bot_account.user_id])
    await bot.client.join(room_id)
    for peer in (anna, bot):
        await peer.sync()
    return anna, bot, room_id


async def test_two_devices_read_each_other_and_know_whose_words_they_are(pair):
    anna, bot, room_id = pair
    await anna.client.send(room_id, say("hello"), "t1")
    (message,) = (await bot.sync()).events
    assert isinstance(message, Message)
    assert (message.text, message.encrypted, message.authentic) == ("hello", True, True)
    event_id = await bot.client.send(room_id, say("welcome", reply_to=message.event_id), "t1")
    batch = await anna.sync()
    (answer,) = batch.events
    assert (answer.text, answer.reply_to, answer.event_id) == ("welcome", message.event_id, event_id)
    assert (await bot.sync()).own == {"t1": event_id}


async def test_the_same_since_gives_the_same_events_again(pair):
    anna, bot, room_id = pair
    since = bot.since
    await anna.client.send(room_id, say("once"), "t1")
    assert await bot.texts() == ["once"]
    bot.since = since
    assert await bot.texts() == ["once"]


async def test_the_same_transaction_is_said_once(pair):
    anna, bot, room_id = pair
    first = await bot.client.send(room_id, say("once"), "same")
    assert await bot.client.send(room_id, say("once"), "same") == first
    assert await anna.texts() == ["once"]


async def test_secrets_are_for_the_bot_alone(pair, tmp_path):
    for file in tmp_path.rglob("secrets/*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(list(tmp_path.rglob("recovery_key.txt"))) == 2


async def test_a_second_start_is_the_same_device_and_uploads_nothing(open_device, new_account, tmp_path, synapse):
    account = new_account("bot")
    first = await open_device(account)
    await first.close()
    files = {file: file.read_bytes() for file in tmp_path.rglob("secrets/*")}
    second = await open_device(account)
    assert second.health.cross_signed
    assert {file: file.read_bytes() for file in tmp_path.rglob("secrets/*")} == files


async def test_twenty_people_who_join_while_the_bot_syncs_can_all_read_their_greeting(
    open_device, new_account, synapse
):
    bot_account = new_account("bot")
    bot = Peer(await open_device(bot_account))
    organiser = new_account("organiser")
    lobby = await create_room(
        organiser,
        synapse,
        invite=[bot_account.user_id],
        preset="public_chat",
        state=[
            ENCRYPTION,
            {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}},
        ],
    )
    await bot.client.join(lobby)
    await bot.sync()
    people = [Peer(await open_device(new_account("newcomer"))) for _ in range(20)]
    for peer in people:
        await peer.sync()
    greeted: dict[str, str] = {}

    async def greet() -> None:
        while len(greeted) < len(people):
            for event in (await bot.sync(timeout_ms=1000)).events:
                if isinstance(event, Membership) and event.now is MembershipState.JOIN:
                    greeted[event.user] = await bot.client.send(lobby, say(f"hello {event.user}"), event.event_id)

    async def come(peer: Peer) -> None:
        await peer.client.join(lobby)

    await asyncio.wait_for(asyncio.gather(greet(), *(come(peer) for peer in people)), 120)
    for peer in people:
        assert f"hello {peer.client.user_id}" in await peer.texts()


async def test_a_message_waits_while_nobody_could_read_it(open_device, new_account):
    bot = Peer(await open_device(new_account("bot")))
    anna_account = new_account("anna")
    room_id = await bot.client.create_private_chat(anna_account.user_id, "marker", "Welcome")
    assert await bot.client.create_private_chat(anna_account.user_id, "marker", "Welcome") == room_id
    with pytest.raises(NotReadyError):
        await bot.client.send(room_id, say("too soon"), "t1")
    anna = Peer(await open_device(anna_account))
    (invited,) = (await anna.sync()).events
    assert (invited.now, invited.direct, invited.room_id) == (MembershipState.INVITE, True, room_id)
    await anna.client.join(room_id)
    await anna.sync()
    await bot.sync()
    await bot.client.send(room_id, say("in time"), "t1")
    assert await anna.texts() == ["in time"]
