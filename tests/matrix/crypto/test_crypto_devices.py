# SPDX-License-Identifier: Apache-2.0
"""Whose devices there are: identities, changes, servers that do not answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.matrix.crypto.devices import LONGEST_WAIT, MOST_DEVICES, wait_after
from fakes.crypto_peers import Ours, Stranger

ALICE = "@alice:x"


@pytest.fixture
def bot(tmp_path):
    ours = Ours(tmp_path)
    ours.machine.track([ALICE])
    yield ours
    ours.machine.close()


def answer(peer: Stranger, **more):
    return {"device_keys": {peer.user_id: {peer.device_id: peer.cross_signed_device_keys()}}} | peer.identity() | more


def test_a_device_signed_by_its_owners_identity_is_cross_signed(bot):
    alice = Stranger(ALICE, "A")
    assert not bot.machine.is_cross_signed(ALICE, "A")
    bot.machine.keys_queried(answer(alice), {ALICE})
    assert bot.machine.is_cross_signed(ALICE, "A")
    assert not bot.machine.is_cross_signed(ALICE, "B")


def test_a_device_whose_chain_is_broken_anywhere_is_not(bot):
    alice, mallory = Stranger(ALICE, "A"), Stranger(ALICE, "A")
    unsigned = answer(alice) | {"device_keys": {ALICE: {"A": alice.device_keys()}}}
    other_master = answer(alice) | {"master_keys": mallory.identity()["master_keys"]}
    no_master = answer(alice) | {"master_keys": {}}
    for broken in (unsigned, no_master, other_master):
        bot.machine.keys_queried(broken, {ALICE})
        assert not bot.machine.is_cross_signed(ALICE, "A")


@pytest.mark.parametrize("restarted", [False, True])
def test_another_identity_is_surfaced_and_does_not_count_until_it_is_accepted(bot, restarted):
    alice, new = Stranger(ALICE, "A"), Stranger(ALICE, "N")
    assert not bot.machine.keys_queried(answer(alice), {ALICE}).new_identities
    if restarted:
        bot.machine.close()
        bot.reopen()
    assert bot.machine.keys_queried(answer(new), {ALICE}).new_identities == {ALICE}
    assert not bot.machine.is_cross_signed(ALICE, "N")
    assert bot.machine.sessions_to_claim([ALICE]) == {ALICE: {"N": "signed_curve25519"}}
    bot.machine.accept_identity(ALICE)
    assert bot.machine.is_cross_signed(ALICE, "N")
    assert not bot.machine.keys_queried(answer(new), {ALICE}).new_identities


def test_a_living_device_never_changes_its_fingerprint(bot):
    alice, other = Stranger(ALICE, "A"), Stranger(ALICE, "A")
    bot.machine.keys_queried({"device_keys": {ALICE: {"A": alice.device_keys()}}}, {ALICE})
    queried = bot.machine.keys_queried({"device_keys": {ALICE: {"A": other.device_keys()}}}, {ALICE})
    assert (queried.dropped_devices, queried.changed) == (1, frozenset())


def test_other_keys_for_our_own_device_are_noticed(bot):
    theirs = Stranger("@bot:x", "BOT").device_keys()
    ours = bot.machine.device_keys()
    assert bot.machine.keys_queried({"device_keys": {"@bot:x": {"BOT": theirs}}}, {"@bot:x"}).own_keys_replaced
    assert not bot.machine.keys_queried({"device_keys": {"@bot:x": {"BOT": ours}}}, {"@bot:x"}).own_keys_replaced


def test_our_other_devices_get_keys_too(bot):
    other = Stranger("@bot:x", "SECOND")
    bot.meet(other)
    bot.claim(other)
    assert [sent["to"] for sent in bot.share(["@bot:x"])] == [("@bot:x", "SECOND")]


def test_a_crowd_of_devices_is_cut_and_signed_ones_go_first(bot):
    alice = Stranger(ALICE, "ZZZ")
    crowd = {f"D{number}": Stranger(ALICE, f"D{number}").device_keys() for number in range(MOST_DEVICES + 5)}
    response = answer(alice)
    response["device_keys"][ALICE] |= crowd
    assert bot.machine.keys_queried(response, {ALICE}).dropped_devices == 6
    assert "ZZZ" in bot.machine.sessions_to_claim([ALICE])[ALICE]


# ——— who is asked about, and when (gap 17) ———


def test_who_is_tracked_is_asked_about_once(bot):
    assert bot.machine.users_to_query() == {ALICE, "@bot:x"}
    bot.machine.keys_queried({"device_keys": {}}, {ALICE, "@bot:x"})
    assert bot.machine.users_to_query() == set()
    bot.machine.track([ALICE])
    bot.machine.receive_sync([], changed=["@stranger:x", 1, None])
    assert bot.machine.users_to_query() == set()
    bot.machine.receive_sync([], changed=[ALICE])
    assert bot.machine.users_to_query() == {ALICE}


def test_a_change_while_asking_is_asked_about_again(bot):
    asked = bot.machine.users_to_query()
    bot.machine.receive_sync([], changed=[ALICE])
    bot.machine.keys_queried({"device_keys": {}}, asked)
    assert bot.machine.users_to_query() == {ALICE}
    bot.machine.keys_queried({"device_keys": {}}, {ALICE})
    assert bot.machine.users_to_query() == set()


def test_who_left_is_asked_about_anew_when_they_come_back(bot):
    bot.machine.keys_queried({"device_keys": {}}, bot.machine.users_to_query())
    bot.machine.receive_sync([], left=[ALICE])
    bot.machine.receive_sync([], changed=[ALICE])
    assert bot.machine.users_to_query() == set()
    bot.machine.track([ALICE])
    assert bot.machine.users_to_query() == {ALICE}


def test_a_dead_server_is_waited_for_and_silences_nobody(bot):
    far = "@far:dead"
    bot.machine.track([far])
    asked = bot.machine.users_to_query()
    queried = bot.machine.keys_queried({"device_keys": {}, "failures": {"dead": {}}}, asked)
    assert queried.failed_servers == {"dead"}
    assert bot.machine.users_to_query() == set()
    bot.machine.outgoing_shares("!r:x", [ALICE, far])
    assert bot.machine.encrypt("!r:x", [ALICE, far], "m.room.message", {})
    bot.time.now = bot.machine.server_retry_at()["dead"]
    assert bot.machine.users_to_query() == {far}


@given(st.integers(min_value=-3, max_value=10_000))
def test_waits_grow_and_stay_within_an_hour(failures):
    assert 0 < wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT
