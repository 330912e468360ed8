# SPDX-License-Identifier: Apache-2.0
"""From a command to an order: about whom, in which rooms, and whether the one who asks may. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.core.rooms import MembershipState, RoomView
from bots.core.rooms.authority import is_moderator
from bots.moderation.commands import Aimed, Ban, Hold, Mute, Note, Remove, Unban, Undo, Unmute, Warn
from bots.moderation.ladder.how_long import lasts
from bots.moderation.ladder.places import Place, Refused, hindrance, latest, places
from bots.moderation.ladder.roles import Roles
from bots.moderation.ladder.steps import FAMILIES, LIFTS, has_moderator_power
from bots.moderation.records import Case, Decision, Kind

_KINDS: dict[type[Aimed], Kind] = {
    Note: Kind.NOTE,
    Warn: Kind.WARN,
    Mute: Kind.MUTE,
    Hold: Kind.HOLD,
    Unmute: Kind.UNMUTE,
    Remove: Kind.REMOVE,
    Ban: Kind.BAN,
    Unban: Kind.UNBAN,
}


# Orders of two moderators that are closer together than this were given without knowing of each other.
AT_ONCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an order depends on.

    `asked_at` is when it was given, `asker_hash` and `my_hash` the asker and the bot as decisions name them.

    `here` is the community's room in which it was given (None: the moderators' room), `rooms` all that are moderated.
    `about` is the case or the decision that `#12` or the thread means (`unknown`: there is none of that number),
    `pointed_at` whom the reply or the mention means, `replied_to` what is replied to.
    `decisions` are the active ones about that person, `own` those of the one who asks; both oldest first.
    """

    me: str
    bots: frozenset[str]
    asker: str
    asked_at: datetime
    asker_hash: str
    my_hash: str
    roles: Roles
    here: RoomView | None
    rooms: Sequence[RoomView]
    about: Case | Decision | None = None
    unknown: bool = False
    pointed_at: str | None = None
    replied_to: str | None = None
    decisions: Sequence[Decision] = ()
    own: Sequence[Decision] = ()


_WHO = Refused("who")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A new decision, in each of `places`; `left_out` are the rooms where it can't be, and why.

    `message` is what it is about, by its room and its event, if it is one that the person wrote.
    """

    kind: Kind
    target: str
    places: tuple[Place, ...]
    case: int | None
    lasts: timedelta | None
    reason: str
    everywhere: bool = False
    left_out: tuple[Refused, ...] = ()
    message: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Earlier decisions are undone."""

    decisions: tuple[Decision, ...]


def target_of(command: Aimed, about: Case | Decision | None, pointed_at: str | None) -> str | None:
    """Whom a command is about: the one it names, else the one of the case or decision, else the one pointed at."""
    return command.user or (about.target if about else None) or pointed_at


def own_last(asker: str, here: RoomView | None, rooms: Sequence[RoomView], own: Sequence[Decision]) -> Decision | None:
    """The last decision of the one who asks, here or in a room that they moderate."""
    ids = {room.room_id for room in ([here] if here else rooms) if is_moderator(room, asker)}
    return next((each for each in reversed(own) if each.room_id in ids), None)


def resolve(command: Aimed, at: Situation) -> Order | TakeBack | Refused:
    """What the command means here, or why it can't be."""
    if (refused := at.roles.refusal([at.here] if at.here else at.rooms, at.asker, command)) is not None:
        return refused
    if at.unknown:
        return Refused("unknown")
    if command.case is not None and command.user is not None and at.about and command.user != at.about.target:
        return Refused("mismatch")
    target = target_of(command, at.about, at.pointed_at)
    if target is None:
        if not isinstance(command, Undo):
            return _WHO
        last = own_last(at.asker, at.here, at.rooms, at.own)
        return Refused("nothing_of_yours") if last is None else _take_back(last, at)
    if (refused := _untouchable(target, at)) is not None:
        return refused
    known = _rooms(command, target, at)
    rooms = [room for room in known if at.roles.allow(room, at.asker, command)]
    if not rooms:
        return _not_there(command, known, at)
    if isinstance(command, Undo):
        return _undo(command, target, rooms, at)
    kind = _KINDS[type(command)]
    if kind not in LIFTS and _decided_meanwhile(rooms, at):
        return Refused("at_once")
    hindered = {room.room_id: why for room in rooms if (why := hindrance(kind, target, room, at.me)) is not None}
    free = [room for room in rooms if room.room_id not in hindered]
    if not free:
        return next(iter(hindered.values()))
    found = places(kind, target, free, at.decisions)
    if not found:
        return _nothing_to_do(kind, target, free)
    return Order(
        kind=kind,
        target=target,
        places=found,
        case=at.about.number if isinstance(at.about, Case) else at.about.case if at.about else None,
        lasts=lasts(command),
        reason=command.reason,
        everywhere=command.everywhere,
        left_out=tuple(hindered.values()),
        message=_message(target, at),
    )


