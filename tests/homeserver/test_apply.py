# SPDX-License-Identifier: Apache-2.0
"""`apply` against a real Synapse: it does what the plan says, once, wherever it was stopped before."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from bots.core.actions import BotName
from bots.core.community import Condition, Federation, OwnList
from bots.core.homeserver.apply import apply, observe
from bots.core.homeserver.desired import MARKER, Cast, desired_rooms
from bots.core.homeserver.plan import plan
from bots.core.matrix.http import Http, path
from bots.core.matrix.room_actions import RoomActions
from bots.core.rooms.policies import About, Policy
from bots.core.settings import load_catalogue
from bots.core.transport import TransportError
from fakes.communities import BARE

pytestmark = pytest.mark.real

_slugs = itertools.count(1)


class Stopped(BaseException):
    """The process ended here."""


class Interrupted(Http):
    """Stops for good at the write after so many writes: it is carried out, and its answer never heard.

    To stop before a write is to have stopped after the one before it; reads change nothing.
    """

    def __init__(self, *arguments, after):
        super().__init__(*arguments)
        self.left = after

    async def _exchange(self, method, *arguments):
        answer = await super()._exchange(method, *arguments)
        if method != "GET":
            if self.left == 0:
                raise Stopped
            self.left -= 1
        return answer


class Stage:
    """An organiser, three bots and a moderator, of their own in each test."""

    def __init__(self, synapse, new_account, **changes):
        self.synapse = synapse
        self.organiser = new_account("organiser")
        self.bots = {bot: new_account(bot.value) for bot in BotName}
        self.moderator = new_account("moderator")
        self.member = new_account("member")
        self.cast = Cast(
            organiser=self.organiser.user_id, bots={bot: account.user_id for bot, account in self.bots.items()}
        )
        usual = {
            "slug": f"test-{next(_slugs)}",
            "conditions": (Condition(id="t1d", name={"en": "T1D"}, room_name="Harbour", room_topic="Calm"),),
            "moderators": (self.moderator.user_id,),
        }
        self.community = dataclasses.replace(BARE, **(usual | changes))

    @property
    def desired(self):
        return desired_rooms(self.community, self.cast, load_catalogue(self.community))

    def http(self, account=None):
        return Http(self.synapse.url, (account or self.organiser).access_token)

    async def apply(self, http=None):
        async with http or self.http() as door:
            return await apply(door, self.cast.organiser, self.desired)

    async def differences(self):
        async with self.http() as door:
            return plan(self.desired, await observe(door, self.cast.organiser, self.community.slug))

    async def put(self, account, room_id, event_type, content):
        async with self.http(account) as door:
            await door.request("PUT", path("rooms", room_id, "state", event_type, ""), content)

    async def state(self, room_id, event_type, account=None):
        async with self.http(account) as door:
            return await door.request("GET", path("rooms", room_id, "state", event_type, ""))

    async def joined(self, account=None):
        async with self.http(account) as door:
            return (await door.request("GET", path("joined_rooms")))["joined_rooms"]

    async def join(self, account, room_id):
        async with self.http(account) as door:
            await door.request("POST", path("rooms", room_id, "join"), {})


@pytest.fixture
def stage(synapse, new_account):
    return Stage(synapse, new_account)


async def test_a_second_run_finds_nothing_to_do(stage):
    first = await stage.apply()
    assert set(first.rooms) == {"lobby", "moderators", "condition:t1d"}
    assert first.left == first.refused == ()
    second = await stage.apply()
    assert second.done == ()
    assert second.rooms == first.rooms
    assert await stage.differences() == ()


async def test_rooms_have_the_servers_version_and_bots_can_do_what_they_must_and_no_more(stage):
    rooms = (await stage.apply()).rooms
    room = rooms["condition:t1d"]
    create = await stage.state(room, "m.room.create")
    assert create["room_version"] == "12"
    assert create["m.federate"] is False
    moderation, welcome, resources = (
        stage.bots[bot] for bot in (BotName.MODERATION, BotName.WELCOME, BotName.RESOURCES)
    )
    for bot in (moderation, welcome, resources):
        await stage.join(bot, room)
    async with stage.http(welcome) as door:
        await door.request("POST", path("rooms", room, "invite"), {"user_id": stage.member.user_id})
        with pytest.raises(TransportError, match="M_FORBIDDEN"):
            await door.request("POST", path("rooms", room, "kick"), {"user_id": resources.user_id})
    await stage.join(stage.member, room)
    async with stage.http(moderation) as door:
        levels = await door.request("GET", path("rooms", room, "state", "m.room.power_levels", ""))
        levels["users"][stage.member.user_id] = -1
        await door.request("PUT", path("rooms", room, "state", "m.room.power_levels", ""), levels)
    for powerless in (resources, moderation):
        with pytest.raises(TransportError, match="M_FORBIDDEN"):
            await stage.put(powerless, room, "m.room.name", {"name": "Mine"})
    with pytest.raises(TransportError, match="M_FORBIDDEN"):
        await stage.put(stage.member, room, "m.room.encrypted", {})

    assert await stage.differences() == ()
    await stage.put(stage.organiser, room, "m.room.name", {"name": "Other"})
    await stage.put(stage.organiser, room, "m.room.power_levels", {**levels, "kick": 0})
    done = (await stage.apply()).done
    assert {(d.room, d.what) for d in done} == {
        ("condition:t1d", "name changed"),
        ("condition:t1d", "power levels drifted"),
    }
    after = await stage.state(room, "m.room.power_levels")
    assert (after["users"][stage.member.user_id], after["kick"]) == (-1, 50)


async def test_a_run_stopped_at_any_request_is_completed_by_the_next_and_no_room_is_made_twice(synapse, new_account):
    whole = Stage(synapse, new_account)
    counting = Interrupted(synapse.url, whole.organiser.access_token, after=10_000)
    await whole.apply(counting)
    writes = 10_000 - counting.left
    assert writes > 10
    for stop in range(writes):
        stage = Stage(synapse, new_account)
        with pytest.raises(Stopped):
            await stage.apply(Interrupted(synapse.url, stage.organiser.access_token, after=stop))
        rooms = (await stage.apply()).rooms
        assert sorted(await stage.joined()) == sorted(rooms.values()), stop
        assert len(rooms) == 3
        assert await stage.differences() == (), stop


async def test_a_strangers_room_with_our_mark_and_an_organisers_own_room_are_left_alone(stage):
    await stage.apply()
    async with stage.http(stage.member) as door:
        fake = await door.request(
            "POST",
            path("createRoom"),
            {
                "creation_content": {MARKER: {"community": stage.community.slug, "key": "lobby"}},
                "preset": "private_chat",
                "invite": [stage.organiser.user_id],
            },
        )
    await stage.join(stage.organiser, fake["room_id"])
    async with stage.http() as door:
        await door.request("POST", path("createRoom"), {"preset": "private_chat", "name": "Mine"})
    result = await stage.apply()
    assert result.done == ()
    assert fake["room_id"] not in result.rooms.values()


async def test_a_room_that_an_app_upgraded_is_known_again_and_none_is_made_in_its_place(stage):
    rooms = (await stage.apply()).rooms
    old = rooms["condition:t1d"]
    async with stage.http() as door:
        answer = await door.request("POST", path("rooms", old, "upgrade"), {"new_version": "12"})
    new = answer["replacement_room"]
    assert MARKER not in await stage.state(new, "m.room.create")
    result = await stage.apply()
    assert result.rooms == {**rooms, "condition:t1d": new}
    assert (await stage.state(new, "m.room.power_levels"))["users"][stage.cast.bots[BotName.MODERATION]] == 60
    # Once more: what it needs is asked of the rooms, not remembered.
    async with stage.http() as door:
        answer = await door.request("POST", path("rooms", new, "upgrade"), {"new_version": "12"})
    assert (await stage.apply()).rooms["condition:t1d"] == answer["replacement_room"]


async def test_a_refused_invitation_is_told_and_stops_nothing_else(synapse, new_account):
    stage = Stage(synapse, new_account, federation=Federation.OPEN)
    stage.community = dataclasses.replace(
        stage.community, moderators=("@nobody:no-such-server.invalid", stage.moderator.user_id)
    )
    result = await stage.apply()
    assert {d.step.user for d, _ in result.refused} == {"@nobody:no-such-server.invalid"}
    assert {d.found for d in await stage.differences()} == {"@nobody:no-such-server.invalid: not invited"}


@pytest.mark.parametrize(
    ("federation", "allied", "may"),
    [
        (Federation.CLOSED, False, False),
        (Federation.ALLIED, False, False),
        (Federation.ALLIED, True, True),
        (Federation.OPEN, False, True),
    ],
)
async def test_another_servers_member_may_come_in_as_the_federation_setting_says(
    federated_pair, federation, allied, may
):
    first, second = federated_pair.first, federated_pair.second

    def account(name):
        return first.register(f"{name}-{federation.value}-{allied}-{next(_slugs)}".lower())

    allies = (second.server_name,) if allied else ("elsewhere.test",) if federation is Federation.ALLIED else ()
    stage = Stage(first, account, federation=federation, allies=allies)
    applied = await stage.apply()
    assert applied.refused == ()
    lobby = applied.rooms["lobby"]
    guest = second.register(f"guest-{federation.value}-{allied}".lower())
    async with Http(second.url, guest.access_token) as door:
        arguments = ("POST", path("join", lobby), {})
        if may:
            await door.request(*arguments, query={"server_name": first.server_name})
        else:
            with pytest.raises(TransportError):
                await door.request(*arguments, query={"server_name": first.server_name})
    assert await stage.differences() == ()


async def test_our_own_list_is_read_by_anybody_written_by_the_bot_alone_and_forgets_what_was_taken_out(
    synapse, new_account
):
    stage = Stage(synapse, new_account, own_list=OwnList(name="Kept out"))
    room = (await stage.apply()).rooms["list"]
    assert await stage.differences() == ()
    keeper, anybody = stage.bots[BotName.MODERATION], stage.member
    await stage.join(keeper, room)
    await stage.join(anybody, room)
    policy = Policy(About.USER, "@eve:evil.example", reason="spam")
    where = path("rooms", room, "state", policy.kind, policy.state_key)
    async with stage.http(keeper) as door, stage.http(anybody) as reading:
        actions = RoomActions(door)
        with pytest.raises(TransportError, match="M_FORBIDDEN"):
            await RoomActions(reading).put_rule(room, policy.kind, policy.state_key, policy.content())
        with pytest.raises(TransportError, match="M_FORBIDDEN"):
            await reading.request(
                "PUT", path("rooms", room, "send", "m.room.message", "1"), {"msgtype": "m.text", "body": "-"}
            )
        await actions.put_rule(room, policy.kind, policy.state_key, policy.content())
        # As Mjolnir, Draupnir and Meowlnir look for it.
        assert (await stage.state(room, "m.room.create", anybody))["type"] == "support.feline.policy.lists.msc.v1"
        assert (await stage.state(room, "org.matrix.mjolnir.shortcode", anybody))["shortcode"] == stage.community.slug
        event = await reading.request("GET", where, query={"format": "event"})
        assert event["content"] == {"entity": "@eve:evil.example", "recommendation": "m.ban", "reason": "spam"}
        await actions.take_rule(room, policy.kind, policy.state_key)
        assert await reading.request("GET", where) == {}
        before = await reading.request("GET", path("rooms", room, "event", event["event_id"]))
        assert before["content"] == {}
        # Stopped between the two, the second is done by the next run.
        await actions.put_rule(room, policy.kind, policy.state_key, policy.content())
        event = await reading.request("GET", where, query={"format": "event"})
        await door.request("PUT", where, {})
        await actions.take_rule(room, policy.kind, policy.state_key)
        before = await reading.request("GET", path("rooms", room, "event", event["event_id"]))
        assert before["content"] == {}
