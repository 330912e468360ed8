# SPDX-License-Identifier: Apache-2.0
"""`MatrixClient` against a real Synapse."""

from __future__ import annotations

import asyncio
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from bots.core.events import Membership, Message, Unreadable
from bots.core.language import Rendered
from bots.core.matrix.client import MatrixClient
from bots.core.matrix.cross_signing import CrossSigningKeys, IdentityChangedError
from bots.core.matrix.crypto import CryptoMachine
from bots.core.matrix.http import Http, path
from bots.core.matrix.login import LoginError
from bots.core.metadata import Tells
from bots.core.rooms import MembershipState
from bots.core.rooms.authority import UNLIMITED, Act, can, power
from bots.core.transport import NotReadyError, Outgoing, OutgoingFile, SyncBatch, TokenRevokedError, TransportError
from core.test_metadata import exif, picture

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


async def test_nobody_is_asked_about_again_because_they_speak(open_device, new_account, synapse, monkeypatch):
    anna_account, bot_account = new_account("anna"), new_account("bot")
    anna, bot = Peer(await open_device(anna_account)), Peer(await open_device(bot_account))
    # In two rooms: what Synapse remembers of having told of a member, it remembers for one.
    rooms = [await create_room(anna_account, synapse, invite=[bot_account.user_id]) for _ in range(2)]
    for room_id in rooms:
        await bot.client.join(room_id)
    for peer in (anna, bot):
        await peer.sync()
    for room_id in rooms:
        await anna.client.send(room_id, say("first"), room_id)
        assert await bot.texts() == ["first"]
    asked = []
    request = Http.request

    async def noted(http, method, target, *rest, **more):
        asked.append(str(target))
        return await request(http, method, target, *rest, **more)

    monkeypatch.setattr(Http, "request", noted)
    for room_id in rooms:
        await anna.client.send(room_id, say("again"), f"{room_id}.2")
        batch = await bot.sync()
        assert [event.text for event in batch.events] == ["again"]
        assert batch.devices_changed == frozenset()
    assert not [target for target in asked if "keys/query" in target]


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


class Newcomer:
    """An account with nothing but a device and its keys: cheap enough to have a hundred."""

    def __init__(self, account: Any, synapse: Any, folder: Path) -> None:
        self.user_id = account.user_id
        self.http = Http(synapse.url, account.access_token)
        self.machine = CryptoMachine.open(
            folder / account.device_id, account.user_id, account.device_id, "key", now=time.time, create=True
        )

    async def publish(self) -> None:
        await self.http.request("POST", path("keys", "upload"), self.machine.keys_to_upload())

    async def come(self, room_id: str) -> None:
        await self.http.request("POST", path("join", room_id), {})

    async def read(self, room_id: str, event_id: str) -> str:
        """What the event says. Raises UndecryptableError where this device has no key for it."""
        response = await self.http.request("GET", path("sync"))
        self.machine.receive_sync(response.get("to_device", {}).get("events", []))
        event = await self.http.request("GET", path("rooms", room_id, "event", event_id))
        return self.machine.decrypt(room_id, event).content["body"]

    async def close(self) -> None:
        await self.http.close()
        self.machine.close()


