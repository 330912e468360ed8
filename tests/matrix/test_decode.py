# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.events import Media, Membership, Message, MessageKind, PollAnswer, Reaction, Redaction, RoomStateChanged
from bots.core.language.markup import Rendered
from bots.core.matrix.content import POLL_START, poll_content
from bots.core.matrix.decode import LONGEST_TEXT, decode, decode_decrypted, decode_unreadable
from bots.core.rooms import MembershipState
from bots.core.transport import Outgoing

ROOM = "!room:x"


def event(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "content": content,
        "event_id": "$1",
        "sender": "@anna:x",
        "origin_server_ts": 1_700_000_000_000,
        **more,
    }


def message(content: dict[str, Any]) -> Message:
    decoded = decode(ROOM, event("m.room.message", {"msgtype": "m.text", "body": "hello", **content}))
    assert isinstance(decoded, Message)
    return decoded


def test_a_text_is_a_message_with_its_room_sender_and_time():
    assert message({}) == Message(
        room_id=ROOM,
        event_id="$1",
        sender="@anna:x",
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        text="hello",
    )


@pytest.mark.parametrize(
    ("msgtype", "kind"),
    [
        ("m.notice", MessageKind.NOTICE),
        ("m.emote", MessageKind.EMOTE),
        ("m.video", MessageKind.MEDIA),
        ("org.example.new", MessageKind.TEXT),
    ],
)
def test_message_types_are_told_apart_and_new_ones_are_read_as_text(msgtype, kind):
    assert message({"msgtype": msgtype}).kind is kind


def test_a_caption_is_text_and_a_file_name_is_not():
    info = {"mimetype": "image/png", "size": 12}
    captioned = message({"msgtype": "m.image", "body": "my dinner", "filename": "a.png", "info": info})
    assert captioned.text == "my dinner"
    assert captioned.media == Media(mimetype="image/png", filename="a.png", size=12)
    assert message({"msgtype": "m.image", "body": "a.png", "info": info}).text == ""
    assert message({"msgtype": "m.image", "body": "a.png", "filename": "a.png"}).text == ""
    assert message({"msgtype": "m.image", "body": "a.png"}).media.filename == "a.png"


@pytest.mark.parametrize(
    "body",
    [
        "> <@ben:x> what he said\n> and more\n\nhello",
        "> * <@ben:x> waves\n\nhello",
        "hello",
    ],
)
def test_a_reply_is_read_without_what_it_quotes(body):
    reply = message(
        {
            "body": body,
            "format": "org.matrix.custom.html",
            "formatted_body": "<mx-reply><blockquote>what\nhe said</blockquote></mx-reply><b>hello</b>",
            "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}},
        }
    )
    assert (reply.text, reply.formatted, reply.reply_to) == ("hello", "<b>hello</b>", "$0")


