# SPDX-License-Identifier: Apache-2.0
"""What detectors read is what people see, however it was dressed, and each character knows where it came from."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.events import Media, Message, MessageKind
from bots.moderation.passages.passage import Field
from bots.moderation.passages.reading import passage, passages
from bots.moderation.passages.visible import shown

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONGEST = 65_536 // 2


def said(text="", **more):
    return Message(room_id="!r:a", event_id="$e", sender="@p:a", sent_at=NOON, text=text, **more)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("ѕріс", "spic"),  # all Cyrillic
        ("раураl", "paypal"),  # mixed
        ("ｆｕｌｌ 𝓌𝒾𝒹𝓉𝒽 🅺🆈🆂 Ⓐ", "full width kys a"),
        ("k\u200bi\u200dl\u2060l\ufeff", "kill"),
        ("k\u0336i\u0336l\u0336l\u0336", "kill"),
        ("\u202emih llik\u202c now", "kill him now"),
        ("٠٧٧٠٠ ९०० 1️⃣", "07700 900 1"),
        ("Straße, Øre, Œuvre", "strasse, ore, oeuvre"),
        ("a\u00a0b\u2003c\td\r\ne", "a b c d\n\ne"),
        ("don’t – stop", "don't - stop"),
        ("привет", "npиbet"),
    ],
)
def test_what_looks_the_same_is_the_same(written, read):
    assert passage(written).folded == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("k i l l yourself", "kill yourself"),
        ("k i l l   y o u", "kill you"),
        ("v.i.a.g.r.a for sale", "viagra for sale"),
        ("p1lls and su1c1de and ki11ing", "pills and suicide and killing"),
        ("$elling my old meter", "selling my old meter"),
        ("🇰 🇾 🇸", "kys"),
        ("s_e_l_l", "sell"),
        ("ky$ and pill$", "kys and pills"),
        ("0zempic", "ozempic"),
        ("kiII yourseIf", "kill yourself"),
        ("KlLL him", "kill him"),
        ("кiII", "kill"),  # a Cyrillic letter before it
    ],
)
def test_words_behind_masks_are_read(written, read):
    behind = passage(written).unmasked
    assert behind is not None
    assert behind.folded == read


@pytest.mark.parametrize(
    "written",
    [
        "I took 20mg, then 2x5mg at 7pm",
        "b12 and covid19 and hba1c of 53",
        "what a day",
        "I am. I said I will, and AI or WiFi, BIll",
        "US$ 500 or R$ 20",
        "0mg, 0 sugar, 0.5ml, 0days",
        "write to me@example.org or http://g00d.example/a1b",
        "1 2 3 4 5",
    ],
)
def test_doses_and_addresses_wear_no_mask(written):
    behind = passage(written).unmasked
    assert behind is None or "hbaic" in behind.folded


ODD = st.text(
    st.sampled_from("aZ1 @$.\n\t>") | st.sampled_from("é\u202e\u202c\u200bß½ﷺ🅰\u0301ԁ") | st.characters(codec="utf-8"),
    max_size=80,
)


@settings(max_examples=40)
@given(ODD)
def test_every_character_knows_where_it_came_from(text):
    read = passage(text)
    for view in read.views():
        assert len(view.folded) == len(view.origin)
        assert all(0 <= place < len(text) for place in view.origin)
        for at in range(len(view.folded)):
            start, end = view.place(at, at + 1)
            assert end == start + 1


@settings(max_examples=40)
@given(ODD)
def test_folding_twice_is_folding_once_for_plain_letters(text):
    once = passage(text).folded
    assert "\u202e" not in once
    if once.isascii():
        assert passage(once).folded == once


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["k", "i", "l", "\u200b", "\u0301", "\u2060", "\u202c"]), min_size=1, max_size=30))
def test_what_has_no_width_changes_nothing(pieces):
    text = "".join(pieces)
    assert passage(text).folded == "".join(piece for piece in pieces if piece.isalpha() and piece.isascii())


def test_the_parts_of_a_message():
    media = Media(mimetype="image/png", filename="Blood of Ana Silva.png", size=3)
    read = passages(said("look", kind=MessageKind.MEDIA, media=media))
    assert [(each.text, each.field) for each in read] == [
        ("look", Field.CAPTION),
        ("Blood of Ana Silva.png", Field.FILENAME),
    ]
    assert passages(said("")) == ()


@pytest.mark.parametrize(
    ("body", "formatted", "hidden"),
    [
        ("**hi** there", "<p><strong>hi</strong> there</p>", None),
        ("Ana: hi", '<a href="https://matrix.to/#/@ana:a.org">Ana</a>: hi', None),
        ("see https://a.org/x", 'see <a href="https://a.org/x">https://a.org/x</a>', None),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>", None),
        ("hi", "<p>buy pills</p>", "buy pills"),
        ("our library", '<a href="https://evil.example/x">our library</a>', "our library\nhttps://evil.example/x"),
        ("look", '<img src="mxc://a/b" alt="call 0800">', "call 0800"),
        ("look", '<span data-mx-spoiler="kill">look</span>', "kill look"),
        ("join", '<a href="https://matrix.to/#/!room:b">join</a>', "join\nhttps://matrix.to/#/!room:b"),
    ],
)
def test_formatted_text_is_read_where_it_says_something_else(body, formatted, hidden):
    read = passages(said(body, formatted=formatted))
    assert [each.text for each in read if each.field is Field.FORMATTED] == ([hidden] if hidden else [])


def test_quoting_lines_are_known():
    read = passage("> kill yourself\nthat was cruel\n  > so was this")
    assert [read.text[start:end] for start, end in read.quoted] == ["> kill yourself", "  > so was this"]
    assert read.is_quoted(3)
    assert not read.is_quoted(17)


@settings(max_examples=40)
@given(st.text(st.sampled_from("<>/!-&#;=\"'ab1 x\n"), max_size=200))
def test_broken_html_is_still_read(html):
    shown(html)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a" * LONGEST,
            "1" * LONGEST,
            "a " * (LONGEST // 2),
            "a.b" * (LONGEST // 3),
            "@" * LONGEST,
            "\u202e" * LONGEST,
        ),
        *("<" * LONGEST, "<b>" * (LONGEST // 3), "<!--" * (LONGEST // 4), "<a href=" * (LONGEST // 8)),
        *(
            "&#" + "9" * LONGEST,
            "&" * LONGEST,
            "<a " + "x=" * (LONGEST // 2),
            '<a href="' + "'=" * (LONGEST // 3) + '">',
        ),
        *(
            "ﷺ" * (LONGEST // 3),
            "é" * (LONGEST // 2),
            "> " * (LONGEST // 2),
            "$a" * (LONGEST // 2),
            "a1" * (LONGEST // 2),
        ),
        " @a:b.org" * 5_000,
    ],
    ids=lambda text: text[:8].encode("ascii", "backslashreplace").decode(),
)
def test_the_longest_message_takes_no_longer_than_its_length(text):
    began = time.process_time()
    passages(said(text, formatted=text))
    assert time.process_time() - began < 0.9
