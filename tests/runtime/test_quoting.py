# SPDX-License-Identifier: Apache-2.0
"""What moderators are shown of a message, whatever stands in it."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import Quote
from bots.core.events import Media, Message, MessageKind
from bots.core.runtime.quoting import LONGEST, quotation, quoted

QUOTE = Quote("!r", "$e")


def said(text, **other):
    return Message(
        room_id="!r", event_id="$e", sender="@a:x", sent_at=datetime(2026, 3, 1, tzinfo=UTC), **{"text": text, **other}
    )


@given(st.text(), st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=3))
def test_a_quotation_never_has_markup_of_its_author_nor_a_mention_of_the_room(text, marks):
    shown = quoted(Quote("!r", "$e", tuple(marks)), said(text))[0]

    inside = shown.html.removeprefix("<blockquote>").removesuffix("</blockquote>")
    for ours in ("<br>", "<strong>", "</strong>"):
        inside = inside.replace(ours, "")
    assert "<" not in inside
    assert ">" not in inside
    assert "@room" not in shown.body
    assert all(line.startswith("> ") for line in shown.body.split("\n"))


def test_what_turns_the_writing_round_is_taken_out_and_what_looks_like_markup_is_shown():
    shown = quotation("a\u202egnp.exe\u2066 <img src=x onerror=y> [link](http://x)")
    assert shown.body == "> agnp.exe <img src=x onerror=y> [link](http://x)"
    assert shown.html == "<blockquote>agnp.exe &lt;img src=x onerror=y&gt; [link](http://x)</blockquote>"


def test_what_was_found_is_set_off_in_both_forms():
    (shown,) = quoted(Quote("!r", "$e", ((10, 13), (0, 2), (12, 15))), said("me, write to <me>"))
    assert shown.body == "> »me«, write »to <m«e>"
    assert shown.html == "<blockquote><strong>me</strong>, write <strong>to &lt;m</strong>e&gt;</blockquote>"


def test_a_message_of_65_kilobytes_is_cut_and_says_so():
    for letter in ("x", "&", "\U0001f600", "\n", '"'):
        shown, cut = quoted(QUOTE, said(letter * 65_536))
        assert len(json.dumps(shown.html)) <= LONGEST + 100
        assert len(shown.body) > 400
        assert cut.key == "core.quote_cut"
        assert 0 < cut.params["count"] < 65_536


def test_what_was_found_far_behind_is_shown_all_the_same():
    text = "x" * 50_000 + " my number is 1234 " + "y" * 10_000
    shown, cut = quoted(Quote("!r", "$e", ((50_014, 50_018),)), said(text))
    assert "my number is »1234«" in shown.body
    assert cut.key == "core.quote_cut"


def test_an_edited_message_says_so_and_nothing_is_set_off_in_what_it_says_now():
    shown, edited = quoted(Quote("!r", "$e", ((0, 4),)), said("nice words", edited=True))
    assert shown.body == "> nice words"
    assert edited.key == "core.quote_edited"


def test_what_is_gone_says_so_and_a_picture_says_what_it_is():
    assert [part.key for part in quoted(QUOTE, None)] == ["core.quote_gone"]
    picture = Media(mimetype="image/png", filename="me.png", size=1)
    assert quoted(QUOTE, said("", kind=MessageKind.MEDIA, media=picture))[0].body == "> image/png"