def _nothing_to_do(kind: Kind, target: str, rooms: Sequence[RoomView]) -> Refused:
    if kind not in LIFTS:
        return Refused("gone", rooms[0].room_id)
    banned = [room for room in rooms if (member := room.members.get(target)) and member.state is MembershipState.BAN]
    if kind is Kind.UNBAN and banned:
        # Another bot's, or one that somebody made by hand in their app.
        return Refused("not_my_ban", banned[0].room_id)
    return Refused("nothing")


def decided(
    order: Order, place: Place, number: int, by: str, now: datetime, *, first: int, agreed: str | None = None
) -> Decision:
    """The decision for one room of an order. The first that works is told to the member, for all of them."""
    return Decision(
        number=number,
        order=first,
        kind=order.kind,
        room_id=place.room_id,
        target=order.target,
        by=by,
        agreed=agreed,
        at=now,
        case=order.case,
        event_id=order.message[1] if order.message and order.message[0] == place.room_id else None,
        level_before=place.before,
        level_after=place.after,
        level_rest=place.rest,
        until=None if order.lasts is None else now + order.lasts,
        of=place.of,
        was_in=place.was_in,
        everywhere=order.everywhere,
        reason=order.reason or None,
    )


def of_one_order(decision: Decision, others: Sequence[Decision]) -> tuple[Decision, ...]:
    """Those decisions that were made together with this one, itself among them: one order, in several rooms."""
    return tuple(each for each in others if each.order == decision.order)


def _message(target: str, at: Situation) -> tuple[str, str] | None:
    """What the person wrote, as far as the order says which message it is about."""
    match at.about:
        case Case(target=by, room_id=str(room_id), event_id=str(event_id)) if by == target:
            return room_id, event_id
        case None if at.here is not None and at.replied_to is not None and at.pointed_at == target:
            return at.here.room_id, at.replied_to
    return None


def _untouchable(target: str, at: Situation) -> Refused | None:
    if target in at.bots or target == at.me:
        return Refused("bot")
    if target == at.asker:
        return Refused("self")
    return Refused("rank") if any(has_moderator_power(room, target) for room in at.rooms) else None


def _not_there(command: Aimed, known: Sequence[RoomView], at: Situation) -> Refused:
    refused = at.roles.refusal(known, at.asker, command) if known else Refused("gone")
    return Refused("no_power", known[0].room_id) if refused is None or refused.why == "not_moderator" else refused


def _decided_meanwhile(rooms: Sequence[RoomView], at: Situation) -> bool:
    """Whether somebody else decided about the same person there before the one who asks can have seen it.

    What the bot held by itself waits for exactly such an order.
    """
    ids = {room.room_id for room in rooms}
    return any(
        each.by not in (at.asker_hash, at.my_hash)
        and each.kind not in LIFTS
        and each.room_id in ids
        and each.at > at.asked_at - AT_ONCE
        for each in at.decisions
    )


def _rooms(command: Aimed, target: str, at: Situation) -> list[RoomView]:
    """Where it is to be done: everywhere, where the case or decision is about, or here."""
    if command.everywhere:
        return list(at.rooms)
    if at.about is not None and at.about.room_id is not None:
        return [room for room in at.rooms if room.room_id == at.about.room_id]
    if at.here is not None:
        return [at.here]
    # Named in the moderators' room without a case: wherever the person is known.
    return [room for room in at.rooms if target in room.members]


def _undo(command: Undo, target: str, rooms: Sequence[RoomView], at: Situation) -> TakeBack | Refused:
    """The decision that was named, else the last of the case, else the last about somebody."""
    ids = {room.room_id for room in rooms}
    about = [each for each in at.decisions if each.room_id in ids]
    if at.about is not None and at.about.target == target and not command.everywhere:
        number = at.about.number
        if isinstance(at.about, Decision):
            about = [each for each in about if each.number == number]
        else:
            about = [each for each in about if each.case == number]
    return _take_back(about[-1] if about else None, at, everywhere=rooms if command.everywhere else ())


def _take_back(last: Decision | None, at: Situation, *, everywhere: Sequence[RoomView] = ()) -> TakeBack | Refused:
    """A decision and what was ordered with it in other rooms; with `everywhere`, the last of its kind in each."""
    if last is None:
        return Refused("nothing")
    if (refused := _untouchable(last.target, at)) is not None:
        return refused
    if everywhere:
        lasts = [latest((last.kind,), room.room_id, at.decisions) for room in everywhere]
        together = [each for found in lasts for each in found]
    else:
        theirs = {room.room_id for room in at.rooms if is_moderator(room, at.asker)}
        together = [each for each in of_one_order(last, at.decisions) if each.room_id in theirs]
    free = tuple(each for each in together if not _something_later(each, at.decisions))
    return TakeBack(free) if free else Refused("later" if together else "no_power")


def _something_later(decision: Decision, others: Sequence[Decision]) -> bool:
    """Whether the same thing about the same person was decided again since: then that is taken back first."""
    family = next((kinds for kinds in FAMILIES if decision.kind in kinds), frozenset())
    return any(
        each.kind in family and each.room_id == decision.room_id and each.number > decision.number for each in others
    )
