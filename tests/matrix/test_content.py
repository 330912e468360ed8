# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bots.core.events import Message, MessageKind
from bots.core.language import Rendered
from bots.core.matrix.content import POLL_START, message_content, poll_content, reaction_content
from bots.core.matrix.decode import decode
from bots.core.matrix.text import mended
from bots.core.transport import Outgoing

ids = st.none() | st.text("abc", min_size=1).map("${}".format)
outgoing = st.builds(
    Outgoing,
    rendered=st.builds(Rendered, st.text(), st.text().filter(lambda html: "mx-reply" not in html)),
    reply_to=ids,
    thread=ids,
    mentions=st.lists(st.text("abc", min_size=1).map("@{}:x".format), unique=True, max_size=3).map(tuple),
    notice=st.booleans(),
)


@given(outgoing, st.text("abc", min_size=1).map("${}".format))
def test_an_edit_is_read_as_the_new_words_of_that_message(message, edited):
    raw = {
        "type": "m.room.message",
        "content": message_content(replace(message, replaces=edited)),
        "event_id": "$1",
        "sender": "@bot:x",
        "origin_server_ts": 1,
    }
    read = decode("!r", raw)
    assert isinstance(read, Message)
    assert read.replaces == edited
    assert (read.text, read.formatted) == (mended(message.rendered.body), mended(message.rendered.html))
    assert (read.reply_to, read.thread) == (None, None)


@given(outgoing.filter(lambda message: not message.rendered.body.startswith("> ")))
def test_what_is_sent_is_read_as_it_was_meant(message):
    raw = {
        "type": "m.room.message",
        "content": message_content(message),
        "event_id": "$1",
        "sender": "@bot:x",
        "origin_server_ts": 1,
    }
    read = decode("!r", raw)
    assert isinstance(read, Message)
    assert (read.text, read.formatted) == (mended(message.rendered.body), mended(message.rendered.html))
    assert (read.reply_to, read.thread, read.mentions) == (message.reply_to, message.thread, set(message.mentions))
    assert read.kind is (MessageKind.NOTICE if message.notice else MessageKind.TEXT)


def test_a_message_says_that_it_mentions_nobody():
    assert message_content(Outgoing(rendered=Rendered("hi", "hi")))["m.mentions"] == {}


def test_in_a_thread_a_message_falls_back_to_its_root():
    content = message_content(Outgoing(rendered=Rendered("hi", "hi"), thread="$root"))
    assert content["m.relates_to"]["is_falling_back"] is True
    assert content["m.relates_to"]["m.in_reply_to"] == {"event_id": "$root"}


def test_a_reaction_is_an_annotation():
    assert reaction_content("$1", "👍")["m.relates_to"]["rel_type"] == "m.annotation"


@given(st.text(), st.lists(st.text(), min_size=1, max_size=20).map(tuple))
def test_a_poll_says_the_same_under_its_stable_and_its_unstable_name(question, choices):
    content = poll_content(Outgoing(rendered=Rendered(question, ""), choices=choices))
    stable, unstable = content["m.poll"], content[POLL_START]
    numbers = [str(number) for number in range(1, len(choices) + 1)]
    assert [answer["m.id"] for answer in stable["answers"]] == numbers
    assert [answer["id"] for answer in unstable["answers"]] == numbers
    assert tuple(answer["m.text"][0]["body"] for answer in stable["answers"]) == choices
    assert tuple(answer["org.matrix.msc1767.text"] for answer in unstable["answers"]) == choices
    # An app without polls shows this.
    assert all(choice in content["org.matrix.msc1767.text"] for choice in choices)
    assert content["m.mentions"] == {}
