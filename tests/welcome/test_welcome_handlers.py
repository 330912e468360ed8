# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pytest

from bots.core.actions import BotName, InPrivateChat, InRoom, Priority, Send
from bots.core.community import Federation, Guidelines
from bots.core.events import MessageKind
from bots.core.language import Catalogue, shipped_words
from bots.core.records import CommunityRoom, Kept
from bots.core.rooms import MembershipState
from bots.core.settings import load_community
from bots.welcome.records import Consent, Conversation, Purpose, Step
from bots.welcome.wording import question_id
from fakes.welcome_scene import ANA, BOTS, COMMUNITY, MODERATOR, OFFICE, ORGANISER, PRIVATE, Scene

EXAMPLE = Path(__file__).parents[2] / "config"
CATALOGUE = Catalogue.load(shipped_words(), ["en"])


async def _greeted(**scene):
    scene = Scene(**scene)
    await scene.joins()
    return scene


def _text(send):
    return "\n".join(CATALOGUE.render(part, "en").body for part in send.parts)


async def test_a_newcomer_to_the_lobby_is_greeted_in_private_by_a_bot_that_says_what_it_is():
    scene = await _greeted()
    greeting, age = scene.sends
    assert (greeting.place, age.place) == (InPrivateChat(ANA, open=True), InPrivateChat(ANA))
    for fact in ("I'm a bot", "I don't keep what you write", "not a crisis service", "urgent", "stop"):
        assert fact in _text(greeting)
    assert "18 or older" in _text(age)
    assert age.buttons == ("✅", "❌")
    await scene.says("yes")
    assert "1. Be kind." in _text(scene.sends[0])
    assert scene.sends[0].buttons == ("✅", "❌")


@pytest.mark.parametrize("who", [ORGANISER, MODERATOR, *sorted(BOTS)])
async def test_who_runs_the_place_is_not_greeted(who):
    scene = await _greeted(person=who)
    assert scene.last == ()


async def test_a_change_of_name_in_the_lobby_is_no_arrival():
    scene = Scene()
    await scene.joins(previous=MembershipState.JOIN)
    assert scene.last == ()


async def test_an_invitation_from_the_organiser_or_a_bot_is_not_declined():
    for who in (ORGANISER, *BOTS):
        scene = Scene(person=who)
        await scene.invites_the_bot()
        assert scene.last == ()


async def test_before_the_lobby_is_known_every_invitation_is_left_alone():
    scene = Scene()
    scene.views.clear()
    await scene.invites_the_bot()
    assert scene.last == ()


async def test_nobody_else_in_the_private_chat_can_answer():
    scene = await _greeted()
    await scene.says("yes", sender="@eve:kith.test")
    assert scene.last == ()


@pytest.mark.parametrize("other", [{"authentic": False}, {"kind": MessageKind.NOTICE}])
async def test_a_notice_or_a_message_that_is_not_authentic_is_no_answer(other):
    scene = await _greeted()
    await scene.says("yes", **other)
    assert scene.last == ()


async def test_an_answer_without_encryption_is_kindly_not_taken():
    scene = await _greeted()
    await scene.says("yes", encrypted=False)
    assert scene.said == [["not_encrypted"]]
    assert scene.conversation.step is Step.AGE


async def test_each_consent_is_kept_with_its_version_and_time_and_taken_back_by_going_back():
    scene = await _greeted()
    await scene.agrees()
    for purpose in (Purpose.GUIDELINES, Purpose.HEALTH):
        consent = Consent(user=ANA, purpose=purpose, version=1, agreed_at=scene.now)
        assert scene.records[Consent, (ANA, purpose)] == consent
    await scene.says("back")
    assert (Consent, (ANA, Purpose.HEALTH)) not in scene.records
    await scene.says("back")
    assert (Consent, (ANA, Purpose.GUIDELINES)) not in scene.records


