# SPDX-License-Identifier: Apache-2.0
"""Room upgrades are followed, by all three bots, if whoever says so had the power for it, and the new room agrees."""

from dataclasses import replace

import pytest

from bots.core.actions import BotName, Join
from bots.core.events import Started
from bots.core.matrix.state import view_from_state
from bots.core.records import CommunityRoom
from bots.core.rooms import MembershipState, PowerLevels, RoomRole
from bots.moderation.records import Decision
from fakes.house import ANA, BEN, BOTS, MIA, MO, MODERATION, ORGANISER, WELCOME, House
from fakes.moderation_scene import HARBOUR, Scene

INVITE, JOIN, BAN = MembershipState.INVITE, MembershipState.JOIN, MembershipState.BAN


@pytest.fixture
async def house():
    return await House.built(bots=tuple(BotName))


async def follows(house):
    """Time enough for the bots to hear of it, to come in, and to look around there."""
    await house.settles()
    await house.waits(seconds=10)
    await house.waits(seconds=10)


def upgrade(house, room_id, by=ORGANISER, **other):
    """What an app does when somebody upgrades a room: a new one, made by them, and a tombstone in the old one."""
    old = house.homeserver.rooms[room_id]
    made = {"encrypted": True, "join_rule": old.join_rule, "name": old.name, "power_levels": old.power_levels}
    new = house.homeserver.create_room(by, **{**made, "predecessor": room_id, **other})
    house.homeserver.close(by, room_id, new)
    return new


def lets_in(house, room_id, *bots):
    for bot in bots:
        house.homeserver.invite(ORGANISER, room_id, bot)


def known(house):
    return {room.room_id: (room.role, room.condition, room.position) for room in house.recorded(CommunityRoom)}


async def test_the_bots_go_along_and_the_room_is_the_communitys(house):
    new = upgrade(house, house.harbour)
    lets_in(house, new, MODERATION)
    await follows(house)
    await house.waits(minutes=1)
    assert known(house)[new] == (RoomRole.CONDITION, "type-1-diabetes", 2)
    assert house.harbour not in known(house)
    assert house.homeserver.rooms[new].joined() >= BOTS
    assert any("Harbour has moved to a new room" in told for told in house.told)


async def test_nobody_is_alarmed_while_the_bots_go_along_and_who_can_not_is_told_within_the_hour(house):
    new = upgrade(house, house.harbour)
    # As Synapse does: nobody is to write in the old room any more.
    house.homeserver.set_power(ORGANISER, house.harbour, MODERATION, 60)
    house.homeserver.set_power(ORGANISER, house.harbour, WELCOME, 20)
    await house.settles()
    assert not any("it was closed" in told for told in house.told)
    await house.waits(hours=1)
    assert any("it was closed" in told for told in house.told)
    lets_in(house, new, MODERATION)
    await house.waits(hours=2)
    await follows(house)
    assert known(house)[new][0] is RoomRole.CONDITION


async def test_members_are_invited_by_the_welcome_bot_once(house):
    new = upgrade(house, house.harbour)
    lets_in(house, new, *BOTS)
    await follows(house)
    assert house.homeserver.inviters[new, ANA] == WELCOME
    assert house.state(BEN, new) is INVITE
    assert ORGANISER in house.homeserver.rooms[new].joined()


async def test_nobody_is_invited_to_a_public_room(house):
    new = upgrade(house, house.lobby)
    await follows(house)
    assert known(house)[new][0] is RoomRole.LOBBY
    assert house.state(ANA, new) is None


