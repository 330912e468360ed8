# SPDX-License-Identifier: Apache-2.0
"""Nobody stands on our own list without a person's second word, nor for what they went through; and anybody can go."""

import pytest

from bots.core.actions import BotName
from bots.core.community import Deed, Federation, Mode, OwnList
from bots.core.crisis.tiers import Tier
from bots.core.events import Redaction
from bots.core.records import CommunityRoom, PrivateChat
from bots.core.rooms import PowerLevels, RoomRole
from bots.core.rooms.policies import About, Policy, Reason
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.own_list.naming import Wanted, too_wide, wanted
from bots.moderation.own_list.records import ToPublish
from bots.moderation.policy_lists.records import PolicyList
from bots.moderation.records import Appeal, Decision
from fakes.crashes import Countdown, Crashed, Mortal
from fakes.house import ANA, BEN, MIA, MO, MODERATION, ORGANISER, WELCOME, House

EVE, EVIL = "@eve:evil.example", "evil.example"
ASKED = "This would be public"
SHOWN = OwnList(name="Kept out", hidden=False)


@pytest.fixture
async def house():
    return await publishing()


async def publishing(own_list=SHOWN, **settings):
    """A community that publishes a list, on which nobody stands yet."""
    house = await House.built(own_list=own_list, **settings)
    house.list = await list_room(house)
    return house


async def list_room(house, power=60, **made):
    levels = PowerLevels(users={MODERATION: power}, events_default=60, state_default=60)
    made = {"encrypted": False, "join_rule": "public", "name": "Kept out", "power_levels": levels, **made}
    room_id = house.homeserver.create_room(ORGANISER, **made)
    async with house.store.transaction(BotName.MODERATION, house.clock.now()) as transaction:
        await transaction.remember(CommunityRoom(room_id=room_id, role=RoomRole.OWN_LIST, position=9))
    house.enters(MODERATION, room_id)
    # By then it is known which room it is.
    await house.waits(seconds=10)
    house.homeserver.news = len(house.homeserver.stream)
    return room_id


def standing(house):
    """What the list says now."""
    return [(rule.about, rule.entity or rule.sha256, rule.reason) for rule in rules(house)]


def rules(house):
    return list(house.homeserver.rooms[house.list].policies.values())


async def published(house, what=f"{EVE} spam"):
    await house.asks(f"!publish {what}")
    return await house.taps("✅", ASKED)


def audited(house):
    return [(line.kind, line.actor, line.target) for _, line in house.store.tables.audit]


# Publishing


async def test_nothing_is_public_before_a_second_word(house):
    (told,) = await house.asks(f"!publish {EVE} spam")
    assert ASKED in told
    assert f"keep out {EVE}, with one word why: spam" in told
    assert "The name stands there for all to read" in told
    assert standing(house) == []
    (told,) = await house.taps("✅", ASKED)
    assert f"{EVE} is on our list now" in told
    assert standing(house) == [(About.USER, EVE, "spam")]
    assert house.recorded(ToPublish) == []


@pytest.mark.parametrize("command", ["!publish yes", "!pub sí", "!veröffentlichen ja"])
async def test_a_word_does_as_well_as_a_tap(house, command):
    await house.asks(f"!publish {EVE} spam")
    await house.asks(command)
    assert standing(house) == [(About.USER, EVE, "spam")]


async def test_a_word_says_yes_to_what_the_same_moderator_asked_for_last(house):
    await house.asks(f"!publish {EVE} spam")
    await house.asks(f"!publish {EVIL} scam")
    assert "Nothing waits" in (await house.asks("!publish yes", MIA))[0]
    await house.asks("!publish yes")
    assert standing(house) == [(About.SERVER, EVIL, "scam")]


async def test_of_two_taps_the_second_does_nothing(house):
    await published(house)
    assert "Nothing waits" in (await house.taps("✅", ASKED, MIA))[0]
    assert len(standing(house)) == 1


async def test_what_waited_for_a_day_is_forgotten(house):
    await house.asks(f"!publish {EVE} spam")
    async with house.store.transaction(BotName.MODERATION, house.clock.now()) as transaction:
        await transaction.forget(ToPublish, house.recorded(ToPublish)[0].number)
    assert "Nothing waits" in (await house.taps("✅", ASKED))[0]
    assert standing(house) == []


