# SPDX-License-Identifier: Apache-2.0
"""Whether somebody may be put on the list, by all that is known at that moment. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.rooms import MembershipState, RoomView
from bots.core.rooms.authority import power
from bots.core.rooms.policies import About, Policy, would_name
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.ladder.steps import has_moderator_power
from bots.moderation.own_list.naming import too_wide
from bots.moderation.records import Appeal, Decision, Kind
from bots.moderation.whereabouts import list_room, members_rooms

# How long after a ban a cry of the day before it is still known.
_REMEMBERED = (CrisisAlert.duty.keep or timedelta()) - timedelta(days=1)
_HERE = (MembershipState.JOIN, MembershipState.INVITE, MembershipState.KNOCK)


class No(StrEnum):
    """Why not: the last part of `moderation.own_list.no.<no>`."""

    OFF = "off"
    POWERLESS = "powerless"
    WHICH = "which"
    WIDE = "wide"
    OURS = "ours"
    HERE = "here"
    CRISIS = "crisis"
    APPEAL = "appeal"
    THERE = "there"
    ABSENT = "absent"
    WHOM = "whom"
    LAPSED = "lapsed"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that stands on the list, and where."""

    kind: str
    state_key: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Weighed:
    """`no` is why it can't be; `people` is how many of ours it would be about all the same.

    `two`: it takes a second person's yes, since nobody but people can know any more what it was about.
    """

    no: No | None = None
    people: int = 0
    two: bool = False


def rules_of(room: RoomView) -> tuple[Rule, ...]:
    """Everything that stands on the list."""
    return tuple(Rule(kind, key, policy) for (kind, key), policy in room.policies.items() if policy is not None)


def rules_about(room: RoomView, entity: str) -> tuple[Rule, ...]:
    """What stands there about this name itself: not the globs that fit it."""
    wanted = Policy(About.USER, entity).hidden().sha256
    same = entity.casefold()
    return tuple(
        rule for rule in rules_of(room) if same == rule.policy.entity.casefold() or rule.policy.sha256 == wanted
    )


def lacking(reader: Reader, community: Community) -> No | None:
    """Why nothing can be written there at all."""
    room = list_room(reader)
    if community.own_list is None or room is None:
        return No.OFF
    levels = room.power_levels
    if levels is None or any(
        power(room, reader.me) < levels.events.get(f"m.policy.rule.{about}", levels.state_default) for about in About
    ):
        return No.POWERLESS
    return None


async def weigh(policy: Policy, reader: Reader, community: Community) -> Weighed:
    """What stands in the way, the gravest first; asked before the question, and again before it is done."""
    room = list_room(reader)
    if (no := lacking(reader, community)) is not None or room is None:
        return Weighed(no)
    rooms = members_rooms(reader)
    if too_wide(policy):
        return Weighed(No.WIDE)
    if would_name(policy, _ours(rooms, reader, community)):
        return Weighed(No.OURS)
    if policy.about is About.USER and await _in_distress(policy, reader):
        return Weighed(No.CRISIS)
    people = {user for each in rooms for user, member in each.members.items() if member.state in _HERE}
    touched = sum(_reaches(policy, user) for user in people)
    if touched and policy.about is About.USER:
        return Weighed(No.HERE)
    if any(appeal.answer is None for appeal in await reader.find(Appeal, target=policy.entity)):
        return Weighed(No.APPEAL)
    there = No.THERE if rules_about(room, policy.entity) else None
    return Weighed(there, touched, two=policy.about is About.USER and await _is_long_ago(policy, rooms, reader))


def _ours(rooms: Sequence[RoomView], reader: Reader, community: Community) -> set[str]:
    """Who looks after the rooms; and of each homeserver that the settings let in, somebody."""
    looks_after = {user for room in rooms for user in room.members if has_moderator_power(room, user)}
    allies = {f"@:{server}" for server in community.allies}
    return {reader.me, *reader.bots, *community.moderators, *looks_after, *allies}


async def _in_distress(policy: Policy, reader: Reader) -> bool:
    if not policy.is_glob:
        return bool(await reader.find(CrisisAlert, person=policy.entity))
    return any(policy.names(alert.person) for alert in await reader.find(CrisisAlert))


async def _is_long_ago(policy: Policy, rooms: Sequence[RoomView], reader: Reader) -> bool:
    """Whether it names somebody who was here, and what was heard of them then may be forgotten by now."""
    were_here = {user for room in rooms for user in room.members if policy.names(user)}
    if not policy.is_glob and await reader.find(Decision, target=policy.entity):
        were_here.add(policy.entity)
    for user in were_here:
        bans = [each.at for each in await reader.find(Decision, target=user) if each.kind is Kind.BAN]
        if not bans or reader.now - max(bans) >= _REMEMBERED:
            return True
    return False


def _reaches(policy: Policy, user: str) -> bool:
    if policy.about is About.USER:
        return policy.names(user)
    return policy.about is About.SERVER and policy.names(user.partition(":")[2])
