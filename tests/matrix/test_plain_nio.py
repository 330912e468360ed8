# SPDX-License-Identifier: Apache-2.0
"""What nio's own client does where ours does better: canaries.

When one fails, a new nio no longer needs that guard. The machine's own canaries stand in `crypto/`, beside the guards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from nio import (
    AsyncClient,
    AsyncClientConfig,
    BadEvent,
    KeysQueryError,
    KeysQueryResponse,
    MatrixRoom,
    MegolmEvent,
    RoomMemberEvent,
    SyncError,
    SyncResponse,
)
from nio.events import Event, RedactionEvent, RoomCreateEvent

from fakes.crypto_peers import PlainNio, Stranger

BOT, ALICE, MALLORY = "@bot:x", "@alice:x", "@mallory:x"
ROOM = "!room:x"


@pytest.fixture
def nio(tmp_path) -> Iterator[PlainNio]:
    plain = PlainNio(tmp_path)
    yield plain
    plain.olm.store.database.close()


@pytest.fixture
def client(nio, tmp_path) -> AsyncClient:
    """nio's client around nio's machine, its sync token kept by nio."""
    client = AsyncClient("http://x", BOT, "BOT", config=AsyncClientConfig(store_sync_tokens=True))
    client.user_id, client.access_token = BOT, "token"
    client.olm, client.store = nio.olm, nio.olm.store
    return client


def sync(token: str = "t1", *, to_device: Any = (), **rooms: Any) -> SyncResponse:
    body = {
        "next_batch": token,
        "rooms": {"join": {}, "invite": {}, "leave": {}} | rooms,
        "to_device": {"events": list(to_device)},
        "device_one_time_keys_count": {"signed_curve25519": 50},
        "device_lists": {"changed": [], "left": []},
        "presence": {"events": []},
    }
    response = SyncResponse.from_dict(body)
    assert isinstance(response, SyncResponse)
    return response


def joined(*events: Any, state: Any = (), limited: bool = False) -> dict[str, Any]:
    return {
        "state": {"events": list(state)},
        "timeline": {"events": list(events), "limited": limited, "prev_batch": "p"},
        "ephemeral": {"events": []},
        "account_data": {"events": []},
        "summary": {},
        "unread_notifications": {},
    }


def event(kind: str, content: Any, *, sender: str = MALLORY, **more: Any) -> dict[str, Any]:
    return {"type": kind, "content": content, "sender": sender, "event_id": "$e", "origin_server_ts": 1} | more


def member(user: str, membership: str) -> dict[str, Any]:
    return event("m.room.member", {"membership": membership}, sender=user, state_key=user, event_id=f"${user}")


ENCRYPTION = event("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}, state_key="")


def devices_of(*peers: Stranger, **more: Any) -> Any:
    lists = {peer.user_id: {peer.device_id: peer.device_keys()} for peer in peers}
    return KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}} | more)


def test_it_forgets_who_vouches_for_a_device():
    """Gap 1."""
    assert not hasattr(devices_of(Stranger(), **Stranger().identity()), "master_keys")


def test_one_device_of_the_wrong_shape_spoils_a_whole_answer():
    """Gap 5."""
    lists = {ALICE: {"A": Stranger(ALICE, "A").device_keys()}, MALLORY: {"M": {"user_id": MALLORY, "device_id": "M"}}}
    assert isinstance(KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}}), KeysQueryError)


def test_it_writes_past_somebody_whose_devices_it_has_not_asked_for(nio):
    """Gap 8."""
    assert list(nio.olm.share_group_session_parallel(ROOM, ["@newcomer:x"], True)) == []
    nio.olm.outbound_group_sessions[ROOM].shared = True
    assert nio.olm.group_encrypt(ROOM, {"type": "m.room.message", "content": {}})["ciphertext"]


async def test_it_moves_on_before_it_has_read(client):
    """Gap 10."""
    broken = Stranger().sealed(PlainVictim(client.olm), 0, "AAAA")
    with pytest.raises(ValueError):  # noqa: PT011 — vodozemac's own
        await client.receive_response(sync(to_device=[broken]))
    assert client.store.load_sync_token() == "t1"


class PlainVictim:
    """Just enough of a device for a message to it."""

    def __init__(self, olm: Any) -> None:
        self.identity_keys = olm.account.identity_keys


async def test_it_asks_again_at_once_when_it_is_refused(client, monkeypatch):
    """Gap 11."""
    asked = slept = 0

    async def refused(*_: Any, **__: Any) -> SyncError:
        nonlocal asked
        asked += 1
        if asked == 100:
            client.stop_sync_forever()
        return SyncError("no such token", "M_UNKNOWN_TOKEN")

    async def sleep(_seconds: float) -> None:
        nonlocal slept
        slept += 1

    monkeypatch.setattr(client, "sync", refused)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await client.sync_forever(timeout=30_000)
    assert (asked, slept) == (100, 0)


async def test_who_is_taken_out_of_the_power_levels_keeps_the_power(client):
    """Gap 13."""
    for token, users in (("t1", {MALLORY: 50}), ("t2", {})):
        levels = event("m.room.power_levels", {"users": users}, sender=ALICE, state_key="", event_id=f"${token}")
        await client.receive_response(sync(token, join={ROOM: joined(levels)}))
    assert client.rooms[ROOM].power_levels.users[MALLORY] == 50


async def test_the_creator_of_a_version_12_room_can_do_nothing(client):
    """Gap 14."""
    create = event("m.room.create", {"room_version": "12"}, sender=BOT, state_key="")
    levels = event("m.room.power_levels", {"users": {}}, sender=BOT, state_key="", event_id="$p")
    await client.receive_response(sync(join={ROOM: joined(create, levels, member(BOT, "join"))}))
    assert not client.rooms[ROOM].power_levels.can_user_ban(BOT)


def test_an_upgraded_room_of_version_12_has_no_version():
    """Gap 14."""
    create = event("m.room.create", {"room_version": "12", "predecessor": {"room_id": "!old"}}, state_key="")
    assert not isinstance(RoomCreateEvent.from_dict(create), RoomCreateEvent)


def test_who_is_on_a_dead_server_is_asked_about_in_every_turn(nio):
    """Gap 17."""
    nio.olm.users_for_key_query = {"@far:dead"}
    for _ in range(3):
        nio.olm.handle_response(KeysQueryResponse.from_dict({"device_keys": {}, "failures": {"dead": {}}}))
        assert nio.olm.users_for_key_query == {"@far:dead"}


async def test_who_leaves_without_having_been_seen_before_reads_on(client, nio):
    """Gap 18."""
    await client.receive_response(sync("t1", join={ROOM: joined(ENCRYPTION, member(ALICE, "join"))}))
    nio.olm.create_outbound_group_session(ROOM)
    await client.receive_response(sync("t2", join={ROOM: joined(member(MALLORY, "leave"))}))
    assert ROOM in nio.olm.outbound_group_sessions


async def test_it_shares_with_those_who_are_only_invited(client):
    """Gap 19."""
    visibility = event("m.room.history_visibility", {"history_visibility": "joined"}, state_key="", event_id="$v")
    invited = event("m.room.member", {"membership": "invite"}, sender=ALICE, state_key=MALLORY, event_id="$i")
    await client.receive_response(sync(join={ROOM: joined(ENCRYPTION, visibility, invited)}))
    assert MALLORY in client.rooms[ROOM].users


def test_a_redaction_as_newer_rooms_spell_it_is_none():
    """Gap 22."""
    redaction = event("m.room.redaction", {"redacts": "$target"})
    assert isinstance(Event.parse_event(redaction), BadEvent)
    assert isinstance(Event.parse_event(redaction | {"redacts": "$target"}), RedactionEvent)


async def test_a_room_that_it_was_thrown_out_of_is_still_there(client):
    """Gap 23."""
    await client.receive_response(sync("t1", join={ROOM: joined(member(BOT, "join"))}))
    await client.receive_response(sync("t2", leave={ROOM: joined(member(BOT, "leave"))}))
    assert ROOM in client.rooms


async def test_what_happened_in_a_gap_reaches_nobody(client):
    """Gap 24."""
    seen: list[str] = []
    client.add_event_callback(lambda _room, event: seen.append(event.state_key), RoomMemberEvent)
    gap = joined(member(ALICE, "join"), state=[member(MALLORY, "join")], limited=True)
    await client.receive_response(sync(join={ROOM: gap}))
    assert seen == [ALICE]
    assert MALLORY in client.rooms[ROOM].users


async def test_a_message_whose_key_comes_late_is_never_read(client, nio):
    """Gap 28."""
    alice = Stranger(ALICE, "A")
    key, message = alice.room_key(nio, ROOM), alice.message()
    seen: list[str] = []
    client.add_event_callback(lambda _room, event: seen.append(type(event).__name__), Event)
    client.rooms[ROOM] = MatrixRoom(ROOM, BOT, encrypted=True)
    await client.receive_response(sync("t1", join={ROOM: joined(message)}))
    await client.receive_response(sync("t2", to_device=[key]))
    assert seen == [MegolmEvent.__name__]