@pytest.mark.parametrize(
    ("what", "rule"),
    [
        (f"spam {EVE}", (About.USER, EVE, "spam")),
        ("https://matrix.to/#/@eve:evil.example spam", (About.USER, EVE, "spam")),
        ("@spam*:evil.example raid", (About.USER, "@spam*:evil.example", "raid")),
        ("Evil.Example scam", (About.SERVER, EVIL, "scam")),
        ("*.evil.example hate", (About.SERVER, "*.evil.example", "hate")),
        ("!room:evil.example threats", (About.ROOM, "!room:evil.example", "threats")),
        ("#room:evil.example harassment", (About.ROOM, "#room:evil.example", "harassment")),
    ],
)
async def test_users_homeservers_and_rooms_by_name_or_glob(house, what, rule):
    await published(house, what)
    assert standing(house) == [rule]


async def test_of_people_a_hash_stands_there_unless_the_organiser_wants_the_name():
    house = await publishing(OwnList(name="Kept out"))
    (told,) = await house.asks(f"!publish {EVE} spam")
    assert "In place of the name stands a fingerprint" in told
    await house.taps("✅", ASKED)
    await published(house, f"{EVIL} spam")
    (hidden, shown) = rules(house)
    assert EVE not in str(hidden)
    assert hidden.names(EVE)
    assert shown.entity == EVIL
    # The way back needs no name: of the line that told of it, or of what a moderator writes.
    await house.asks(f"!unpublish {EVE}")
    assert rules(house) == [shown]


