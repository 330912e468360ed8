# SPDX-License-Identifier: Apache-2.0
"""Observing: everything is decided and shown to the moderators, and nothing is done."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.actions import (
    Audit,
    Ban,
    Bookkeeping,
    BotName,
    Cancel,
    Edit,
    Examine,
    InPrivateChat,
    InRoom,
    Invite,
    Join,
    LookAt,
    ReadWords,
    Schedule,
    Send,
    SetPower,
    TakeBack,
    Words,
)
from bots.core.community import Mode
from bots.core.events import Redaction, RoomStateChanged
from bots.core.language import Catalogue, shipped_words
from bots.core.runtime.observe import Watching, hold_back, would_have
from bots.moderation.records import Decision
from fakes.actions_made_up import actions
from fakes.house import ANA, BEN, MO, House

OFFICE = "!moderators"
audits = st.builds(Audit, why=st.text(max_size=5), kind=st.text(max_size=5), actor=st.just("@mo:x"))
ticks = st.builds(
    Schedule, why=st.just("r"), voice=st.none() | st.just(BotName.WELCOME), id=st.just("t"), kind=st.just("k"),
    at=st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip
bookkeeping = ticks | audits | st.builds(Cancel, why=st.text(max_size=5), id=st.text(max_size=5))
decisions = st.lists(actions | bookkeeping, max_size=12)
CATALOGUE = Catalogue.load(shipped_words(), ["en"])


def passes_rightly(action, office):
    match action:
        case Send(place=InRoom(room_id=room_id)) | Edit(room_id=room_id) | TakeBack(room_id=room_id):
            return room_id == office
        case Schedule(voice=voice):
            return voice is None
        case _:
            return isinstance(action, (*get_args(Bookkeeping), Join, Examine, ReadWords, LookAt))


@settings(max_examples=60, deadline=None)
@given(decisions, st.none() | st.just(OFFICE))
def test_nothing_passes_but_bookkeeping_coming_in_and_what_is_said_to_moderators(decided, office):
    observed = hold_back(decided, Watching(all_of_it=True), office)
    assert all(passes_rightly(action, office) for _, action in observed.passes)
    assert not any(passes_rightly(action, office) for _, action in observed.held)
    # Everything is in one of the two, once, in order.
    places = [place for place, _ in observed.passes + observed.held]
    assert sorted(places) == list(range(len(decided)))
    assert [place for place, _ in observed.passes] == sorted(place for place, _ in observed.passes)
    assert [action for _, action in hold_back(decided, Watching(), office).passes] == decided
    # Whatever is held back is told, in one message for the moderators.
    line = would_have([action for _, action in observed.held], office, lambda room_id: room_id)
    assert (line is None) == (not observed.held or office is None)
    assert line is None or passes_rightly(line, office)


def test_one_detector_alone_is_watched():
    watching = Watching(names=("identity",))
    assert watching.holds("moderation.identity.email#12")
    assert not watching.holds("moderation.identity_card")
    assert not watching.holds("moderation.mute")


def test_each_kind_of_deed_is_told_in_a_sentence():
    held = [
        Invite(why="r", room_id="!r", user="@ana:x"),
        SetPower(why="r", room_id="!r", user="@ana:x", level=-1),
        SetPower(why="r", room_id="!r", user="@ben:x", level=None),
        Schedule(why="crisis.note", voice=BotName.WELCOME, id="t", kind="k", at=datetime(2026, 1, 1, tzinfo=UTC)),
        Send(why="r", place=InPrivateChat("@ana:x"), parts=(Words("moderation.tell.over"),)),
    ]
    (words,) = would_have(held, OFFICE, lambda _: "Harbour").parts
    said = CATALOGUE.render(words, "en").body
    for part in ("invited @ana:x to Harbour", "muted @ana:x in Harbour", "crisis.note", "The time is over"):
        assert part in said


def test_a_hundred_rooms_are_one_line():
    bans = [Ban(why="moderation.ban#1", room_id=f"!r{n}", user="@ana:x") for n in range(100)]
    (words,) = would_have(bans, OFFICE, lambda room_id: room_id).parts
    assert CATALOGUE.render(words, "en").body.count("•") == 1
    assert "banned @ana:x from 100 rooms" in CATALOGUE.render(words, "en").body


# With the real bot, from a moderator's order to the room.


@pytest.fixture
async def house():
    return await House.built(mode=Mode.OBSERVE)


async def test_an_order_is_decided_and_shown_and_nothing_happens(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!mute 2h please rest", reply_to=said)
    assert house.level(ANA) is None
    (told,) = house.told
    assert "I would have done this" in told
    assert f"muted {ANA} in Harbour" in told
    assert house.recorded(Decision) == []
    assert [entry.kind for _, entry in house.store.tables.audit] == ["observed.mute"]


async def test_what_was_only_observed_does_not_come_into_force_later(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!mute 2h", reply_to=said)
    house.homeserver.leave(ANA, house.harbour)
    await house.restarts(mode=Mode.ACT)
    house.enters(ANA, house.harbour)
    await house.settles()
    await house.waits(hours=3)
    assert house.level(ANA) is None
    assert not house.did(RoomStateChanged)


@pytest.mark.parametrize("order", ["!note be kind", "!warn no ads", "!remove", "!ban", "!ban 2d"])
async def test_no_order_leaves_a_record_of_what_never_was(house, order):
    said = house.says(ANA, "hello")
    await house.orders(MO, order, reply_to=said)
    assert house.recorded(Decision) == []
    assert ANA in house.homeserver.rooms[house.harbour].joined()
    assert len(house.told) == 1


async def test_a_report_still_becomes_a_case(house):
    said = house.says(ANA, "buy my pills")
    await house.orders(BEN, "!report selling", reply_to=said)
    assert any("Case #1" in told for told in house.told)
    assert not house.did(Redaction)


async def test_the_same_orders_are_carried_out_where_nothing_is_only_watched():
    house = await House.built()
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!mute 2h please rest", reply_to=said)
    assert house.level(ANA) == -1


async def test_one_policy_alone_is_watched():
    house = await House.built(observe=("moderation.mute",))
    said = house.says(ANA, "buy my pills")
    await house.orders(MO, "!mute 2h please rest", reply_to=said)
    assert house.level(ANA) is None
    await house.orders(MO, "!remove", reply_to=said)
    assert ANA not in house.homeserver.rooms[house.harbour].joined()
