# SPDX-License-Identifier: Apache-2.0
"""Policy lists reach as far as a moderator let them, after a preview; what they did ends with the rule for it."""

import base64
import hashlib
from dataclasses import replace

import pytest

from bots.core.actions import BotName
from bots.core.crisis.tiers import Tier
from bots.core.events import RoomStateChanged
from bots.core.records import PrivateChat
from bots.core.rooms import MembershipState, PowerLevels
from bots.core.rooms.policies import POLICY_TYPES, policy_of
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.policy_lists.records import ListMatch, PolicyList
from bots.moderation.records import Decision, Kind
from fakes.house import ANA, BEN, MO, MODERATION, ORGANISER, WELCOME, House

KEEPER, LIST = "@keeper:other.example", "#bad-people:other.example"
USER = "m.policy.rule.user"


@pytest.fixture
async def house():
    return await with_a_list()


async def with_a_list(**settings):
    """A community, and a public list somewhere else, which nobody here reads yet."""
    house = await House.built(**settings)
    house.list = house.homeserver.create_room(
        KEEPER, encrypted=False, join_rule="public", name="Bad people", power_levels=PowerLevels(state_default=50)
    )
    house.homeserver.aliases[LIST] = house.list
    return house


def rule(house, entity, kind=USER, key=None, **content):
    """A rule as Mjolnir writes it."""
    content = {"entity": entity, "recommendation": "m.ban", "reason": "spam", **content}
    house.homeserver.put_policy(KEEPER, house.list, kind, key or f"rule:{entity}", content)


def lifted(house, entity, kind=USER):
    house.homeserver.put_policy(KEEPER, house.list, kind, f"rule:{entity}", {})


async def subscribed(house, may="tell"):
    await house.asks(f"!subscribe {LIST} {may}")
    await house.waits(seconds=3)
    await house.taps("✅", "I have done nothing yet")
    house.homeserver.news = len(house.homeserver.stream)


def is_out(house, user):
    return house.state(user) is MembershipState.BAN


# Subscribing


async def test_a_preview_says_who_would_be_touched_and_nothing_is_done(house):
    rule(house, ANA)
    # Nothing is ever done about those who look after the rooms.
    rule(house, MO)
    rule(house, "@*:elsewhere.example")
    await house.asks(f"!subscribe {LIST} ban")
    await house.waits(seconds=3)
    (told,) = house.told
    assert "rules 3" in told
    assert f"Here it names 1 person: {ANA}" in told
    assert "I would ban them" in told
    assert ANA in house.homeserver.rooms[house.harbour].joined()
    rule(house, BEN)
    await house.waits(hours=2)
    assert not is_out(house, ANA)
    assert not is_out(house, BEN)


async def test_one_tap_begins_it(house):
    rule(house, ANA)
    await house.asks(f"!subscribe {LIST} ban")
    await house.waits(seconds=3)
    await house.taps("✅", "I have done nothing yet")
    assert is_out(house, ANA)
    assert house.state(ANA, house.lobby) is MembershipState.BAN


@pytest.mark.parametrize("word", ["!subscribe yes", "!abonnieren ja", "!suscribir sí"])
async def test_or_one_word(house, word):
    rule(house, ANA)
    await house.asks(f"!subscribe {LIST} ban")
    await house.waits(seconds=3)
    await house.orders(BEN, word)
    assert not is_out(house, ANA)
    await house.asks(word)
    assert is_out(house, ANA)
    # There is nothing else to say yes to.
    assert "Which list?" in (await house.asks(word))[0]


async def test_without_a_word_a_list_only_tells(house):
    await subscribed(house, "")
    rule(house, ANA)
    await house.settles()
    assert f"{ANA} is on the list {LIST}" in house.told[0]
    assert "Its reason: “spam”" in house.told[0]
    assert not is_out(house, ANA)


