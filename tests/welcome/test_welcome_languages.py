# SPDX-License-Identifier: Apache-2.0
"""The whole way in, in every language: what a person is told to write is understood, and so is what they write."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bots.core.commands import PREFIX
from bots.core.hours import times_in
from bots.core.language import Catalogue, shipped_words, spoken
from bots.core.language.names import own_name
from bots.core.records import SpokenLanguage
from bots.core.settings import load_community
from bots.welcome.answers import load, plain
from bots.welcome.commands import COMMANDS, Language, Report
from bots.welcome.conversation.matching import Matcher
from bots.welcome.records import Who
from bots.welcome.wording import APPS, SIGNS
from fakes.welcome_scene import COMMUNITY, LOBBY, Scene

CATALOGUE = Catalogue.load(shipped_words(), spoken(shipped_words()))
LANGUAGES = tuple(code for code in spoken(shipped_words()) if code != "en")
FOLDER = Path(__file__).parents[2] / "bots/welcome/words"
# What stands in bold there is a button of somebody else's app.
OF_AN_APP = re.compile(r"welcome\.(read\.steps|shows|invite\.(missed|other_hand)|young\.goodbye)")
# yes, skip, no, and a condition, in somebody's own words
WORDS = {
    "de": ("klar", "weiter", "lieber nicht", "ich habe seit kurzem Zöliakie", "mein Sohn hat Zöliakie"),
    "es": ("claro que sí", "saltar", "mejor no", "me han diagnosticado celiaquía", "mi hija tiene celiaquía"),
    "fr": ("d’accord", "passer", "non merci", "j’ai la maladie cœliaque", "ma fille a la maladie cœliaque"),
    "pt": ("pode ser", "pular", "prefiro não", "tenho doença celíaca", "minha mãe tem doença celíaca"),
}
COELIAC = {"de": "Zöliakie", "es": "Celiaquía", "fr": "Maladie cœliaque", "pt": "Doença celíaca"}


def test_every_language_is_whole():
    assert LANGUAGES == ("de", "es", "fr", "pt")
    assert WORDS.keys() == set(LANGUAGES)


def bold(text):
    """The words that a sentence asks for; numbers, addresses and placeholders are none."""
    words = re.findall(r"\*\*([^*]+)\*\*", text) if isinstance(text, str) else []
    return [word for word in words if not re.search(r"[.{\d]", word)]


def understood(vocabulary, word):
    return (
        vocabulary.intent(word)
        or vocabulary.asking.country(word) is not None
        or plain(word) in vocabulary.unsure
        or isinstance(COMMANDS.parse(word), Language)
        or isinstance(COMMANDS.parse(f"{PREFIX}{word}"), Report)
        or vocabulary.pick("trouble", word)
        or vocabulary.pick("introduce", word)
        or vocabulary.pick("confirmed", word)
        or times_in(word)
    )


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_what_one_is_told_to_write_is_understood(language):
    vocabulary = load((language,))
    said = Catalogue.read([FOLDER], [language], [])[language]
    told = [(key, word) for key, text in said.items() if not OF_AN_APP.match(key) for word in bold(text)]
    assert len(told) > 50
    assert [(key, word) for key, word in told if not understood(vocabulary, word)] == []
    for sign in SIGNS:
        name = said[f"welcome.read.sign.{sign}"]
        assert vocabulary.pick("sign", str(name)) == sign


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_choice_can_be_written_as_it_is_shown(language):
    vocabulary = load((language,))
    said = Catalogue.read([FOLDER], [language], [])[language]
    for key, question, choices in (("who", "who", Who), ("read.app", "app", APPS)):
        picked = [vocabulary.pick(question, str(said[f"welcome.{key}.{choice}"])) for choice in choices]
        assert picked == list(choices)


def community(language):
    """The scene's community, with what its coeliac room is called in the language."""
    conditions = tuple(
        replace(each, name={**each.name, language: COELIAC[language]}) if each.id == "coeliac" else each
        for each in COMMUNITY.conditions
    )
    return replace(COMMUNITY, languages=("en", language), conditions=conditions)


async def arrived(language):
    scene = Scene(community=community(language))
    await scene.joins(LOBBY)
    await scene.says(own_name(language))
    return scene


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_comes_reads_in_their_language_how_to_be_spoken_to_in_it(language):
    scene = Scene(community=community(language))
    await scene.joins(LOBBY)
    (greeting, *_) = scene.sends
    _, offer = greeting.parts
    assert offer.language == language
    said = CATALOGUE.render(greeting.parts[-1], "en").body
    (name,) = re.findall(r"(\w+)\W*$", said)
    await scene.says(name)
    assert scene.said[0][0] == "language.set"


