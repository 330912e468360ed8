# SPDX-License-Identifier: Apache-2.0
"""How things stand: power that is missing is told at the start and when it changes, and `!status` says it all."""

from dataclasses import replace

import pytest

from bots.core.actions import BotName
from bots.core.community import Mode
from bots.core.events import Redaction
from bots.core.records import CommunityRoom, Readability
from bots.core.rooms import PowerLevels, RoomRole
from bots.moderation.standing.lacks import Lack, standings
from bots.moderation.status import Read, counted, readable
from fakes.house import ANA, MIA, MO, MODERATION, ORGANISER, WELCOME, House
from fakes.moderation_scene import BOT, BOTS, HARBOUR, OFFICE, Scene

CONDITION = RoomRole.CONDITION


@pytest.fixture
async def house():
    return await House.built()


def loses(house, level, room_id=None, user=MODERATION):
    house.homeserver.set_power(ORGANISER, room_id or house.harbour, user, level)


async def test_where_all_is_well_nothing_is_said(house):
    await house.restarts()
    assert house.told == []


async def test_power_that_is_taken_away_is_told_at_once_and_exactly(house):
    loses(house, 0)
    await house.settles()
    (told,) = house.told
    assert "Not all of our rooms are protected" in told
    assert "Harbour: I can't remove anybody, I can't ban, I can't take a message away, and I can't mute" in told
    assert "lobby" not in told


async def test_the_power_to_mute_alone_is_told_alone(house):
    loses(house, 50)
    await house.settles()
    assert "Harbour: I can't mute" in house.told[0]


async def test_it_is_told_once_and_again_when_it_is_mended(house):
    loses(house, 0)
    await house.settles()
    loses(house, 10)
    await house.waits(hours=5)
    assert len(house.told) == 1
    loses(house, 60)
    await house.settles()
    assert "Harbour is protected again" in house.told[1]


async def test_a_bot_that_starts_without_power_says_so_and_works_where_it_can(house):
    house.runs()
    loses(house, 0)
    await house.restarts()
    assert "Harbour: I can't remove" in house.told[0]
    said = house.says(ANA, "hello", house.lobby)
    await house.orders(MO, "!mute 2h", room_id=house.lobby, reply_to=said)
    assert house.level(ANA, house.lobby) == -1


async def test_a_restart_after_a_while_reminds_and_one_right_after_does_not(house):
    loses(house, 0)
    await house.settles()
    await house.restarts()
    assert len(house.told) == 1
    await house.waits(hours=2)
    await house.restarts()
    assert len(house.told) == 2


async def test_a_clock_that_was_set_back_keeps_nothing_secret(house):
    loses(house, 0)
    await house.settles()
    house.clock.advance(-60 * 60 * 24 * 400)
    await house.restarts()
    assert len(house.told) == 2


async def test_a_room_that_the_bot_was_removed_from_is_told_at_once_and_once(house):
    house.homeserver.remove(ORGANISER, house.harbour, MODERATION)
    await house.settles()
    (told,) = house.told
    assert f"type-1-diabetes ({house.harbour}): I am not in it" in told
    await house.waits(hours=1)
    assert house.told == [told]
    house.enters(MODERATION, house.harbour)
    await house.waits(hours=1)
    assert "Harbour is protected again" in house.told[-1]


async def test_a_welcome_bot_that_can_let_nobody_in_is_told(house):
    loses(house, 0, user=WELCOME)
    await house.settles()
    assert "Harbour: the welcome bot can't invite" in house.told[0]


async def test_without_a_moderators_room_the_log_has_an_alarm(house):
    async with house.store.transaction(BotName.WELCOME, house.clock.now()) as transaction:
        await transaction.forget(CommunityRoom, house.office)
    await house.waits(minutes=1)
    await house.restarts()
    assert house.running[BotName.MODERATION].metrics.alarms._value.get() == 1


async def test_mistakes_in_the_settings_are_told_one_by_one(house):
    house.runs()
    house.running[BotName.MODERATION].mistakes = ("community.yaml:3:1: There is no setting called `nmae` here.",)
    house.running[BotName.MODERATION].settings_of = house.clock.now()
    await house.settles()
    assert "The settings have mistakes" in house.told[0]
    assert "`nmae`" in house.told[0]