@pytest.mark.parametrize("key", ["🔇", "👋", "⛔"])
async def test_one_tap_acts_on_whom_it_told_of_and_can_be_undone(house, key):
    await subscribed(house)
    rule(house, ANA)
    await house.settles()
    await house.taps(key, f"{ANA} is on the list")
    if key == "🔇":
        assert house.level(ANA) == -1
    else:
        assert ANA not in house.homeserver.rooms[house.harbour].joined()
    await house.asks(f"!undo {ANA}")
    assert house.level(ANA) is None
    assert not is_out(house, ANA)


async def test_a_members_tap_or_one_in_another_room_does_nothing(house):
    rule(house, ANA)
    await house.asks(f"!subscribe {LIST} ban")
    await house.waits(seconds=3)
    house.enters(BEN, house.office)
    await house.taps("✅", "I have done nothing yet", user=BEN)
    assert not is_out(house, ANA)


async def test_a_link_works_and_what_is_none_is_told(house):
    (told,) = await house.asks("!subscribe bad people please")
    assert "Which list?" in told
    link = f"https://matrix.to/#/{house.list.replace('!', '%21')}?via=other.example"
    await house.asks(f"!subscribe {link} hold")
    await house.waits(seconds=3)
    assert "rules 0" in house.told[-1]


async def test_a_list_that_nobody_lets_the_bot_into_is_told(house):
    (told,) = await house.asks("!subscribe #nowhere:other.example")
    assert "I could not come into #nowhere:other.example" in told
    assert house.recorded(PolicyList) == []


async def test_lists_shows_how_far_each_may_go_and_how_much_was_not_understood(house):
    assert "We read no lists" in (await house.asks("!lists"))[0]
    rule(house, ANA)
    rule(house, "@x:y", recommendation="m.unheard-of")
    await subscribed(house)
    (told,) = await house.asks("!lists")
    assert f"{LIST}: rules 1, not understood 1, our people on it 1" in told
    assert f"We read these lists: {LIST}." in (await house.asks("!status"))[0]


# What a list may do


@pytest.mark.parametrize("may", ["hold", "remove", "ban"])
async def test_a_list_does_what_it_may_and_the_end_of_the_rule_takes_it_back(house, may):
    await subscribed(house, may)
    rule(house, ANA)
    await house.settles()
    assert f"{ANA} is on the list {LIST}, so I do what it may." in house.told[0]
    assert (house.level(ANA) == -1) == (may == "hold")
    assert is_out(house, ANA) == (may == "ban")
    lifted(house, ANA)
    await house.settles()
    assert any("is no longer on the list" in told for told in house.told)
    assert house.level(ANA) is None
    assert not is_out(house, ANA)
    assert house.recorded(ListMatch) == []


async def test_somebody_who_comes_later_is_held_against_it(house):
    await subscribed(house, "ban")
    rule(house, "@eve:kith.test")
    await house.settles()
    assert house.told == []
    house.homeserver.join("@eve:kith.test", house.lobby)
    await house.settles()
    assert house.state("@eve:kith.test", house.lobby) is MembershipState.BAN


async def test_nobody_who_had_a_hard_time_is_acted_on_without_a_person(house):
    await subscribed(house, "ban")
    async with house.store.transaction(BotName.MODERATION, house.clock.now()) as transaction:
        alert = CrisisAlert(
            number=99, tier=Tier.THOUGHTS, rules=(), room_id="", event_id="", person=ANA, at=house.clock.now()
        )
        await transaction.remember(alert)
    rule(house, ANA)
    await house.settles()
    assert not is_out(house, ANA)
    assert "had a hard time here" in house.told[0]
    await house.taps("⛔", "had a hard time here")
    assert is_out(house, ANA)


async def test_moderators_bots_and_our_own_homeserver_are_never_touched(house):
    await subscribed(house, "ban")
    for entity in (MO, MODERATION, "@*:kith.test", "@*"):
        rule(house, entity)
    rule(house, "kith.test", "m.policy.rule.server")
    rule(house, "*.test", "m.policy.rule.server")
    await house.settles()
    assert house.recorded(Decision) == []
    assert [told for told in house.told if "I never act on a moderator" in told] == house.told


