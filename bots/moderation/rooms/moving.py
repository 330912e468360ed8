# SPDX-License-Identifier: Apache-2.0
"""A room was upgraded: decisions that are in force move along, and the moderators hear of it. Pure.

With the room of a policy list, what is known of that list moves along; with our own list's, its rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core import actions as do
from bots.core.actions import Action, BotName, Priority, Remember, Words
from bots.core.following import WHY, Following, Move, Refusal, invited_along, others_called
from bots.core.records import Record
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.moderation.ladder.steps import MUTED, level_of
from bots.moderation.own_list.moving import rules_along
from bots.moderation.policy_lists.moving import list_moved
from bots.moderation.records import Decision, Kind
from bots.moderation.telling import say_in_office

_MUTES = frozenset({Kind.MUTE, Kind.HOLD})


def moved(move: Move, records: Sequence[Record]) -> tuple[Action, ...]:
    """Who was muted or banned there is so here; nobody has to be told again."""
    assert move.new is not None
    if move.place.role is RoomRole.LIST:
        return (list_moved(move),)
    actions: list[Action] = []
    for decision in records:
        if isinstance(decision, Decision) and decision.active:
            actions.append(Remember(why=WHY, record=replace(decision, room_id=move.to)))
            actions += _held_here(decision, move.new)
    office = _office(move)
    if move.place.role is RoomRole.OWN_LIST:
        actions += rules_along(move)
    else:
        actions += [*invited_along(move, move.bots), *others_called(move, BotName.WELCOME, BotName.RESOURCES)]
    return (*actions, *say_in_office(office, None, Words("moderation.moved", {"room": move.name})))


def refused(move: Move, refusal: Refusal) -> tuple[Action, ...]:
    """Say that the room was closed, and why the one that it points to is not taken for it."""
    return (
        do.Log(why=WHY, sentence="a tombstone is not followed", fields={"detail": refusal.value}, alarm=True),
        *say_in_office(move.office, None, Words(f"moderation.moved.refused.{refusal}", {"room": move.name})),
    )


def waiting(move: Move) -> tuple[Action, ...]:
    """Ask for an invitation."""
    return tuple(say_in_office(move.office, None, Words("moderation.moved.waiting", {"room": move.name})))


FOLLOWING = Following(moved=moved, refused=refused, waiting=waiting, records=Decision)


def _held_here(decision: Decision, room: RoomView) -> Sequence[Action]:
    """An upgrade takes power levels and bans along; where it did not, they are set again."""
    user, member = decision.target, room.members.get(decision.target)
    if decision.kind in _MUTES and level_of(room, user) != MUTED:
        return (do.SetPower(why=WHY, priority=Priority.MODERATION, room_id=room.room_id, user=user, level=MUTED),)
    if decision.kind is Kind.BAN and (member is None or member.state is not MembershipState.BAN):
        return (do.Ban(why=WHY, priority=Priority.MODERATION, room_id=room.room_id, user=user),)
    return ()


def _office(move: Move) -> RoomView | None:
    """The moderators' room, which may be the one that has moved."""
    return move.new if move.place.role is RoomRole.MODERATORS else move.office