async def test_every_bot_hears_of_the_language_that_somebody_chose():
    scene = await arrived("pt")
    (spoken_now,) = (record for record in scene.records.values() if isinstance(record, SpokenLanguage))
    assert spoken_now == SpokenLanguage(user=scene.person, language="pt")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_whole_way_in_is_gone_in_plain_words(language):
    yes, skip, no, condition, _ = WORDS[language]
    scene = await arrived(language)
    for _ in ("age", "guidelines", "health"):
        await scene.says(yes)
    assert scene.said == [["condition.ask"]]
    await scene.says(condition)
    assert scene.said[-1][0] == "read.ask", scene.said
    await scene.picks_the_sign()
    assert scene.done == ["invites to !coeliac"]
    await scene.says(skip)
    assert scene.said == [["introduce.ask"]]
    await scene.says(no)
    assert "days.ask" in scene.said[-1]
    assert {part.language for send in scene.sends for part in send.parts} == {language}


async def asked_for_a_language(*answers):
    """In the settings, where the language is asked for."""
    scene = Scene(community=community("es"))
    await scene.joins(LOBBY)
    await scene.agrees()
    await scene.comes_for("coeliac")
    for answer in ("skip", "no", "no", "settings", "skip", *answers):
        await scene.says(answer)
    return scene


def spoken_by(scene):
    return [record.language for record in scene.records.values() if isinstance(record, SpokenLanguage)]


@pytest.mark.parametrize("answer", ["2", "español", "Spanish", "es"])
async def test_the_language_can_be_chosen_in_the_settings_and_the_next_question_is_in_it(answer):
    scene = await asked_for_a_language()
    assert scene.said == [["settings.language", "pick.option"]]
    await scene.says(answer)
    assert spoken_by(scene) == ["es"]
    assert scene.said == [["settings.clock"]]
    assert {part.language for send in scene.sends for part in send.parts} == {"es"}


async def test_the_language_can_be_picked_in_a_poll_and_be_forgotten_again():
    scene = await asked_for_a_language()
    await scene.votes("2")
    assert spoken_by(scene) == ["es"]
    for answer in ("atrás", "no"):
        await scene.says(answer)
    assert spoken_by(scene) == []
    assert {part.language for send in scene.sends for part in send.parts} == {None}


async def test_a_language_that_is_none_of_these_is_asked_for_again_and_skip_changes_nothing():
    scene = await asked_for_a_language("klingon")
    assert scene.said == [["choose.unclear", "settings.language", "pick.option"]]
    await scene.says("skip")
    assert scene.said == [["settings.clock"]]
    await scene.says("back")
    assert scene.said == [["settings.language", "pick.option"]]
    assert spoken_by(scene) == []


async def test_where_one_language_is_spoken_nobody_is_asked_for_it():
    scene = Scene()
    await scene.joins(LOBBY)
    await scene.agrees()
    await scene.comes_for("coeliac")
    for answer in ("skip", "no", "no", "settings", "skip"):
        await scene.says(answer)
    assert scene.said == [["settings.clock"]]
    await scene.says("back")
    assert scene.said == [["settings.country"]]


async def test_the_bot_speaks_the_language_that_the_other_bots_know_of():
    scene = await arrived("fr")
    (record,) = (each for each in scene.records if each[0] is SpokenLanguage)
    scene.records[record] = replace(scene.records[record], language="en")
    await scene.says("thanks")
    assert {part.language for send in scene.sends for part in send.parts} == {"en"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_somebody_else_s_illness_is_asked_about_first(language):
    yes, *_, of_another = WORDS[language]
    scene = await arrived(language)
    for _ in range(3):
        await scene.says(yes)
    await scene.says(of_another)
    assert scene.said[-1][-1] == "choose.one"


@pytest.fixture(scope="module")
def example():
    """The example community, in its five languages at once: people mix them."""
    known = load_community(Path(__file__).parents[2] / "config")
    return Matcher(known.conditions, load(known.languages))


@pytest.mark.parametrize(
    ("text", "certain", "likely"),
    [
        ("soy celíaca", "coeliac-disease", ""),
        ("tengo EM", "multiple-sclerosis", ""),
        ("no tengo diabetes, tengo crohn", "inflammatory-bowel-disease", ""),
        ("me han diagnosticado esclerosis multple", "", "multiple-sclerosis"),
        ("mi madre tiene artritis", "", "rheumatoid-arthritis"),
        ("SEP", "multiple-sclerosis", ""),
        ("j’ai une MICI", "inflammatory-bowel-disease", ""),
        ("crises d’épilepsie", "epilepsy", ""),
        ("mon fils a le diabète de type 1", "", "type-1-diabetes"),
        ("ich hab Rheuma", "rheumatoid-arthritis", ""),
        ("bei mir wurde Morbus Crohn festgestellt", "inflammatory-bowel-disease", ""),
        ("mein Kind hat Typ 1", "", "type-1-diabetes"),
        ("mein Hund hat Epilepsie", "", ""),
        ("fui diagnosticada com artrite", "rheumatoid-arthritis", ""),
        ("tenho inflamação no intestino", "inflammatory-bowel-disease", ""),
        ("meu pai tem diabetes tipo 2", "", "type-2-diabetes"),
        ("I'm coeliac and have T1D", "coeliac-disease type-1-diabetes", ""),
    ],
)
def test_a_condition_is_known_by_what_it_is_called_in_each_language(example, text, certain, likely):
    found = example.find(text)
    assert (" ".join(found.certain), " ".join(found.likely)) == (certain, likely)