async def test_no_consent_counts_for_another_purpose():
    scene = await _greeted()
    await scene.says("yes")
    await scene.says("yes")
    assert scene.conversation.step is Step.HEALTH
    assert set(scene.records) == {*_community(scene), (Conversation, (ANA,)), (Consent, (ANA, Purpose.GUIDELINES))}


async def test_new_guidelines_are_asked_for_before_anything_else_and_only_what_is_new():
    scene = await _greeted()
    await scene.agrees()
    await scene.comes_for("T1D")
    kind, here = COMMUNITY.guidelines.items
    newer = replace(COMMUNITY, guidelines=Guidelines(version=2, items=(kind, replace(here, since=2))))
    later = Scene(community=newer, records=scene.records)
    later.views, later.labels = scene.views, scene.labels
    await later.says("again")
    assert later.said == [["guidelines.changed", "guidelines.intro", "guideline", "guidelines.ask"]]
    assert "2. What is said here stays here." in _text(later.sends[0])
    assert "Be kind." not in _text(later.sends[0])
    assert later.done == []
    await later.says("yes")
    assert later.said == [["done"]]
    assert later.records[Consent, (ANA, Purpose.GUIDELINES)].version == 2
    await later.turns_down("!type-1-diabetes")
    await later.says("again")
    assert later.done == ["invites to !type-1-diabetes"]


async def test_new_guidelines_without_a_mark_are_all_shown():
    scene = await _greeted()
    await scene.agrees()
    newer = replace(COMMUNITY, guidelines=replace(COMMUNITY.guidelines, version=2))
    later = Scene(community=newer, records=scene.records)
    later.views, later.labels = scene.views, scene.labels
    await later.says("list")
    assert "Be kind." in _text(later.sends[0])


async def test_nothing_is_left_of_somebody_too_young():
    scene = await _greeted(community=replace(COMMUNITY, countries=load_community(EXAMPLE).countries))
    await scene.says("no")
    await scene.says("I live in Britain")
    assert "Childline" in _text(scene.sends[0])
    assert "Samaritans" not in _text(scene.sends[0])
    assert set(scene.records) == _community(scene)
    assert scene.ticks == {}


@pytest.mark.parametrize(("said", "step"), [("I'm 34", Step.GUIDELINES), ("18", Step.GUIDELINES), ("17", Step.YOUNG)])
async def test_who_says_how_old_they_are_has_answered_and_no_age_is_kept(said, step):
    scene = Scene()
    await scene.joins()
    await scene.says(said)
    assert scene.conversation.step is step
    assert scene.conversation.adult is (step is Step.GUIDELINES)
    assert said not in repr(scene.records)


async def test_where_there_is_no_line_for_young_people_the_ones_for_all_are_told():
    countries = tuple(
        replace(country, helplines=tuple(line for line in country.helplines if line.kind != "child"))
        for country in load_community(EXAMPLE).countries
    )
    scene = await _greeted(community=replace(COMMUNITY, countries=countries))
    await scene.says("no")
    await scene.says("UK")
    assert "Samaritans" in _text(scene.sends[0])


@pytest.mark.parametrize("door", [None, "https://door.example.org"])
async def test_whoever_comes_for_a_second_condition_is_offered_a_second_account_once(door):
    scene = await _greeted(community=replace(COMMUNITY, door=door))
    await scene.agrees()
    await scene.comes_for("T1D")
    offers = [_offers_of_a_second_account(scene)]
    for condition in ("epilepsy", "MS"):
        await scene.says("more")
        await scene.says(condition)
        offers.append(_offers_of_a_second_account(scene))
    assert list(map(len, offers)) == [0, 1, 0]
    assert (door or "a second account") in offers[1][0]


def _offers_of_a_second_account(scene):
    said = (CATALOGUE.render(part, "en").body for send in scene.sends for part in send.parts)
    return [text for text in said if "whoever is in both rooms" in text]


