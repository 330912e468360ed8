# SPDX-License-Identifier: Apache-2.0
"""What the runtime relies on, held against the homeserver in memory and against a real Synapse alike."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from datetime import UTC, datetime

import pytest

from bots.core.events import Membership, Message, Reaction, Redaction, RoomStateChanged
from bots.core.language.markup import Rendered
from bots.core.matrix.http import Http, path
from bots.core.matrix.login import Password
from bots.core.matrix.opening import open_client
from bots.core.rooms import MembershipState, PowerLevels
from bots.core.rooms.policies import About, Policy
from bots.core.simulation.homeserver import MemoryHomeserver
from bots.core.simulation.transport import MemoryTransport
from bots.core.transport import Outgoing, TransportError

BOT_POWER = 60


def words(text, **more):
    return Outgoing(rendered=Rendered(text, f"<p>{text}</p>"), **more)


class Peer:
    """A transport, and how far its syncs have come."""

    def __init__(self, transport):
        self.transport = transport
        self.since = None

    @property
    def me(self):
        return self.transport.user_id

    async def sync(self):
        batch = await self.transport.sync(self.since, timeout_ms=0)
        self.since = batch.next_batch
        await self.transport.load_rooms(batch.room_ids)
        return batch

    async def hears(self, kind, tries=20):
        """The events of a kind in the next sync that has any."""
        for _ in range(tries):
            found = [event for event in (await self.sync()).events if isinstance(event, kind)]
            if found:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"no {kind.__name__} came")


class InMemory:
    def __init__(self):
        self._homeserver = MemoryHomeserver(lambda: datetime.now(UTC))

    async def peer(self, name):
        return Peer(MemoryTransport(self._homeserver, f"@{name}:x"))

    async def room(self, creator, bot):
        levels = PowerLevels(users={bot.me: BOT_POWER}, state_default=BOT_POWER)
        room_id = self._homeserver.create_room(creator.me, power_levels=levels)
        self._homeserver.invite(creator.me, room_id, bot.me)
        return room_id

    async def policy_list(self, keeper, alias):
        room_id = self._homeserver.create_room(keeper.me, encrypted=False, join_rule="public")
        self._homeserver.aliases[f"#{alias}:x"] = room_id
        return room_id, f"#{alias}:x"

    async def put_rule(self, keeper, room_id, kind, state_key, content):
        self._homeserver.put_policy(keeper.me, room_id, kind, state_key, content)


class OnSynapse:
    def __init__(self, synapse, new_account, folder):
        self._synapse, self._new_account, self._folder = synapse, new_account, folder
        self._accounts = {}

    async def peer(self, name):
        account = self._new_account(name)
        self._accounts[account.user_id] = account
        folder = self._folder / account.user_id[1:].partition(":")[0]
        client = await open_client(
            self._synapse.url, account.user_id, Password(account.password), folder / "crypto", folder / "secrets"
        )
        return Peer(client)

    async def room(self, creator, bot):
        body = {
            "preset": "private_chat",
            "invite": [bot.me],
            "initial_state": [{"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}],
            "power_level_content_override": {
                "users": {bot.me: BOT_POWER},
                "events": {"m.room.power_levels": BOT_POWER},
            },
        }
        async with Http(self._synapse.url, self._accounts[creator.me].access_token) as http:
            return (await http.request("POST", path("createRoom"), body))["room_id"]

    async def policy_list(self, keeper, alias):
        """By its id: our own homeserver lets nobody make an alias, since everybody could read it."""
        body = {"preset": "public_chat"}
        async with Http(self._synapse.url, self._accounts[keeper.me].access_token) as http:
            room_id = (await http.request("POST", path("createRoom"), body))["room_id"]
        return room_id, room_id

    async def put_rule(self, keeper, room_id, kind, state_key, content):
        async with Http(self._synapse.url, self._accounts[keeper.me].access_token) as http:
            await http.request("PUT", path("rooms", room_id, "state", kind, state_key), content)


@pytest.fixture(params=["memory", pytest.param("synapse", marks=pytest.mark.real)])
async def homeserver(request, tmp_path):
    if request.param == "memory":
        yield InMemory()
        return
    made = []
    real = OnSynapse(request.getfixturevalue("synapse"), request.getfixturevalue("new_account"), tmp_path)
    make = real.peer

    async def kept(name):
        made.append(await make(name))
        return made[-1]

    real.peer = kept
    yield real
    for peer in made:
        await peer.transport.close()


@pytest.fixture
async def people(homeserver):
    """Anna, who made an encrypted room, and a bot that has come to it."""
    anna, bot = await homeserver.peer("anna"), await homeserver.peer("bot")
    room_id = await homeserver.room(anna, bot)
    await anna.sync()
    await bot.sync()
    await bot.transport.join(room_id)
    for peer in (anna, bot):
        await peer.sync()
        await peer.transport.load_rooms(frozenset({room_id}))
    return anna, bot, room_id


async def test_an_invitation_comes_with_who_sent_it(homeserver):
    anna, bot = await homeserver.peer("anna"), await homeserver.peer("bot")
    await bot.sync()
    room_id = await homeserver.room(anna, bot)

    (invited,) = await bot.hears(Membership)

    assert (invited.room_id, invited.user, invited.sender) == (room_id, bot.me, anna.me)
    assert invited.now is MembershipState.INVITE
    assert invited.event_id
    assert room_id not in bot.transport.joined_rooms()


async def test_the_room_is_as_the_homeserver_says(people):
    anna, bot, room_id = people

    view = bot.transport.room(room_id)

    assert room_id in bot.transport.joined_rooms()
    assert view.encrypted
    assert view.joined() == {anna.me, bot.me}
    assert view.creators == {anna.me}
    assert view.power_levels.users[bot.me] == BOT_POWER


async def test_a_message_is_read_by_the_others_and_shown_to_its_sender_by_transaction(people):
    anna, bot, room_id = people
    event_id = await bot.transport.send(room_id, words("hello"), "t1")

    (message,) = await anna.hears(Message)

    assert (message.text, message.sender, message.event_id) == ("hello", bot.me, event_id)
    assert message.encrypted
    batch = await bot.sync()
    assert batch.own == {"t1": event_id}
    assert [event for event in batch.events if isinstance(event, Message)] == []


async def test_the_same_transaction_id_says_it_once(people):
    anna, bot, room_id = people
    first = await bot.transport.send(room_id, words("once"), "same")
    second = await bot.transport.send(room_id, words("once"), "same")

    assert first == second
    assert [message.text for message in await anna.hears(Message)] == ["once"]


async def test_the_same_since_gives_the_same_events_again(people):
    anna, bot, room_id = people
    await anna.transport.send(room_id, words("hi"), "t1")
    since = bot.since
    first = await bot.hears(Message)
    bot.since = since

    assert await bot.hears(Message) == first


async def test_replies_threads_and_mentions_arrive(people):
    anna, bot, room_id = people
    root = await anna.transport.send(room_id, words("root"), "t1")
    await bot.transport.send(room_id, words("answer", reply_to=root, thread=root, mentions=(anna.me,)), "t2")

    (answer,) = await anna.hears(Message)

    assert answer.thread == root
    assert answer.reply_to == root
    assert answer.mentions == {anna.me}


async def test_an_edit_changes_what_was_said(people):
    anna, bot, room_id = people
    said = await bot.transport.send(room_id, words("12 of 100"), "t1")
    await bot.transport.send(room_id, words("all of them", replaces=said), "t2")

    assert [(message.replaces, message.text) for message in await anna.hears(Message)][-1] == (said, "all of them")
    assert (await anna.transport.event(room_id, said)).text == "all of them"


async def test_what_was_written_is_given_only_while_nobody_has_changed_it(people):
    anna, bot, room_id = people
    first = await anna.transport.send(room_id, words("one"), "t1")
    await bot.hears(Message)
    assert (await bot.transport.as_written(room_id, first)).text == "one"

    second = await anna.transport.send(room_id, words("two", replaces=first), "t2")
    await bot.hears(Message)
    assert await bot.transport.as_written(room_id, first) is None
    assert (await bot.transport.as_written(room_id, second)).text == "two"

    await anna.transport.redact(room_id, first, "t3")
    assert await bot.transport.as_written(room_id, second) is None
    assert await bot.transport.as_written(room_id, first) is None
    assert await bot.transport.as_written(room_id, "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") is None


async def test_a_topic_is_for_everybody_to_read(people):
    anna, bot, room_id = people
    await bot.transport.set_topic(room_id, "1. Close the app")
    await bot.transport.set_topic(room_id, "")

    assert {change.type for change in await anna.hears(RoomStateChanged)} == {"m.room.topic"}


async def test_a_reaction_arrives_and_the_same_one_again_is_told_as_such(people):
    anna, bot, room_id = people
    target = await anna.transport.send(room_id, words("hi"), "t1")
    await bot.transport.react(room_id, target, "👍", "t2")
    await bot.transport.react(room_id, target, "👍", "t2")

    (reaction,) = await anna.hears(Reaction)
    assert (reaction.target, reaction.key, reaction.sender) == (target, "👍", bot.me)
    with pytest.raises(TransportError) as raised:
        await bot.transport.react(room_id, target, "👍", "another")
    assert raised.value.errcode == "M_DUPLICATE_ANNOTATION"
    assert not raised.value.retryable


async def test_who_sent_an_event_is_known_also_after_it_is_gone(people):
    anna, bot, room_id = people
    target = await anna.transport.send(room_id, words("hi"), "t1")
    await bot.hears(Message)
    assert (await bot.transport.event(room_id, target)).text == "hi"
    await bot.transport.redact(room_id, target, "t2")
    await bot.transport.redact(room_id, target, "t2")

    assert [event.target for event in await anna.hears(Redaction)] == [target]
    assert await bot.transport.event_sender(room_id, target) == anna.me
    assert await bot.transport.event(room_id, target) is None


async def test_who_sent_an_event_that_is_not_there_is_nobody(people):
    _, bot, room_id = people

    assert await bot.transport.event_sender(room_id, "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") is None


async def test_what_is_done_already_counts_as_done(homeserver, people):
    _, bot, room_id = people
    carl = await homeserver.peer("carl")
    assert await bot.transport.membership(room_id, carl.me) is None
    for act, state in (
        (bot.transport.invite, MembershipState.INVITE),
        (bot.transport.kick, MembershipState.LEAVE),
        (bot.transport.ban, MembershipState.BAN),
        (bot.transport.unban, MembershipState.LEAVE),
    ):
        await act(room_id, carl.me)
        await act(room_id, carl.me)
        assert await bot.transport.membership(room_id, carl.me) is state
        await bot.sync()
        await bot.transport.load_rooms(frozenset({room_id}))
        assert bot.transport.room(room_id).members[carl.me].state is state


async def test_nobody_acts_on_somebody_with_more_power(people):
    anna, bot, room_id = people

    with pytest.raises(TransportError) as raised:
        await bot.transport.kick(room_id, anna.me)

    assert raised.value.errcode == "M_FORBIDDEN"
    assert not raised.value.retryable


async def test_one_level_is_set_and_the_others_stay(people):
    anna, bot, room_id = people
    await bot.transport.set_power(room_id, "@carl:x", -1)
    assert bot.transport.room(room_id).power_levels.users == {bot.me: BOT_POWER}, "no sync has told of it"
    await bot.sync()
    assert bot.transport.room(room_id).power_levels.users == {bot.me: BOT_POWER, "@carl:x": -1}

    await bot.transport.set_power(room_id, "@carl:x", None)
    await anna.sync()

    assert anna.transport.room(room_id).power_levels.users == {bot.me: BOT_POWER}


async def test_a_door_is_opened_and_closed(people, homeserver):
    _, bot, room_id = people
    cleo = await homeserver.peer("cleo")
    await bot.transport.set_join_rule(room_id, "public")
    await bot.sync()
    assert bot.transport.room(room_id).join_rule == "public"
    await cleo.transport.join(room_id)
    await bot.transport.set_join_rule(room_id, "invite")
    dora = await homeserver.peer("dora")
    with pytest.raises(TransportError):
        await dora.transport.join(room_id)


async def test_what_happens_in_two_rooms_is_told_in_the_order_in_which_it_happened(people, homeserver):
    anna, bot, one = people
    two = await homeserver.room(anna, bot)
    await bot.transport.join(two)
    carl = await homeserver.peer("carl")
    await bot.sync()
    for room_id in (one, two):
        await anna.transport.invite(room_id, carl.me)
    for room_id in (two, one):
        await carl.transport.join(room_id)
    for room_id in (one, two):
        await carl.transport.leave(room_id)

    told = [event.room_id for event in (await bot.sync()).events if isinstance(event, Membership)]
    assert told == [one, two, two, one, one, two]


async def test_a_room_that_was_left_is_told_and_gone(people):
    anna, bot, room_id = people
    await anna.transport.kick(room_id, bot.me)

    batch = await bot.sync()

    assert room_id in batch.left
    assert room_id not in bot.transport.joined_rooms()
    assert bot.transport.room(room_id) is None


async def test_the_private_chat_with_a_person_is_made_once(homeserver, people):
    anna, bot, _ = people
    first = await bot.transport.create_private_chat(anna.me, "marker", "Private chat")
    second = await bot.transport.create_private_chat(anna.me, "marker", "Private chat")

    assert first == second
    (invited,) = [event for event in await anna.hears(Membership) if event.user == anna.me]
    assert (invited.room_id, invited.sender, invited.now) == (first, bot.me, MembershipState.INVITE)
    await bot.sync()
    await bot.transport.load_rooms(frozenset({first}))
    assert bot.transport.room(first).encrypted


async def test_the_first_sync_says_that_it_is(people):
    _, bot, _ = people
    bot.since = None

    assert (await bot.sync()).initial
    assert not (await bot.sync()).initial


async def test_who_invited_somebody_is_known_while_they_are_there(people, homeserver):
    anna, bot, room_id = people
    cleo = await homeserver.peer("cleo")

    async def inviter():
        return await bot.transport.inviter(room_id, cleo.me)

    assert await inviter() is None
    await bot.transport.invite(room_id, cleo.me)
    assert await inviter() == bot.me
    await cleo.transport.join(room_id)
    assert await inviter() == bot.me
    await cleo.transport.leave(room_id)
    assert await inviter() is None
    await anna.transport.invite(room_id, cleo.me)
    await cleo.transport.join(room_id)
    assert await inviter() == anna.me
    assert await bot.transport.inviter(room_id, anna.me) is None


async def test_a_policy_list_is_entered_and_read_as_other_tools_write_it(homeserver):
    keeper, bot = await homeserver.peer("keeper"), await homeserver.peer("bot")
    await bot.sync()
    room_id, alias = await homeserver.policy_list(keeper, "bad-people")
    ban = {"recommendation": "m.ban", "reason": "spam"}
    # Mjolnir's key is the rule, Draupnir's and Meowlnir's a hash; an old list has names from before MSC2313 was done.
    digest = base64.b64encode(hashlib.sha256(b"@hidden:x").digest()).decode()
    rules = {
        ("m.policy.rule.user", "rule:@spam*:x"): {**ban, "entity": "@spam*:x"},
        ("m.policy.rule.server", "rule:evil.example"): {**ban, "entity": "evil.example"},
        ("m.policy.rule.user", digest): {
            "recommendation": "m.takedown", "org.matrix.msc4205.hashes": {"sha256": digest},
        },
        ("org.matrix.mjolnir.rule.user", "rule:@old:x"): {
            **ban, "recommendation": "org.matrix.mjolnir.ban", "entity": "@old:x",
        },
        ("m.policy.rule.user", "rule:broken"): {"entity": 7},
    }  # fmt: skip
    for (kind, state_key), content in rules.items():
        await homeserver.put_rule(keeper, room_id, kind, state_key, content)
    assert await bot.transport.join(alias) == room_id
    await bot.sync()
    await bot.transport.load_rooms(frozenset({room_id}))
    there = bot.transport.room(room_id).policies
    assert there.keys() == rules.keys()
    assert [state_key for (_, state_key), policy in there.items() if policy is None] == ["rule:broken"]
    # Each takes a rule out by an empty one.
    await homeserver.put_rule(keeper, room_id, "m.policy.rule.user", "rule:@spam*:x", {})
    (change,) = await bot.hears(RoomStateChanged)
    assert (change.type, change.state_key) == ("m.policy.rule.user", "rule:@spam*:x")
    assert ("m.policy.rule.user", "rule:@spam*:x") not in bot.transport.room(room_id).policies


async def test_a_rule_of_ones_own_list_is_written_and_taken_out_as_often_as_asked(homeserver):
    keeper, reader = await homeserver.peer("keeper"), await homeserver.peer("reader")
    room_id, alias = await homeserver.policy_list(keeper, "kept-out")
    await reader.transport.join(alias)
    await reader.sync()
    policy = Policy(About.USER, "@eve:evil.example", reason="spam")
    where = (policy.kind, policy.state_key)
    for _ in range(2):
        await keeper.transport.put_rule(room_id, *where, policy.content())
    (change, *_) = await reader.hears(RoomStateChanged)
    assert (change.type, change.state_key) == where
    assert reader.transport.room(room_id).policies[where] == policy
    for _ in range(2):
        await keeper.transport.take_rule(room_id, *where)
    await keeper.transport.take_rule(room_id, policy.kind, "never-there")
    changes = await reader.hears(RoomStateChanged)
    assert {(change.type, change.state_key) for change in changes} == {where}
    assert reader.transport.room(room_id).policies == {}
