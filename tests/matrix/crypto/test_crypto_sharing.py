# SPDX-License-Identifier: Apache-2.0
"""Who is given a room's key, when it is replaced, and that nothing is said past somebody."""

from __future__ import annotations

import json

import pytest
import vodozemac
from nio import KeysClaimResponse, KeysQueryResponse

from bots.core.matrix.crypto import NotSharedError, Reason, ShareStaleError, UndecryptableError
from fakes.crypto_peers import ROOM, Ours, PlainNio, Stranger

ALICE, MALLORY = "@alice:x", "@mallory:x"


@pytest.fixture
def bot(tmp_path):
    ours = Ours(tmp_path / "bot")
    yield ours
    ours.machine.close()


@pytest.fixture
def alice(tmp_path):
    ours = Ours(tmp_path / "alice", ALICE, "ALICE")
    yield ours
    ours.machine.close()


@pytest.fixture
def met(bot, alice):
    bot.meet(alice)
    alice.meet(bot)
    bot.claim(alice)
    return bot


def session_of(event) -> str:
    return event["content"]["session_id"]


def deliver(sent, peer: Ours):
    return peer.machine.receive_sync([one["event"] for one in sent if one["to"] == (peer.user_id, peer.device_id)])


def test_two_machines_read_each_other_and_themselves(met, alice):
    deliver(met.share([ALICE]), alice)
    event = met.say([ALICE])
    assert alice.machine.decrypt(ROOM, event).authentic
    assert met.machine.decrypt(ROOM, event).device_id == "BOT"
    alice.claim(met)
    deliver(alice.share(["@bot:x"]), met)
    assert met.machine.decrypt(ROOM, alice.say(["@bot:x"], "$2")).authentic


def test_one_who_has_not_got_the_key_holds_the_message_back(met):
    with pytest.raises(NotSharedError) as caught:
        met.say([ALICE])
    assert caught.value.unshared_devices == 1
    met.share([ALICE])
    met.say([ALICE])
    met.meet(Stranger(MALLORY, "M"))
    with pytest.raises(NotSharedError) as caught:
        met.say([ALICE, MALLORY])
    assert caught.value.unclaimed_devices == 1


def test_a_chunk_the_homeserver_did_not_take_is_planned_again(met):
    (plan,) = met.machine.outgoing_shares(ROOM, [ALICE])
    met.machine.encrypt_share(plan)
    assert met.machine.outgoing_shares(ROOM, [ALICE]) == [plan]


def test_a_plan_for_a_replaced_session_is_stale(met):
    (plan,) = met.machine.outgoing_shares(ROOM, [ALICE])
    met.machine.rotate(ROOM)
    with pytest.raises(ShareStaleError):
        met.machine.encrypt_share(plan)


# ——— a device with our device id (gap 16) ———


def test_a_device_with_our_device_id_gets_the_key(bot):
    namesake = Stranger(ALICE, "BOT")
    bot.meet(namesake)
    bot.claim(namesake)
    assert [sent["to"] for sent in bot.share([ALICE])] == [(ALICE, "BOT")]


def test_plain_nio_leaves_out_a_device_with_its_device_id(tmp_path):
    nio, namesake = PlainNio(tmp_path), Stranger(ALICE, "BOT")
    lists = {ALICE: {"BOT": namesake.device_keys()}}
    nio.olm.handle_response(KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}}))
    assert nio.olm.get_missing_sessions([ALICE]) == {}
    nio.olm.store.database.close()


# ——— a device whose one-time key cannot be had (gap 15) ———


def test_a_failed_claim_is_told_once_waited_for_and_tried_again(bot):
    peer = Stranger(ALICE, "A")
    bot.meet(peer)
    asked = bot.machine.sessions_to_claim([ALICE])
    bot.machine.keys_claimed({"one_time_keys": {}, "failures": {}}, asked)
    (told,) = bot.machine.outgoing_to_device()
    assert told.event_type == "m.room_key.withheld"
    assert told.body["messages"][ALICE]["A"]["code"] == "m.no_olm"
    bot.machine.sent_to_device(told)
    assert bot.machine.sessions_to_claim([ALICE]) == {}
    assert bot.share([ALICE]) == []
    assert bot.say([ALICE])  # one unreachable device does not silence the room
    bot.time.now += 3601
    with pytest.raises(NotSharedError):
        bot.say([ALICE])
    assert bot.machine.sessions_to_claim([ALICE]) == asked
    bot.machine.keys_claimed({}, asked)
    assert bot.machine.outgoing_to_device() == []
    bot.time.now += 3601
    bot.claim(peer)
    assert len(bot.share([ALICE])) == 1


