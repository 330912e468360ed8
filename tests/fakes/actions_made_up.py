# SPDX-License-Identifier: Apache-2.0
"""Made-up actions of every type that leaves through the outbox, for property tests."""

from datetime import UTC

from hypothesis import strategies as st

from bots.core.actions import (
    Ban,
    BotName,
    Edit,
    EventRef,
    Examine,
    GivenBack,
    InPrivateChat,
    InRoom,
    Invite,
    Join,
    LabelRef,
    Leave,
    LookAt,
    OpenDoor,
    OwnWords,
    Priority,
    PutRule,
    Quote,
    ReadWords,
    Redact,
    Remove,
    Send,
    SendCopy,
    SetPower,
    SetTopic,
    ShareHistory,
    ShutOut,
    TakeBack,
    TakeRule,
    Unban,
    Words,
)
from bots.core.rooms.policies import About, Policy

texts = st.text(max_size=12)
users = st.sampled_from(["@anna:x", "@mo:x", "@organiser:x", "@bot:x", "@other_bot:x"])
rooms = st.sampled_from(["!lobby", "!moderators", "!diabetes"])
events = texts.map("$".__add__)
times = st.datetimes(timezones=st.just(UTC))

plain_params = texts | st.integers() | st.floats(allow_nan=False) | times
marks = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple)
words = st.recursive(
    st.builds(Words, texts, st.dictionaries(texts, plain_params, max_size=3), st.none() | texts),
    lambda inner: st.builds(
        Words, texts, st.dictionaries(texts, inner | st.lists(inner, max_size=3).map(tuple), max_size=2)
    ),
    max_leaves=5,
)
known_refs = st.builds(EventRef, events) | st.builds(LabelRef, texts)
refs = st.none() | known_refs
own_words = st.builds(OwnWords, users, events) | st.builds(GivenBack, users, rooms, events)
parts = st.lists(words | st.builds(Quote, rooms, events, marks) | own_words, max_size=3).map(tuple)
places = st.builds(InRoom, rooms) | st.builds(InPrivateChat, users, st.booleans())

common = {
    "why": texts,
    "voice": st.none() | st.sampled_from(BotName),
    "priority": st.sampled_from(Priority),
    "follow_up": st.booleans(),
    "not_before": st.none() | times,
    "not_after": st.none() | times,
}
sends = st.builds(
    Send,
    place=places,
    parts=parts,
    label=st.none() | texts,
    memo=st.none() | texts,
    choices=st.lists(words, max_size=3).map(tuple),
    reply_to=refs,
    thread=refs,
    buttons=st.lists(texts, max_size=3).map(tuple),
    mentions=st.lists(users, max_size=2).map(tuple),
    **common,
)
edits = st.builds(Edit, room_id=rooms, target=known_refs, parts=parts, **common)
takes_back = st.builds(TakeBack, room_id=rooms, target=known_refs, **common)
redacts = st.builds(
    Redact,
    room_id=rooms,
    event_id=events,
    sender=users,
    asked_by_sender=st.booleans(),
    after=st.none() | texts,
    after_voice=st.none() | st.sampled_from(BotName),
    **common,
)
powers = st.builds(SetPower, room_id=rooms, user=users, level=st.none() | st.integers(-1, 200), **common)
doors = st.builds(OpenDoor, room_id=rooms, open=st.booleans(), **common)
examines = st.builds(Examine, room_id=rooms, event_id=events, sender=users, **common)
readings = st.builds(ReadWords, room_id=rooms, event_id=events, sender=users, memo=texts, **common)
histories = st.builds(ShareHistory, room_id=rooms, user=users, since=times, **common)
copies = st.builds(SendCopy, user=users, **common)
topics = st.builds(SetTopic, user=users, parts=st.lists(words, max_size=2).map(tuple), **common)
policies = st.builds(Policy, st.sampled_from(About), texts, st.binary(max_size=32), texts)
some_texts = st.lists(texts, max_size=2).map(tuple)
rules = st.one_of(
    st.builds(PutRule, room_id=rooms, state_key=texts, policy=policies, hidden=st.booleans(), **common),
    st.builds(TakeRule, room_id=rooms, type=texts, state_key=texts, name=texts, **common),
)
actions = st.one_of(
    sends,
    edits,
    takes_back,
    histories,
    examines,
    readings,
    st.builds(LookAt, url=texts, memo=texts, **common),
    copies,
    topics,
    redacts,
    powers,
    doors,
    *(st.builds(kind, room_id=rooms, user=users, **common) for kind in (Invite, Remove, Ban, Unban)),
    st.builds(Join, room_id=rooms, via=st.lists(texts, max_size=2).map(tuple), **common),
    st.builds(ShutOut, room_id=rooms, shut=some_texts, let_in=some_texts, **common),
    rules,
    st.builds(Leave, room_id=rooms, **common),
)