@pytest.mark.parametrize(
    ("door", "said"), [(None, "shows.other_server"), ("https://door.kith.test", "shows.other_server.door")]
)
async def test_an_account_from_elsewhere_is_known_elsewhere_however_little_its_name_says(door, said):
    community = replace(COMMUNITY, federation=Federation.OPEN, door=door)
    scene = Scene(community=community, person="@calm_otter:other.test")
    await scene.joins()
    await scene.agrees()
    await scene.says("MS")
    assert scene.said[0] == ["shows.intro", said, "shows.end"]
    await scene.says("check me")
    assert scene.said[0][0] == said


async def test_what_is_missing_is_passed_on_without_a_name():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("none of these")
    await scene.says("long covid")
    told = next(send for send in scene.sends if send.place == InRoom(OFFICE))
    assert told.voice is BotName.MODERATION
    assert "long covid" in _text(told)
    assert "otter" not in _text(told)


def _community(scene):
    return {key for key in scene.records if key[0] is CommunityRoom}


async def test_a_tap_under_an_old_question_does_nothing():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("diabetes")
    old = scene.question
    await scene.says("arthritis")
    await scene.taps("1️⃣", target=old)
    assert scene.last == ()


async def test_a_tap_under_somebody_elses_message_does_nothing():
    scene = await _greeted()
    for label in (None, "case:7"):
        scene.labels["$other"] = label
        await scene.taps("✅", target="$other")
        assert scene.last == ()


async def test_the_introduction_in_the_room_names_nobody_and_nothing():
    scene = await _greeted()
    await scene.agrees()
    await scene.comes_for("T1D")
    await scene.says("skip")
    await scene.says("yes")
    await scene.joins("!type-1-diabetes")
    (introduction,) = scene.sends
    assert introduction.place == InRoom("!type-1-diabetes")
    assert _text(introduction) == "Somebody new is here. A few kind words are welcome. (I'm a bot.)"


async def test_who_is_in_the_room_already_is_introduced_at_once_and_only_once():
    scene = await _greeted()
    await scene.agrees()
    await scene.comes_for("epilepsy")
    await scene.joins("!epilepsy")
    assert scene.done == []
    await scene.says("skip")
    await scene.says("yes")
    assert scene.done == ["says welcome.newcomer in !epilepsy"]
    await scene.leaves("!epilepsy")
    await scene.joins("!epilepsy")
    assert scene.done == []


async def test_the_invitation_names_the_room_and_what_it_is_for():
    scene = await _greeted()
    await scene.agrees()
    await scene.comes_for("colitis")
    assert "Lantern" in _text(scene.sends[0])
    assert "Crohn's and colitis" in _text(scene.sends[0])


async def test_urgent_goes_before_everything_else_that_waits_to_be_sent():
    scene = await _greeted()
    await scene.says("urgent")
    (said,) = scene.sends
    assert said.priority is Priority.CRISIS
    assert "112" in _text(said)
    assert "!helplines" in _text(said)


@pytest.mark.parametrize("text", ["!helplines uk", "helplines United Kingdom", "helpline for Britain please"])
async def test_whom_to_call_is_told_where_one_was_asked_for_the_country(text):
    scene = await _greeted(community=replace(COMMUNITY, countries=load_community(EXAMPLE).countries))
    await scene.says(text)
    (said,) = scene.sends
    assert said.priority is Priority.CRISIS
    assert "999" in _text(said)
    assert "116 123" in _text(said)
    await scene.says("yes")
    assert "These are our guidelines" in _text(scene.sends[0])


@pytest.mark.parametrize("text", ["I want to die", "honestly, i just want to end my life", "I hurt myself", "!hl"])
async def test_whoever_writes_of_dying_hears_of_people_at_once_and_at_any_question(text):
    scene = await _greeted()
    await scene.says(text)
    (said,) = scene.sends
    assert said.priority is Priority.CRISIS
    assert "112" in _text(said)
    await scene.says("yes")
    await scene.says(text)
    assert "112" in _text(scene.sends[0])


