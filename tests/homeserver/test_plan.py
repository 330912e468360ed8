# SPDX-License-Identifier: Apache-2.0
"""The plan is pure: what is asked for, what there is, what differs."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import BotName
from bots.core.community import Condition, Federation, HistorySharing, OwnList
from bots.core.homeserver.desired import MARKER, Cast, desired_rooms, power_levels, server_acl
from bots.core.homeserver.plan import Actual, ActualRoom, CreateRoom, InviteUser, PutPowerLevels, PutState, plan
from bots.core.settings import load_catalogue
from fakes.communities import BARE

CAST = Cast(organiser="@organiser:kith.test", bots={bot: f"@{bot.value}:kith.test" for bot in BotName})
COMMUNITY = dataclasses.replace(
    BARE,
    conditions=(
        Condition(id="t1d", name={"en": "Type 1 diabetes"}, room_name="Harbour", room_topic="Calm"),
        Condition(id="ibd", name={"en": "IBD"}, room_name="Lantern", room_topic="Light", history=HistorySharing.ON),
    ),
    moderators=("@mo:kith.test",),
)

WORDS = load_catalogue(COMMUNITY)


def desired(**changes):
    return {room.key: room for room in desired_rooms(dataclasses.replace(COMMUNITY, **changes), CAST, WORDS)}


def as_made(room, version="12", **changes):
    """The room that a homeserver would make of `room`, everybody in it."""
    body = plan([room], Actual(default_version=version))[0].step.body
    state = {(event["type"], ""): event["content"] for event in body["initial_state"]}
    state["m.room.create", ""] = {**body["creation_content"], "room_version": version}
    state["m.room.power_levels", ""] = body["power_level_content_override"]
    state |= {("m.room.member", user): {"membership": "join"} for user in room.members}
    state |= {(kind, ""): content for kind, content in changes.items()}
    return ActualRoom(room_id="!" + room.key, key=room.key, created=1, state=state)


def found(room, actual):
    return plan([room], Actual(rooms={room.key: actual}))


ROOMS = ["lobby", "moderators", "condition:t1d", "condition:ibd"]


@pytest.mark.parametrize("key", ROOMS)
@pytest.mark.parametrize("federation", list(Federation))
@pytest.mark.parametrize("version", ["11", "12"])
def test_a_room_made_as_planned_does_not_differ(key, federation, version):
    room = desired(federation=federation, allies=("ally.test",))[key]
    assert found(room, as_made(room, version)) == ()


@pytest.mark.parametrize("key", ROOMS)
def test_every_room_is_made_encrypted_marked_and_closed_to_guests_in_one_request(key):
    (difference,) = plan([desired()[key]], Actual())
    assert isinstance(difference.step, CreateRoom)
    body = difference.step.body
    state = {event["type"]: event["content"] for event in body["initial_state"]}
    assert state["m.room.encryption"] == {"algorithm": "m.megolm.v1.aes-sha2"}
    assert state["m.room.guest_access"] == {"guest_access": "forbidden"}
    assert body["creation_content"][MARKER] == {"community": "test", "key": key}
    assert state["m.room.join_rules"]["join_rule"] == ("public" if key == "lobby" else "invite")


def test_one_can_knock_at_the_rooms_of_conditions_where_the_settings_say_so():
    rules = {key: room.join_rule for key, room in desired(knock=True).items()}
    assert rules == {"lobby": "public", "moderators": "invite", "condition:t1d": "knock", "condition:ibd": "knock"}


@pytest.mark.parametrize("federation", list(Federation))
@pytest.mark.parametrize("version", ["11", "12"])
def test_the_room_of_our_own_list_is_made_as_other_tools_make_theirs(federation, version):
    room = desired(own_list=OwnList(name="Kept out"), federation=federation, allies=("ally.test",))["list"]
    (difference,) = plan([room], Actual(default_version=version))
    body = difference.step.body
    state = {event["type"]: event["content"] for event in body["initial_state"]}
    assert body["creation_content"]["type"] == "support.feline.policy.lists.msc.v1"
    assert state["org.matrix.mjolnir.shortcode"] == {"shortcode": "test"}
    assert "m.room.encryption" not in state
    assert state["m.room.join_rules"] == {"join_rule": "public"}
    assert found(room, as_made(room, version)) == ()


def test_in_the_room_of_our_own_list_nobody_says_anything_but_the_moderation_bot_and_nobody_is_named():
    room = desired(own_list=OwnList(name="Kept out", public=False))["list"]
    assert room.join_rule == "invite"
    assert room.members == ("@moderation:kith.test",)
    levels = power_levels(room, {}, creators_unlimited=True)
    assert levels["users"] == {"@moderation:kith.test": 60}
    assert set(levels["events"].values()) == {60}
    assert set(levels["events"]) == {f"m.policy.rule.{about}" for about in ("user", "room", "server")}
    assert (levels["events_default"], levels["state_default"], levels["users_default"]) == (60, 100, 0)
    assert {levels[act] for act in ("invite", "kick", "ban", "redact")} == {100}


def test_without_a_word_about_it_there_is_no_list():
    assert "list" not in desired()


def test_history_is_for_members_of_that_time_unless_the_room_shares_it():
    rooms = desired()
    assert rooms["condition:t1d"].history_visibility == "joined"
    assert rooms["condition:ibd"].history_visibility == "shared"


def test_members_read_in_the_topic_that_their_history_is_shared_and_for_how_long():
    rooms = desired(history_for=timedelta(days=7))
    assert rooms["condition:t1d"].topic == "Calm"
    assert rooms["condition:ibd"].topic.startswith("Light People who are invited")
    assert "7 days" in rooms["condition:ibd"].topic


def test_each_bot_has_the_smallest_power_that_does():
    levels = power_levels(desired()["condition:t1d"], {}, creators_unlimited=True)
    assert levels["users"] == {"@welcome:kith.test": 25, "@moderation:kith.test": 60, "@mo:kith.test": 50}
    assert (levels["invite"], levels["kick"], levels["redact"], levels["state_default"]) == (25, 50, 50, 100)
    assert levels["events"] == {"m.room.power_levels": 60}


def test_the_moderation_bot_can_move_the_lobbys_door_and_no_other():
    rooms = desired()
    asked = {key: power_levels(room, {}, creators_unlimited=True)["events"] for key, room in rooms.items()}
    assert asked["lobby"] == {"m.room.power_levels": 60, "m.room.join_rules": 60}
    assert not any("m.room.join_rules" in events for key, events in asked.items() if key != "lobby")


def test_the_bot_that_only_finds_things_is_not_in_the_moderators_room():
    rooms = desired()
    assert "@resources:kith.test" not in rooms["moderators"].members
    assert "@resources:kith.test" in rooms["condition:t1d"].members


def test_before_room_version_12_the_creator_stands_in_the_power_levels():
    room = desired()["lobby"]
    assert power_levels(room, {}, creators_unlimited=False)["users"]["@organiser:kith.test"] == 100
    assert "@organiser:kith.test" not in power_levels(room, {}, creators_unlimited=True)["users"]


@given(
    st.dictionaries(
        st.sampled_from(["@anna:kith.test", "@ben:other.test", "@mo:kith.test", "@moderation:kith.test"]),
        st.integers(-5, 120),
    )
)
def test_a_mute_survives_and_power_that_the_settings_do_not_give_does_not(users):
    room = desired()["condition:t1d"]
    levels = power_levels(room, {"users": users}, creators_unlimited=True)["users"]
    for user, level in users.items():
        if user in room.powers:
            assert levels[user] == room.powers[user]
        elif level <= 0:
            assert levels[user] == level
        else:
            assert user not in levels
    again = power_levels(room, {"users": levels}, creators_unlimited=True)["users"]
    assert again == levels


@pytest.mark.parametrize(
    ("kind", "content", "what"),
    [
        ("m.room.encryption", {}, "encryption off"),
        ("m.room.join_rules", {"join_rule": "public"}, "who may join"),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}, "who may read what was said before"),
        ("m.room.guest_access", {"guest_access": "can_join"}, "guests"),
        ("m.room.name", {"name": "Diabetes"}, "name changed"),
        ("m.room.topic", {"topic": "Other"}, "topic changed"),
    ],
)
def test_drift_of_one_setting_is_one_difference_that_puts_back_just_that(kind, content, what):
    room = desired()["condition:t1d"]
    (difference,) = found(room, as_made(room, **{kind: content}))
    assert difference.what == what
    assert isinstance(difference.step, PutState)
    assert difference.step.event_type == kind
    assert room.state[kind].items() <= difference.step.content.items()


def test_how_often_keys_change_is_left_as_it_is():
    room = desired()["lobby"]
    slow = {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 7}
    assert found(room, as_made(room, **{"m.room.encryption": slow})) == ()


def test_power_gained_by_hand_is_shown_with_the_user_and_taken_back():
    room = desired()["lobby"]
    levels = power_levels(room, {}, creators_unlimited=True)
    levels["users"] = {**levels["users"], "@eve:kith.test": 99}
    (difference,) = found(room, as_made(room, **{"m.room.power_levels": levels}))
    assert isinstance(difference.step, PutPowerLevels)
    assert "@eve:kith.test: 99" in difference.found


@pytest.mark.parametrize(
    ("membership", "invited"), [("leave", True), ("knock", True), ("invite", False), ("join", False), ("ban", False)]
)
def test_who_is_missing_is_invited_and_who_was_banned_is_left_to_a_person(membership, invited):
    room = desired()["lobby"]
    actual = as_made(room)
    state = {**actual.state, ("m.room.member", "@mo:kith.test"): {"membership": membership}}
    differences = found(room, dataclasses.replace(actual, state=state))
    assert [isinstance(d.step, InviteUser) for d in differences] == ([True] if invited else [])[:1] or (
        membership == "ban" and [d.step for d in differences] == [None]
    )


def test_federation_of_a_room_can_not_change_and_the_plan_says_so():
    closed = as_made(desired()["lobby"])
    differences = found(desired(federation=Federation.OPEN)["lobby"], closed)
    assert [difference.step for difference in differences if difference.what == "federation"] == [None]


def test_the_moderation_bot_can_shut_a_homeserver_out_where_others_can_be_and_nowhere_else():
    for federation in Federation:
        levels = power_levels(desired(federation=federation)["condition:t1d"], {}, creators_unlimited=True)
        assert levels["events"].get("m.room.server_acl") == (None if federation is Federation.CLOSED else 60)


@given(st.lists(st.sampled_from(["kith.test", "KITH.test", "*", "k?th.*", "evil.test", "*.evil.test"])))
def test_an_access_list_never_locks_its_own_server_out(deny):
    room = desired(federation=Federation.ALLIED, allies=("ally.test",))["lobby"]
    acl = server_acl(room, {"allow": ["*"], "deny": deny})
    assert acl["allow"] == ["kith.test", "ally.test"]
    assert set(acl["deny"]) == {pattern for pattern in deny if "evil" in pattern}


def test_an_open_community_keeps_denials_made_by_hand():
    room = desired(federation=Federation.OPEN)["lobby"]
    assert server_acl(room, {"allow": ["*"], "deny": ["evil.test"]}) is None
    assert server_acl(room, {"allow": ["kith.test"], "deny": ["evil.test"]}) == {
        "allow": ["*"],
        "deny": ["evil.test"],
        "allow_ip_literals": False,
    }


def test_access_lists_know_no_allys_port_and_let_an_address_in_only_where_it_is_a_servers_name():
    cast = dataclasses.replace(CAST, organiser="@organiser:localhost:8448")
    community = dataclasses.replace(COMMUNITY, federation=Federation.ALLIED, allies=("ally.test:8449", "[::1]:8448"))
    acl = server_acl(desired_rooms(community, cast, WORDS)[0], None)
    allow = ["localhost:8448", "localhost", "ally.test", "[::1]"]
    assert acl == {"allow": allow, "deny": [], "allow_ip_literals": True}
    community = dataclasses.replace(community, allies=("ally.test",))
    assert server_acl(desired_rooms(community, cast, WORDS)[0], None)["allow_ip_literals"] is False


def test_a_room_that_left_the_settings_is_shown_and_left_alone():
    rooms = {key: as_made(room) for key, room in desired().items()}
    (difference,) = plan(
        desired_rooms(dataclasses.replace(COMMUNITY, conditions=COMMUNITY.conditions[:1]), CAST, WORDS),
        Actual(rooms=rooms),
    )
    assert (difference.room, difference.step) == ("condition:ibd", None)
