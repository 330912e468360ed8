# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.rooms import Member, MembershipState, PowerLevels, RoomView
from bots.core.rooms.authority import (
    UNLIMITED,
    Act,
    can,
    can_on,
    creators_are_unlimited,
    is_moderator,
    may_set_level,
    outranks,
    power,
)

CREATOR, MOD, PEER, ANA = "@organiser:x", "@mod:x", "@peer:x", "@ana:x"
IN = Member(MembershipState.JOIN)

ROOM = RoomView(
    room_id="!r",
    version="12",
    creators=frozenset({CREATOR}),
    power_levels=PowerLevels(users={MOD: 60, PEER: 60}, events={"m.room.power_levels": 60}, invite=25),
    members=dict.fromkeys((CREATOR, MOD, PEER, ANA), IN),
)
levels = st.integers(min_value=-(2**53), max_value=2**53)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1", False),
        ("11", False),
        ("12", True),
        ("13", True),
        ("org.matrix.hydra.11", True),
        ("org.x", False),
        ("²", False),
    ],
)
def test_creators_are_unlimited_from_version_12(version, expected):
    assert creators_are_unlimited(version) is expected


def test_a_creator_of_a_version_12_room_outranks_every_number():
    assert power(ROOM, CREATOR) == UNLIMITED
    assert outranks(ROOM, CREATOR, MOD)
    assert not outranks(ROOM, MOD, CREATOR)


def test_a_creator_of_an_older_room_has_only_what_the_power_levels_say():
    old = replace(ROOM, version="10")

    assert power(old, CREATOR) == 0
    assert power(replace(old, power_levels=None), CREATOR) == 100


def test_nobody_acts_on_a_peer_or_on_themselves():
    assert can_on(ROOM, MOD, Act.BAN, ANA)
    assert not can_on(ROOM, MOD, Act.BAN, PEER)
    assert not can_on(ROOM, MOD, Act.KICK, MOD)


def test_power_ends_with_membership():
    gone = replace(ROOM, members={**ROOM.members, MOD: Member(MembershipState.LEAVE)})

    assert not can(gone, MOD, Act.BAN)
    assert not is_moderator(gone, MOD)


def test_a_demoted_moderator_has_no_power_at_once():
    demoted = replace(ROOM, power_levels=replace(ROOM.power_levels, users={PEER: 60}))

    assert is_moderator(ROOM, MOD)
    assert not is_moderator(demoted, MOD)


@given(actor=levels, target=levels, level=levels)
def test_a_level_is_set_only_from_above_and_not_above_oneself(actor, target, level):
    room = replace(ROOM, power_levels=replace(ROOM.power_levels, users={MOD: actor, ANA: target}))

    assert may_set_level(room, MOD, ANA, level) == (actor >= 60 and actor > target and level <= actor)


@given(a=levels, b=levels)
def test_two_people_never_outrank_each_other(a, b):
    room = replace(ROOM, power_levels=replace(ROOM.power_levels, users={MOD: a, ANA: b}))

    assert not (outranks(room, MOD, ANA) and outranks(room, ANA, MOD))


def test_an_encrypted_room_asks_for_the_level_of_encrypted_events():
    muted = replace(ROOM, encrypted=True, power_levels=replace(ROOM.power_levels, users={ANA: -1}))

    assert not can(muted, ANA, Act.SEND)
    assert can(replace(muted, power_levels=PowerLevels()), ANA, Act.SEND)