async def test_where_no_helplines_are_listed_that_is_said():
    scene = await _greeted()
    await scene.says("helplines ireland")
    assert "findahelpline.com" in _text(scene.sends[0])
    assert "I have lines for" not in _text(scene.sends[0])


async def test_nothing_anybody_wrote_is_kept():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("I am zebrafinch and I have epilepsy")
    await scene.says("zebrafinch")
    assert "zebrafinch" not in repr(scene.records)


def test_what_tells_of_somebodys_health_and_days_is_sealed_at_rest():
    kept = get_type_hints(Conversation, include_extras=True)
    in_clear = {name for name, kind in kept.items() if Kept.SEALED not in getattr(kind, "__metadata__", ())}
    assert in_clear == {
        "user",
        "step",
        "pause",
        "agreed",
        "health",
        "notes",
        "adult",
        "asked",
        "reads",
        "heard",
        "reminded",
        "hinted",
        "polls",
        "round",
        "unclear",
        "line",
        "chat_left",
        "asked_at",
        "key",
        "duty",
    }


async def test_a_greeting_that_never_arrived_is_forgotten():
    scene = await _greeted()
    await scene.is_refused("M_FORBIDDEN", Send)
    assert scene.conversation is None


async def test_an_invitation_that_failed_for_somebody_unknown_is_let_rest():
    scene = await _greeted()
    await scene.agrees()
    await scene.comes_for("MS")
    invited = scene.last
    del scene.records[Conversation, (ANA,)]
    scene.last = invited
    await scene.is_refused("M_FORBIDDEN")
    assert scene.last == ()


async def test_a_condition_that_the_organiser_took_out_is_not_offered_any_more():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("diabetes")
    without = replace(COMMUNITY, conditions=COMMUNITY.conditions[2:])
    later = Scene(community=without, records=scene.records)
    later.views, later.labels, later.question = scene.views, scene.labels, scene.question
    await later.taps("1️⃣")
    assert later.said == [["condition.ask"]]
    assert later.done == []


async def test_after_forgetting_nothing_is_left_and_the_next_greeting_is_the_first():
    scene = await _greeted()
    await scene.agrees()
    await scene.comes_for("T1D")
    await scene.says("!forget")
    assert scene.conversation
    await scene.says("yes")
    assert set(scene.records) == _community(scene)
    assert scene.ticks == {}
    assert all(isinstance(send.place, InRoom) and send.place.room_id == PRIVATE for send in scene.sends)


async def test_where_one_of_several_is_picked_a_poll_follows_whose_answers_nobody_else_reads():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("diabetes")
    question, poll = scene.sends
    assert question.buttons == ()
    assert [CATALOGUE.render(words, "en").body for words in poll.choices] == [
        "Type 1 diabetes",
        "Type 2 diabetes",
        "None of these",
    ]
    for other in ({"encrypted": False}, {"authentic": False}, {"answers": ()}, {"target": "$other"}):
        await scene.votes("1", **other)
        assert scene.last == ()
    await scene.votes("2")
    assert scene.conversation.wanted == "type-2-diabetes"


async def test_an_answer_to_an_old_poll_does_nothing():
    scene = await _greeted()
    await scene.agrees()
    await scene.says("diabetes")
    old = scene.poll
    await scene.says("back")
    await scene.votes("1", target=old)
    assert scene.last == ()


async def test_an_answer_to_a_poll_shows_that_the_bot_can_read_the_person():
    scene = await _greeted()
    for _ in range(3):
        await scene.taps("✅")
    scene.records[Conversation, (ANA,)] = replace(
        scene.conversation, step=Step.CHOOSE, offered="ms epilepsy", heard=False
    )
    scene.poll = "$poll"
    scene.labels["$poll"] = f"welcome.{question_id(scene.conversation)}:x:poll"
    await scene.votes("1")
    assert scene.conversation.heard
