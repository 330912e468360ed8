# SPDX-License-Identifier: Apache-2.0
"""What somebody said is given back to them alone, however wrong a policy is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.core.actions import BotName, Edit, EventRef, GivenBack, InPrivateChat, InRoom, OwnWords, Quote, Send, Words
from bots.core.events import Message
from bots.core.rooms import Member, MembershipState, RoomRole, RoomView
from bots.core.runtime.invariants import Circumstances, refusal
from bots.core.runtime.own_words import Written

ME, ANNA, MO, CHAT, ROOM = "@welcome:x", "@anna:x", "@mo:x", "!chat", "!diabetes"
JOINED = Member(MembershipState.JOIN)
GIVEN = GivenBack(ANNA, ROOM, "$said")
SAID = Send(why="t", place=InPrivateChat(ANNA), parts=(Words("a"), GIVEN))
IN_CHAT = RoomView(
    room_id=CHAT, role=RoomRole.PRIVATE, private_with=ANNA, encrypted=True, members=dict.fromkeys((ME, ANNA), JOINED)
)
WROTE = Message(room_id=ROOM, event_id="$said", sender=ANNA, sent_at=datetime(2026, 3, 1, tzinfo=UTC), text="hi")
ALLOWED = Circumstances(
    voice=BotName.WELCOME, me=ME, bots=frozenset({ME}), written=Written(chat=IN_CHAT, message=WROTE)
)


def but(**written):
    return replace(ALLOWED, written=replace(ALLOWED.written, **written))


@pytest.mark.parametrize(
    ("send", "at"),
    [
        (replace(SAID, place=InPrivateChat(MO)), ALLOWED),
        (replace(SAID, place=InRoom(ROOM)), ALLOWED),
        (replace(SAID, parts=(GIVEN, GIVEN)), ALLOWED),
        (replace(SAID, parts=(GIVEN, OwnWords(ANNA, "$said"))), ALLOWED),
        (replace(SAID, parts=(GIVEN, Quote(ROOM, "$said"))), ALLOWED),
        (SAID, replace(ALLOWED, voice=BotName.MODERATION)),
        (SAID, but(message=None)),
        (SAID, but(message=replace(WROTE, sender=MO))),
        (SAID, but(message=replace(WROTE, event_id="$other"))),
        (SAID, but(message=replace(WROTE, room_id="!other"))),
        (SAID, but(chat=None)),
        (SAID, but(chat=replace(IN_CHAT, private_with=MO))),
        (SAID, but(chat=replace(IN_CHAT, role=RoomRole.MODERATORS))),
        (SAID, but(chat=replace(IN_CHAT, encrypted=False))),
        (SAID, but(chat=replace(IN_CHAT, members={**IN_CHAT.members, MO: JOINED}))),
    ],
)
def test_each_of_the_conditions_is_one(send, at):
    assert refusal(SAID, ALLOWED) is None
    assert refusal(send, at) is not None


def test_it_is_never_slipped_into_what_was_said_already():
    edit = Edit(why="t", room_id=CHAT, target=EventRef("$1"), parts=(Words("a"), GIVEN))
    assert refusal(edit, replace(ALLOWED, sender=ME)) is not None