def test_plain_nio_passes_over_a_failed_claim_in_silence(tmp_path):
    nio, peer = PlainNio(tmp_path), Stranger(ALICE, "A")
    lists = {ALICE: {"A": peer.device_keys()}}
    nio.olm.handle_response(KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}}))
    nio.olm.handle_response(KeysClaimResponse({}, {}))
    assert list(nio.olm.share_group_session_parallel(ROOM, [ALICE], True)) == []
    assert nio.olm.outgoing_to_device_messages == []
    nio.olm.store.database.close()


# ——— when the session is replaced (gap 18) ———


def test_a_renamed_phone_replaces_nothing(met, alice):
    met.share([ALICE])
    before = session_of(met.say([ALICE]))
    renamed = alice.device_keys() | {"unsigned": {"device_display_name": "another name"}}
    met.machine.receive_sync([], changed=[ALICE])
    assert met.machine.users_to_query() == {ALICE}
    queried = met.machine.keys_queried({"device_keys": {ALICE: {"ALICE": renamed}}}, {ALICE})
    assert queried.changed == frozenset()
    assert met.share([ALICE]) == []
    assert session_of(met.say([ALICE])) == before


def test_plain_nio_tells_of_a_renamed_phone_as_of_a_changed_one(tmp_path):
    nio, peer = PlainNio(tmp_path), Stranger(ALICE, "A")
    for name in ("one", "two"):
        keys = peer.device_keys() | {"unsigned": {"device_display_name": name}}
        response = KeysQueryResponse.from_dict({"device_keys": {ALICE: {"A": keys}}, "failures": {}})
        nio.olm.handle_response(response)
    assert response.changed  # and its client drops every session with the user for it
    nio.olm.store.database.close()


def test_a_newcomer_gets_the_present_session_from_its_present_index_on(met, alice, tmp_path):
    bob = Ours(tmp_path / "bob", "@bob:x", "BOB")
    bob.meet(met)
    met.share([ALICE])
    early = met.say([ALICE], "$1")
    met.meet(bob)
    met.claim(bob)
    sent = met.share([ALICE, "@bob:x"])
    assert [one["to"] for one in sent] == [("@bob:x", "BOB")]
    deliver(sent, bob)
    late = met.say([ALICE, "@bob:x"], "$2")
    assert session_of(early) == session_of(late)
    assert bob.machine.decrypt(ROOM, late).authentic
    with pytest.raises(UndecryptableError) as caught:
        bob.machine.decrypt(ROOM, early)
    assert caught.value.reason is Reason.UNDECIPHERABLE
    bob.machine.close()


def test_who_leaves_reads_no_further(met):
    mallory = Stranger(MALLORY, "M")
    met.meet(mallory)
    met.claim(mallory)
    met.share([ALICE, MALLORY])
    before = session_of(met.say([ALICE, MALLORY]))
    with pytest.raises(NotSharedError):
        met.say([ALICE])
    assert [one["to"] for one in met.share([ALICE])] == [(ALICE, "ALICE")]
    assert session_of(met.say([ALICE])) != before


def test_a_signed_out_device_reads_no_further(met, alice):
    second = Stranger(ALICE, "SECOND")
    met.meet(alice, second)
    met.claim(alice, second)
    met.share([ALICE])
    before = session_of(met.say([ALICE]))
    met.meet(alice)
    with pytest.raises(NotSharedError):
        met.say([ALICE])
    met.share([ALICE])
    assert session_of(met.say([ALICE])) != before


def test_the_room_says_after_how_many_messages_and_how_long(met):
    met.machine.room_encryption(ROOM, {"rotation_period_msgs": 2, "rotation_period_ms": 7_200_000})
    met.share([ALICE])
    seen = {session_of(met.say([ALICE])) for _ in range(2)}
    with pytest.raises(NotSharedError):
        met.say([ALICE])
    met.share([ALICE])
    seen.add(session_of(met.say([ALICE])))
    met.time.now += 7200
    with pytest.raises(NotSharedError):
        met.say([ALICE])
    assert len(seen) == 2


@pytest.mark.parametrize("content", [None, [], {"rotation_period_msgs": -5, "rotation_period_ms": 0}, {"x": 1}])
def test_absurd_rotation_periods_do_not_stop_the_room(met, content):
    met.machine.room_encryption(ROOM, content)
    met.share([ALICE])
    assert met.say([ALICE])


def test_plain_nio_knows_no_rotation_period_of_the_room(tmp_path):
    nio = PlainNio(tmp_path)
    nio.olm.create_outbound_group_session(ROOM)
    assert nio.olm.outbound_group_sessions[ROOM].max_messages == 100
    assert not hasattr(nio.olm, "room_encryption")
    nio.olm.store.database.close()


# ——— in pieces (gap 20) ———


