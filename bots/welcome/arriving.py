# SPDX-License-Identifier: Apache-2.0
"""How a room hears that somebody new is there: without a name, without a ping, and not more than once an hour.

Or, if they wish, by a line of their own: that one the room hears when it is said, and once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bots.core.actions import Action, Forget, InRoom, OwnWords, Remember, Schedule, Send, Words
from bots.core.records import AgreedWords
from bots.welcome.facts import Facts
from bots.welcome.records import Arrivals
from bots.welcome.wording import introduction

WHY = "welcome.introduce"
OWN = "welcome.own_words"
ARRIVALS = "welcome.arrivals"
# Who comes within so long after the last sentence is told of together with the others.
TOGETHER = timedelta(hours=1)


def introduced(room_id: str, facts: Facts) -> Iterator[Action]:
    """The room hears of the person: their own line, if they said yes to one for it."""
    line = facts.agreed.get(room_id)
    if line is None:
        yield from arrives(room_id, facts.arrivals.get(room_id), facts.now)
    else:
        yield Send(why=OWN, place=InRoom(room_id), parts=introduction(facts.person, line), follow_up=True)


def was_heard(send: Send) -> Iterator[Action]:
    """A line is said once: from here on nobody said yes to it any more, whatever became of it."""
    if isinstance(send.place, InRoom):
        for line in send.parts:
            if isinstance(line, OwnWords):
                yield Forget(why=OWN, record=AgreedWords, key=(line.user, send.place.room_id))


def arrives(room_id: str, before: Arrivals | None, now: datetime) -> Iterator[Action]:
    """The room hears it at once, if it has been quiet about newcomers for a while; else they wait for each other."""
    if before is None or (not before.waiting and now - before.said_at >= TOGETHER):
        yield _said(room_id, 1)
        yield Remember(why=WHY, record=Arrivals(room_id=room_id, said_at=now))
        return
    waiting = before.waiting + 1
    yield Remember(why=WHY, record=Arrivals(room_id=room_id, said_at=before.said_at, waiting=waiting))
    if waiting == 1:
        at = max(now, before.said_at + TOGETHER)
        yield Schedule(why=WHY, id=f"{ARRIVALS}:{room_id}", kind=ARRIVALS, at=at, payload={"room_id": room_id})


def have_arrived(before: Arrivals | None, now: datetime) -> Iterator[Action]:
    """All who waited, in one sentence."""
    if before is not None and before.waiting:
        yield _said(before.room_id, before.waiting)
        yield Remember(why=WHY, record=Arrivals(room_id=before.room_id, said_at=now))


def _said(room_id: str, count: int) -> Send:
    words = Words("welcome.newcomer") if count == 1 else Words("welcome.newcomers", {"count": count})
    return Send(why=WHY, place=InRoom(room_id), parts=(words,))
