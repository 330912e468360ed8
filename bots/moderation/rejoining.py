# SPDX-License-Identifier: Apache-2.0
"""Somebody who is muted comes back into a room, or into another one: the mute holds there as well."""

from __future__ import annotations

from dataclasses import replace

from bots.core import actions as do
from bots.core.actions import Action, Priority
from bots.core.bot import Reader
from bots.core.events import Membership
from bots.core.rooms import MembershipState
from bots.moderation.aftermath import Aftermath, around
from bots.moderation.cases.opening import NUMBERS
from bots.moderation.ladder.carrying_out import audit
from bots.moderation.ladder.steps import MUTED, MUTES, carried_out, has_moderator_power, level_of, without_words
from bots.moderation.records import Decision


async def gather(event: Membership, reader: Reader) -> Aftermath:
    """The mute that somebody who comes back is under, or brings along from where they were muted everywhere."""
    facts = around(reader)
    if event.room_id not in facts.rooms or event.now is not MembershipState.JOIN:
        return facts
    active = [each for each in await reader.find(Decision, target=event.user, active=True) if each.kind in MUTES]
    here = [each for each in active if each.room_id == event.room_id]
    if here:
        return replace(facts, decision=here[-1])
    everywhere = [each for each in active if each.everywhere]
    if not everywhere or has_moderator_power(facts.rooms[event.room_id], event.user):
        return facts
    return replace(facts, decision=everywhere[-1], number=await reader.next_number(NUMBERS))


def decide(event: Membership, facts: Aftermath) -> tuple[Action, ...]:
    """A mute does not end by leaving and coming back, and one for all rooms holds in a room that is new to them."""
    if facts.decision is None:
        return ()
    level = level_of(facts.rooms[event.room_id], event.user)
    if facts.number:
        here = replace(
            facts.decision,
            number=facts.number,
            room_id=event.room_id,
            level_before=level,
            level_rest=level,
            of=None,
            tell=False,
        )
        here = without_words(here)
        why = f"moderation.{here.kind}"
        return (do.Remember(why=why, record=here), *carried_out(here), audit(here.kind, here, facts.me))
    if level == MUTED:
        return ()
    return (
        do.SetPower(
            why="moderation.rejoin",
            priority=Priority.MODERATION,
            room_id=event.room_id,
            user=event.user,
            level=MUTED,
        ),
    )