@pytest.mark.timeout(400)
async def test_a_hundred_people_who_join_while_the_bot_syncs_can_all_read_their_greeting(
    open_device, new_account, synapse, tmp_path
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
    people = [Newcomer(new_account("newcomer"), synapse, tmp_path) for _ in range(100)]
    await asyncio.gather(*(person.publish() for person in people))
    greeted: dict[str, str] = {}

    async def greet() -> None:
        while len(greeted) < len(people):
            for event in (await bot.sync(timeout_ms=1000)).events:
                if isinstance(event, Membership) and event.now is MembershipState.JOIN:
                    greeted[event.user] = await bot.client.send(lobby, say(f"hello {event.user}"), event.event_id)

    await asyncio.wait_for(asyncio.gather(greet(), *(person.come(lobby) for person in people)), 300)
    for person in people:
        assert await person.read(lobby, greeted[person.user_id]) == f"hello {person.user_id}"
        await person.close()


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


async def test_nothing_is_said_in_clear_in_a_chat_that_a_sync_saw_half_made(open_device, new_account):
    bot = Peer(await open_device(new_account("bot")))
    await bot.sync()
    people = [new_account("anna") for _ in range(8)]

    async def chat_with(person: Any) -> None:
        room_id = await bot.client.create_private_chat(person.user_id, person.user_id, "Welcome")
        # Nobody could read it yet, so it waits; in clear there is nothing to wait for.
        with pytest.raises(NotReadyError):
            await bot.client.send(room_id, say("for nobody else to read"), f"to {person.user_id}")

    async def keep_syncing() -> None:
        while True:
            await bot.sync()

    syncing = asyncio.create_task(keep_syncing())
    try:
        await asyncio.gather(*map(chat_with, people))
    finally:
        syncing.cancel()
        await asyncio.gather(syncing, return_exceptions=True)


async def test_who_came_just_before_something_was_said_reads_it_though_no_sync_had_told_of_them(
    open_device, new_account, synapse
):
    anna_account = new_account("anna")
    await open_device(anna_account)
    bot, carl = Peer(await open_device(new_account("bot"))), Peer(await open_device(new_account("carl")))
    joined = {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}
    invited = [bot.client.user_id, carl.client.user_id]
    room_id = await create_room(anna_account, synapse, invite=invited, state=(ENCRYPTION, joined))
    await bot.client.join(room_id)
    await bot.sync()
    await bot.client.send(room_id, say("for anna"), "t1")
    await bot.sync()
    await carl.client.join(room_id)
    await carl.sync()
    # The bot does not know yet that he is there.
    event_id = await bot.client.send(room_id, say("for both"), "t2")
    (unread,) = (await carl.sync()).events
    assert isinstance(unread, Unreadable)

    await bot.sync()
    await bot.client._latecomers.settled()
    await carl.sync()
    read = await carl.client.retry(unread)
    assert read is not None
    assert (read.event_id, read.text) == (event_id, "for both")


async def test_where_encryption_was_turned_on_a_moment_ago_nothing_is_said_in_clear(open_device, new_account, synapse):
    anna_account, bot_account = new_account("anna"), new_account("bot")
    anna, bot = Peer(await open_device(anna_account)), Peer(await open_device(bot_account))
    room_id = await create_room(anna_account, synapse, invite=[bot_account.user_id], state=())
    await bot.client.join(room_id)
    await anna.sync()
    await bot.sync()
    await bot.client.send(room_id, say("in clear, as everything here"), "t1")
    async with Http(synapse.url, anna_account.access_token) as http:
        target = path("rooms", room_id, "state", "m.room.encryption", "")
        await http.request("PUT", target, ENCRYPTION["content"])
    await bot.client.send(room_id, say("encrypted"), "t2")
    said = [event for event in (await anna.sync()).events if isinstance(event, Message)]
    assert [(message.text, message.encrypted) for message in said] == [
        ("in clear, as everything here", False),
        ("encrypted", True),
    ]


async def test_everything_said_while_the_bot_was_away_reaches_it_in_order(pair):
    anna, bot, room_id = pair
    said = [f"message {number}" for number in range(250)]
    for number, text in enumerate(said):
        await anna.client.send(room_id, say(text), f"t{number}")
    assert await bot.texts() == said


async def test_an_identity_that_somebody_replaced_stops_the_bot_and_is_not_reset(
    open_device, new_account, synapse, tmp_path
):
    account = new_account("bot")
    await (await open_device(account)).close()
    async with Http(synapse.url, account.access_token) as http:
        keys = CrossSigningKeys.generate()
        body = {f"{usage}_key": keys.public_part(account.user_id, usage) for usage in keys.private}
        body["auth"] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": account.user_id},
            "password": account.password,
        }
        await http.request("POST", path("keys", "device_signing", "upload"), body)
        with pytest.raises(IdentityChangedError):
            await open_device(account)
        shown = await http.request("POST", path("keys", "query"), {"device_keys": {account.user_id: []}})
        assert keys.public("master") in shown["master_keys"][account.user_id]["keys"].values()
    replaced = await open_device(account, replace_identity=True)
    assert replaced.health.cross_signed


