# SPDX-License-Identifier: Apache-2.0
"""Each attack is played twice: on ours, which stands, and on plain nio, which falls.

The `plain_nio` tests are canaries: when one fails, a new nio no longer needs that guard.
"""

from __future__ import annotations

import copy
import json

import pytest
import vodozemac
from nio import (
    AsyncClient,
    DeviceList,
    DeviceOneTimeKeyCount,
    EncryptionError,
    KeysClaimResponse,
    KeysQueryResponse,
    MatrixRoom,
    Rooms,
    SyncResponse,
)
from nio.events import PowerLevelsEvent, RoomMemberEvent

from bots.core.matrix.crypto import CryptoMachine, NotSharedError, Reason, StoreMissingError, UndecryptableError
from fakes.crypto_peers import ROOM, Ours, PlainNio, Stranger


@pytest.fixture
def bot(tmp_path):
    ours = Ours(tmp_path)
    yield ours
    ours.machine.close()


@pytest.fixture
def nio(tmp_path):
    plain = PlainNio(tmp_path)
    yield plain
    plain.olm.store.database.close()


def refusal(bot: Ours, event) -> UndecryptableError:
    with pytest.raises(UndecryptableError) as caught:
        bot.machine.decrypt(ROOM, event)
    return caught.value


# ——— one malformed Olm message from a stranger (gap 2) ———


def unknown_one_time_key(victim):
    mallory = Stranger()
    key = vodozemac.Account().curve25519_key
    identity = vodozemac.Curve25519PublicKey.from_base64(victim.identity_keys["curve25519"])
    mallory.session = mallory.account.create_outbound_session(identity, key)
    return mallory.olm(victim, "m.dummy", {})


OLM_ATTACKS = {
    "a prekey message of garbage": lambda victim: Stranger().sealed(victim, 0, "AAAA"),
    "a prekey message that is no base64": lambda victim: Stranger().sealed(victim, 0, "!"),
    "a normal message of garbage": lambda victim: Stranger().sealed(victim, 1, "AAAA"),
    "a one-time key that never was": unknown_one_time_key,
    "a room key that is no key": lambda victim: Stranger().room_key(victim, session_key="AAAA"),
}


@pytest.mark.parametrize("attack", OLM_ATTACKS)
def test_a_malformed_olm_message_is_dropped_and_the_next_one_is_read(bot, attack):
    alice = Stranger("@alice:x", "ALICE")
    received = bot.machine.receive_sync([OLM_ATTACKS[attack](bot), alice.room_key(bot)])
    assert received.dropped == 1
    assert received.keys_came == {(ROOM, alice.group.session_id)}


@pytest.mark.parametrize("attack", OLM_ATTACKS)
def test_plain_nio_falls_to_a_malformed_olm_message(nio, attack):
    with pytest.raises(ValueError):  # noqa: PT011 — vodozemac's own types vary by attack
        nio.deliver(OLM_ATTACKS[attack](nio))


MALFORMED = [
    None,
    7,
    "text",
    [],
    {},
    {"type": "m.room.encrypted"},
    {"type": "m.room.encrypted", "sender": 1, "content": {}},
    {"type": "m.room.encrypted", "sender": "@m:x", "content": []},
    {"type": "m.room.encrypted", "sender": "@m:x", "content": {"algorithm": "m.olm.v1.curve25519-aes-sha2"}},
    {"type": "m.room_key.withheld", "sender": "@m:x", "content": {"code": [], "room_id": {}, "session_id": 1}},
    {"type": "m.room_key.withheld", "sender": "@m:x", "content": {"code": "m.no_olm"}},
]


