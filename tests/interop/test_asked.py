# SPDX-License-Identifier: Apache-2.0
"""What the library answers in a room and what members say to it, with clients that are not ours, in encrypted rooms."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

pytestmark = pytest.mark.real

QUESTION = "!find flying with insulin"


async def test_an_answer_is_followed_up_by_taps_and_by_words(community, person):
    ana, ben = await person("ana"), await person("ben")
    room, welcome, library = community.lobby, community.bots["welcome"], community.bots["resources"]
    await ana.do("join", room=room)
    chat = await ana.invited_to()
    await ana.knows(welcome)
    await ana.do("join", room=chat)
    await ana.hears("are you 18 or older", room=chat)
    await ben.do("join", room=room)
    for each, others in ((ana, (ben.user_id, library)), (ben, (ana.user_id, library))):
        for other in others:
            await each.knows(other)

    question = await ana.say(room, QUESTION)
    answer = await ana.hears("the closest I have", room=room, sender=library)
    assert await heard_by(ben, answer) == answer["content"]["body"]
    assert root_of(answer) == question
    titles = titles_in(answer)
    assert 1 <= len(titles) <= 3

    # More of it, for her who asks for it alone.
    await ana.react(room, answer["event_id"], "➕")
    more = await ana.hears("more:", room=chat, sender=welcome)
    assert more["encrypted"]
    assert 1 <= len(titles_in(more)) <= 3
    assert titles_in(more).isdisjoint(titles)
    asked_again = len(ana.events)
    await ana.reply(room, answer["event_id"], "more")
    assert titles_in(await ana.hears("more:", room=chat, sender=welcome, since=asked_again)) == titles_in(more)

    # What helped is counted, a tap like a word; whoever says it twice counts once.
    await ana.react(room, answer["event_id"], "👍")
    await ana.reply(room, answer["event_id"], "that helped")
    await ben.reply(room, answer["event_id"], "!helped")

    # A thread about the first entry, and with words and a number about the second.
    await ana.react(room, answer["event_id"], "💬")
    await talked_about(answer, 1, room, library, ana, ben)
    await ben.reply(room, answer["event_id"], "talk about this 2")
    await talked_about(answer, 2, room, library, ana, ben)

    assert counted_in(community) == {2}
    assert not any("more:" in str(e.get("content", {}).get("body")) for e in ben.events)
    assert ana.unreadable() == ben.unreadable() == []


async def heard_by(somebody, event):
    """What somebody else's client made of it."""
    same = await somebody.wait(lambda e: e.get("event_id") == event["event_id"] and e.get("readable"))
    assert same["encrypted"]
    return same["content"]["body"]


async def talked_about(answer, number, room, library, *people):
    """Everybody hears of a thread about that entry of the answer, and can read what it begins with."""
    title = next(title for place, title in entries_in(answer) if place == number)
    for each in people:
        root = await each.hears(f"would like to talk about {title}", room=room, sender=library)
        first = await each.wait(lambda e, root=root: root_of(e) == root["event_id"])
        assert root["encrypted"]
        assert root_of(root) is None
        assert title in first["content"]["body"]


def root_of(event):
    relation = event.get("content", {}).get("m.relates_to") or {}
    return relation["event_id"] if relation.get("rel_type") == "m.thread" else None


def entries_in(answer):
    found = re.findall(r"^(\d)\. (.+?)(?: \(https?://\S+\))? *$", answer["content"]["body"], re.MULTILINE)
    return [(int(number), title) for number, title in found]


def titles_in(answer):
    return {title for _, title in entries_in(answer)}


def counted_in(community):
    """How many people were counted for an entry, over all entries that somebody said it of."""
    (file,) = community.state.rglob("community.db")
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        return {helped for (helped,) in database.execute("SELECT helped FROM opinion")}
