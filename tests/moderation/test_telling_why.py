# SPDX-License-Identifier: Apache-2.0
"""`!guidelines` and `!why` are answered in private, wherever they were asked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bots.core.actions import InPrivateChat, Redact, Schedule, Send
from bots.core.events import Message, Tick
from bots.welcome.commands import COMMANDS as WELCOME
from bots.welcome.passing_on import heard
from fakes.moderation_scene import ANA
from moderation.test_watching import NUMBER, flood, known, scene


def params(here):
    (send,) = [a for a in here.last if isinstance(a, Send) and a.place == InPrivateChat(ANA)]
    return send.parts[0].params


@pytest.mark.parametrize("text", ["!why", "!pourquoi", "!porqué"])
async def test_where_nothing_was_done_that_is_said(text):
    here = await scene().says(ANA, text)
    assert here.told(ANA) == ["why.nothing"]
    assert [a.event_id for a in here.last if isinstance(a, Redact)], "the question is nobody else's to see"


async def test_a_reminder_is_explained_by_the_guidelines_own_words():
    here = await known(scene()).says(ANA, NUMBER)
    await here.says(ANA, "!why")
    assert here.told(ANA) == ["why.reminded", "why.end"]
    assert params(here)["rule"] == "Rule privacy."
    assert params(here)["seen"].key == "moderation.seen.identity"
    assert params(here)["room"] == "Harbour"


async def test_so_is_what_was_held():
    here = await flood(scene(), times=5)
    await here.says(ANA, "!why")
    assert here.told(ANA) == ["why.held", "why.end"]
    assert params(here)["rule"] == "Rule kind."


async def test_the_guidelines_of_the_room():
    here = await scene().says(ANA, "!guidelines")
    assert here.told(ANA) == ["guidelines"]
    assert [line.params["text"] for line in params(here)["lines"]] == [
        "Rule kind.",
        "Rule privacy.",
        "Rule no-selling.",
    ]


@pytest.mark.parametrize(
    ("text", "told"), [("!why", "why.nothing"), ("!guidelines", "guidelines"), ("!g", "guidelines")]
)
async def test_asked_in_the_private_chat_it_is_passed_on_and_answered(text, told):
    here = scene()
    (tick,) = [a for a in _passed_on(text, here) if isinstance(a, Schedule)]
    await here.happens(Tick(id=tick.id, kind=tick.kind, due_at=here.now, payload=tick.payload))
    assert here.told(ANA) == [told]


def _passed_on(text, here):
    event = Message(room_id="!chat", event_id="$asked", sender=ANA, sent_at=here.now, text=text)
    return heard(event, WELCOME.parse(text), None, SimpleNamespace(now=here.now, telling=None))
