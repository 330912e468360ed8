# SPDX-License-Identifier: Apache-2.0
"""A sync tells of one room after the other; what people did in two of them has an order all the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bots.core.events import Membership
from bots.core.matrix.receiving import in_order_of_time
from bots.core.rooms import MembershipState

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def moved(room_id, number, at, now=MembershipState.JOIN):
    sent_at = NOW + timedelta(seconds=at)
    return Membership(
        room_id=room_id, event_id=f"${number}", sender="@anna:x", sent_at=sent_at, user="@anna:x", now=now
    )


def test_who_left_one_room_and_then_came_to_another_is_told_of_in_that_order():
    came = moved("!lobby", 1, 2)
    left = moved("!chat", 2, 1, MembershipState.LEAVE)
    assert in_order_of_time([came, left]) == (left, came)


@given(st.lists(st.tuples(st.sampled_from(["!a", "!b", "!c"]), st.integers(-9, 9))))
def test_every_room_keeps_its_own_order_whatever_times_the_events_say(told):
    events = [moved(room_id, number, at) for number, (room_id, at) in enumerate(told)]
    ordered = in_order_of_time(events)
    for room_id in ("!a", "!b", "!c"):
        assert [e for e in ordered if e.room_id == room_id] == [e for e in events if e.room_id == room_id]
    assert len(ordered) == len(events)