def test_a_quotation_that_is_no_reply_fallback_stays():
    assert message({"body": "> so they say\n\nhello"}).text == "> so they say\n\nhello"
    assert message({"body": "> so\nhello", "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}).text == "> so\nhello"


def test_a_thread_is_a_reply_only_where_somebody_replied():
    relation = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    in_thread = message({"m.relates_to": {**relation, "is_falling_back": True}})
    assert (in_thread.thread, in_thread.reply_to) == ("$root", None)
    replied = message({"m.relates_to": relation})
    assert (replied.thread, replied.reply_to) == ("$root", "$last")


def test_an_edit_says_what_it_says_now():
    edit = message(
        {
            "body": "* hello there",
            "m.new_content": {"msgtype": "m.notice", "body": "hello there"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"},
        }
    )
    assert (edit.text, edit.kind, edit.replaces) == ("hello there", MessageKind.NOTICE, "$0")


def test_an_edit_without_its_new_content_is_still_read():
    edit = message({"body": "* hi", "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}})
    assert (edit.text, edit.replaces) == ("hi", "$0")


def test_only_mentions_say_who_is_mentioned():
    said = message({"body": "@ben:x", "m.mentions": {"user_ids": ["@cleo:x", 5, "", None], "room": True}})
    assert (said.mentions, said.mentions_room) == (frozenset({"@cleo:x"}), True)
    assert message({"m.mentions": {"room": "yes"}}).mentions_room is False


@pytest.mark.parametrize("key", ["👍️", "👍", "👍🏽", "👍🏿\ufe0f", "👍\u200d♀️", "👍🏻\u200d♂"])
def test_a_reaction_has_no_variation_selector_nor_what_a_telephone_adds_by_itself(key):
    content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$0", "key": key}}
    decoded = decode(ROOM, event("m.reaction", content))
    assert isinstance(decoded, Reaction)
    assert (decoded.target, decoded.key) == ("$0", "👍")


@pytest.mark.parametrize("raw", [{"redacts": "$0"}, {"content": {"redacts": "$0"}}])
def test_a_redaction_names_its_target_as_any_room_version_does(raw):
    decoded = decode(ROOM, {**event("m.room.redaction", {}), **raw})
    assert isinstance(decoded, Redaction)
    assert decoded.target == "$0"


def test_a_redacted_message_is_nothing():
    assert decode(ROOM, event("m.room.message", {})) is None


def member(membership: Any, previous: Any = None, **content: Any) -> Any:
    unsigned = {"prev_content": {"membership": previous}} if previous else {}
    content = {"membership": membership, **content}
    return decode(ROOM, event("m.room.member", content, state_key="@ben:x", unsigned=unsigned))


def test_a_membership_says_who_went_from_where_to_where():
    decoded = member("ban", "join", reason="why", displayname="Ben")
    assert isinstance(decoded, Membership)
    assert (decoded.sender, decoded.user, decoded.display_name, decoded.reason) == ("@anna:x", "@ben:x", "Ben", "why")
    assert (decoded.previous, decoded.now) == (MembershipState.JOIN, MembershipState.BAN)
    assert member("invite", is_direct=True).direct


def test_a_change_of_name_is_no_membership():
    assert member("join", "join", displayname="Benny") is None


def test_a_changed_state_is_told_by_type_and_key():
    decoded = decode(ROOM, event("m.room.power_levels", {}, state_key=""))
    assert isinstance(decoded, RoomStateChanged)
    assert (decoded.type, decoded.state_key) == ("m.room.power_levels", "")


@pytest.mark.parametrize("kind", ["m.room.power_levels", "m.room.member", "m.room.message"])
def test_state_inside_an_encrypted_event_is_nothing(kind):
    raw = event("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"})
    payload = {"type": kind, "state_key": "@anna:x", "content": {"membership": "join", "body": "x"}}
    assert decode_decrypted(ROOM, raw, payload, authentic=True) is None


@pytest.mark.parametrize("kind", ["m.room.power_levels", "m.room.member", "m.room.redaction", "m.room.encryption"])
def test_nothing_but_what_was_said_comes_out_of_an_encrypted_event(kind):
    raw = event("m.room.encrypted", {})
    payload = {"type": kind, "content": {"membership": "join", "redacts": "$0", "users": {"@anna:x": 100}}}
    assert decode_decrypted(ROOM, raw, payload, authentic=True) is None


def test_an_encrypted_message_keeps_the_relation_that_stands_outside():
    raw = event("m.room.encrypted", {"m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}})
    payload = {"type": "m.room.message", "content": {"body": "* x", "m.new_content": {"body": "x"}}}
    decoded = decode_decrypted(ROOM, raw, payload, authentic=False)
    assert isinstance(decoded, Message)
    assert (decoded.replaces, decoded.encrypted, decoded.authentic) == ("$0", True, False)


def test_sizes_are_bounded():
    assert len(message({"body": "x" * 200_000}).text) == LONGEST_TEXT
    assert len(message({"m.mentions": {"user_ids": [f"@u{n}:x" for n in range(10_000)]}}).mentions) == 100
    assert decode(ROOM, event("m.room.message", {"body": "x"}, event_id="$" * 300)) is None


# What UTF-8 can't spell, and what PostgreSQL does not take; JSON has an escape for each.
UNKEEPABLE = ["\ud800", "\udfff", "\0"]


@pytest.mark.parametrize("bad", UNKEEPABLE)
def test_what_no_database_takes_is_replaced_in_text(bad):
    said = message({"body": f"a{bad}b", "format": "org.matrix.custom.html", "formatted_body": bad})
    assert (said.text, said.formatted) == ("a\ufffdb", "\ufffd")


@pytest.mark.parametrize("bad", UNKEEPABLE)
def test_what_no_database_takes_names_nothing(bad):
    reply = message({"m.relates_to": {"m.in_reply_to": {"event_id": f"${bad}"}}, "m.mentions": {"user_ids": [bad]}})
    assert (reply.reply_to, reply.mentions) == (None, frozenset())
    relation = {"rel_type": "m.annotation", "event_id": bad, "key": "x"}
    assert decode(ROOM, event("m.reaction", {"m.relates_to": relation})) is None
    assert decode(ROOM, event("m.room.redaction", {"redacts": bad})) is None
    assert decode(ROOM, event("m.room.name", {}, state_key=bad)) is None


@pytest.mark.parametrize("session_id", [*UNKEEPABLE, "", "A" * 256, 7, None, []])
def test_a_session_that_can_not_be_one_is_not_waited_for(session_id):
    assert decode_unreadable(ROOM, event("m.room.encrypted", {"session_id": session_id})) is None


@pytest.mark.parametrize("stamp", [None, "now", 1.5, True, -1, 253_402_300_799_001, 10**30, [], {}])
def test_what_was_sent_at_no_time_is_nothing(stamp):
    for raw in (event("m.room.message", {"body": "hi"}), event("m.room.encrypted", {"session_id": "abc"})):
        late = {**raw, "origin_server_ts": stamp}
        assert decode(ROOM, late) is decode_unreadable(ROOM, late) is None


@pytest.mark.parametrize("content", [None, "hi", ["hi"], 7, True])
def test_an_event_without_content_is_nothing(content):
    for kind in ("m.room.message", "m.reaction", "m.room.redaction", "m.room.encrypted"):
        assert decode(ROOM, event(kind, content, redacts="$2")) is decode_unreadable(ROOM, event(kind, content)) is None


def test_what_can_not_be_read_is_known_by_its_ids():
    closed = decode_unreadable(ROOM, event("m.room.encrypted", {"session_id": "abc", "ciphertext": "secret"}))
    assert closed is not None
    assert (closed.room_id, closed.event_id, closed.sender, closed.session_id) == (ROOM, "$1", "@anna:x", "abc")
    assert closed.withheld is None


text = st.text(st.characters(exclude_categories=()), max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
known = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("body", "msgtype", "m.new_content", "m.mentions", "membership", "info", "redacts", "formatted_body"), anything
    )
    | {
        "m.poll": anything | st.fixed_dictionaries({"question": anything, "answers": anything}),
        "m.relates_to": anything
        | st.fixed_dictionaries(
            {
                "rel_type": st.sampled_from(["m.replace", "m.thread", "m.annotation"]) | anything,
                "event_id": anything,
                "key": anything,
                "m.in_reply_to": anything,
            }
        ),
    },
)
TYPES = [
    *("m.room.message", "m.reaction", "m.room.redaction", "m.room.member", "m.sticker", "m.room.power_levels"),
    *("m.poll.start", POLL_START),
]
raw_events = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES) | anything, "content": known | anything},
    optional={
        "event_id": st.just("$1") | anything,
        "sender": st.just("@anna:x") | anything,
        "origin_server_ts": st.just(1) | anything,
        "state_key": anything,
        "unsigned": anything | st.fixed_dictionaries({"prev_content": anything}),
        "redacts": anything,
    },
)


def texts_in(value: object) -> Iterator[str]:
    """Every text in an event."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, frozenset | tuple):
        for part in value:
            yield from texts_in(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))


def keepable(value: str) -> bool:
    return "\0" not in value.encode().decode()


@given(raw_events)
def test_whatever_a_stranger_sends_is_an_event_or_nothing(raw):
    decoded = decode(ROOM, raw)
    assert decoded is None or decoded.room_id == ROOM
    assert all(map(keepable, texts_in(decoded)))


@given(raw_events, raw_events)
def test_whatever_a_stranger_encrypts_is_something_said_or_nothing(raw, payload):
    decoded = decode_decrypted(ROOM, raw, payload, authentic=True)
    assert decoded is None or isinstance(decoded, Message | Reaction | PollAnswer)
    assert all(map(keepable, texts_in(decoded)))


@pytest.mark.parametrize("kind", ["m.poll.start", POLL_START])
def test_a_poll_is_read_as_what_it_says(kind):
    content = poll_content(Outgoing(rendered=Rendered("should i go?", ""), choices=("yes", "no")))
    poll = decode(ROOM, event(kind, {**content, "m.mentions": {"user_ids": ["@ben:x"]}}))
    assert isinstance(poll, Message)
    assert (poll.text, poll.kind, poll.mentions) == ("should i go?\nyes\nno", MessageKind.TEXT, {"@ben:x"})
    stable, unstable = {"m.poll": content["m.poll"]}, {POLL_START: content[POLL_START]}
    assert decode(ROOM, event(kind, stable)).text == decode(ROOM, event(kind, unstable)).text == poll.text
    other = poll_content(Outgoing(rendered=Rendered("or not?", ""), choices=("yes",)))
    edit = {**content, "m.new_content": other, "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}
    changed = decode_decrypted(ROOM, event("m.room.encrypted", {}), {"type": kind, "content": edit}, authentic=True)
    assert (changed.text, changed.replaces, changed.encrypted) == ("or not?\nyes", "$0", True)


def test_a_place_is_read_with_where_it_is():
    place = {"msgtype": "m.location", "body": "Here I am", "geo_uri": "geo:48.85837,2.29448;u=35"}
    assert message(place).text == "Here I am\ngeo:48.85837,2.29448;u=35"
    assert message({**place, "body": "at geo:48.85837,2.29448;u=35"}).text == "at geo:48.85837,2.29448;u=35"
    assert message({**place, "msgtype": "m.text"}).text == "Here I am"
    assert message({**place, "geo_uri": 7}).text == "Here I am"


def test_what_only_pretends_to_be_a_quotation_is_read():
    html = {"format": "org.matrix.custom.html", "formatted_body": "<mx-reply>call me</mx-reply>hi"}
    assert message(html).formatted == "<mx-reply>call me</mx-reply>hi"
    assert message({**html, "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}).formatted == "hi"


def poll_answer(content, kind="m.poll.response", **relation):
    relates = {"rel_type": "m.reference", "event_id": "$poll", **relation}
    raw = {"event_id": "$e", "sender": "@a:x", "origin_server_ts": 1, "type": "m.room.encrypted", "content": {}}
    payload = {"type": kind, "content": {**content, "m.relates_to": relates}}
    return decode_decrypted(ROOM, raw, payload, authentic=True)


UNSTABLE = "org.matrix.msc3381.poll.response"


@pytest.mark.parametrize(
    "decoded",
    [
        poll_answer({"m.selections": ["2"]}),
        poll_answer({UNSTABLE: {"answers": ["2"]}}, UNSTABLE),
        poll_answer({UNSTABLE: {"answers": ["2", 7, None]}}, UNSTABLE),
    ],
)
def test_an_answer_to_a_poll_is_read_by_its_stable_and_its_unstable_name(decoded):
    assert isinstance(decoded, PollAnswer)
    assert (decoded.target, decoded.answers, decoded.encrypted, decoded.authentic) == ("$poll", ("2",), True, True)


@pytest.mark.parametrize(
    "decoded",
    [
        poll_answer({}),
        poll_answer({"m.selections": "2"}),
        poll_answer({UNSTABLE: ["2"]}, UNSTABLE),
        poll_answer({"m.selections": ["2"]}, rel_type="m.annotation"),
        poll_answer({"m.selections": ["2"]}, event_id=7),
    ],
)
def test_what_is_no_answer_to_a_poll_is_nothing(decoded):
    assert decoded is None


def test_nobody_answers_a_poll_a_thousand_times_at_once():
    assert len(poll_answer({"m.selections": ["2"] * 1_000}).answers) == 20