def test_three_hundred_devices_share_in_pieces_of_twenty(bot):
    crowd = [Stranger(f"@user{number}:x", "D") for number in range(300)]
    users = [peer.user_id for peer in crowd]
    bot.meet(*crowd)
    bot.claim(*crowd)
    plans = bot.machine.outgoing_shares(ROOM, users, 20)
    assert [len(plan.devices) for plan in plans] == [20] * 15
    for plan in plans[:-1]:
        bot.machine.shared(bot.machine.encrypt_share(plan))
    with pytest.raises(NotSharedError) as caught:
        bot.say(users)
    assert caught.value.unshared_devices == 20
    bot.machine.shared(bot.machine.encrypt_share(plans[-1]))
    assert bot.say(users)


# ——— what goes with a key (gap 25) ———


def opened(bot, peer, sent):
    """What the hand-made peer reads inside the first Olm message to it."""
    (one,) = [one for one in sent if one["to"] == (peer.user_id, peer.device_id)]
    content = one["event"]["content"]
    message = vodozemac.PreKeyMessage.from_base64(content["ciphertext"][peer.curve25519]["body"])
    _, plaintext = peer.account.create_inbound_session(
        vodozemac.Curve25519PublicKey.from_base64(content["sender_key"]), message
    )
    return json.loads(plaintext)


def test_our_device_keys_go_with_every_key(bot):
    peer = Stranger(ALICE, "A")
    bot.meet(peer)
    bot.claim(peer)
    signed = bot.machine.device_keys()
    signed["signatures"]["@bot:x"]["ed25519:self-signing"] = "signature"
    bot.machine.set_own_device_keys(signed | {"unsigned": {"device_display_name": "bot"}})
    payload = opened(bot, peer, bot.share([ALICE]))
    assert payload["sender_device_keys"] == signed
    assert "m.shared_history" not in payload["content"]


def test_plain_nio_sends_no_device_keys(tmp_path):
    nio, peer = PlainNio(tmp_path), Stranger(ALICE, "A")
    lists = {ALICE: {"A": peer.device_keys()}}
    nio.olm.handle_response(KeysQueryResponse.from_dict({"device_keys": lists, "failures": {}}))
    nio.olm.handle_response(KeysClaimResponse({ALICE: {"A": peer.one_time_key()}}, {}))
    ((_, body),) = nio.olm.share_group_session_parallel(ROOM, [ALICE], True)
    event = {"to": (ALICE, "A"), "event": {"content": body["messages"][ALICE]["A"]}}
    assert "sender_device_keys" not in opened(nio, peer, [event])
    nio.olm.store.database.close()


def test_shared_history_is_marked_in_both_spellings_and_a_change_replaces_the_session(bot):
    peer = Stranger(ALICE, "A")
    bot.meet(peer)
    bot.claim(peer)
    bot.share([ALICE])
    before = session_of(bot.say([ALICE]))
    bot.machine.set_shared_history(ROOM, True)
    fresh = Stranger(ALICE, "B")
    bot.meet(peer, fresh)
    bot.claim(fresh)
    content = opened(bot, fresh, bot.share([ALICE]))["content"]
    assert content["m.shared_history"] is content["org.matrix.msc3061.shared_history"] is True
    assert session_of(bot.say([ALICE])) == content["session_id"] != before


def test_relations_stand_in_clear_and_what_was_encrypted_has_the_last_word(met, alice):
    deliver(met.share([ALICE]), alice)
    relation = {"rel_type": "m.thread", "event_id": "$root"}
    content = met.machine.encrypt(ROOM, [ALICE], "m.room.message", {"body": "hello", "m.relates_to": relation})
    assert content["m.relates_to"] == relation
    event = {"sender": "@bot:x", "event_id": "$1", "content": content | {"m.relates_to": {"event_id": "$forged"}}}
    assert alice.machine.decrypt(ROOM, event).content["m.relates_to"] == relation


# ——— sessions that broke ———


def test_a_broken_session_is_mended_once_an_hour(met, alice):
    deliver(met.share([ALICE]), alice)
    broken = {
        "type": "m.room.encrypted",
        "sender": ALICE,
        "content": {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": alice.identity_keys["curve25519"],
            "ciphertext": {met.identity_keys["curve25519"]: {"type": 0, "body": "AAAA"}},
        },
    }
    met.machine.receive_sync([broken])
    assert met.machine.sessions_to_claim([]) == {}  # garbage is not a broken session
    mallory = Stranger(ALICE, "ALICE")
    mallory.open_session(met)
    unknown = mallory.olm(met, "m.dummy", {})
    unknown["content"]["sender_key"] = alice.identity_keys["curve25519"]
    met.machine.receive_sync([unknown])
    met.claim(alice)
    (dummy,) = met.machine.outgoing_to_device()
    content = dummy.body["messages"][ALICE]["ALICE"]
    received = alice.machine.receive_sync([{"type": "m.room.encrypted", "sender": "@bot:x", "content": content}])
    assert received.dropped == 0
    met.machine.receive_sync([unknown])
    assert met.machine.sessions_to_claim([ALICE]) == {}
