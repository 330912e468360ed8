# SPDX-License-Identifier: Apache-2.0
"""Who of the people here a list names, who no longer is, and what may be done about it. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bots.core.bot import Reader
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.core.rooms.policies import About, Policy
from bots.moderation.cases.opening import NUMBERS
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.ladder.places import Place, hindrance, places
from bots.moderation.ladder.steps import has_moderator_power
from bots.moderation.policy_lists.index import Index
from bots.moderation.policy_lists.records import ListMatch, May, PolicyList
from bots.moderation.records import (
    Decision,
    Kind,
)

# More at once is a mistake on the list's side, or a raid: either way a person looks before anything is done.
MOST_AT_ONCE = 5
KINDS = {May.HOLD: Kind.HOLD, May.REMOVE: Kind.REMOVE, May.BAN: Kind.BAN}
_HERE = (MembershipState.JOIN, MembershipState.INVITE, MembershipState.KNOCK)
_MEMBERS_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION)


class Spared(StrEnum):
    """Why nothing is done about somebody without a person."""

    MODERATOR = "moderator"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Somebody whom the list names. `numbers` are as many as there are `places` where something is to be done."""

    user: str
    policy: Policy
    number: int
    spared: Spared | None = None
    places: tuple[Place, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Untouched:
    """Somebody whom it no longer names, and the decisions that are in force for it."""

    match: ListMatch
    decisions: tuple[Decision, ...] = ()
    restored: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One list, held against the people here.

    `here`: the bot can read it. `rules` and `ignored` are how many events are rules, and how many are none;
    `known` is how many people here were on it before, and `number` one that nothing else has.
    """

    now: datetime
    me: str
    office: RoomView | None
    rooms: Mapping[str, RoomView]
    list: PolicyList
    here: bool = True
    rules: int = 0
    ignored: int = 0
    new: tuple[Touched, ...] = ()
    gone: tuple[Untouched, ...] = ()
    known: int = 0
    number: int = 0


@dataclass
class Lists:
    """The lists as they were last looked at, so that looking again costs what has changed. Nothing depends on it."""

    _indexes: dict[str, Index] = field(default_factory=dict)

    async def look(
        self,
        each: PolicyList,
        reader: Reader,
        *,
        only: Collection[str] = (),
        by_hand: Kind | None = None,
        looked_at: bool = False,
    ) -> Look:
        """Hold the list against everybody here, or against `only` these.

        `by_hand`: somebody has said that this is to be done, whatever the list may by itself;
        `looked_at`: about this one person, and not about all whom it names.
        """
        rooms = {room.room_id: room for role in _MEMBERS_ROOMS for room in reader.rooms(role)}
        office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
        look = Look(now=reader.now, me=reader.me, office=office, rooms=rooms, list=each)
        view = reader.room(each.room_id)
        if view is None or reader.me not in view.joined():
            self._indexes.pop(each.room_id, None)
            return replace(look, here=False)
        index = self._indexes.setdefault(each.room_id, Index())
        index.update(view.policies)
        known = {match.user: match for match in await reader.find(ListMatch, list_id=each.room_id)}
        people = set(only) or {user for room in rooms.values() for user, m in room.members.items() if m.state in _HERE}
        own = reader.me.partition(":")[2]
        named = {
            user: policy
            for user in people - reader.bots
            if (user not in known or (by_hand is not None and not known[user].order))
            and (policy := index.of(user)) is not None
            and not _is_about_our_own(policy, own)
        }
        kind = by_hand or (KINDS.get(each.may) if each.active and len(named) <= MOST_AT_ONCE else None)
        asked = set(only) if only else known.keys()
        gone = [match for user, match in known.items() if user in asked and index.of(user) is None]
        return replace(
            look,
            rules=len(index),
            ignored=index.ignored,
            known=len(known),
            number=await reader.next_number(NUMBERS) if named else 0,
            new=tuple(
                [await _touched(user, named[user], kind, rooms, reader, spares=not looked_at) for user in sorted(named)]
            ),
            gone=tuple([await self.ended(match, reader) for match in gone]),
        )

    async def ended(self, match: ListMatch, reader: Reader) -> Untouched:
        """Somebody for whom a list no longer counts, with what is in force because of it."""
        decisions = tuple(await reader.find(Decision, order=match.order, active=True)) if match.order else ()
        earlier = [await reader.get(Decision, each.of) for each in decisions if each.of is not None]
        return Untouched(match=match, decisions=decisions, restored=tuple(each for each in earlier if each is not None))


def _is_about_our_own(policy: Policy, own: str) -> bool:
    """A rule that would shut out our own homeserver is nobody's to follow."""
    index = Index()
    index.update({("m.policy.rule", ""): policy})
    if policy.about is About.SERVER:
        return index.of_server(own) is not None
    # A glob that fits a name which nobody has fits everybody's.
    return policy.is_glob and index.of(f"@~nobody~:{own}") is not None


async def _touched(
    user: str, policy: Policy, kind: Kind | None, rooms: Mapping[str, RoomView], reader: Reader, *, spares: bool
) -> Touched:
    number = await reader.next_number(NUMBERS)
    spared = None
    if any(has_moderator_power(room, user) for room in rooms.values()):
        spared = Spared.MODERATOR
    elif spares and await reader.find(CrisisAlert, person=user):
        spared = Spared.CRISIS
    if kind is None or spared is not None:
        return Touched(user=user, policy=policy, number=number, spared=spared)
    possible = [room for room in rooms.values() if hindrance(kind, user, room, reader.me) is None]
    decisions = await reader.find(Decision, target=user, active=True)
    # Who is banned or held already is left as they are: it is somebody else's decision, or was ours before.
    todo = tuple(place for place in places(kind, user, possible, decisions) if place.of is None)
    todo = tuple(place for place in todo if not _is_out(rooms[place.room_id], user))
    numbers = tuple([await reader.next_number(NUMBERS) for _ in todo])
    return Touched(user=user, policy=policy, number=number, places=todo, numbers=numbers)


def _is_out(room: RoomView, user: str) -> bool:
    member = room.members.get(user)
    return member is not None and member.state is MembershipState.BAN
