# SPDX-License-Identifier: Apache-2.0
"""Calling people: the alert in the moderators' room, whom it calls, and whom when nobody comes. Pure.

It says who, where and how near, with a link, and never what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bots.core.actions import (
    Action,
    BotName,
    Cancel,
    InPrivateChat,
    InRoom,
    LabelRef,
    Log,
    Priority,
    Remember,
    Schedule,
    Send,
    Words,
)
from bots.core.commands import spec_of
from bots.core.crisis.hearing import alert_label
from bots.core.crisis.rota import called
from bots.core.crisis.tiers import URGENT, Tier
from bots.core.rooms import permalink
from bots.moderation.crisis.commands import Pass, Stays, Take, TakeOut
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.crisis.team import Team

WHY = "crisis.alert"
CALL_NEXT, LOOK_IN = "crisis.call_next", "crisis.look_in"
NEXT_DAY = timedelta(hours=24)
_BUTTONS = tuple(spec_of(kind).reaction or "" for kind in (Take, Pass))
_BUTTONS_IF_UNSAFE = tuple(spec_of(kind).reaction or "" for kind in (TakeOut, Stays, Pass))


def raised(
    alert: CrisisAlert, team: Team, room_name: str, server: str, *, late: bool, every: timedelta
) -> tuple[Action, ...]:
    """A new alert: it calls the first on the rota, and the next after `every` if it is urgent and nobody comes."""
    first = team.next_after("")
    alert = replace(alert, called=first.user if first else "")
    parts = (
        _what(alert, room_name),
        _where(alert, server),
        *((Words("moderation.crisis.late", {"at": alert.at}),) if late else ()),
        _who_is_called(alert.called),
    )
    return (
        Remember(why=WHY, record=alert),
        *((Remember(why=WHY, record=called(first, team.now)),) if first else ()),
        *(_goes_on(alert, team, every) if alert.tier in URGENT else ()),
        *_said(alert, team, parts),
        reminder(alert, team),
    )


def call_next(
    alert: CrisisAlert, team: Team, room_name: str, server: str, every: timedelta, *, waiting: bool = False
) -> tuple[Action, ...]:
    """Nobody came, or who was called can't: the next on the rota; after them all moderators, in private.

    With nobody left that is said once (`waiting`: it was), and whoever comes on duty within the day is called.
    """
    following = team.next_after(alert.called)
    if following is not None:
        now_called = replace(alert, called=f"{alert.called} {following.user}".strip())
        words = Words("moderation.crisis.next", {"called": following.user})
        return (
            Remember(why=WHY, record=now_called),
            Remember(why=WHY, record=called(following, team.now)),
            *in_thread(
                alert,
                team,
                words,
                step=len(now_called.called.split()),
                mentions=(following.user,),
                buttons=_buttons(alert),
            ),
            *(_goes_on(now_called, team, every) if alert.tier in URGENT else ()),
        )
    backup = team.backup_after(alert.called)
    goes_on = alert.tier in URGENT and team.now - alert.at < NEXT_DAY
    if not backup:
        still = _goes_on(alert, team, every, waiting=True) if goes_on else ()
        if waiting:
            return still
        return (
            Remember(why=WHY, record=alert),
            *still,
            *in_thread(alert, team, Words("moderation.crisis.nobody_left")),
            Log(why=WHY, sentence="nobody is left to call", fields={"tier": alert.tier.value}, alarm=True),
        )
    return (
        Remember(why=WHY, record=replace(alert, called=" ".join((*alert.called.split(), *backup)))),
        *(_goes_on(alert, team, every) if goes_on else ()),
        *in_thread(alert, team, Words("moderation.crisis.backup", {"count": len(backup)})),
        *in_private(backup, (_what(alert, room_name), _where(alert, server))),
    )


def second_route(alert: CrisisAlert, team: Team, parts: Sequence[Words]) -> tuple[Action, ...]:
    """The moderators' room can't be reached: each moderator with a private chat hears of it there, and the operator."""
    told = "moderators have no room; they were told in private" if team.backup else "nobody could be called"
    return (
        Remember(why=WHY, record=replace(alert, called=" ".join(team.backup))),
        *in_private(team.backup, (Words("moderation.crisis.no_office"), *parts)),
        Cancel(why=WHY, id=call_tick(alert.number)),
        Log(why=WHY, sentence=told, fields={"tier": alert.tier.value}, alarm=True),
    )


def in_thread(
    alert: CrisisAlert,
    team: Team,
    *words: Words,
    step: int = 0,
    mentions: tuple[str, ...] = (),
    buttons: tuple[str, ...] = (),
) -> tuple[Send, ...]:
    """Say it in the alert's thread; nothing where there is no room. With a `step` it can be answered like the alert."""
    if team.office is None:
        return ()
    return (
        Send(
            why=WHY,
            priority=Priority.CRISIS,
            place=InRoom(team.office.room_id),
            thread=LabelRef(alert_label(alert.number)),
            parts=words,
            label=alert_label(alert.number, step) if step else None,
            buttons=buttons,
            mentions=mentions,
        ),
    )


