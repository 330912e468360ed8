# SPDX-License-Identifier: Apache-2.0
"""Invitations, and what becomes of them: kept back, overlooked, turned down. Each is said, and tried in another way.

What the homeserver does not take from this bot, the moderation bot sends: somebody may have shut out only the one hand.
The room's past then comes by that hand as well (`history`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bots.core.actions import Action, BotName, Cancel, Invite, Remember, Words
from bots.core.events import Outcome
from bots.core.rooms import MembershipState, RoomView
from bots.welcome.carrying_out import carry_out, to_office
from bots.welcome.coming_up import INVITE, Later, put_by, tick_id
from bots.welcome.conversation.machine import Interview
from bots.welcome.facts import Facts, address
from bots.welcome.records import Pause

_BLOCKED = "M_INVITE_BLOCKED"
_ONCE_MORE = "welcome.admit.again"


def what_came(interview: Interview, facts: Facts, invite: Invite, event: Outcome) -> Iterator[Action]:
    """Of an invitation: one that came back goes another way, and one that came through that way is told of."""
    if not event.ok:
        yield from _came_back(interview, facts, invite, event.errcode, event.id)
    elif invite.why == _ONCE_MORE and facts.conversation is not None:
        condition = next((i for i, room in facts.condition_rooms.items() if room.room_id == invite.room_id), None)
        if condition is None:
            return
        link = address(facts.condition_rooms[condition], facts.world.ours)
        turn = interview.about_invitation(facts.conversation, condition, "other_hand", facts.world, link=link)
        yield from carry_out(turn, facts, event.id)


def _came_back(
    interview: Interview, facts: Facts, invite: Invite, errcode: str | None, source: str
) -> Iterator[Action]:
    """The homeserver did not take it. After the first time it is tried again, after the second people hear of it."""
    assert facts.conversation is not None
    condition = next((i for i, room in facts.condition_rooms.items() if room.room_id == invite.room_id), None)
    if condition is None:
        return
    yield Cancel(why=INVITE, id=tick_id(Later.MISSED, facts.person, condition))
    if invite.why == _ONCE_MORE:
        turn = interview.about_invitation(facts.conversation, condition, "lost", facts.world)
        yield from carry_out(turn, facts, source)
        room = facts.condition_rooms[condition].name or condition
        if facts.office:
            yield to_office(facts, Words("welcome.office.invitation", {"room": room}))
        return
    key = "blocked" if errcode == _BLOCKED else "failed"
    yield from carry_out(interview.about_invitation(facts.conversation, condition, key, facts.world), facts, source)
    yield put_by(Later.INVITE_AGAIN, facts.conversation, facts.now, condition)


def once_more(facts: Facts, condition: str) -> Iterator[Action]:
    """After a while, by the other hand, if it is still wanted."""
    room = _still_wanted(facts, condition)
    if room is not None and facts.conversation is not None and condition in facts.world.locked:
        yield put_by(Later.LOCKED, facts.conversation, facts.now, condition)
    elif room is not None and facts.person not in room.joined():
        by = BotName.MODERATION
        yield Invite(why=_ONCE_MORE, voice=by, room_id=room.room_id, user=facts.person, follow_up=True)


def let_in_when_open(facts: Facts, condition: str) -> Iterator[Action]:
    """Somebody who was let in before is invited; while the room takes nobody in, as soon as it does."""
    room = _still_wanted(facts, condition)
    if room is None or facts.conversation is None or facts.person in room.joined():
        return
    if condition in facts.world.locked:
        yield put_by(Later.LOCKED, facts.conversation, facts.now, condition)
        return
    if condition in facts.conversation.held.split():
        held = " ".join(i for i in facts.conversation.held.split() if i != condition)
        yield Remember(why=INVITE, record=replace(facts.conversation, held=held))
    yield Invite(why=INVITE, room_id=room.room_id, user=facts.person, follow_up=True)
    yield put_by(Later.MISSED, facts.conversation, facts.now, condition)


def overlooked(interview: Interview, facts: Facts, condition: str, source: str) -> Iterator[Action]:
    """An invitation that nobody has looked at: the way in is told once more, as the room's address."""
    room = _still_wanted(facts, condition)
    if room is None or facts.conversation is None or room.members.get(facts.person) is None:
        return
    if facts.conversation.pause is Pause.STOPPED:
        return
    if room.members[facts.person].state is MembershipState.INVITE:
        link = address(room, facts.world.ours)
        yield from carry_out(
            interview.about_invitation(facts.conversation, condition, "missed", facts.world, link=link), facts, source
        )


def turned_down(interview: Interview, facts: Facts, condition: str, source: str) -> Iterator[Action]:
    """By the person: their good right, and perhaps a slip."""
    if facts.conversation is None or condition not in facts.conversation.chosen.split():
        return
    yield Cancel(why=INVITE, id=tick_id(Later.MISSED, facts.person, condition))
    turn = interview.about_invitation(facts.conversation, condition, "refused", facts.world)
    yield from carry_out(turn, facts, source)


def _still_wanted(facts: Facts, condition: str) -> RoomView | None:
    if facts.conversation is None or condition not in facts.conversation.chosen.split():
        return None
    return facts.condition_rooms.get(condition)
