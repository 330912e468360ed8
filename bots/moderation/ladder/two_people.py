# SPDX-License-Identifier: Apache-2.0
"""A ban of somebody who has been here for long takes two people: one asks for it, another agrees, or it lapses.

Nothing is done meanwhile; whoever must be stopped now can be held or muted by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Audit, Cancel, Forget, Remember, Schedule, Words
from bots.core.bot import Reader
from bots.core.events import Membership, Tick
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.moderation.commands import Ban, Command, Confirm
from bots.moderation.ladder.carrying_out import Occasion, carry_out
from bots.moderation.ladder.orders import Order, Situation, resolve
from bots.moderation.ladder.places import Refused
from bots.moderation.records import Decision, HereSince, Kind, Proposal
from bots.moderation.telling import decision_label, say_in_office

WAITS = timedelta(hours=12)
LAPSES = "moderation.lapse"
_WHY = "moderation.two_people"
# The reaction twins of `!confirm` and `!undo`, under the line that asks for a second person.
BUTTONS = ("👍", "↩️")


@dataclass(frozen=True, slots=True)
class Asked:
    """A ban that a second person has to agree to."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A second person agrees: `order` as it stands now, first asked for by the user `first`."""

    proposal: Proposal
    order: Order
    first: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It is not to be, after all."""

    proposal: Proposal


async def in_two(order: Order, at: Situation, reader: Reader) -> Order | Asked | Agreed | Refused:
    """What becomes of an order: itself, a question to the others, or the second voice for what another asked for."""
    if order.kind is not Kind.BAN:
        return order
    for proposal in await reader.find(Proposal, target=order.target):
        if not {place.room_id for place in order.places} <= set(proposal.room_ids):
            continue
        first = _first(proposal, at, reader)
        if first == at.asker:
            return Refused("second_person")
        if first is not None:
            return Agreed(proposal=proposal, order=order, first=first)
    known = await reader.get(HereSince, order.target)
    return Asked(order) if takes_two(order, known.since if known else None, reader.now, at) else order


def takes_two(order: Order, since: datetime | None, now: datetime, at: Situation) -> bool:
    """Whether a second person has to agree: the member has been here for long, and there is a second who could."""
    after = at.roles.bans_by_two_after
    if after is None or since is None or now - since < after:
        return False
    rooms = [room for room in at.rooms if any(place.room_id == room.room_id for place in order.places)]
    could = {user for room in rooms for user in room.joined() if at.roles.allow(room, user, Ban())}
    return bool(could - at.bots - {at.asker, order.target})


def on_a_proposal(command: Command, proposal: Proposal, at: Situation, reader: Reader) -> Agreed | Withdrawn | Refused:
    """What a yes or a no to it means now.

    Nothing, where the one who asked for it may no longer, or it is the same person who says yes.
    """
    if not isinstance(command, Confirm):
        return Withdrawn(proposal)
    first = _first(proposal, at, reader)
    if first is None:
        return Refused("first_person")
    if first == at.asker:
        return Refused("second_person")
    ban = Ban(
        user=proposal.target,
        everywhere=True,
        duration=None if proposal.lasts is None else timedelta(seconds=proposal.lasts),
        reason=proposal.reason or "",
    )
    rooms = [room for room in at.rooms if room.room_id in proposal.room_ids]
    theirs = [room for room in rooms if at.roles.allow(room, first, ban)]
    order = resolve(ban, replace(at, here=None, about=None, rooms=theirs))
    if not isinstance(order, Order):
        return order if isinstance(order, Refused) else Refused("nothing")
    return Agreed(proposal=proposal, order=replace(order, case=proposal.case), first=first)


def asked(order: Order, number: int, at: Occasion) -> tuple[Action, ...]:
    """The moderators are asked for a second person."""
    until = at.now + WAITS
    proposal = Proposal(
        number=number,
        target=order.target,
        by=at.by,
        room_ids=tuple(place.room_id for place in order.places),
        until=until,
        case=order.case,
        lasts=None if order.lasts is None else int(order.lasts.total_seconds()),
        reason=order.reason or None,
    )
    words = Words("moderation.two.asked", {"who": order.target, "number": number, "until": until})
    return (
        Remember(why=_WHY, record=proposal),
        Schedule(why=_WHY, id=_tick(proposal), kind=LAPSES, at=until, payload={"number": number}),
        Audit(why=_WHY, kind="ask", actor=at.by, target=order.target, case=order.case),
        *say_in_office(at.office, order.case, words, label=decision_label(number), buttons=BUTTONS),
    )


def settled(proposal: Proposal) -> tuple[Action, ...]:
    """It waits no longer."""
    return (Forget(why=_WHY, record=Proposal, key=(proposal.number,)), Cancel(why=_WHY, id=_tick(proposal)))


def withdrawn(proposal: Proposal, at: Occasion) -> tuple[Action, ...]:
    """Somebody thought better of it."""
    words = Words("moderation.two.withdrawn", {"who": proposal.target})
    return (
        *settled(proposal),
        Audit(why=_WHY, kind="withdraw", actor=at.by, target=proposal.target, case=proposal.case),
        *say_in_office(at.office, proposal.case, words),
    )


def agreed(both: Agreed, numbers: Sequence[int], replaced: Sequence[Decision], at: Occasion) -> tuple[Action, ...]:
    """Two people have decided."""
    proposal = both.proposal
    return (
        *settled(proposal),
        Audit(why=_WHY, kind="agree", actor=at.by, target=proposal.target, case=proposal.case),
        *carry_out(both.order, numbers, replaced, replace(at, by=both.first, agreed=at.by)),
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of somebody who comes: since when they are here, and whether it is a room of members."""

    now: datetime
    known: HereSince | None
    ours: bool


