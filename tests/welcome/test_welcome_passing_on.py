# SPDX-License-Identifier: Apache-2.0
"""What somebody says in private and wants the moderators to have."""

import re
from datetime import timedelta

import pytest

from bots.core.actions import BotName, Schedule
from bots.core.events import Tick
from bots.core.language import Catalogue, shipped_words
from bots.core.passed_on import PassedAppeal, PassedReport, appeal_in, message_in, report_in
from bots.welcome.commands import COMMANDS, Report
from bots.welcome.passing_on import STILL_TELLING
from bots.welcome.records import Telling
from fakes.welcome_scene import ANA, Scene


@pytest.fixture
async def scene():
    scene = Scene()
    await scene.joins()
    return scene


def passed(scene):
    """What the moderation bot is given."""
    (tick,) = [a for a in scene.last if isinstance(a, Schedule) and a.voice is BotName.MODERATION]
    heard = Tick(id=tick.id, kind=tick.kind, due_at=tick.at, payload=tick.payload)
    return appeal_in(heard) or report_in(heard)


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("!appeal #12 I did not mean it", 12, "I did not mean it"),
        ("!appeal", None, ""),
        ("!apelar no era así", None, "no era así"),
        ("appeal", None, ""),
        ("Appeal #7", 7, ""),
        ("appeal I was only joking", None, "I was only joking"),
        ("einspruch #7 es war nicht so gemeint", 7, "es war nicht so gemeint"),
    ],
)
async def test_an_appeal_is_passed_on_with_its_words(scene, text, number, words):
    await scene.says(text)
    assert passed(scene) == PassedAppeal(who=ANA, number=number, words=words)


async def test_the_guidelines_are_asked_for_by_their_name_alone(scene):
    await scene.says("guidelines")
    (tick,) = [a for a in scene.last if isinstance(a, Schedule) and a.voice is BotName.MODERATION]
    assert tick.kind == "moderation.question"


@pytest.mark.parametrize(
    "link",
    [
        "https://matrix.to/#/!harbour:kith.test/$abc?via=kith.test",
        "https://matrix.to/#/%21harbour%3Akith.test/%24abc",
        "matrix:roomid/harbour:kith.test/e/abc?via=kith.test",
    ],
)
@pytest.mark.parametrize("word", ["!report", "report", "Melden"])
async def test_a_report_with_a_link_is_passed_on_with_the_message_that_it_leads_to(scene, word, link):
    await scene.says(f"{word} {link} this scares me")
    assert passed(scene) == PassedReport(who=ANA, words="this scares me", room_id="!harbour:kith.test", event_id="$abc")


@pytest.mark.parametrize("word", ["report", "!report", "Denunciar", "!r"])
async def test_who_only_says_report_is_asked_what_it_is_about_and_says_it_next(scene, word):
    await scene.says(word)
    assert scene.said == [["report.which"]]
    await scene.says("somebody sells pills in the Harbour")
    assert passed(scene) == PassedReport(who=ANA, words="somebody sells pills in the Harbour")
    assert (Telling, (ANA,)) not in scene.records
    await scene.says("yes")
    assert not [a for a in scene.last if isinstance(a, Schedule) and a.voice is BotName.MODERATION]


@pytest.mark.parametrize("word", ["no", "stop"])
async def test_a_report_can_be_left(scene, word):
    await scene.says("report")
    await scene.says(word)
    assert scene.said == [["report.dropped"]]
    assert (Telling, (ANA,)) not in scene.records


async def test_what_somebody_writes_a_day_later_is_no_report(scene):
    await scene.says("report")
    scene.now += STILL_TELLING + timedelta(seconds=1)
    await scene.says("yes")
    assert not [a for a in scene.last if isinstance(a, Schedule) and a.voice is BotName.MODERATION]
    assert scene.said


async def test_a_sentence_that_begins_with_the_word_is_for_the_conversation(scene):
    await scene.says("report cards are due and I am tired")
    assert (Telling, (ANA,)) not in scene.records
    await scene.says("r")
    assert (Telling, (ANA,)) not in scene.records


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt"])
def test_who_is_not_understood_is_told_the_word_that_reports(language):
    (words,) = [folder for folder in shipped_words() if folder.parent.name == "welcome"]
    said = Catalogue.load([words], [language]).entries[language]["welcome.done.unclear"]
    bold = re.findall(r"\*\*(\w+)\*\*", said)
    assert any(isinstance(COMMANDS.parse(f"!{word}"), Report) for word in bold)


@pytest.mark.parametrize("text", ["", "hello", "https://example.org/!a/$b", "https://matrix.to/#/@ana:kith.test"])
def test_what_is_no_link_to_a_message_is_none(text):
    assert message_in(text) is None