@pytest.mark.parametrize("answer", ["✅", f"!subscribe yes {LIST}", f"!abonnieren  ja  {LIST}"])
async def test_too_many_at_once_are_asked_about(house, answer):
    people = [f"@p{number}:else.example" for number in range(8)]
    for person in people:
        house.homeserver.join(person, house.lobby)
    await house.settles()
    await subscribed(house, "ban")
    rule(house, "@p?:else.example")
    await house.settles()
    (told,) = house.told
    assert "8 of our people came onto the list" in told
    assert not house.recorded(Decision)
    assert f"!subscribe yes {LIST}" in told
    # Of another list, or of none, it says nothing.
    assert "We read no list of that name" in (await house.asks("!subscribe yes #other:other.example"))[0]
    await house.asks("!subscribe yes")
    assert not house.recorded(Decision)
    await (house.taps("✅", "came onto the list") if answer == "✅" else house.asks(answer))
    assert {house.state(person, house.lobby) for person in people} == {MembershipState.BAN}


async def has_a_chat(house, user):
    """The person's private chat with the welcome bot."""
    chat = house.homeserver.create_room(WELCOME, name="chat")
    house.homeserver.invite(WELCOME, chat, user)
    house.homeserver.join(user, chat)
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        await transaction.remember(PrivateChat(user=user, room_id=chat))
    return chat


async def test_whom_a_moderators_yes_to_a_list_bans_hears_that_a_list_is_why(house):
    chat = await has_a_chat(house, ANA)
    rule(house, ANA)
    await subscribed(house, "ban")
    (told,) = house.said(chat, by=WELCOME)
    assert "A moderator closed our rooms to you" in told
    assert "A list of another community, which we read, names you" in told
    assert "no reason" not in told


@pytest.mark.parametrize("way", ["by itself", "✅", "🔇"])
async def test_whom_a_list_holds_hears_of_it_and_so_do_the_moderators_and_it_ends_after_a_day(house, way):
    zoe = "@zoe:else.example"
    house.homeserver.join(zoe, house.lobby)
    chat = await has_a_chat(house, zoe)
    await house.settles()
    if way == "✅":
        rule(house, zoe)
    await subscribed(house, "tell" if way == "🔇" else "hold")
    if way != "✅":
        rule(house, zoe)
        await house.settles()
    if way == "🔇":
        await house.taps("🔇", "is on the list")
    assert house.level(zoe, house.lobby) == -1
    told = house.said(house.office)
    assert any(f"{zoe} can read but not write in The lobby, until you have looked" in line for line in told)
    assert any("until a moderator has looked" in line for line in house.said(chat, by=WELCOME))
    await house.waits(hours=25)
    assert house.level(zoe, house.lobby) is None


@pytest.mark.parametrize("name", ["alias", "room"])
async def test_a_preview_of_how_far_a_list_might_go_changes_nothing_about_one_that_is_read(house, name):
    await subscribed(house, "ban")
    await house.asks(f"!subscribe {LIST if name == 'alias' else house.list} hold")
    await house.waits(seconds=3)
    assert "I would hold them" in house.told[-1]
    rule(house, ANA)
    await house.settles()
    assert is_out(house, ANA)
    assert "It may ban them" in (await house.asks("!lists"))[0]
    assert LIST in (await house.asks("!status"))[0]
    await house.asks("!subscribe yes")
    assert "It may hold them" in (await house.asks("!lists"))[0]
    rule(house, BEN)
    await house.settles()
    assert not is_out(house, BEN)
    assert house.level(BEN) == -1


async def test_a_list_that_is_read_and_cannot_be_entered_again_goes_on_being_read(house):
    await subscribed(house, "ban")
    house.homeserver.ban(KEEPER, house.list, MODERATION)
    await house.asks(f"!subscribe {house.list} hold")
    await house.waits(seconds=30)
    assert any("I could not come into" in told for told in house.told)
    assert [(each.may, each.active) for each in house.recorded(PolicyList)] == [("ban", True)]