async def gather_arrival(event: Membership, reader: Reader) -> Arrival:
    """Whether they were here before."""
    room = reader.room(event.room_id)
    ours = room is not None and room.role in (RoomRole.LOBBY, RoomRole.CONDITION) and event.user not in reader.bots
    return Arrival(reader.now, await reader.get(HereSince, event.user) if ours else None, ours)


def decide_arrival(event: Membership, facts: Arrival) -> tuple[Action, ...]:
    """From now on they are counted as here, whatever another server says of when they came."""
    if not facts.ours or facts.known is not None or event.now is not MembershipState.JOIN:
        return ()
    return (Remember(why=_WHY, record=HereSince(user=event.user, since=facts.now)),)


@dataclass(frozen=True, slots=True)
class Lapse:
    """What waited for a second person, and where the moderators are."""

    proposal: Proposal | None
    office: RoomView | None


async def gather_lapse(event: Tick, reader: Reader) -> Lapse:
    """What waits still."""
    number = event.payload.get("number") if event.kind == LAPSES else None
    proposal = await reader.get(Proposal, number) if number is not None else None
    return Lapse(proposal, next(iter(reader.rooms(RoomRole.MODERATORS)), None))


def decide_lapse(_event: Tick, facts: Lapse) -> tuple[Action, ...]:
    """Nobody agreed in time: it is told, and nothing else happens."""
    if facts.proposal is None:
        return ()
    words = Words("moderation.two.lapsed", {"who": facts.proposal.target})
    return (*settled(facts.proposal), *say_in_office(facts.office, facts.proposal.case, words))


def _first(proposal: Proposal, at: Situation, reader: Reader) -> str | None:
    """The user who asked for it, as far as they may still ask for it in one of its rooms."""
    return next(
        (
            user
            for room in at.rooms
            if room.room_id in proposal.room_ids
            for user in sorted(room.joined())
            if reader.pseudonym(user) == proposal.by and at.roles.allow(room, user, Ban())
        ),
        None,
    )


def _tick(proposal: Proposal) -> str:
    return f"{LAPSES}:{proposal.number}"