async def test_an_identity_that_is_replaced_while_the_bot_runs_shows_in_its_health(open_device, new_account, synapse):
    account = new_account("bot")
    bot = Peer(await open_device(account))
    await bot.sync()
    async with Http(synapse.url, account.access_token) as http:
        keys = CrossSigningKeys.generate()
        body = {f"{usage}_key": keys.public_part(account.user_id, usage) for usage in keys.private}
        body["auth"] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": account.user_id},
            "password": account.password,
        }
        await http.request("POST", path("keys", "device_signing", "upload"), body)
    await bot.sync()
    assert bot.client.health.cross_signed is False


async def test_without_its_crypto_store_a_device_does_not_start(open_device, new_account, tmp_path):
    account = new_account("bot")
    await (await open_device(account)).close()
    for file in tmp_path.rglob("crypto/crypto.db*"):
        file.unlink()
    with pytest.raises(LoginError, match="restore that folder"):
        await open_device(account)


async def test_one_store_is_open_once(open_device, new_account):
    account = new_account("bot")
    await open_device(account)
    with pytest.raises(LoginError, match="Another process"):
        await open_device(account)


async def test_a_revoked_token_is_told_and_stops_the_sync(open_device, new_account, synapse):
    account = new_account("bot")
    bot = Peer(await open_device(account))
    await bot.sync()
    async with Http(synapse.url, account.access_token) as http:
        await http.request("POST", path("logout", "all"), {})
    with pytest.raises(TokenRevokedError):
        await bot.sync()
    await bot.client.close()
    with pytest.raises(TokenRevokedError, match=r"move .* away"):
        await open_device(account)


async def test_a_newcomer_with_broken_device_keys_stops_nobody(pair, new_account, synapse):
    anna, bot, room_id = pair
    hostile = new_account("hostile")
    async with Http(synapse.url, hostile.access_token) as http:
        device = {
            "user_id": hostile.user_id,
            "device_id": hostile.device_id,
            "algorithms": ["m.megolm.v1.aes-sha2"],
            "keys": {f"ed25519:{hostile.device_id}": "garbage", f"curve25519:{hostile.device_id}": "garbage"},
            "signatures": {hostile.user_id: {f"ed25519:{hostile.device_id}": "garbage"}},
        }
        await http.request("POST", path("keys", "upload"), {"device_keys": device})
        nonsense = {bot.client.user_id: {"*": {"algorithm": "m.olm.v1.curve25519-aes-sha2", "ciphertext": 5}}}
        await http.request("PUT", path("sendToDevice", "m.room.encrypted", "t1"), {"messages": nonsense})
        await anna.client.invite(room_id, hostile.user_id)
        await http.request("POST", path("join", room_id), {})
        fake = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"}
        await http.request("PUT", path("rooms", room_id, "send", "m.room.encrypted", "t2"), fake)
    batch = await bot.sync()
    assert [event.session_id for event in batch.events if isinstance(event, Unreadable)] == ["s"]
    await bot.client.send(room_id, say("still here"), "t1")
    assert await anna.texts() == ["still here"]


async def test_power_levels_inside_an_encrypted_event_give_nobody_power(pair):
    anna, bot, room_id = pair
    await bot.client.load_rooms(frozenset([room_id]))
    before = bot.client.room(room_id)
    await anna.client.send(room_id, say("so that the key is there"), "t1")
    await bot.sync()
    encryption = anna.client._encryption
    fake = {"users": {anna.client.user_id: 100, "@eve:x": 100}}
    members = frozenset([anna.client.user_id, bot.client.user_id])
    # The engine sends messages; what is inside is swapped for what an attacker would put there.
    machine = encryption._machine
    sealed = await encryption._thread.run(machine.encrypt, room_id, members, "m.room.power_levels", fake)
    target = path("rooms", room_id, "send", "m.room.encrypted", "t2")
    await anna.client._http.request("PUT", target, sealed)
    batch = await bot.sync()
    assert batch.events == ()
    assert bot.client.room(room_id) == before


