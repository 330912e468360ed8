# SPDX-License-Identifier: Apache-2.0
"""What comes of a list: people are told of, what it may do is done, and what no longer holds is taken back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core.actions import Action, Forget, Log, Param, Remember, Words
from bots.moderation.ladder.carrying_out import Occasion, carry_out, take_back
from bots.moderation.ladder.orders import Order
from bots.moderation.ladder.steps import HELD_FOR
from bots.moderation.policy_lists.matching import KINDS, MOST_AT_ONCE, Look, Spared, Touched
from bots.moderation.policy_lists.records import ListMatch, May
from bots.moderation.records import Kind
from bots.moderation.telling import say_in_office

WHY = "moderation.lists"
ONE, ALL = "moderation.lists.one:", "moderation.lists.all:"
# Under a line about one person, by the rung of the ladder that each is.
TAPS = {"🔇": Kind.HOLD, "👋": Kind.REMOVE, "⛔": Kind.BAN}
YES = "✅"
_MOST_NAMES = 10


def acted_on(look: Look, by: str | None = None, kind: Kind | None = None) -> tuple[Action, ...]:
    """What the list comes to now. `by`: a person has asked for it, and for `kind`."""
    if not look.here:
        return _lost(look)
    return (*_ended(look), *_begun(look, by, kind))


def names(people: Sequence[Touched]) -> str:
    """The people whom the list names, as many as one can read."""
    shown = ", ".join(each.user for each in people[:_MOST_NAMES])
    return f"{shown} …" if len(people) > _MOST_NAMES else shown


def _begun(look: Look, by: str | None, kind: Kind | None) -> Sequence[Action]:
    actions: list[Action] = []
    together = by is None and len(look.new) > MOST_AT_ONCE
    for each in look.new:
        order = each.numbers[0] if each.numbers else 0
        match = ListMatch(list_id=look.list.room_id, user=each.user, number=each.number, order=order)
        actions.append(Remember(why=WHY, record=match))
        if each.places:
            actions += _done(look, each, kind or KINDS[look.list.may], by)
        elif each.spared is not None or (not together and by is None):
            actions += _told(look, each)
    if together:
        params: dict[str, Param] = {"count": len(look.new), "list": look.list.name, "names": names(look.new)}
        label, buttons = f"{ALL}{look.list.room_id}|{look.number}", (YES,) if look.list.may is not May.TELL else ()
        key = "many.ask" if buttons else "many"
        words = Words(f"moderation.lists.{key}", params | _may(look))
        actions += say_in_office(look.office, None, words, label=label, buttons=buttons)
    return actions


def _may(look: Look) -> dict[str, Param]:
    return {"may": Words(f"moderation.lists.may.{look.list.may}")}


def _told(look: Look, each: Touched) -> Sequence[Action]:
    """One line about one person, with what a moderator may want to do about it."""
    why = each.policy.reason
    reason = Words("moderation.lists.reason", {"reason": why}) if why else Words("moderation.lists.no_reason")
    params: dict[str, Param] = {"who": each.user, "list": look.list.name, "reason": reason}
    if each.spared is Spared.MODERATOR:
        return say_in_office(look.office, None, Words("moderation.lists.spared.moderator", params))
    found = Words("moderation.lists.spared.crisis" if each.spared else "moderation.lists.found", params)
    taps = Words("moderation.lists.taps", {"who": each.user})
    return say_in_office(look.office, None, found, taps, label=f"{ONE}{each.number}", buttons=tuple(TAPS))


def _done(look: Look, each: Touched, kind: Kind, by: str | None) -> Sequence[Action]:
    lasts = HELD_FOR if kind is Kind.HOLD else None
    order = Order(kind=kind, target=each.user, places=each.places, case=None, lasts=lasts, reason="")
    at = Occasion(now=look.now, by=by or look.me, office=look.office, rooms=look.rooms)
    line = Words("moderation.lists.acted", {"who": each.user, "list": look.list.name})
    told = say_in_office(look.office, None, line) if by is None else ()
    return (*told, *carry_out(order, each.numbers, (), at))


def _ended(look: Look) -> Sequence[Action]:
    """A rule that is gone undoes what it did."""
    actions: list[Action] = []
    at = Occasion(now=look.now, by=look.me, office=look.office, rooms=look.rooms)
    for each in look.gone:
        actions.append(Forget(why=WHY, record=ListMatch, key=(look.list.room_id, each.match.user)))
        key = "ended" if each.decisions else "ended.told"
        words = Words(f"moderation.lists.{key}", {"who": each.match.user, "list": look.list.name})
        actions += say_in_office(look.office, None, words)
        if each.decisions:
            actions += take_back(each.decisions, each.restored, at)
    return actions


def _lost(look: Look) -> tuple[Action, ...]:
    """A list that can't be read any more has let nobody go: what was done for it stays, and moderators are told."""
    if look.list.gone or not look.list.active:
        return ()
    return (
        Remember(why=WHY, record=replace(look.list, gone=True)),
        Log(why=WHY, sentence="a policy list can't be read any more", fields={"room": look.list.room_id}, alarm=True),
        *say_in_office(look.office, None, Words("moderation.lists.lost", {"list": look.list.name})),
    )
