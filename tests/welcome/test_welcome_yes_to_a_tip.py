# SPDX-License-Identifier: Apache-2.0
"""A plain "yes" in the private chat is an answer to what was asked last: by the welcome bot, or about a tip."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.core.actions import BotName, Schedule
from bots.core.records import TipAsked
from bots.welcome.records import Conversation, Pause, Step
from fakes.welcome_scene import ANA, Scene

BEFORE, AFTER = timedelta(minutes=-5), timedelta(minutes=5)


@pytest.fixture
async def scene():
    scene = Scene()
    await scene.joins()
    await scene.agrees()
    return scene


def asked(scene, when, **conversation):
    """The welcome bot asked something, and the resources bot about a tip `when` after that."""
    known = replace(scene.conversation, **conversation)
    scene.records[Conversation, (ANA,)] = known
    scene.records[TipAsked, (ANA,)] = TipAsked(user=ANA, number=3, time=1, at=known.asked_at + when)


def about_the_tip(scene):
    return any(isinstance(a, Schedule) and a.voice is BotName.RESOURCES for a in scene.last)


@pytest.mark.parametrize("word", ["yes", "Nein", "✅"])
@pytest.mark.parametrize(
    "waits", [{"step": Step.COUNTRY}, {"step": Step.CONDITION}, {"step": Step.DONE, "pause": Pause.CONFIRM_FORGET}]
)
async def test_while_the_welcome_bot_waits_it_is_about_the_tip_if_that_was_asked_last(scene, waits, word):
    asked(scene, AFTER, **waits)
    await scene.says(word)
    assert about_the_tip(scene)


@pytest.mark.parametrize("step", [Step.COUNTRY, Step.CONDITION])
async def test_and_for_the_welcome_bot_if_that_asked_last(scene, step):
    asked(scene, BEFORE, step=step)
    await scene.says("yes")
    assert not about_the_tip(scene)


async def test_once_all_is_answered_it_is_about_the_tip_whenever_that_was_asked(scene):
    asked(scene, BEFORE, step=Step.DONE)
    await scene.says("yes")
    assert about_the_tip(scene)


@pytest.mark.parametrize("text", ["maybe later", "Germany", "yes but who reads it?"])
async def test_what_is_no_plain_answer_is_for_the_welcome_bot(scene, text):
    asked(scene, AFTER, step=Step.COUNTRY)
    await scene.says(text)
    assert not about_the_tip(scene)


async def test_who_has_not_agreed_to_the_guidelines_gives_nothing(scene):
    asked(scene, AFTER, step=Step.GUIDELINES, agreed=0)
    await scene.says("yes")
    assert not about_the_tip(scene)