async def test_a_preview_names_those_who_were_only_told_of_before(house):
    await subscribed(house)
    rule(house, ANA)
    await house.settles()
    await house.asks(f"!subscribe {LIST} ban")
    await house.waits(seconds=3)
    assert f"Here it names 1 person: {ANA}" in house.told[-1]
    await house.asks("!subscribe yes")
    assert is_out(house, ANA)
    await house.asks(f"!subscribe {LIST} hold")
    await house.waits(seconds=3)
    assert "names nobody of whom I have not told you" in house.told[-1]


async def test_a_tap_says_yes_to_the_preview_that_it_is_under(house):
    rule(house, ANA)
    for may in ("hold", "ban"):
        await house.asks(f"!subscribe {LIST} {may}")
        await house.waits(seconds=3)
    await house.taps("✅", "I would hold them")
    assert not is_out(house, ANA)
    assert house.level(ANA) == -1


async def test_unsubscribing_ends_what_was_done(house):
    rule(house, ANA)
    await subscribed(house, "ban")
    assert is_out(house, ANA)
    await house.asks(f"!unsubscribe {LIST}")
    assert not is_out(house, ANA)
    assert house.recorded(PolicyList) == house.recorded(ListMatch) == []
    assert MODERATION not in house.homeserver.rooms[house.list].joined()
    assert "We read no list of that name" in (await house.asks(f"!unsubscribe {LIST}"))[0]


async def test_a_list_that_is_gone_lets_nobody_go_and_is_told_once(house):
    rule(house, ANA)
    await subscribed(house, "ban")
    house.homeserver.remove(KEEPER, house.list, MODERATION)
    await house.waits(hours=1)
    await house.waits(hours=1)
    assert is_out(house, ANA)
    assert [told for told in house.told if "I can't read the list" in told] == house.told
    assert len(house.told) == 1


async def test_a_restart_finds_what_changed_meanwhile(house):
    await subscribed(house, "hold")
    house.runs()
    rule(house, ANA)
    await house.settles()
    assert house.level(ANA) == -1
    await house.restarts()
    assert len(house.recorded(Decision)) == 2
    assert {decision.target for decision in house.recorded(Decision)} == {ANA}


async def test_thousands_of_rules_in_one_sync_are_one_look(house):
    await subscribed(house, "hold")
    content = {"entity": "", "recommendation": "m.ban"}
    room = house.homeserver.rooms[house.list]
    policies = {(USER, f"{n}"): policy_of(USER, {**content, "entity": f"@p{n}:x"}) for n in range(50_000)}
    policies[USER, "last"] = policy_of(USER, {**content, "entity": ANA})
    house.homeserver.rooms[house.list] = replace(room, policies=policies)
    for n in range(2_000):
        event = RoomStateChanged(
            room_id=house.list, event_id=f"$r{n}", sender=KEEPER, sent_at=house.clock.now(), type=USER, state_key=f"{n}"
        )
        house.homeserver._publish(event)
    decided = house.running[BotName.MODERATION].metrics.events
    before = decided._value.get()
    await house.settles()
    assert house.level(ANA) == -1
    assert decided._value.get() - before < 20


# Beside other tools


@pytest.mark.parametrize("kind", [kind for kind in POLICY_TYPES if kind.endswith("user")])
async def test_rules_are_read_under_every_name_that_other_tools_write(house, kind):
    await subscribed(house)
    rule(house, ANA, kind, recommendation="org.matrix.mjolnir.ban")
    await house.settles()
    assert ANA in house.told[0]


async def test_a_rule_as_draupnir_hides_it(house):
    await subscribed(house)
    hashed = base64.b64encode(hashlib.sha256(ANA.encode()).digest()).decode()
    content = {"recommendation": "org.matrix.msc4204.takedown", "org.matrix.msc4205.hashes": {"sha256": hashed}}
    house.homeserver.put_policy(KEEPER, house.list, USER, hashed, content)
    await house.settles()
    assert "It gives no reason." in house.told[0]