def test_json_of_any_shape_is_dropped(bot):
    assert bot.machine.receive_sync(MALFORMED).dropped >= len(MALFORMED) - 2


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "@alice:x"},
        {"recipient": "@other:x"},
        {"recipient_keys": {"ed25519": "AAAA"}},
        {"keys": {}},
        {"sender_device_keys": {"device_id": "MALLORY"}},
        {"sender_device_keys": Stranger().device_keys()},
    ],
)
def test_a_payload_that_names_others_is_not_believed(bot, changes):
    mallory = Stranger()
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": mallory.group.session_id,
        "session_key": mallory.group.session_key.to_base64(),
    }
    received = bot.machine.receive_sync([mallory.olm(bot, "m.room_key", content, **changes)])
    assert (received.keys_came, received.dropped) == (frozenset(), 1)


# ——— what is inside a Megolm event (gaps 3, 4, 21) ———


def test_plaintext_that_is_no_text_is_undecryptable(bot):
    mallory = Stranger()
    bot.machine.receive_sync([mallory.room_key(bot)])
    for plaintext in (b"\xff\xfe", b"[]", b"{}", b'"', b"[" * 100_000, b'{"type":1,"content":{}}'):
        assert refusal(bot, mallory.event(plaintext)).reason is Reason.MALFORMED


def test_plain_nio_falls_to_plaintext_that_is_no_text(nio):
    mallory = Stranger()
    nio.deliver(mallory.room_key(nio))
    with pytest.raises(UnicodeDecodeError):
        nio.read(mallory.event(b"\xff\xfe"))


POWER = {
    "type": "m.room.power_levels",
    "state_key": "",
    "content": {"users": {"@mallory:x": 100}},
    "room_id": ROOM,
}


MEMBER = {"type": "m.room.member", "state_key": "@outsider:x", "content": {"membership": "join"}, "room_id": ROOM}


@pytest.mark.parametrize("state", [POWER, MEMBER])
def test_state_inside_an_encrypted_event_is_refused(bot, state):
    mallory = Stranger()
    bot.machine.receive_sync([mallory.room_key(bot)])
    assert refusal(bot, mallory.event(state)).reason is Reason.STATE
    assert refusal(bot, mallory.message() | {"state_key": ""}).reason is Reason.STATE


@pytest.mark.parametrize(("state", "kind"), [(POWER, PowerLevelsEvent), (MEMBER, RoomMemberEvent)])
def test_plain_nio_believes_state_inside_an_encrypted_event(nio, state, kind):
    mallory = Stranger()
    nio.deliver(mallory.room_key(nio))
    assert isinstance(nio.read(mallory.event(state)), kind)


def without_deprecated(event):
    event = copy.deepcopy(event)
    del event["content"]["sender_key"], event["content"]["device_id"]
    return event


def test_the_deprecated_fields_are_not_needed(bot):
    mallory = Stranger()
    bot.machine.receive_sync([mallory.room_key(bot)])
    bot.meet(mallory)
    decrypted = bot.machine.decrypt(ROOM, without_deprecated(mallory.message()))
    assert (decrypted.content, decrypted.authentic, decrypted.device_id) == ({"body": "hello"}, True, "MALLORY")


def test_plain_nio_cannot_read_without_the_deprecated_fields(nio):
    mallory = Stranger()
    nio.deliver(mallory.room_key(nio))
    with pytest.raises((EncryptionError, AttributeError, AssertionError)):
        nio.read(without_deprecated(mallory.message()))


def test_a_message_for_another_room_is_refused(bot):
    mallory = Stranger()
    bot.machine.receive_sync([mallory.room_key(bot)])
    event = mallory.event({"type": "m.room.message", "content": {}, "room_id": "!other:x"})
    assert refusal(bot, event).reason is Reason.WRONG_ROOM


def test_plain_nio_reads_a_message_for_another_room(nio):
    mallory = Stranger()
    nio.deliver(mallory.room_key(nio))
    content = {"body": "hello", "msgtype": "m.text"}
    assert nio.read(mallory.event({"type": "m.room.message", "content": content, "room_id": "!other:x"})).body


def test_the_same_ciphertext_as_another_event_is_a_replay(bot):
    alice = Stranger("@alice:x", "ALICE")
    bot.machine.receive_sync([alice.room_key(bot)])
    event = alice.message()
    bot.machine.decrypt(ROOM, event)
    bot.machine.decrypt(ROOM, event)
    assert refusal(bot, event | {"event_id": "$2"}).reason is Reason.REPLAYED


