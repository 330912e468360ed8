# SPDX-License-Identifier: Apache-2.0
"""Who is given the key of what was said, of those whom no sync had told of when it was encrypted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bots.core.matrix.encryption import Sealed
from bots.core.matrix.latecomers import Latecomers
from bots.core.matrix.sync import Timeline
from bots.core.rooms import Member, MembershipState, RoomView
from bots.core.transport import TransportError

BOT, ANNA, CARL, ROOM = "@bot:x", "@anna:x", "@carl:x", "!r"


def member(user: str, now: str = "join", before: str = "invite") -> dict[str, Any]:
    event = {"type": "m.room.member", "state_key": user, "sender": user, "content": {"membership": now}}
    return event | {"unsigned": {"prev_content": {"membership": before}}}


SAID = {"type": "m.room.encrypted", "sender": BOT, "unsigned": {"transaction_id": "t"}}
SEALED = Sealed(content={}, key={"session_key": "secret"}, recipients=frozenset({BOT, ANNA}))


@dataclass
class Given:
    """An engine, and a room with these people in it."""

    people: tuple[str, ...]
    refusal: TransportError | None = None
    given: list[frozenset[str]] = field(default_factory=list)

    def view(self, room_id: str) -> RoomView:
        members = {user: Member(MembershipState.JOIN) for user in self.people}
        return RoomView(room_id=room_id, version="12", creators=frozenset(), members=members)

    async def give_key(self, _sealed: Sealed, users: frozenset[str]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.given.append(users)


async def given(*timelines: Any, people: tuple[str, ...] = (BOT, ANNA, CARL), refusal: Any = None) -> list[set[str]]:
    place = Given(people, refusal)
    latecomers = Latecomers(place, lambda _: asyncio.Lock())  # type: ignore[arg-type]
    latecomers.said("t", SEALED)
    for events in timelines:
        told = Timeline(ROOM, events, (), complete=True)
        latecomers.look_for_them([told], place)  # type: ignore[arg-type]
        await latecomers.settled()
    return [set(users) for users in place.given]


async def test_who_came_before_it_was_said_is_given_the_key():
    assert await given([member(CARL), SAID]) == [{CARL}]


async def test_who_came_in_the_sync_before_it_shows_is_given_it_too():
    assert await given([member(CARL)], [SAID]) == [{CARL}]


async def test_who_came_after_it_was_said_is_not():
    assert await given([SAID, member(CARL)]) == []


async def test_who_came_before_and_has_another_name_since_is():
    assert await given([member(CARL), SAID, member(CARL, before="join")]) == [{CARL}]


async def test_who_is_gone_again_is_not():
    assert await given([member(CARL), SAID, member(CARL, "leave", "join")], people=(BOT, ANNA)) == []


async def test_it_is_given_once():
    assert await given([member(CARL), SAID], [SAID]) == [{CARL}]


async def test_a_homeserver_that_takes_no_keys_now_stops_no_sync():
    assert await given([member(CARL), SAID], refusal=TransportError("M_UNKNOWN", "no", status=502)) == []


async def test_nothing_is_said_in_the_room_while_the_key_is_on_its_way():
    lock, place = asyncio.Lock(), Given((BOT, CARL))
    latecomers = Latecomers(place, lambda _: lock)  # type: ignore[arg-type]
    latecomers.said("t", SEALED)
    async with lock:
        latecomers.look_for_them([Timeline(ROOM, [member(CARL), SAID], (), complete=True)], place)  # type: ignore[arg-type]
        await asyncio.sleep(0)
        assert place.given == []
    await latecomers.settled()
    assert place.given == [frozenset({CARL})]


def test_a_key_is_not_in_what_is_printed_of_it():
    assert "secret" not in repr(SEALED)