async def test_who_is_meant_is_known_from_the_case_that_it_replies_to(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(BEN, "!report", reply_to=said)
    await house.orders(MO, "!ban everywhere", reply_to=said)
    card = next(e for e in house.homeserver.timeline(house.office) if "Case #" in getattr(e, "text", ""))
    await house.orders(MO, "!publish spam", room_id=house.office, reply_to=card.event_id)
    await house.taps("✅", ASKED)
    assert standing(house) == [(About.USER, ANA, "spam")]


async def test_in_a_members_room_the_command_is_taken_away_and_answered_in_the_office(house):
    event_id = await house.orders(MO, f"!publish {EVE} spam")
    assert [redaction.target for redaction in house.did(Redaction)] == [event_id]
    assert ASKED in house.told[0]


# Who may


async def test_a_member_is_told_in_private_and_nothing_happens(house):
    await house.orders(ANA, f"!publish {EVE} spam")
    assert house.told == []
    assert house.recorded(ToPublish) == []


async def test_who_may_not_ban_may_not_publish():
    house = await publishing(moderators_may=frozenset(Deed) - {Deed.BAN})
    (told,) = await house.asks(f"!publish {EVE} spam")
    assert ASKED not in told
    assert house.recorded(ToPublish) == []


async def test_a_member_who_came_into_the_office_taps_in_vain(house):
    house.enters(BEN, house.office)
    await house.asks(f"!publish {EVE} spam")
    await house.taps("✅", ASKED, BEN)
    assert standing(house) == []


async def test_without_a_list_of_our_own_it_says_how_to_have_one():
    house = await House.built()
    assert "We publish no list" in (await house.asks(f"!publish {EVE} spam"))[0]
    assert "We publish no list" in (await house.asks(f"!unpublish {EVE}"))[0]


async def test_without_the_power_it_says_so(house):
    house.list = await list_room(house, power=0)
    async with house.store.transaction(BotName.MODERATION, house.clock.now()) as transaction:
        for room in house.recorded(CommunityRoom):
            if room.role is RoomRole.OWN_LIST and room.room_id != house.list:
                await transaction.forget(CommunityRoom, room.room_id)
    await house.waits(seconds=10)
    assert "kithroom apply" in (await house.asks(f"!publish {EVE} spam"))[0]


# Who is never on it


@pytest.mark.parametrize("what", ["", EVE, "spam", f"{EVE} because he is ill", f"{EVE} crohns", f"{EVE} {EVIL} spam"])
async def test_the_reason_is_one_of_a_few_words_and_never_a_sentence(house, what):
    (told,) = await house.asks(f"!publish {what}")
    assert "one of these words" in told
    assert all(reason in told for reason in Reason)
    assert house.recorded(ToPublish) == []


@pytest.mark.parametrize(
    "entity",
    [MO, MODERATION, WELCOME, ORGANISER, "@m*:kith.test", "@*:kith.test", "kith.test", "*.test", "ally.example"],
)
async def test_ourselves_never(entity):
    house = await publishing(federation=Federation.ALLIED, allies=("ally.example",))
    (told,) = await house.asks(f"!publish {entity} spam")
    assert "I never publish that" in told or "fits too many" in told
    assert house.recorded(ToPublish) == []


async def test_nobody_who_is_in_our_rooms(house):
    for entity in (ANA, "@an*:kith.test"):
        assert "!ban comes first" in (await house.asks(f"!publish {entity} spam"))[0]
    house.homeserver.join("@zoe:evil.example", house.lobby)
    await house.settles()
    # Of a homeserver people know how many it would be about.
    assert "It is about 1 person in our rooms" in (await house.asks(f"!publish {EVIL} spam"))[0]


async def in_distress(house, user):
    async with house.store.transaction(BotName.MODERATION, house.clock.now()) as transaction:
        alert = CrisisAlert(
            number=99, tier=Tier.THOUGHTS, rules=(), room_id="", event_id="", person=user, at=house.clock.now()
        )
        await transaction.remember(alert)


@pytest.mark.parametrize("entity", [EVE, "@eve*:evil.example"])
async def test_nobody_who_had_a_hard_time(house, entity):
    await in_distress(house, EVE)
    (told,) = await house.asks(f"!publish {entity} spam")
    assert "Nobody is put on a public list for that" in told
    assert house.recorded(ToPublish) == []


async def test_who_has_a_hard_time_between_the_question_and_the_yes_is_not_published(house):
    await house.asks(f"!publish {EVE} spam")
    await in_distress(house, EVE)
    (told,) = await house.taps("✅", ASKED)
    assert "had a hard time" in told
    assert standing(house) == []
    assert house.recorded(ToPublish) == []


async def a_ban_of(house, user, **ago):
    """They were here, were banned, and are known to the homeserver as banned. Some time has passed since."""
    await house.orders(MO, "!ban everywhere", reply_to=house.says(user, "buy my pills"))
    await house.waits(**ago)


async def test_of_who_was_banned_just_now_it_is_known_whether_they_had_a_hard_time(house):
    await a_ban_of(house, ANA, hours=47)
    (told,) = await house.asks(f"!publish {ANA} spam")
    assert "somebody else of you" not in told
    await house.taps("✅", ASKED)
    assert standing(house) == [(About.USER, ANA, "spam")]


@pytest.mark.parametrize("what", [ANA, "@an*:kith.test"])
async def test_later_only_people_know_so_it_takes_two_of_them(house, what):
    await a_ban_of(house, ANA, hours=49)
    (told,) = await house.asks(f"!publish {what} spam")
    assert "I no longer know how they were then" in told
    for told in (await house.taps("✅", ASKED), await house.asks("!publish yes")):
        assert "takes somebody else of you" in told[0]
    assert standing(house) == []
    await house.taps("✅", ASKED, MIA)
    assert standing(house) == [(About.USER, what, "spam")]
    kinds = [(kind, actor) for kind, actor, _ in audited(house) if kind.startswith("publish")]
    assert kinds == [("publish_asked", MO), ("publish.user", MIA)]


@pytest.mark.parametrize("reply", [True, False])
async def test_the_second_person_can_write_it_too(house, reply):
    await a_ban_of(house, ANA, hours=49)
    await house.asks(f"!publish {ANA} spam")
    line = [e for e in house.homeserver.timeline(house.office) if ASKED in getattr(e, "text", "")][-1]
    await house.asks(f"!publish {EVIL} scam", MIA if reply else MO)
    await house.orders(MIA, "!publish yes", room_id=house.office, reply_to=line.event_id if reply else None)
    assert standing(house) == [(About.USER, ANA, "spam")]


async def test_who_left_by_themselves_takes_two_as_well(house):
    house.homeserver.leave(ANA, house.harbour)
    house.homeserver.leave(ANA, house.lobby)
    await house.settles()
    assert "somebody else of you" in (await house.asks(f"!publish {ANA} spam"))[0]


async def test_where_there_is_no_second_moderator_one_is_enough(house):
    await a_ban_of(house, ANA, hours=49)
    for room in (house.harbour, house.lobby):
        house.homeserver.set_power(ORGANISER, room, MIA, 0)
        house.homeserver.leave(ORGANISER, room)
    await house.settles()
    await house.asks(f"!publish {ANA} spam")
    await house.taps("✅", ASKED)
    assert standing(house) == [(About.USER, ANA, "spam")]


async def test_a_cry_that_is_still_known_stays_a_no_however_many_say_yes(house):
    await a_ban_of(house, ANA, hours=49)
    await house.asks(f"!publish {ANA} spam")
    await in_distress(house, ANA)
    assert "had a hard time" in (await house.taps("✅", ASKED, MIA))[0]
    assert standing(house) == []


async def test_nobody_whose_appeal_is_open(house):
    async with house.store.transaction(BotName.MODERATION, house.clock.now()) as transaction:
        await transaction.remember(Appeal(decision=7, target=EVE, at=house.clock.now()))
    assert "Please answer that first" in (await house.asks(f"!publish {EVE} spam"))[0]


async def test_nobody_twice(house):
    await published(house)
    assert "is on our list already" in (await house.asks(f"!publish {EVE} scam"))[0]


@pytest.mark.parametrize(
    ("about", "entity", "wide"),
    [
        (About.SERVER, "*.evil.example", False),
        (About.SERVER, "evil.*", True),
        (About.SERVER, "*.org", True),
        (About.SERVER, "*", True),
        (About.USER, "@*:evil.example", False),
        (About.USER, "@*:*", True),
        (About.USER, "@a*:*.org", True),
        (About.USER, "@spambot*:*", False),
        (About.USER, "@s*p*a*m*b*o*t:evil.example", True),
        (About.USER, "@ana:kith.test", False),
        (About.ROOM, "#*:evil.example", False),
        (About.ROOM, "!*", True),
    ],
)
def test_a_glob_names_somebody(about, entity, wide):
    assert too_wide(Policy(about, entity)) is wide


def test_what_is_named_is_read_by_its_shape():
    assert wanted("10.0.0.1:8448 spam") == Wanted("10.0.0.1:8448", About.SERVER, Reason.SPAM)
    assert wanted("SPAM", "@ana:kith.test") == Wanted("@ana:kith.test", About.USER, Reason.SPAM)
    assert wanted("spam") == Wanted("", About.USER, Reason.SPAM)
    assert wanted("spam spam") is None
    assert wanted("Ana from Harbour: spam", "@ana:kith.test") is None
    for called in ("Ana from Harbour:", "Dr.Ana", "Spam scam", "Ana @ work"):
        named = wanted(f"{called} hate", "@ana:kith.test", mentioned=True)
        assert named == Wanted("@ana:kith.test", About.USER, Reason.HATE)
    assert wanted("@Old:EVIL.example raid") == Wanted("@Old:evil.example", About.USER, Reason.RAID)
    assert wanted(f"@{'x' * 300}:y.example spam") is None


# Taking it back


async def test_who_names_nobody_is_asked_whom(house):
    assert "Whom? Write !unpublish @somebody:server" in (await house.asks("!unpublish"))[0]


@pytest.mark.parametrize("way", ["tap", "undo", "unpublish", "by name"])
async def test_every_rule_goes_by_one_word_or_tap(house, way):
    await house.orders(MO, "!ban", reply_to=house.says(BEN, "buy my pills"))
    await published(house)
    line = [e for e in house.homeserver.timeline(house.office) if "is on our list now" in getattr(e, "text", "")][-1]
    match way:
        case "tap":
            await house.taps("↩️", "is on our list now")
        case "undo" | "unpublish":
            await house.orders(MO, f"!{way}", room_id=house.office, reply_to=line.event_id)
        case _:
            await house.asks(f"!unpublish {EVE}")
    assert standing(house) == []
    assert any("is off our list" in told for told in house.told)
    # And no decision of the same moderator with it.
    assert all(decision.active for decision in house.recorded(Decision))


async def test_the_question_can_be_undone_too_and_touches_nothing_else(house):
    await house.orders(MO, "!ban", reply_to=house.says(BEN, "buy my pills"))
    await house.asks(f"!publish {EVE} spam")
    line = [e for e in house.homeserver.timeline(house.office) if ASKED in getattr(e, "text", "")][-1]
    await house.orders(MO, "!undo", room_id=house.office, reply_to=line.event_id)
    assert house.recorded(ToPublish) == []
    assert all(decision.active for decision in house.recorded(Decision))


async def test_what_does_not_stand_there_is_told(house):
    assert f"{EVE} is not on our list" in (await house.asks(f"!unpublish {EVE}"))[0]


async def banned_and_published(house):
    await house.orders(MO, "!ban everywhere", reply_to=house.says(ANA, "buy my pills"))
    await published(house, f"{ANA} spam")
    assert standing(house) == [(About.USER, ANA, "spam")]


async def test_the_end_of_a_ban_is_the_end_of_the_rule(house):
    await banned_and_published(house)
    await house.asks(f"!unban {ANA} everywhere")
    await house.waits(minutes=2)
    assert standing(house) == []
    assert len([told for told in house.told if "banned here no longer" in told]) == 1


async def test_so_it_is_when_a_ban_is_lifted_by_hand(house):
    await banned_and_published(house)
    for room in (house.harbour, house.lobby):
        house.homeserver.unban(MO, room, ANA)
    await house.settles()
    await house.waits(minutes=2)
    assert standing(house) == []


async def test_who_is_still_banned_from_a_room_stays_on_the_list(house):
    await banned_and_published(house)
    house.homeserver.unban(MO, house.lobby, ANA)
    await house.settles()
    await house.waits(minutes=2)
    assert standing(house) == [(About.USER, ANA, "spam")]


# Telling, and the log


async def test_somebody_of_ours_is_told_in_private_with_the_way_to_a_second_look(house):
    chat = house.homeserver.create_room(WELCOME, name="chat")
    house.homeserver.invite(WELCOME, chat, ANA)
    house.homeserver.join(ANA, chat)
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        await transaction.remember(PrivateChat(user=ANA, room_id=chat))
    await banned_and_published(house)
    number = house.recorded(Decision)[0].order
    told = house.said(chat, by=WELCOME)[-1]
    assert "a list that other communities read" in told
    assert f"!appeal #{number}" in told
    await house.asks(f"!undo {ANA}")
    await house.waits(minutes=2)
    assert "no longer on our list" in house.said(chat, by=WELCOME)[-1]


async def test_the_log_says_who_published_and_who_took_it_back(house):
    await published(house)
    await house.taps("↩️", "is on our list now")
    assert audited(house)[-2:] == [("publish.user", MO, EVE), ("unpublish", MO, EVE)]


async def test_what_is_only_observed_is_not_public():
    house = await publishing(mode=Mode.OBSERVE)
    told = await published(house)
    assert standing(house) == []
    assert any("I only watch this" in line for line in told)
    assert not any("is on our list now" in line for line in told)


# Ourselves and others


async def test_our_own_list_acts_on_nobody_here(house):
    house.homeserver.put_policy(ORGANISER, house.list, "m.policy.rule.user", "by-hand", {
        "entity": ANA, "recommendation": "m.ban", "reason": "spam",
    })  # fmt: skip
    await house.waits(hours=1)
    assert ANA in house.homeserver.rooms[house.harbour].joined()
    assert house.told == []


async def test_it_can_not_be_subscribed_to(house):
    (told,) = await house.asks(f"!subscribe {house.list} ban")
    assert "That is our own list" in told
    assert house.recorded(PolicyList) == []
    assert RoomRole.OWN_LIST in {room.role for room in house.recorded(CommunityRoom)}
    assert MODERATION in house.homeserver.rooms[house.list].joined()


async def test_lists_shows_it_with_the_way_to_it(house):
    await published(house)
    (told,) = await house.asks("!lists")
    assert f"https://matrix.to/#/{house.list}?via=kith.test (rules 1)" in told


async def test_status_says_where_it_is_and_how_many_rules_stand_on_it(house):
    await published(house)
    assert f"https://matrix.to/#/{house.list}?via=kith.test (rules 1)" in (await house.asks("!status"))[0]


async def test_the_monthly_numbers_tell_of_it_from_ten_on(house):
    for number in range(10):
        await published(house, f"e{number}.evil.example spam")
    await house.orders(MO, "hello", room_id=house.office)
    await house.asks("!unpublish e1.evil.example")
    await house.waits(days=35)
    (told,) = [told for told in house.told if "in the month that began" in told]
    assert "rules put on our own list: 10" in told
    assert "rules taken off our own list: fewer than 10" in told
    assert f"https://matrix.to/#/{house.list}?via=kith.test (rules fewer than 10)" in told


async def test_its_rules_go_along_when_its_room_is_upgraded(house):
    await published(house)
    await published(house, f"{EVIL} scam")
    old = house.homeserver.rooms[house.list]
    made = {"encrypted": False, "join_rule": "public", "power_levels": old.power_levels, "predecessor": house.list}
    new = house.homeserver.create_room(ORGANISER, name="Kept out", **made)
    house.homeserver.close(ORGANISER, house.list, new)
    for _ in range(6):
        await house.waits(seconds=10)
    before, house.list = standing(house), new
    assert standing(house) == before
    await published(house, "@zoe:evil.example raid")
    assert len(standing(house)) == 3


async def test_killed_anywhere_it_is_published_once_and_told(house):
    """Every call on the homeserver is such a moment, before it and after."""
    died = 0
    for at in range(1, 200):
        eve = f"@eve{at}:evil.example"
        await house.asks(f"!publish {eve} spam")
        countdown = Countdown(at)
        house.runs(BotName.MODERATION, wrap_transport=lambda inner, countdown=countdown: Mortal(inner, countdown))
        try:
            await house.taps("✅", eve)
        except Crashed:
            died += 1
        house.runs()
        await house.settles()
        assert standing(house)[-1] == (About.USER, eve, "spam")
        assert len([told for told in house.told if f"{eve} is on our list now" in told]) == 1
        if died < at:
            break
    assert died > 2