async def test_a_ban_by_another_bot_is_neither_done_again_nor_undone(house):
    house.homeserver.set_power(ORGANISER, house.harbour, "@draupnir:kith.test", 50)
    house.enters("@draupnir:kith.test", house.harbour)
    await subscribed(house, "ban")
    house.homeserver.ban("@draupnir:kith.test", house.harbour, ANA)
    await house.settles()
    rule(house, ANA)
    await house.settles()
    assert {decision.room_id for decision in house.recorded(Decision)} == {house.lobby}
    lifted(house, ANA)
    await house.settles()
    assert is_out(house, ANA)
    assert house.state(ANA, house.lobby) is not MembershipState.BAN


async def test_a_ban_by_another_bot_is_told_once_for_all_rooms(house):
    for room in (house.harbour, house.lobby):
        house.homeserver.set_power(ORGANISER, room, "@draupnir:kith.test", 50)
        house.enters("@draupnir:kith.test", room)
    for room in (house.harbour, house.lobby):
        house.homeserver.ban("@draupnir:kith.test", room, ANA)
        await house.settles()
    (told,) = house.told
    assert f"{ANA} was banned from Harbour by @draupnir:kith.test" in told
    house.homeserver.ban(MO, house.harbour, BEN)
    await house.settles()
    assert f"by {MO}" in house.told[1]


async def test_our_own_bans_are_not_told_as_somebody_elses(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!ban", reply_to=said)
    assert not [told for told in house.told if "I had no part in it" in told]


@pytest.mark.parametrize(
    "command",
    [
        "!draupnir ban #list:x @ana:kith.test spam",
        "!mjolnir rooms",
        "!meowlnir status",
        "!ban list @ana:kith.test spam",
    ],
)
async def test_what_other_bots_are_told_is_not_for_us(house, command):
    await house.asks(command)
    assert house.recorded(Decision) == []
    assert ANA in house.homeserver.rooms[house.harbour].joined()


# Upgrades of the list's own room


async def is_upgraded(house, by=KEEPER, **other):
    """Somebody upgrades the room of the list. No rules come along."""
    old = house.list
    made = {"encrypted": False, "join_rule": "public", "power_levels": PowerLevels(state_default=50), **other}
    new = house.homeserver.create_room(by, name="Bad people", predecessor=old, **made)
    house.homeserver.close(KEEPER, old, new)
    await house.settles()
    for _ in range(3):
        await house.waits(seconds=10)
    house.list = new


async def test_a_list_is_followed_to_its_new_room_and_an_empty_one_lets_nobody_go(house):
    await subscribed(house, "ban")
    rule(house, ANA)
    await house.settles()
    assert is_out(house, ANA)
    old = house.list
    await is_upgraded(house)
    assert any(f"The list {LIST} has moved to a new room" in told for told in house.told)
    await house.waits(hours=2)
    assert is_out(house, ANA)
    (known,) = house.recorded(PolicyList)
    assert (known.room_id, known.active, known.may) == (house.list, True, "ban")
    assert MODERATION not in house.homeserver.rooms[old].joined()
    rule(house, BEN)
    await house.settles()
    assert is_out(house, BEN)
    lifted(house, BEN)
    await house.settles()
    assert not is_out(house, BEN)


async def test_a_room_that_somebody_else_made_is_not_taken_for_the_list(house):
    await subscribed(house, "ban")
    old = house.list
    await is_upgraded(house, by=BEN)
    rule_by_ben = {"entity": ANA, "recommendation": "m.ban", "reason": "x"}
    house.homeserver.put_policy(BEN, house.list, USER, "rule:ana", rule_by_ben)
    await house.waits(hours=2)
    assert not is_out(house, ANA)
    assert [known.room_id for known in house.recorded(PolicyList)] == [old]


async def test_who_is_muted_by_a_moderator_already_is_left_as_they_are(house):
    said = house.says(ANA, "hello")
    await house.orders(MO, "!mute 2h", reply_to=said)
    await subscribed(house, "hold")
    rule(house, ANA)
    await house.settles()
    (theirs,) = [each for each in house.recorded(Decision) if each.room_id == house.harbour]
    assert (theirs.kind, theirs.active) == (Kind.MUTE, True)
    assert house.level(ANA, house.lobby) == -1, "the list holds them where nobody decided anything"
