# SPDX-License-Identifier: Apache-2.0
"""Which keys of a room's past may be handed to somebody new, and when our own is replaced because of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nio.crypto import InboundGroupSession
from vodozemac import GroupSession

from bots.core.matrix.crypto.history import exported, past_of, refused
from bots.core.matrix.crypto.room_keys import Claim
from fakes.crypto_peers import ROOM, START, Ours, Stranger

ALICE, MALLORY = "@alice:x", "@mallory:x"
DAY = timedelta(days=1).total_seconds()


def session(sender_key: str = "curve", room_id: str = ROOM) -> InboundGroupSession:
    return InboundGroupSession(GroupSession().session_key.to_base64(), "ed", sender_key, room_id)


SESSIONS = [session(f"curve{number}") for number in range(6)]
claims = st.lists(st.tuples(st.booleans(), st.integers(0, 100)), min_size=1, max_size=3)


@given(st.lists(claims, max_size=len(SESSIONS)), st.integers(0, 100))
def test_only_keys_that_all_their_senders_share_and_that_came_in_time_are_handed_over(made, since):
    sessions = [
        [Claim(each, shared, float(came_at)) for shared, came_at in of_it]
        for each, of_it in zip(SESSIONS, made, strict=False)
    ]

    past = past_of(sessions, since)

    may = {of_it[0].session.id for of_it in sessions if all(c.shared_history and c.came_at >= since for c in of_it)}
    all_of_them = {of_it[0].session.id for of_it in sessions}
    assert {key["session_id"] for key in exported(past.shared)} == may
    assert {key["session_id"] for key in refused(past.withheld)} == all_of_them - may


def test_an_exported_key_opens_what_its_session_opens():
    group = GroupSession()
    ours = InboundGroupSession(group.session_key.to_base64(), "ed", "curve", ROOM)
    ciphertext = group.encrypt(b"is anybody there?").to_base64()

    (key,) = exported([Claim(ours, True, START)])

    theirs = InboundGroupSession.import_session(key["session_key"], "ed", key["sender_key"], key["room_id"])
    assert theirs.id == key["session_id"]
    assert theirs.decrypt(ciphertext)[0] == "is anybody there?"


@pytest.fixture
def bot(tmp_path):
    ours = Ours(tmp_path)
    yield ours
    ours.machine.close()


def give(bot: Ours, **changes: object) -> str:
    """Somebody's key comes; its session id."""
    somebody = Stranger()
    assert not bot.machine.receive_sync([somebody.room_key(bot, **changes)]).dropped
    return somebody.group.session_id


def shared(bot: Ours, since: float = 0) -> set[str]:
    return {claim.session.id for claim in bot.machine.past(ROOM, since).shared}


def test_another_rooms_keys_and_those_not_marked_stay_here(bot):
    marked = give(bot, **{"m.shared_history": True})
    marked_as_before_the_name = give(bot, **{"org.matrix.msc3061.shared_history": True})
    give(bot)
    give(bot, **{"m.shared_history": "true"})
    give(bot, room_id="!other:x", **{"m.shared_history": True})

    assert shared(bot) == {marked, marked_as_before_the_name}


def test_when_a_key_came_is_still_known_after_a_restart(bot):
    old = give(bot, **{"m.shared_history": True})
    bot.time.now += 31 * DAY
    new = give(bot, **{"m.shared_history": True})
    bot.machine.close()
    bot.reopen()

    assert shared(bot, bot.time.now - 30 * DAY) == {new}
    assert shared(bot) == {old, new}


def test_a_key_that_comes_again_is_no_younger(bot):
    somebody = Stranger()
    first = somebody.group.session_key.to_base64()
    somebody.group.encrypt(b"one")
    bot.machine.receive_sync([somebody.room_key(bot, **{"m.shared_history": True})])
    bot.time.now += DAY
    bot.machine.receive_sync([somebody.room_key(bot, session_key=first, **{"m.shared_history": True})])

    assert shared(bot, START) == {somebody.group.session_id}
    assert shared(bot, START + 1) == set()


def test_what_we_say_ourselves_is_shared_where_the_room_is(bot):
    alice = Stranger(ALICE, "A")
    bot.meet(alice)
    bot.claim(alice)
    bot.share([ALICE])
    assert shared(bot) == set()

    bot.machine.set_shared_history(ROOM, True)
    bot.share([ALICE])
    assert shared(bot) == {bot.say([ALICE])["content"]["session_id"]}


@pytest.mark.parametrize("shares", [True, False])
def test_when_somebody_leaves_a_room_that_shares_what_is_said_next_has_a_new_key(bot, shares):
    """They may have our key from somebody else; where nothing is shared we know to whom it went."""
    alice = Stranger(ALICE, "A")
    bot.meet(alice)
    bot.claim(alice)
    bot.machine.set_shared_history(ROOM, shares)
    bot.share([ALICE])
    before = bot.say([ALICE])["content"]["session_id"]

    bot.machine.somebody_left(ROOM)
    bot.share([ALICE])

    assert (bot.say([ALICE])["content"]["session_id"] == before) is not shares


def test_only_devices_that_their_owner_has_signed_are_given_the_past(bot):
    signed, unsigned = Stranger(ALICE, "SIGNED"), Stranger(ALICE, "UNSIGNED")
    lists = {ALICE: {"SIGNED": signed.cross_signed_device_keys(), "UNSIGNED": unsigned.device_keys()}}
    bot.machine.track([ALICE])
    bot.machine.keys_queried({"device_keys": lists, **signed.identity()}, [ALICE])
    bot.claim(signed, unsigned)

    assert [device.device_id for device in bot.machine.cross_signed_devices(ALICE)] == ["SIGNED"]


def test_an_identity_that_is_not_the_first_one_seen_is_given_nothing(bot):
    alice, impostor = Stranger(ALICE, "A"), Stranger(ALICE, "B")
    for peer in (alice, impostor):
        bot.machine.ask_again([ALICE])
        assert ALICE in bot.machine.users_to_query()
        lists = {ALICE: {peer.device_id: peer.cross_signed_device_keys()}}
        bot.machine.keys_queried({"device_keys": lists, **peer.identity()}, [ALICE])
    bot.claim(impostor)

    assert bot.machine.cross_signed_devices(ALICE) == []