def test_tampered_ciphertext_is_undecipherable(bot):
    alice = Stranger("@alice:x", "ALICE")
    bot.machine.receive_sync([alice.room_key(bot)])
    event = alice.message()
    event["content"]["ciphertext"] = event["content"]["ciphertext"][:-4] + "AAAA"
    assert refusal(bot, event).reason is Reason.UNDECIPHERABLE


# ——— whose words they are (gap 26) ———


def test_words_under_anothers_name_are_not_authentic(bot):
    alice, mallory = Stranger("@alice:x", "ALICE"), Stranger()
    bot.meet(alice, mallory)
    bot.machine.receive_sync([mallory.room_key(bot)])
    payload = {"type": "m.room.message", "content": {}, "room_id": ROOM}
    assert not bot.machine.decrypt(ROOM, mallory.event(payload, sender="@alice:x")).authentic
    assert bot.machine.decrypt(ROOM, mallory.event(payload, "$2")).authentic


def test_plain_nio_reads_words_under_anothers_name_without_a_sign(nio):
    alice, mallory = Stranger("@alice:x", "ALICE"), Stranger()
    lists = {peer.user_id: {peer.device_id: peer.device_keys()} for peer in (alice, mallory)}
    nio.olm.handle_response(KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}}))
    nio.deliver(mallory.room_key(nio))
    content = {"body": "hello", "msgtype": "m.text"}
    payload = {"type": "m.room.message", "content": content, "room_id": ROOM}
    forged = nio.read(mallory.event(payload, sender="@alice:x"))
    honest = nio.read(mallory.event(payload, "$2"))
    assert forged.sender == "@alice:x"
    assert (forged.verified, forged.decrypted) == (honest.verified, honest.decrypted)


def test_a_key_passed_on_by_another_neither_proves_nor_takes_away(bot):
    alice, mallory = Stranger("@alice:x", "ALICE"), Stranger()
    bot.meet(alice, mallory)
    mallory.group = alice.group
    stolen = mallory.room_key(bot)
    first = alice.message("one", "$1")
    bot.machine.receive_sync([stolen])
    assert not bot.machine.decrypt(ROOM, first).authentic
    bot.machine.receive_sync([alice.room_key(bot)])
    assert bot.machine.decrypt(ROOM, alice.message("two", "$2")).authentic
    assert not bot.machine.decrypt(ROOM, first).authentic
    bot.machine.close()
    bot.reopen()
    bot.meet(alice, mallory)
    assert bot.machine.decrypt(ROOM, alice.message("three", "$3")).authentic


def test_a_claimed_fingerprint_of_another_proves_nothing(bot):
    mallory = Stranger()
    bot.meet(mallory)
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": mallory.group.session_id,
        "session_key": mallory.group.session_key.to_base64(),
    }
    bot.machine.receive_sync([mallory.olm(bot, "m.room_key", content, keys={"ed25519": Stranger().ed25519})])
    assert not bot.machine.decrypt(ROOM, mallory.message()).authentic


def test_forwarded_keys_are_not_taken(bot):
    mallory = Stranger()
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": mallory.group.session_id,
        "session_key": mallory.group.session_key.to_base64(),
        "sender_key": mallory.curve25519,
        "sender_claimed_ed25519_key": mallory.ed25519,
        "forwarding_curve25519_key_chain": [],
    }
    assert not bot.machine.receive_sync([mallory.olm(bot, "m.forwarded_room_key", content)]).keys_came
    assert refusal(bot, mallory.message()).reason is Reason.NO_KEY


def test_nobody_is_given_a_key_for_the_asking(bot):
    alice, other = Stranger("@alice:x", "ALICE"), Stranger("@bot:x", "OTHER")
    bot.meet(alice, other)
    bot.claim(alice, other)
    bot.share(["@alice:x"])
    body = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": bot.say(["@alice:x"])["content"]["session_id"],
    }
    for peer in (alice, other):
        content = {"action": "request", "body": body, "request_id": "1", "requesting_device_id": peer.device_id}
        request = {"type": "m.room_key_request", "sender": peer.user_id, "content": content}
        bot.machine.receive_sync([request, peer.olm(bot, "m.room_key_request", content)])
        bot.machine.receive_sync([peer.olm(bot, "m.secret.request", content | {"name": "m.cross_signing.master"})])
    assert bot.machine.outgoing_to_device() == []


# ——— keys that come late, or are refused (gaps 27, 28) ———


def test_a_key_that_comes_late_is_announced_and_opens_what_waited(bot):
    alice = Stranger("@alice:x", "ALICE")
    key, event = alice.room_key(bot), alice.message()
    missing = refusal(bot, event)
    assert (missing.reason, missing.session_id) == (Reason.NO_KEY, alice.group.session_id)
    assert bot.machine.receive_sync([key]).keys_came == {(ROOM, missing.session_id)}
    assert bot.machine.decrypt(ROOM, event).content == {"body": "hello"}


def test_a_refused_key_is_remembered(bot):
    alice = Stranger("@alice:x", "ALICE")
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": alice.group.session_id,
        "code": "m.unverified",
    }
    received = bot.machine.receive_sync([{"type": "m.room_key.withheld", "sender": "@alice:x", "content": content}])
    assert received.withheld == {(ROOM, alice.group.session_id): "m.unverified"}
    assert refusal(bot, alice.message()).reason is Reason.WITHHELD


@pytest.mark.parametrize("bad", ["\ud800", "\0", "x" * 256, ""])
def test_a_refusal_that_no_database_takes_is_dropped(bot, bad):
    good = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": ROOM, "session_id": "s", "code": "m.unverified"}
    for name in ("room_id", "session_id", "code"):
        refusal = {"type": "m.room_key.withheld", "sender": "@alice:x", "content": good | {name: bad}}
        received = bot.machine.receive_sync([refusal])
        assert (received.withheld, received.dropped) == ({}, 1)


@pytest.mark.parametrize("bad", ["\ud800", "\0", "x" * 256, ""])
def test_a_key_for_a_room_that_can_not_be_one_is_dropped(bot, bad):
    mallory = Stranger()
    received = bot.machine.receive_sync([mallory.room_key(bot, bad)])
    assert (received.keys_came, received.dropped) == (frozenset(), 1)


# ——— garbage among device keys (gap 5) ———


def garbage_devices():
    mallory = Stranger()
    bad_curve = {"curve25519:MALLORY": "AAAA", "ed25519:MALLORY": mallory.ed25519}
    bad_signature = mallory.device_keys()
    bad_signature["signatures"] = {"@mallory:x": {"ed25519:MALLORY": "AAAA"}}
    return {
        "no keys": {"user_id": "@mallory:x", "device_id": "MALLORY"},
        "a key that is none": mallory.device_keys(keys={"curve25519:MALLORY": "AAAA", "ed25519:MALLORY": "AAAA"}),
        "a key that is a number": mallory.device_keys(keys={"curve25519:MALLORY": 1, "ed25519:MALLORY": 1}),
        "a key one byte too long": mallory.device_keys(
            keys={"curve25519:MALLORY": "A" * 44, "ed25519:MALLORY": "A" * 44}
        ),
        "a bad curve key": mallory.device_keys(keys=bad_curve),
        "a signature that is none": bad_signature,
        "another's name": mallory.device_keys(user_id="@alice:x"),
        "not signed": mallory.device_keys() | {"signatures": {}},
        "a list": [],
    }