async def test_a_moderator_who_is_demoted_has_no_power_left_and_creators_have_all(open_device, new_account, synapse):
    organiser, bot_account, mod = new_account("organiser"), new_account("bot"), new_account("mod")
    bot = Peer(await open_device(bot_account))
    room_id = await create_room(
        organiser,
        synapse,
        invite=[bot_account.user_id, mod.user_id],
        power_level_content_override={
            "users": {bot_account.user_id: 60, mod.user_id: 50},
            "events": {"m.room.power_levels": 60},
        },
    )
    await bot.client.join(room_id)
    async with Http(synapse.url, mod.access_token) as http:
        await http.request("POST", path("join", room_id), {})
    await bot.sync()
    await bot.client.load_rooms(frozenset([room_id]))
    room = bot.client.room(room_id)
    assert (room.version, power(room, organiser.user_id)) == ("12", UNLIMITED)
    assert can(room, mod.user_id, Act.BAN)
    await bot.client.set_power(room_id, mod.user_id, None)
    await bot.sync()
    assert not can(bot.client.room(room_id), mod.user_id, Act.BAN)
    assert power(bot.client.room(room_id), bot_account.user_id) == 60


async def test_an_event_is_read_as_its_last_edit_left_it(pair):
    anna, bot, room_id = pair
    event_id = await anna.client.send(room_id, say("helo"), "t1")
    members = frozenset([anna.client.user_id, bot.client.user_id])
    for number, text in enumerate(("hell", "hello")):
        edit = {
            "msgtype": "m.text",
            "body": f"* {text}",
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        sealed = (await anna.client._encryption.encrypt(room_id, members, members, edit, {})).content
        target = path("rooms", room_id, "send", "m.room.encrypted", f"e{number}")
        await anna.client._http.request("PUT", target, sealed)
    batch = await bot.sync()
    assert [(event.text, event.replaces) for event in batch.events] == [
        ("helo", None),
        ("hell", event_id),
        ("hello", event_id),
    ]
    message = await bot.client.event(room_id, event_id)
    assert (message.text, message.event_id, message.replaces) == ("hello", event_id, None)
    assert await bot.client.event_sender(room_id, event_id) == anna.client.user_id
    await anna.client.redact(room_id, event_id, "r1")
    assert await bot.client.event(room_id, event_id) is None
    assert await bot.client.event_sender(room_id, "$unknown") is None


async def test_what_is_said_in_clear_in_an_encrypted_room_proves_nothing(pair):
    anna, bot, room_id = pair
    clear = {"msgtype": "m.text", "body": "!ban @ben:x"}
    await anna.client._http.request("PUT", path("rooms", room_id, "send", "m.room.message", "t1"), clear)
    (message,) = (await bot.sync()).events
    assert (message.text, message.encrypted, message.authentic) == ("!ban @ben:x", False, False)


async def test_an_edit_in_clear_changes_nothing_that_was_encrypted(pair):
    anna, bot, room_id = pair
    event_id = await anna.client.send(room_id, say("true"), "t1")
    edit = {
        "msgtype": "m.text",
        "body": "* false",
        "m.new_content": {"msgtype": "m.text", "body": "false"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }
    await anna.client._http.request("PUT", path("rooms", room_id, "send", "m.room.message", "t2"), edit)
    await bot.sync()
    assert (await bot.client.event(room_id, event_id)).text == "true"


async def test_keys_that_came_with_a_sync_that_failed_are_told_by_the_next(pair):
    anna, bot, room_id = pair
    know = bot.client._encryption.know

    async def fail(users):
        raise TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)

    await anna.client.send(room_id, say("hello"), "t1")
    bot.client._encryption.know = fail
    with pytest.raises(TransportError):
        await bot.sync()
    bot.client._encryption.know = know
    batch = await bot.sync()
    assert [event.text for event in batch.events] == ["hello"]
    assert {room for room, _ in batch.keys_came} == {room_id}
    assert (await bot.sync()).keys_came == frozenset()


async def test_keys_of_a_sync_that_was_never_decided_on_are_told_again_after_a_restart(
    open_device, new_account, synapse
):
    anna_account, bot_account = new_account("anna"), new_account("bot")
    anna, bot = Peer(await open_device(anna_account)), Peer(await open_device(bot_account))
    room_id = await create_room(anna_account, synapse, invite=[bot_account.user_id])
    await bot.client.join(room_id)
    for peer in (anna, bot):
        await peer.sync()
    before = bot.since
    await anna.client.send(room_id, say("hello"), "t1")
    told = (await bot.sync()).keys_came
    await bot.client.close()

    again = await (await open_device(bot_account)).sync(before, timeout_ms=0)
    assert told <= again.keys_came
    assert {room for room, _ in told} == {room_id}


async def test_what_is_done_already_counts_as_done(pair, new_account):
    anna, bot, room_id = pair
    guest = new_account("guest").user_id
    for _ in range(2):
        await anna.client.invite(room_id, guest)
    await anna.client.invite(room_id, bot.client.user_id)
    for _ in range(2):
        await anna.client.kick(room_id, guest)
    for _ in range(2):
        await anna.client.ban(room_id, guest)
    for _ in range(2):
        await anna.client.unban(room_id, guest)
    for _ in range(2):
        await bot.client.leave(room_id)
    with pytest.raises(TransportError):
        await bot.client.invite(room_id, guest)


async def test_a_room_that_the_bot_was_removed_from_is_gone(pair):
    anna, bot, room_id = pair
    await bot.client.load_rooms(frozenset([room_id]))
    assert room_id in bot.client.joined_rooms()
    await anna.client.kick(room_id, bot.client.user_id)
    assert (await bot.sync()).left == {room_id}
    assert bot.client.room(room_id) is None
    assert room_id not in bot.client.joined_rooms()


async def test_an_event_whose_key_comes_late_is_read_then(pair):
    anna, bot, room_id = pair
    receive = bot.client._encryption.receive
    held = []

    async def without_keys(response):
        held.append(response)
        return await receive({**response, "to_device": {}})

    await anna.client.send(room_id, say("late"), "t1")
    bot.client._encryption.receive = without_keys
    (unreadable,) = (await bot.sync()).events
    assert isinstance(unreadable, Unreadable)
    assert await bot.client.retry(unreadable) is None
    bot.client._encryption.receive = receive
    received = await receive(held[0])
    assert (room_id, unreadable.session_id) in received.keys_came
    assert (await bot.client.retry(unreadable)).text == "late"


async def test_a_message_waits_where_only_bots_have_devices(open_device, new_account, synapse):
    first, second, keyless = new_account("bot"), new_account("bot"), new_account("organiser")
    bots = frozenset([first.user_id, second.user_id])
    speaker, listener = Peer(await open_device(first, bots=bots)), Peer(await open_device(second, bots=bots))
    room_id = await create_room(keyless, synapse, invite=[first.user_id, second.user_id])
    for peer in (speaker, listener):
        await peer.client.join(room_id)
        await peer.sync()
    with pytest.raises(NotReadyError):
        await speaker.client.send(room_id, say("to nobody"), "t1")
    person = Peer(await open_device(keyless))
    assert keyless.user_id in (await speaker.sync()).devices_changed
    await person.sync()
    await speaker.client.send(room_id, say("to somebody"), "t2")
    assert await person.texts() == ["to somebody"]


async def test_the_file_of_a_message_is_fetched_and_asked_what_it_says_of_who_took_it(pair):
    anna, bot, room_id = pair
    where = OutgoingFile(name="me.jpg", mimetype="image/jpeg", content=picture("JPEG", exif(place=True)))
    nothing = OutgoingFile(name="cat.jpg", mimetype="image/jpeg", content=picture("JPEG"))
    first = await anna.client.send_file(room_id, where, "f1")
    second = await anna.client.send_file(room_id, nothing, "f2")
    said = await anna.client.send(room_id, say("no file at all"), "f3")
    await bot.sync()
    assert await bot.client.file_tells(room_id, first) == {Tells.PLACE}
    assert await bot.client.file_tells(room_id, second) == frozenset()
    assert await bot.client.file_tells(room_id, said) == frozenset()
    assert await bot.client.file_tells(room_id, "$nowhere") == frozenset()
