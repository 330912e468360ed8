# SPDX-License-Identifier: Apache-2.0
"""What an order does, and what taking it back does: the decisions to remember, and the actions. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Audit, Cancel, Remember, Words
from bots.core.rooms import RoomView
from bots.moderation.ladder.many_rooms import What, begun
from bots.moderation.ladder.orders import Order, decided
from bots.moderation.ladder.steps import SAID_ONLY, UNDO, carried_out, ends_again, expiry_id, lifted, without_words
from bots.moderation.records import Decision, Kind
from bots.moderation.telling import line, say_in_office, tell, told

# What somebody can ask a second look at: what is against them.
APPEALABLE = frozenset({Kind.WARN, Kind.MUTE, Kind.HOLD, Kind.REMOVE, Kind.BAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What carrying out depends on.

    `by` is who asked, as a greeter if `greets`; `agreed` is the second person, where it took two.
    `rooms` are the members' rooms by id; `place_named` says whether the room of a note is to be named to the member,
    or no room in particular is meant. `appeal_within` is how long the member may ask for a second look.
    """

    now: datetime
    by: str
    office: RoomView | None
    rooms: Mapping[str, RoomView] = field(default_factory=dict)
    place_named: bool = True
    greets: bool = False
    agreed: str | None = None
    appeal_within: timedelta = timedelta(days=30)

    def name(self, room_id: str) -> str | None:
        """The name of a members' room."""
        room = self.rooms.get(room_id)
        return room.name if room else None


def carry_out(order: Order, numbers: Sequence[int], replaced: Sequence[Decision], at: Occasion) -> tuple[Action, ...]:
    """One decision a room, each with its number; those that they take the place of end.

    A note or a warning is done by telling it; of everything else people are told when the homeserver has done it.
    """
    why = f"moderation.{order.kind}"
    actions: list[Action] = []
    for each in replaced:
        actions += [Remember(why=why, record=replace(each, active=False)), Cancel(why=why, id=expiry_id(each.number))]
    until = at.now + at.appeal_within if order.kind in APPEALABLE else None
    decisions = [
        replace(decided(order, place, number, at.by, at.now, first=numbers[0], agreed=at.agreed), appeal_until=until)
        for place, number in zip(order.places, numbers, strict=True)
    ]
    actions += begun(What.DONE, decisions, at.office, at.now, [each.room_id for each in order.left_out if each.room_id])
    for place, decision in zip(order.places, decisions, strict=True):
        if order.kind in SAID_ONLY:
            actions.append(Remember(why=why, record=without_words(replace(decision, tell=False))))
            name = at.name(place.room_id) if at.place_named else None
            actions.append(told(decision, name, greets=at.greets))
        else:
            actions += [Remember(why=why, record=decision), *carried_out(decision)]
        actions.append(audit(order.kind, decision, at.by))
    return tuple(actions)


def take_back(decisions: Sequence[Decision], restored: Sequence[Decision], at: Occasion) -> tuple[Action, ...]:
    """Each of the decisions ends; those whose place they had taken are in force again.

    Who was never told of a decision is not told of its end either.
    """
    actions: list[Action] = [*begun(What.UNDONE, decisions, at.office, at.now)]
    for decision in decisions:
        said_only = decision.kind in SAID_ONLY
        still_to_tell = not decision.tell and not said_only
        actions.append(
            Remember(why=UNDO, record=without_words(replace(decision, active=False, stands=False, tell=still_to_tell)))
        )
        actions += lifted(decision, at.rooms.get(decision.room_id))
        for earlier in restored:
            if earlier.number == decision.of:
                actions += [
                    Remember(why=UNDO, record=replace(earlier, active=True, stands=True)),
                    *ends_again(earlier, at.now),
                ]
        actions.append(audit("undo", decision, at.by))
        if said_only:
            actions.append(tell(decision.target, Words("moderation.tell.undo"), why=UNDO))
            actions += say_in_office(at.office, decision.case, line("undone", decision, None))
    return tuple(actions)


def audit(kind: str, decision: Decision, actor: str) -> Audit:
    """The line in the audit log."""
    return Audit(
        why=f"moderation.{kind}",
        kind=kind,
        actor=actor,
        target=decision.target,
        room_id=decision.room_id,
        case=decision.case,
    )
