# SPDX-License-Identifier: Apache-2.0
"""Who gets a poll with which question: it is a message more, and an answer that nobody else can read."""

from __future__ import annotations

import pytest

from bots.welcome.records import Polls, Step
from fakes.welcome_scene import Scene, example
from welcome.test_welcome_every_way import at


async def test_until_somebody_answers_by_a_poll_there_is_none_where_two_buttons_do():
    scene = Scene(**example())
    await scene.joins()
    for word in ("yes", "yes", "yes"):
        assert not any(send.choices for send in scene.sends)
        await scene.says(word)
    await scene.says("diabetes")
    assert any(send.choices for send in scene.sends)


async def test_who_has_answered_by_a_poll_gets_one_with_each_question_from_then_on():
    scene = await at(Step.WHO, Polls.CHOICES)
    await scene.votes("1")
    assert scene.conversation.polls is Polls.ALL
    assert [send.choices != () for send in scene.sends] == [False, True]
    await scene.votes("2")
    assert scene.conversation.step is Step.DAYS


@pytest.mark.parametrize(
    ("wanted", "not_wanted"),
    [
        ("polls", "no polls"),
        ("encuestas", "sin encuestas"),
        ("sondages", "sans sondages"),
        ("Umfragen", "keine Umfragen"),
        ("enquetes", "sem enquetes"),
    ],
)
async def test_polls_come_and_go_at_a_word(wanted, not_wanted):
    scene = await at(Step.WHO, Polls.CHOICES)
    await scene.says(not_wanted)
    assert scene.said == [["polls.none", "who.ask", "pick.option"]]
    assert not any(send.choices for send in scene.sends)
    assert scene.buttons == ("1️⃣", "2️⃣", "3️⃣", "4️⃣")
    await scene.taps("2️⃣")
    assert scene.conversation.who == "living"
    await scene.says(wanted)
    assert scene.said == [["polls.all", "introduce.again"]]
    assert any(send.choices for send in scene.sends)


async def test_that_somebody_answers_by_polls_is_told_among_what_is_kept():
    scene = await at(Step.WHO)
    await scene.says("my data")
    assert "mydata.polls" in scene.said[0]
    scene = await at(Step.WHO, Polls.CHOICES)
    await scene.says("my data")
    assert "mydata.polls" not in scene.said[0]


async def test_who_wants_no_polls_gets_none_back_by_an_answer_to_an_old_one():
    scene = await at(Step.WHO, Polls.CHOICES)
    await scene.says("no polls")
    await scene.votes("1")
    assert scene.conversation.who == "new"
    assert scene.conversation.polls is Polls.NONE


async def test_a_poll_of_a_question_that_is_passed_is_no_answer():
    scene = await at(Step.AGE)
    old = scene.poll
    await scene.says("yes")
    assert scene.poll != old
    await scene.votes("2", target=old)
    assert scene.last == ()
    assert scene.conversation.step is Step.GUIDELINES
