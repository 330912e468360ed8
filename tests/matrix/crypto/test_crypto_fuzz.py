# SPDX-License-Identifier: Apache-2.0
"""Thousands of mutations of all that comes from outside: typed refusals only, and the machine goes on working."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.core.matrix.crypto import UndecryptableError
from fakes.crypto_peers import ROOM, Ours, Stranger

ALICE = "@alice:x"
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for name, part in inner for path in paths(part, (*here, name)))]


@st.composite
def mutations(draw, original: Any):
    """`original` with one to three places replaced, deleted, or spoilt a little."""
    value = copy.deepcopy(original)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(value)))
        if not path:
            if draw(st.integers(0, 20)) == 0:
                return draw(JSON)
            continue
        parent = value
        for name in path[:-1]:
            parent = parent[name]
        how, old = draw(st.sampled_from(["replace", "delete", "spoil"])), parent[path[-1]]
        if how == "delete":
            del parent[path[-1]]
        elif how == "spoil" and isinstance(old, str) and old:
            at = draw(st.integers(0, len(old) - 1))
            parent[path[-1]] = old[:at] + draw(st.text(max_size=2)) + old[at + 1 :]
        else:
            parent[path[-1]] = draw(JSON)
    return value


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A bot that knows a stranger, and one good specimen of each thing that comes from outside."""
    bot, peer = Ours(tmp_path_factory.mktemp("bot")), Stranger(ALICE, "A")
    bot.meet(peer)
    bot.machine.receive_sync([peer.room_key(bot)])
    yield bot, peer
    bot.machine.close()


def works(bot: Ours) -> None:
    """The machine still takes a key and reads with it."""
    honest = Stranger("@honest:x", "H")
    # New keys each time: thousands that were never used push the oldest out of the account.
    bot.machine.receive_sync([], one_time_key_count=0, unused_fallback_types=[])
    bot.upload()
    assert bot.machine.receive_sync([honest.room_key(bot)]).keys_came
    assert bot.machine.decrypt(ROOM, honest.message()).content == {"body": "hello"}


SPECIMEN = Stranger(ALICE, "A")


@MANY
@given(data=st.data())
def test_no_to_device_event_raises(scene, data):
    bot, peer = scene
    refused = {"algorithm": "m.megolm.v1.aes-sha2", "code": "m.no_olm", "sender_key": peer.curve25519}
    specimen = data.draw(
        st.sampled_from(
            [
                lambda: peer.olm(bot, "m.dummy", {}),
                lambda: peer.room_key(bot),
                lambda: {"type": "m.room_key.withheld", "sender": ALICE, "content": refused | {"room_id": ROOM}},
            ]
        )
    )()
    bot.machine.receive_sync([data.draw(mutations(specimen))], data.draw(st.lists(JSON, max_size=2)))


@MANY
@given(data=st.data())
def test_no_olm_payload_raises(scene, data):
    bot, peer = scene
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": peer.group.session_id,
        "session_key": peer.group.session_key.to_base64(),
        "m.shared_history": True,
    }
    payload = {
        "content": content,
        "keys": {"ed25519": peer.ed25519},
        "recipient_keys": {"ed25519": bot.identity_keys["ed25519"]},
        "recipient": bot.user_id,
        "sender_device_keys": peer.device_keys(),
    }
    changed = data.draw(mutations(payload))
    if isinstance(changed, dict):
        bot.machine.receive_sync([peer.olm(bot, "m.room_key", changed.pop("content", None), **changed)])
    bot.machine.receive_sync([peer.olm_bytes(bot, data.draw(st.binary(max_size=30)))])


@MANY
@given(data=st.data())
def test_every_megolm_event_is_read_or_refused_by_type(scene, data):
    bot, peer = scene
    inside = data.draw(mutations({"type": "m.room.message", "content": {"body": "x"}, "room_id": ROOM}) | st.binary())
    for event in (peer.event(inside), data.draw(mutations(peer.message()))):
        with suppress(UndecryptableError):
            bot.machine.decrypt(ROOM, event)


@MANY
@given(data=st.data())
def test_no_answer_to_a_key_query_raises(scene, data):
    bot, _ = scene
    answer = {"device_keys": {ALICE: {"A": SPECIMEN.cross_signed_device_keys()}}, "failures": {"y": {}}}
    queried = bot.machine.keys_queried(data.draw(mutations(answer | SPECIMEN.identity())), {ALICE, "@b:y"})
    assert queried.dropped_devices >= 0


@MANY
@given(data=st.data())
def test_no_answer_to_a_key_claim_raises(scene, data):
    bot, _ = scene
    fresh = Stranger("@fresh:x", "F")
    bot.meet(fresh)
    answer = {"one_time_keys": {"@fresh:x": {"F": fresh.one_time_key()}}, "failures": {}}
    bot.machine.keys_claimed(data.draw(mutations(answer)), {"@fresh:x": {"F": "signed_curve25519"}})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(response=JSON, counts=JSON, fallback=JSON, rules=JSON)
def test_no_upload_answer_count_or_room_rule_raises(scene, response, counts, fallback, rules):
    bot, _ = scene
    bot.machine.receive_sync([], one_time_key_count=counts, unused_fallback_types=fallback)
    bot.machine.room_encryption(ROOM, rules)
    bot.machine.keys_to_upload()
    bot.machine.keys_uploaded(response)


@pytest.fixture(autouse=True)
def still_working(scene):
    """After all of it, the machine works."""
    yield
    works(scene[0])
