# SPDX-License-Identifier: Apache-2.0
"""What comes after: people are told what was done, and nobody is advised against whom we let in again ourselves.

Pure, but for the gathering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.actions import Action, PutRule, Schedule, TakeRule, Unban, Words
from bots.core.bot import Reader
from bots.core.events import OBSERVED, Membership, Outcome, Tick
from bots.core.rooms import MembershipState, RoomView
from bots.core.rooms.policies import About, Policy
from bots.moderation.own_list.asking import WHY, take_off
from bots.moderation.own_list.lines import standing_label
from bots.moderation.own_list.weighing import Rule, rules_about
from bots.moderation.records import Decision, Kind
from bots.moderation.telling import UNDO_BUTTON, say_in_office, tell
from bots.moderation.whereabouts import list_room, members_rooms, moderators_room

UNBANNED = "moderation.own_list.unbanned"
# An end of a ban is an end in a hundred rooms, one after the other; and may be a ban of another kind a moment later.
_SETTLES = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What became of a change of the list. `ban` is the decision about the one whom it names, if there was one."""

    now: datetime
    action: PutRule | TakeRule
    office: RoomView | None
    ban: Decision | None = None


async def gather_outcome(event: Outcome, reader: Reader) -> Came | None:
    """The change of the list that it is about."""
    action = event.action
    if not isinstance(action, PutRule | TakeRule) or action.why != WHY or event.errcode == OBSERVED:
        return None
    bans = [each for each in await reader.find(Decision, target=_name(action)) if each.kind is Kind.BAN]
    return Came(now=reader.now, action=action, office=moderators_room(reader), ban=bans[-1] if bans else None)


def decide_outcome(event: Outcome, came: Came | None) -> tuple[Action, ...]:
    """The moderators hear of it, and so does the person, if they were one of ours."""
    if came is None:
        return ()
    if not event.ok:
        return tuple(say_in_office(came.office, None, Words("moderation.own_list.failed")))
    action, ban = came.action, came.ban
    who = _name(action) or Words("moderation.own_list.that")
    if isinstance(action, TakeRule):
        told = (tell(ban.target, Words("moderation.own_list.tell.gone"), why=WHY),) if ban else ()
        return (*say_in_office(came.office, None, Words("moderation.own_list.gone", {"who": who})), *told)
    label = standing_label(action.policy.kind, action.state_key, event.id)
    words = Words("moderation.own_list.done", {"who": who})
    return (
        *say_in_office(came.office, None, words, label=label, buttons=(UNDO_BUTTON,)),
        *((_told_of_it(action.policy, ban, came.now),) if ban else ()),
    )


def _told_of_it(policy: Policy, ban: Decision, now: datetime) -> Action:
    reason = Words(f"moderation.own_list.reason.{policy.reason}")
    words = [Words("moderation.own_list.tell", {"reason": reason})]
    if ban.appeal_until is not None and now < ban.appeal_until:
        words.append(Words("moderation.own_list.tell.appeal", {"number": ban.order}))
    return tell(ban.target, *words, why=WHY)


def _name(action: PutRule | TakeRule) -> str:
    return action.policy.entity if isinstance(action, PutRule) else action.name


@dataclass(frozen=True, slots=True)
class Freed:
    """Somebody who stands on the list is banned from one of our rooms no longer."""

    user: str
    now: datetime


async def gather_unban(event: Outcome | Membership, reader: Reader) -> Freed | None:
    """By us, whatever asked for it; or by hand."""
    if isinstance(event, Outcome):
        user = event.action.user if event.ok and isinstance(event.action, Unban) else ""
    else:
        over = event.previous is MembershipState.BAN and event.now is not MembershipState.BAN
        user = event.user if over else ""
    room = list_room(reader)
    return Freed(user, reader.now) if user and room is not None and rules_about(room, user) else None


def decide_unban(_event: Outcome | Membership, freed: Freed | None) -> tuple[Action, ...]:
    """Look, when it has come to rest."""
    if freed is None:
        return ()
    key = Policy(About.USER, freed.user).state_key
    payload: dict[str, object] = {"user": freed.user}
    return (Schedule(why=WHY, id=f"{UNBANNED}:{key}", kind=UNBANNED, at=freed.now + _SETTLES, payload=payload),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """Somebody who is banned nowhere here, and whom the list still names."""

    me: str
    user: str
    rules: Sequence[Rule]
    room: RoomView
    office: RoomView | None


async def gather_tick(event: Tick, reader: Reader) -> Free | None:
    """Whether they are banned anywhere here."""
    room = list_room(reader)
    if event.kind != UNBANNED or room is None:
        return None
    user = str(event.payload["user"])
    members = (each.members.get(user) for each in members_rooms(reader))
    if any(member is not None and member.state is MembershipState.BAN for member in members):
        return None
    return Free(me=reader.me, user=user, rules=rules_about(room, user), room=room, office=moderators_room(reader))


def decide_tick(_event: Tick, free: Free | None) -> tuple[Action, ...]:
    """We advise nobody against somebody whom we let in ourselves."""
    if free is None or not free.rules:
        return ()
    return (
        *say_in_office(free.office, None, Words("moderation.own_list.unbanned", {"who": free.user})),
        *(action for rule in free.rules for action in take_off(rule, free.user, free.me, free.room)),
    )