# !status


async def test_status_says_that_all_is_well(house):
    (said,) = await house.asks("!status")
    assert said.startswith("All of our rooms are protected.")
    assert "Harbour: my power is 60; read: too few messages to say" in said
    assert said.endswith("Nothing waits to be done.")


async def test_status_says_first_what_is_unprotected(house):
    loses(house, 0)
    await house.settles()
    (said,) = await house.asks("!st")
    assert said.startswith("Not all of our rooms are protected.")


async def test_status_says_how_much_can_be_read(house):
    for number in range(30):
        house.says(ANA, f"hello {number}")
    house.homeserver.withhold_key(house.harbour, MIA, MODERATION)
    for number in range(10):
        house.says(MIA, f"hi {number}")
    await house.settles()
    await house.waits(minutes=2)
    house.says(ANA, "something that has it written down")
    await house.settles()
    (said,) = await house.asks("!status")
    assert "read: all but 25 in a hundred, of 40 messages" in said
    assert "I may not notice a cry for help there: Harbour." in said


async def test_status_does_not_say_for_ever_that_a_room_could_not_be_read(house):
    house.homeserver.withhold_key(house.harbour, MIA, MODERATION)
    house.says(MIA, "hi")
    await house.settles()
    await house.waits(minutes=2)
    house.says(ANA, "something that has it written down")
    await house.settles()
    (said,) = await house.asks("!status")
    assert "cry for help" in said
    await house.waits(days=2)
    (said,) = await house.asks("!status")
    assert "cry for help" not in said


async def test_what_becomes_readable_later_counts_as_read(house):
    house.homeserver.withhold_key(house.harbour, ANA, MODERATION)
    for number in range(25):
        house.says(ANA, f"hi {number}")
    await house.settles()
    house.homeserver.give_key(house.harbour, ANA, MODERATION)
    await house.settles()
    await house.waits(minutes=2)
    house.says(MO, "and one")
    await house.settles()
    assert [(day.read, day.unread) for day in house.recorded(Readability) if day.room_id == house.harbour] == [(25, 0)]


async def test_status_asked_in_a_members_room_is_taken_away_and_answered_in_the_office(house):
    await house.orders(MO, "!status")
    assert len(house.did(Redaction)) == 1
    assert house.said(house.harbour) == []
    assert "All of our rooms are protected" in house.told[0]


async def test_a_member_learns_nothing(house):
    await house.orders(ANA, "!status")
    assert house.told == []
    assert len(house.did(Redaction)) == 1


async def test_status_says_that_it_only_watches():
    house = await House.built(mode=Mode.OBSERVE)
    (said,) = await house.asks("!status")
    assert "I only watch for now" in said


def test_a_share_of_few_messages_is_not_told_and_one_of_many_never_rounds_to_nothing():
    assert readable(Read(read=10, unread=9)).key == "moderation.status.few"
    assert readable(Read(read=999, unread=1)).params["percent"] == 1
    assert readable(Read(read=20)).key == "moderation.status.all"


def test_only_the_last_days_count():
    days = [Readability(room_id="!r", day=f"2026-03-{day:02}", read=1, unread=1) for day in range(1, 20)]
    assert counted(days, "2026-03-13") == {"!r": Read(read=7, unread=7)}


def test_a_room_that_is_not_encrypted_and_a_moderators_room_where_the_bot_can_not_write_lack_that():
    scene = Scene()
    silent = replace(scene.views[OFFICE], power_levels=PowerLevels(users={BOT: 60}, events_default=70))
    views = {OFFICE: silent, HARBOUR: replace(scene.views[HARBOUR], encrypted=False)}
    known = [CommunityRoom(room_id=OFFICE, role=RoomRole.MODERATORS), CommunityRoom(room_id=HARBOUR, role=CONDITION)]
    assert [room.lacks for room in standings(known, scene.room, BOT, BOTS)] == [(), ()]
    assert [room.lacks for room in standings(known, views.get, BOT, BOTS)] == [(Lack.SEND,), (Lack.OPEN,)]