def in_private(users: Sequence[str], parts: tuple[Words, ...]) -> tuple[Send, ...]:
    """Tell each of them in private."""
    return tuple(
        Send(
            why=WHY,
            voice=BotName.WELCOME,
            priority=Priority.CRISIS,
            place=InPrivateChat(user),
            parts=parts,
        )
        for user in users
    )


def call_tick(number: int) -> str:
    """The id of the tick that calls the next."""
    return f"{CALL_NEXT}:{number}"


def look_in_tick(number: int) -> str:
    """The id of the tick that reminds of looking in."""
    return f"{LOOK_IN}:{number}"


def where_words(room_id: str, event_id: str, server: str) -> Words:
    """The link, or that there is none."""
    if not room_id:
        return Words("moderation.crisis.no_link")
    return Words("moderation.crisis.link", {"link": permalink(room_id, event_id, server)})


def _said(alert: CrisisAlert, team: Team, parts: tuple[Words, ...]) -> tuple[Action, ...]:
    if team.office is None:
        return second_route(alert, team, parts[:2])
    unsafe = alert.tier is Tier.UNSAFE
    return (
        Send(
            why=WHY,
            priority=Priority.CRISIS,
            place=InRoom(team.office.room_id),
            parts=(*parts, Words("moderation.crisis.answer.unsafe" if unsafe else "moderation.crisis.answer")),
            label=alert_label(alert.number),
            buttons=_buttons(alert),
            mentions=tuple(alert.called.split()),
            follow_up=True,
        ),
    )


def _buttons(alert: CrisisAlert) -> tuple[str, ...]:
    return _BUTTONS_IF_UNSAFE if alert.tier is Tier.UNSAFE else _BUTTONS


def _what(alert: CrisisAlert, room_name: str) -> Words:
    place = room_name if alert.room_id else Words("moderation.crisis.in_private")
    return Words(
        f"moderation.crisis.alert.{alert.tier.name.lower()}",
        {"number": alert.number, "who": alert.person, "room": place},
    )


def _where(alert: CrisisAlert, server: str) -> Words:
    return where_words(alert.room_id, alert.event_id, server)


def _who_is_called(user: str) -> Words:
    return Words("moderation.crisis.called", {"called": user}) if user else Words("moderation.crisis.nobody_on_duty")


def _goes_on(alert: CrisisAlert, team: Team, every: timedelta, *, waiting: bool = False) -> tuple[Schedule, ...]:
    payload: dict[str, object] = {"number": alert.number, "person": alert.person, "waiting": waiting}
    return (Schedule(why=WHY, id=call_tick(alert.number), kind=CALL_NEXT, at=team.now + every, payload=payload),)


def reminder(alert: CrisisAlert, team: Team, by: str = "") -> Schedule:
    """Tomorrow, whoever took it is asked to look in once more; if nobody did, whoever is on duty then."""
    payload = {"number": alert.number, "person": alert.person, "by": by}
    return Schedule(why=LOOK_IN, id=look_in_tick(alert.number), kind=LOOK_IN, at=team.now + NEXT_DAY, payload=payload)