async def test_who_is_muted_stays_so_and_the_mute_ends_when_it_should(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!mute 2h", reply_to=said)
    new = upgrade(house, house.harbour, power_levels=PowerLevels(users={MODERATION: 60, WELCOME: 25, MO: 50},
                  events={"m.room.power_levels": 60}, invite=25, state_default=100))  # fmt: skip
    lets_in(house, new, *BOTS)
    await follows(house)
    assert house.level(ANA, new) == -1
    assert {decision.room_id for decision in house.recorded(Decision)} == {new}
    await house.waits(hours=3)
    assert house.level(ANA, new) is None


async def test_who_is_banned_stays_so(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!ban", reply_to=said)
    new = upgrade(house, house.harbour)
    lets_in(house, new, *BOTS)
    await follows(house)
    assert house.state(ANA, new) is BAN


async def test_orders_work_in_the_new_room(house):
    new = upgrade(house, house.harbour)
    lets_in(house, new, *BOTS)
    await follows(house)
    house.homeserver.join(ANA, new)
    said = house.says(ANA, "buy my pills", new)
    house.homeserver.join(MO, new)
    await house.orders(MO, "!mute 2h", room_id=new, reply_to=said)
    assert house.level(ANA, new) == -1


async def test_the_moderators_room_is_followed_too(house):
    new = upgrade(house, house.office)
    lets_in(house, new, MODERATION, WELCOME)
    await follows(house)
    assert known(house)[new][0] is RoomRole.MODERATORS
    assert {house.state(MO, new), house.state(MIA, new)} == {INVITE}
    assert house.state(ANA, new) is None
    house.homeserver.join(MO, new)
    house.office = new
    assert "All of our rooms are protected" in (await house.asks("!status"))[0]


async def test_a_bot_that_is_not_let_in_asks_for_it_once_and_comes_when_it_is(house):
    new = upgrade(house, house.harbour)
    for _ in range(8):
        await house.waits(minutes=5)
    assert [told for told in house.told if "I am not let in" in told] == house.told[:1]
    assert house.harbour in known(house)
    lets_in(house, new, MODERATION)
    await house.waits(hours=1)
    await house.waits(hours=1)
    assert new in known(house)


async def test_who_lets_the_bots_in_late_does_not_wait_for_them(house):
    new = upgrade(house, house.harbour)
    for _ in range(8):
        await house.waits(minutes=5)
    lets_in(house, new, MODERATION)
    for _ in range(4):
        await house.waits(seconds=10)
    assert new in known(house)
    assert house.homeserver.rooms[new].joined() >= BOTS
    assert house.state(BEN, new) is INVITE


async def test_what_was_closed_while_the_bots_did_not_run_is_followed(house):
    new = upgrade(house, house.harbour)
    lets_in(house, new, *BOTS)
    house.runs(*BotName)
    await house.waits(seconds=1)
    await house.waits(minutes=1)
    assert new in known(house)


async def test_a_clock_that_is_set_back_meanwhile_changes_nothing(house):
    new = upgrade(house, house.harbour)
    await house.settles()
    house.clock.advance(-60 * 60)
    lets_in(house, new, *BOTS)
    await house.waits(hours=2)
    await house.waits(minutes=1)
    assert new in known(house)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"by": MO}, "without the power"),
        ({"predecessor": None}, "does not say it takes its place"),
        ({"predecessor": "!other"}, "does not say it takes its place"),
        ({"encrypted": False}, "is not encrypted"),
        ({"join_rule": "public"}, "anybody can enter"),
    ],
)
async def test_what_is_forged_or_worse_than_before_is_refused_and_told(house, other, reason):
    new = upgrade(house, house.harbour, **other)
    for bot in BOTS:
        house.homeserver.invite(other.get("by", ORGANISER), new, bot)
    await follows(house)
    await house.waits(minutes=1)
    assert house.harbour in known(house)
    assert new not in known(house)
    assert [told for told in house.told if reason in told] == house.told
    assert len(house.told) == 1
    assert MODERATION not in house.homeserver.rooms[new].joined()


async def test_a_room_that_somebody_else_made_is_not_taken_over(house):
    new = house.homeserver.create_room(ANA, join_rule="invite", predecessor=house.harbour)
    house.homeserver.invite(ANA, new, MODERATION)
    house.homeserver.close(ORGANISER, house.harbour, new)
    await follows(house)
    assert house.harbour in known(house)
    assert "somebody else made" in house.told[0]


@pytest.mark.parametrize("replacement", ["", "nonsense", "#alias:kith.test"])
async def test_a_tombstone_that_leads_nowhere_is_told(house, replacement):
    house.homeserver.close(ORGANISER, house.harbour, replacement)
    await follows(house)
    assert "names no room in its place" in house.told[0]
    assert house.harbour in known(house)


async def test_a_room_of_ours_is_not_taken_for_another(house):
    house.homeserver.close(ORGANISER, house.harbour, house.lobby)
    await follows(house)
    assert known(house)[house.lobby][0] is RoomRole.LOBBY
    assert "for something else" in house.told[0]
    assert MODERATION in house.homeserver.rooms[house.lobby].joined()


def test_predecessor_and_tombstone_are_read_from_state_and_nonsense_is_not():
    create = {"type": "m.room.create", "state_key": "", "sender": ORGANISER}
    tombstone = {"type": "m.room.tombstone", "state_key": "", "sender": MO, "content": {"replacement_room": "!b"}}
    content = {"room_version": "12", "predecessor": {"room_id": "!a"}}
    view = view_from_state("!r", [{**create, "content": content}, tombstone])
    assert (view.predecessor, view.tombstone, view.tombstone_by) == ("!a", "!b", MO)
    for odd in (None, 7, [], {"room_id": 7}, {"room_id": "!" + "x" * 999}):
        assert view_from_state("!r", [{**create, "content": {"predecessor": odd}}]).predecessor is None


async def test_what_was_closed_while_the_bot_did_not_run_is_followed_when_it_starts():
    scene = Scene()
    await scene.remembers(CommunityRoom(room_id=HARBOUR, role=RoomRole.CONDITION, condition="type-1-diabetes"))
    await scene.happens(Started(at=scene.now))
    assert not [action for action in scene.last if isinstance(action, Join)]
    closed = replace(scene.views[HARBOUR], tombstone="!new", tombstone_by=ORGANISER)
    scene.views[HARBOUR] = closed
    await scene.happens(Started(at=scene.now))
    assert [action.room_id for action in scene.last if isinstance(action, Join)] == ["!new"]
