# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.matrix.client import recipients_of
from bots.core.matrix.state import view_from_state, with_state
from bots.core.rooms import MembershipState, PowerLevels
from bots.core.rooms.authority import Act, can


def state(kind: str, content: Any, state_key: str = "", sender: str = "@anna:x") -> dict[str, Any]:
    return {"type": kind, "state_key": state_key, "sender": sender, "content": content}


def join(user: str) -> dict[str, Any]:
    return state("m.room.member", {"membership": "join"}, user, user)


def view(*events: object):
    return view_from_state("!r", events)


def test_a_room_is_what_its_state_says():
    room = view(
        state("m.room.create", {"room_version": "10", "creator": "@anna:x", "m.federate": False}),
        join("@anna:x"),
        state("m.room.member", {"membership": "invite", "displayname": "Ben"}, "@ben:x"),
        state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
        state("m.room.history_visibility", {"history_visibility": "joined"}),
        state("m.room.join_rules", {"join_rule": "public"}),
        state("m.room.name", {"name": "Lobby"}),
        state("m.room.tombstone", {"replacement_room": "!new"}),
    )
    assert (room.version, room.federate, room.encrypted, room.history_visibility) == ("10", False, True, "joined")
    assert (room.join_rule, room.name, room.tombstone) == ("public", "Lobby", "!new")
    assert room.joined() == {"@anna:x"}
    assert room.members["@ben:x"].state is MembershipState.INVITE
    assert room.members["@ben:x"].display_name == "Ben"


@pytest.mark.parametrize(
    ("content", "creators"),
    [
        ({"room_version": "12", "additional_creators": ["@ben:x", 5]}, {"@anna:x", "@ben:x"}),
        ({"room_version": "12", "creator": "@eve:x"}, {"@anna:x"}),
        ({"room_version": "11", "creator": "@eve:x", "additional_creators": ["@ben:x"]}, {"@anna:x"}),
        ({"room_version": "10", "creator": "@cleo:x"}, {"@cleo:x"}),
        ({}, {"@anna:x"}),
        ({"room_version": "9" * 5000}, {"@anna:x"}),
    ],
)
def test_creators_are_named_where_the_room_version_names_them(content, creators):
    assert view(state("m.room.create", content)).creators == creators


def test_the_creator_of_a_version_12_room_can_do_everything():
    room = view(
        state("m.room.create", {"room_version": "12"}),
        join("@anna:x"),
        state("m.room.power_levels", {"users": {}, "ban": 100}),
    )
    assert can(room, "@anna:x", Act.BAN)


def test_who_is_taken_out_of_the_power_levels_has_no_power_left():
    before = view(join("@mod:x"), state("m.room.power_levels", {"users": {"@mod:x": 50}}))
    assert can(before, "@mod:x", Act.BAN)
    after = with_state(before, [state("m.room.power_levels", {"users": {}})])
    assert not can(after, "@mod:x", Act.BAN)


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [("joined", {"@anna:x"}), ("invited", {"@anna:x", "@ben:x"}), ("shared", {"@anna:x", "@ben:x"})],
)
def test_who_is_only_invited_gets_a_key_where_the_invited_may_read(visibility, readers):
    room = view(
        join("@anna:x"),
        state("m.room.member", {"membership": "invite"}, "@ben:x"),
        state("m.room.member", {"membership": "knock"}, "@cleo:x"),
        state("m.room.member", {"membership": "leave"}, "@dan:x"),
        state("m.room.member", {"membership": "ban"}, "@eve:x"),
        state("m.room.history_visibility", {"history_visibility": visibility}),
    )
    assert recipients_of(room) == readers


def test_levels_that_are_no_integers_count_as_the_default():
    room = view(
        state(
            "m.room.power_levels",
            {
                "users": {"@a:x": "100", "@b:x": True, "@c:x": 1.5, "@d:x": 7, 5: 100},
                "users_default": None,
                "events": "all",
                "ban": "0",
                "notifications": [],
            },
        )
    )
    assert room.power_levels == PowerLevels(users={"@d:x": 7})


def test_a_room_that_was_encrypted_stays_so():
    encrypted = view(state("m.room.encryption", {}))
    assert encrypted.encrypted
    assert with_state(encrypted, [state("m.room.encryption", {"algorithm": "none"})]).encrypted
    assert view_from_state("!r", [], encrypted=True).encrypted


@pytest.mark.parametrize("name", ["", "anna", "@anna", "anna:x", "@an na:x", "@anna:x\n"])
def test_a_member_that_is_no_user_is_none(name):
    assert view(join(name)).members == {}


def test_state_with_a_key_of_its_own_is_not_the_rooms():
    assert not view(state("m.room.encryption", {}, "@eve:x")).encrypted


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
KINDS = ["create", "power_levels", "member", "encryption", "history_visibility", "join_rules", "name", "tombstone"]
FIELDS = [
    "room_version",
    "creator",
    "additional_creators",
    "users",
    "events",
    "ban",
    "membership",
    "displayname",
    "name",
]
contents = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=5)


@given(
    st.lists(
        st.builds(
            lambda kind, content, key: {"type": kind, "content": content, "state_key": key, "sender": "@a:x"},
            st.sampled_from(KINDS).map("m.room.{}".format) | anything,
            contents | anything,
            st.just("") | anything,
        )
        | anything,
        max_size=8,
    )
)
def test_whatever_the_state_holds_there_is_a_view(events):
    assert view_from_state("!r", events).room_id == "!r"
