# SPDX-License-Identifier: Apache-2.0
"""What is looked at, with what is known of the room; and the little that a bot does by itself, and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import Examine, InPrivateChat, InRoom, Redact, Send
from bots.core.community import FirstStep
from bots.core.events import Media, MessageKind
from bots.core.records import SpokenLanguage
from bots.moderation.detectors.finding import Finding, Whose
from bots.moderation.telling import case_label
from bots.moderation.watching.respond import Author, respond
from fakes.moderation_scene import ANA, HARBOUR, OFFICE
from moderation.test_watching import NUMBER, PHOTOGRAPH, RULES, flood, known, rule, scene

REPORT = Media(mimetype="application/pdf", filename="Results Sarah Johnson.pdf", size=9)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (NUMBER, {"kind": MessageKind.MEDIA, "media": PHOTOGRAPH}),
        ("look", {"kind": MessageKind.MEDIA, "media": REPORT}),
        ("look", {"formatted": f"<p>{NUMBER}</p>"}),
        (NUMBER, {"reply_to": "$other"}),
        (NUMBER, {"kind": MessageKind.NOTICE}),
        (NUMBER, {"kind": MessageKind.EMOTE}),
    ],
    ids=["a caption", "a file's name", "a formatted text", "a reply", "a notice", "an emote"],
)
async def test_whatever_can_be_read_of_a_message_is_looked_at(text, more):
    here = await known(scene()).says(ANA, text, **more)
    assert [case.guidelines for case in here.cases] == [("privacy",)]


@pytest.mark.parametrize(("regions", "cases"), [(("ES",), 1), (("US",), 0)])
async def test_a_number_is_one_in_the_rooms_regions(regions, cases):
    here = await known(scene(regions=regions)).says(ANA, "612 345 678")
    assert len(here.cases) == cases


async def test_the_communitys_own_addresses_are_known():
    here = known(scene())
    await here.says(ANA, "helen@mind.example")
    assert len(here.cases) == 1
    there = known(scene(door="https://mind.example/in"))
    await there.says(ANA, "helen@mind.example")
    assert there.cases == []


@pytest.mark.parametrize("mimetype", ["image/png", "video/mp4", "application/octet-stream"])
async def test_pictures_videos_and_files_without_a_kind_are_looked_into(mimetype):
    here = await known(scene()).says(ANA, "", kind=MessageKind.MEDIA, media=replace(PHOTOGRAPH, mimetype=mimetype))
    assert [a.event_id for a in here.all if isinstance(a, Examine)]


async def test_a_picture_that_says_whose_camera_it_was_is_a_case():
    here = known(scene())
    here.broken[Examine] = "KITHROOM_TELLS_OWNER"
    await here.says(ANA, "", kind=MessageKind.MEDIA, media=PHOTOGRAPH)
    assert [case.guidelines for case in here.cases] == [("privacy",)]


async def test_who_has_become_a_moderator_before_their_file_was_looked_into_is_left_alone():
    here = known(scene())
    here.held = True
    here.broken[Examine] = "KITHROOM_TELLS_PLACE"
    await here.says(ANA, "", kind=MessageKind.MEDIA, media=PHOTOGRAPH)
    here.gives_power(ANA, 50, HARBOUR)
    await here.hears_back()
    assert here.cases == []


@pytest.mark.parametrize("detector", ["identity.phone", "harm.method", "instructing.dose", "words.ours", "new.kind"])
def test_nothing_but_spam_and_noise_ever_waits_whatever_the_guidelines_say(detector):
    family = detector.partition(".")[0]
    rules = replace(RULES, items=(rule("kind", watched_by={family: FirstStep.HOLD}),))
    finding = Finding(detector=detector, guideline="kind", start=0, end=1, confidence=1.0)
    answer = respond([finding], rules, Author(spared=False, new_here=True))
    assert answer.tell == (finding,)
    assert answer.hold is None


def test_somebody_elses_data_comes_first_and_is_what_one_is_reminded_of():
    own, anothers = (
        Finding(detector="identity.phone", guideline="privacy", start=at, end=at + 1, confidence=0.9, whose=whose)
        for at, whose in enumerate((Whose.OWN, Whose.ANOTHERS))
    )
    answer = respond([own, anothers], RULES, Author(spared=False, new_here=False))
    assert answer.tell == (anothers, own)
    assert answer.remind is anothers


async def test_of_what_was_written_long_ago_nobody_is_reminded_and_moderators_hear_of_it():
    here = known(scene())
    await here.says(ANA, NUMBER, sent_at=here.now - timedelta(hours=25))
    assert here.told(ANA) == []
    assert len(here.cases) == 1
    await here.says(ANA, NUMBER, sent_at=here.now - timedelta(hours=23))
    assert here.told(ANA) == ["remind"]


async def test_somebody_is_reminded_in_their_language_and_moderators_are_told_in_theirs():
    rules = replace(RULES, items=(rule("privacy", reminder={"en": "Too much.", "es": "Demasiado."}),))
    rules = replace(rules, items=(replace(rules.items[0], text={"en": "Rule.", "es": "Regla.", "pt": "Regra."}),))
    here = known(scene(rules, languages=("en", "es", "pt"), moderators_room_language="pt"))
    await here.remembers(SpokenLanguage(user=ANA, language="es"))
    await here.says(ANA, NUMBER)
    (reminder,) = [a for a in here.last if isinstance(a, Send) and a.place == InPrivateChat(ANA)]
    assert reminder.parts[0].params == {"reminder": "Demasiado."}
    (card,) = [a for a in here.last if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert [part.params["rule"] for part in card.parts if getattr(part, "key", "") == "moderation.case.seen"] == [
        "Regra."
    ]


async def test_what_waits_is_shown_to_moderators_before_it_is_taken_away():
    here = await flood(scene(), times=5)
    case = here.cases[-1]
    assert {a.after for a in here.all if isinstance(a, Redact)} == {case_label(case.number)}


async def test_of_an_edit_that_waits_what_it_edits_is_taken_away_too():
    here = scene()
    await here.says(ANA, "hello")
    first = next(event for (room, event), who in here.authors.items() if who == ANA)
    here.now += timedelta(minutes=20)
    for _ in range(5):
        here.now += timedelta(seconds=20)
        await here.says(ANA, "look at my page about the one great thing", replaces=first)
    assert first in {a.event_id for a in here.all if isinstance(a, Redact)}