@pytest.mark.parametrize("name", list(garbage_devices()))
def test_a_garbage_device_costs_only_itself(bot, name):
    alice = Stranger("@alice:x", "ALICE")
    good = Stranger("@mallory:x", "GOOD")
    devices = {"MALLORY": garbage_devices()[name], "GOOD": good.device_keys()}
    response = {"device_keys": {"@mallory:x": devices, "@alice:x": {"ALICE": alice.device_keys()}}}
    bot.machine.track(["@mallory:x", "@alice:x"])
    queried = bot.machine.keys_queried(response, {"@mallory:x", "@alice:x"})
    assert queried.dropped_devices == 1
    assert bot.machine.sessions_to_claim(["@mallory:x", "@alice:x"]) == {
        "@mallory:x": {"GOOD": "signed_curve25519"},
        "@alice:x": {"ALICE": "signed_curve25519"},
    }


def test_a_panic_in_vodozemac_passes_every_except_exception():
    """A canary for `base64_of`: when this fails, vodozemac answers a key of another length with an error."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 — the panic's type cannot be imported
        vodozemac.Ed25519PublicKey.from_base64("A" * 44)
    assert not isinstance(caught.value, Exception)


def test_plain_nio_falls_to_a_garbage_device(nio):
    device = garbage_devices()["a key that is none"]
    response = KeysQueryResponse.from_dict({"device_keys": {"@mallory:x": {"MALLORY": device}}, "failures": {}})
    with pytest.raises(ValueError):  # noqa: PT011 — vodozemac's own
        nio.olm.handle_response(response)


@pytest.mark.parametrize("response", [None, [], {}, {"device_keys": []}, {"device_keys": {}, "failures": []}])
def test_an_answer_that_is_none_changes_nothing(bot, response):
    alice = Stranger("@alice:x", "ALICE")
    bot.machine.track(["@alice:x"])
    bot.machine.keys_queried(response, {"@alice:x"})
    bot.machine.keys_queried({"device_keys": {"@alice:x": {"ALICE": alice.device_keys()}}}, {"@alice:x"})
    assert bot.machine.sessions_to_claim(["@alice:x"])


# ——— a poisoned one-time key (gap 6) ———


def poisoned(mallory):
    return {"signed_curve25519:AAAA": mallory.sign({"key": "not a key"})}


def test_a_poisoned_one_time_key_costs_only_its_device(bot):
    alice, mallory = Stranger("@alice:x", "ALICE"), Stranger()
    bot.meet(alice, mallory)
    asked = bot.machine.sessions_to_claim(["@alice:x", "@mallory:x"])
    given = {"@mallory:x": {"MALLORY": poisoned(mallory)}, "@alice:x": {"ALICE": alice.one_time_key()}}
    bot.machine.keys_claimed({"one_time_keys": given}, asked)
    assert [sent["to"] for sent in bot.share(["@alice:x", "@mallory:x"])] == [("@alice:x", "ALICE")]
    assert bot.say(["@alice:x", "@mallory:x"])


def test_plain_nio_falls_to_a_poisoned_one_time_key(nio):
    mallory = Stranger()
    lists = {"@mallory:x": {"MALLORY": mallory.device_keys()}}
    nio.olm.handle_response(KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}}))
    with pytest.raises(ValueError):  # noqa: PT011 — vodozemac's own
        nio.olm.handle_response(KeysClaimResponse({"@mallory:x": {"MALLORY": poisoned(mallory)}}, {}))


# ——— one-time keys (gaps 7, 9) ———


def test_a_count_of_zero_is_replenished_and_a_used_fallback_key_replaced(bot):
    assert bot.machine.keys_to_upload() is None
    bot.machine.receive_sync([], one_time_key_count=0, unused_fallback_types=[])
    body = bot.machine.keys_to_upload()
    assert len(body["one_time_keys"]) == 50
    ((_, fallback),) = body["fallback_keys"].items()
    assert fallback["fallback"] is True
    assert body == bot.machine.keys_to_upload()
    bot.machine.keys_uploaded({"one_time_key_counts": {"signed_curve25519": 50}})
    bot.machine.receive_sync([], one_time_key_count=50, unused_fallback_types=["signed_curve25519"])
    assert bot.machine.keys_to_upload() is None


def test_plain_nio_uploads_no_fallback_key(tmp_path):
    nio = PlainNio(tmp_path)
    nio.olm.account.shared = False
    assert "fallback_keys" not in nio.olm.share_keys()
    nio.olm.store.database.close()


@pytest.mark.parametrize("count", [-1, -(10**9)])
def test_a_count_below_zero_does_not_make_keys_for_ever(bot, count):
    bot.machine.receive_sync([], one_time_key_count=count, unused_fallback_types=[])
    assert len(bot.machine.keys_to_upload()["one_time_keys"]) <= 50
    bot.machine.keys_uploaded({"one_time_key_counts": {"signed_curve25519": count}})
    assert len(bot.machine.keys_to_upload()["one_time_keys"]) <= 50


def test_plain_nio_ignores_a_count_of_zero(nio):
    client = AsyncClient("http://x", "@bot:x")
    client.olm = nio.olm
    nio.olm.uploaded_key_count = 50

    client._handle_olm_events(
        SyncResponse("t", Rooms({}, {}, {}), DeviceOneTimeKeyCount(0, 0), DeviceList([], []), [], [])
    )
    assert not nio.olm.should_upload_keys


def test_a_session_opened_from_the_fallback_key_is_read(bot):
    ((_, fallback),) = bot.uploaded["fallback_keys"].items()
    bot.keys = {"x": fallback}
    alice = Stranger("@alice:x", "ALICE")
    assert bot.machine.receive_sync([alice.room_key(bot)]).keys_came


def test_keys_offered_to_the_homeserver_are_on_disk_first(bot):
    bot.machine.receive_sync([], one_time_key_count=0)
    bot.keys = bot.machine.keys_to_upload()["one_time_keys"]
    bot.machine.close()
    bot.reopen()
    assert bot.machine.receive_sync([Stranger().room_key(bot)]).keys_came


def two_with_one_key(victim):
    key = victim.one_time_key()
    first, second = Stranger("@alice:x", "ALICE"), Stranger()
    events = []
    for peer in (first, second):
        victim.keys = {"again": {"key": key}}
        events.append(peer.olm(victim, "m.dummy", {}))
    return events


def test_a_used_one_time_key_stays_used_after_a_restart(bot):
    first, second = two_with_one_key(bot)
    assert bot.machine.receive_sync([first]).dropped == 0
    bot.machine.close()
    bot.reopen()
    assert bot.machine.receive_sync([second]).dropped == 1


def test_plain_nio_has_a_used_one_time_key_back_after_a_restart(nio):
    first, second = two_with_one_key(nio)
    assert nio.deliver(first) is not None
    nio.olm.store.database.close()
    nio.reopen()
    assert nio.deliver(second) is not None


# ——— never plain text (gap 12) ———


def test_a_missing_store_is_an_error_not_a_new_device(tmp_path):
    with pytest.raises(StoreMissingError):
        CryptoMachine.open(tmp_path / "gone", "@bot:x", "BOT", "key", now=lambda: 0.0, create=False)


def test_nothing_is_written_before_everything_is_known(bot):
    with pytest.raises(NotSharedError) as caught:
        bot.machine.encrypt(ROOM, ["@alice:x"], "m.room.message", {"body": "hello"})
    assert caught.value.unknown_users == 1
    assert "hello" not in str(caught.value)


async def test_plain_nio_sends_plain_text_without_a_store(monkeypatch):
    client = AsyncClient("http://x", "@bot:x")
    client.access_token = "token"
    client.rooms[ROOM] = MatrixRoom(ROOM, "@bot:x", encrypted=True)
    sent = []

    async def send(_self, _kind, _method, _path, data=None, *_rest, **_more):
        sent.append(json.loads(data))

    monkeypatch.setattr(AsyncClient, "_send", send)
    await client.room_send(ROOM, "m.room.message", {"body": "hello"})
    assert sent == [{"body": "hello"}]


def test_a_message_with_a_wrong_shape_at_the_outside_is_malformed(bot):
    for event in (None, [], {}, {"sender": "@a:x"}, {"sender": "@a:x", "event_id": 1, "content": "x"}):
        assert refusal(bot, event).reason is Reason.MALFORMED
