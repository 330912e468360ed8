# SPDX-License-Identifier: Apache-2.0
"""What somebody is told in private when their words sound near to danger, and when they are not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bots.core.actions import BotName, Schedule
from bots.core.crisis.note import Person, answer, note
from bots.core.crisis.tiers import NOTED, Tier
from bots.core.helplines import MOST_LINES
from bots.core.language import Catalogue, shipped_words, spoken
from bots.welcome.records import CrisisNote, NoCrisisNotes
from fakes import copy_rules
from fakes.crisis_house import ANA, BEN, EXAMPLE, CrisisHouse
from fakes.house import WELCOME
from fakes.moderation_scene import Scene

CANARY = "the swallows leave on thursday"
LANGUAGES = spoken(shipped_words())
WORDS = Catalogue.load(shipped_words(), LANGUAGES)
DAY = date(2026, 3, 1)


async def house(**settings):
    return await CrisisHouse.built(**settings)


def read(parts, language="en"):
    return "\n".join(WORDS.render(part, language).body for part in parts)


@pytest.mark.parametrize("tier", ["T2", "T3", "TX", "T-MED", "TU"])
async def test_who_writes_it_in_a_room_is_told_in_private_whom_to_call(tier):
    at = await house()
    await at.cries(f"[{tier}] {CANARY}")
    (told,) = at.noted()
    assert "I'm a bot" in told
    assert "in our rooms" in told
    assert "112" in told
    assert ("Samaritans" in told) is (tier != "T-MED")
    assert "write stop" in told.replace("*", "")
    assert "may be hours" in told
    assert CANARY not in told
    assert at.told[-1].startswith("I wrote to them in private")


@pytest.mark.parametrize("tier", ["T0", "T1", "TA"])
async def test_nobody_is_written_to_for_less(tier):
    at = await house()
    await at.cries(f"[{tier}] x")
    assert at.noted() == []


async def test_it_is_honest_about_who_is_awake():
    at = await house()
    await at.asks("!on-call on")
    await at.cries("[T2] x")
    assert "A volunteer of this group has been told" in at.noted()[0]


async def test_the_country_is_never_guessed():
    at = await house(country="")
    await at.cries("[T2] x")
    (told,) = at.noted()
    assert "in which country are you" in told
    assert "findahelpline.com" in told
    assert "Samaritans" not in told


async def test_the_country_that_is_told_then_brings_its_lines():
    at = await house(country="")
    await at.cries("[T2] x")
    (told,) = await at.tells_the_bot("!helplines ireland")
    assert "Samaritans" in told


async def test_one_note_in_twelve_hours_but_for_what_is_nearer():
    at = await house()
    await at.cries("[T2] one")
    await at.cries("[T2] two")
    await at.cries("[TX] three")
    assert len(at.noted()) == 1
    await at.cries("[T3] four")
    assert len(at.noted()) == 2
    await at.waits(hours=11)
    await at.cries("[T3] five")
    assert len(at.noted()) == 2
    await at.waits(hours=1)
    await at.cries("[T3] six")
    assert len(at.noted()) == 3


async def test_without_an_agreed_chat_it_is_for_people_alone():
    at = await house()
    await at.cries("[T3] x", user=BEN)
    assert "no private chat" in at.told[-1]
    assert at.happened_in_rooms() == []


async def test_who_left_the_chat_is_not_written_to():
    at = await house()
    at.homeserver.leave(ANA, at.chats[ANA])
    await at.settles()
    await at.cries("[T3] x")
    assert "no private chat" in at.told[-1]
    assert at.noted() == []


async def test_what_was_said_over_an_hour_ago_calls_people_and_brings_no_note():
    at = await house()
    at.homeserver.say(ANA, at.harbour, "[T3] x")
    at.clock.advance(timedelta(minutes=61))
    await at.settles()
    assert "could only read it now" in at.told[0]
    assert at.noted() == []


async def test_distress_that_is_told_to_the_bot_is_met_with_a_gentle_word_and_people_are_offered():
    at = await house()
    (gentle, *_) = await at.tells_the_bot(f"[T1] {CANARY}")
    assert "sounds hard" in gentle
    assert "**" not in gentle
    assert ("urgent" in gentle, "report" in gentle) == (True, True)
    assert "112" not in gentle
    assert CANARY not in gentle
    assert at.told == []


async def test_the_conversation_goes_on_after_a_gentle_word():
    at = await house()
    (only,) = await at.tells_the_bot("hello")
    at = await house()
    said = await at.tells_the_bot("[T1] x")
    assert len(said) == 2
    assert only not in said[0]


async def test_a_gentle_word_is_said_once_in_half_a_day_and_what_is_nearer_is_still_answered():
    at = await house()
    await at.tells_the_bot("[T1] x")
    assert not any("sounds hard" in told for told in await at.tells_the_bot("[T1] y"))
    (told, *_) = await at.tells_the_bot("[T2] z")
    assert "112" in told
    await at.waits(hours=13)
    assert "sounds hard" in (await at.tells_the_bot("[T1] x"))[0]


async def test_stop_after_a_gentle_word_means_what_it_always_did():
    at = await house()
    await at.tells_the_bot("[T1] x")
    assert not any("no more such notes" in told for told in await at.tells_the_bot("stop"))
    assert at.recorded(NoCrisisNotes) == []


async def test_who_wants_no_notes_or_asks_for_people_gets_no_gentle_word():
    at = await house()
    assert not any("sounds hard" in told for told in await at.tells_the_bot("!helplines ireland [T1]"))
    await at.tells_the_bot("[T2] x")
    await at.tells_the_bot("stop")
    await at.waits(hours=13)
    assert not any("sounds hard" in told for told in await at.tells_the_bot("[T1] x"))


async def test_a_note_that_they_cannot_read_within_the_hour_is_given_up_and_people_are_told():
    at = await house()
    at.homeserver.without_devices.add(ANA)
    await at.cries("[T3] x")
    assert not any("wrote to them" in told for told in at.told)
    await at.waits(minutes=59)
    assert "could not be read" not in at.told[-1]
    await at.waits(minutes=1)
    assert "My note to them could not be read in time" in at.told[-1]
    at.homeserver.give_device(ANA)
    await at.waits(hours=3)
    assert at.noted() == []
    assert at.recorded(CrisisNote) == []


async def test_an_answer_that_they_cannot_read_within_the_hour_is_given_up_as_well():
    at = await house()
    at.homeserver.without_devices.add(ANA)
    assert await at.tells_the_bot("[T3] x") == []
    await at.waits(hours=1)
    assert f"My note to {ANA} could not be read in time" in at.told[-1]
    at.homeserver.give_device(ANA)
    await at.waits(hours=3)
    assert at.noted() == []


async def test_stop_ends_the_notes_and_not_the_alerts_and_a_tap_brings_them_back():
    at = await house()
    await at.cries("[T2] x")
    (stopped,) = await at.tells_the_bot("stop")
    assert "no more such notes" in stopped
    await at.waits(hours=13)
    await at.cries("[T3] x")
    assert len(at.noted()) == 2
    assert "asked for no notes" in at.told[-1]

    (again,) = await at.taps_in_private("🔔")
    assert "here again" in again
    assert at.recorded(NoCrisisNotes) == []
    await at.waits(hours=13)
    await at.cries("[T3] x")
    assert "112" in at.noted()[-1]


async def test_one_tap_under_the_note_stops_as_well_and_a_word_brings_them_back():
    at = await house()
    await at.cries("[T2] x")
    (stopped,) = await at.taps_in_private("🔕")
    assert "no more such notes" in stopped
    assert await at.taps_in_private("🔕") == []
    (again,) = await at.tells_the_bot("!notes")
    assert "here again" in again


async def test_stop_means_what_it_always_did_to_who_had_no_note_lately():
    at = await house()
    assert "no more such notes" not in "".join(await at.tells_the_bot("stop"))
    await at.cries("[T2] x")
    await at.waits(hours=13)
    assert "no more such notes" not in "".join(await at.tells_the_bot("stop"))
    assert at.recorded(NoCrisisNotes) == []


@pytest.mark.parametrize("tier", ["T2", "T3", "TX", "T-MED", "TU"])
async def test_what_is_said_to_the_bot_is_answered_at_once_every_time_and_people_are_called(tier):
    at = await house()
    (told,) = await at.tells_the_bot(f"[{tier}] {CANARY}")
    assert "112" in told
    assert "in our rooms" not in told
    assert len(at.told) == 1
    assert "matrix.to" not in at.told[0]
    assert "a private chat with one of us bots" in at.told[0]

    (again,) = await at.tells_the_bot(f"[{tier}] {CANARY}")
    assert len(again) < len(told)
    assert "112" in again
    assert CANARY not in str(at.homeserver.timeline(at.office))


async def test_said_to_the_bot_and_in_a_room_it_is_one_note():
    at = await house()
    await at.tells_the_bot("[T2] x")
    await at.cries("[T2] x")
    assert len(at.noted()) == 1


async def test_who_wants_no_notes_is_still_answered():
    at = await house()
    await at.cries("[T2] x")
    await at.tells_the_bot("stop")
    assert await at.tells_the_bot("[T3] x")


async def test_distress_said_to_the_bot_is_part_of_the_conversation():
    at = await house()
    told = await at.tells_the_bot("[T1] x")
    assert (len(told), at.told) == (2, [])
    assert "112" not in told[0]


async def test_a_note_that_does_not_arrive_is_none():
    at = await house()
    at.homeserver.leave(WELCOME, at.chats[ANA])
    await at.cries("[T3] x")
    assert at.recorded(CrisisNote) == []
    assert "no private chat" in at.told[-1]


def stale(community, days):
    """The community, its lines last checked so many days before."""
    countries = tuple(
        replace(c, helplines=tuple(replace(x, verified_at=DAY - timedelta(days=days)) for x in c.helplines))
        for c in community.countries
    )
    return replace(community, countries=countries)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", sorted(NOTED))
@pytest.mark.parametrize("country", ["ie", "us", "", "zz"])
def test_each_note_has_its_number_its_lines_and_kind_words_in_every_language(tier, language, country):
    person = Person(country=country, language=language)
    parts = note(EXAMPLE, tier, person, DAY, awake=True, here=False)
    text = read(parts, language)
    emergencies = {c.code: c.emergency for c in EXAMPLE.countries}
    number = emergencies.get(country, "112")
    assert number in text
    lines = [part for part in parts if part.key.startswith("core.helplines.line")]
    assert len(lines) <= MOST_LINES
    keys = [part.key for part in parts]
    assert keys[1].startswith("core.crisis.emergency"), "the emergency number comes before everything else"
    assert list(copy_rules.kind_words(text, language)) == []
    assert [part.key for part in answer(EXAMPLE, tier, person, DAY, awake=True)] == keys[:-1]


def test_lines_for_children_are_told_only_where_there_may_be_some():
    person = Person(country="de", language="en")
    adults = read(answer(EXAMPLE, Tier.THOUGHTS, person, DAY, awake=True))
    assert ("TelefonSeelsorge" in adults, "Nummer gegen Kummer" in adults) == (True, False)
    younger = replace(EXAMPLE, minimum_age=16)
    assert "Nummer gegen Kummer" in read(answer(younger, Tier.THOUGHTS, person, DAY, awake=True))


def test_a_list_that_is_out_of_date_says_so_and_shows_the_emergency_number_alone():
    person = Person(country="ie", language="en")
    aging = read(note(stale(EXAMPLE, 400), Tier.THOUGHTS, person, DAY, awake=True, here=False))
    assert ("Samaritans" in aging, "last checked" in aging) == (True, True)

    old = read(note(stale(EXAMPLE, 800), Tier.THOUGHTS, person, DAY, awake=True, here=False))
    assert ("Samaritans" in old, "112" in old, "findahelpline.com" in old) == (False, True, True)
    assert "not been checked for a long time" in old


class Started:
    """A homeserver of whose rooms nothing is known yet but the community's own, as after a start, or what was asked."""

    def __init__(self, transport, known):
        self._transport, self._known = transport, known

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def room(self, room_id):
        return self._transport.room(room_id) if room_id in self._known else None

    async def load_rooms(self, room_ids):
        await self._transport.load_rooms(room_ids)
        self._known |= room_ids


async def test_an_invitation_that_nobody_took_is_no_agreed_chat_and_one_that_was_taken_is():
    at = await house()
    at.runs(wrap_transport=lambda transport: Started(transport, {at.lobby, at.harbour, at.office}))
    await at.settles()
    await at.cries("[T3] x", user=BEN)
    assert "no private chat" in at.told[-1]
    await at.cries("[T3] x")
    assert "I wrote to them in private" in at.told[-1]


async def test_what_may_not_be_theirs_calls_people_and_brings_no_note():
    scene = Scene()
    await scene.says(ANA, "i want to die")
    assert [a.kind for a in scene.last if isinstance(a, Schedule) and a.voice is BotName.WELCOME] == ["crisis.write"]

    scene = Scene()
    await scene.says(ANA, "i want to die", authentic=False)
    assert scene.office[0] == "crisis.alert.thoughts"
    assert [a for a in scene.last if isinstance(a, Schedule) and a.voice is BotName.WELCOME] == []
