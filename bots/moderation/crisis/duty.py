# SPDX-License-Identifier: Apache-2.0
"""The rota: who is on duty and when, as those who look after the rooms say it themselves, by one tap or `!on-call`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, EventRef, Forget, InRoom, Priority, Remember, Send, Words
from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.crisis.rota import end_of, has_duty, on_duty
from bots.core.durations import parse_duration
from bots.core.events import Membership, Message, Reaction
from bots.core.hours import offset_of, times_in, written
from bots.core.records import OnCall
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.moderation.crisis.commands import DUTY, Duty
from bots.moderation.standing.asked import answered
from bots.moderation.whereabouts import MEMBERS_ROOMS, moderators_room

ON, OFF = "🟢", "🔴"
# How long a shift is that somebody begins by hand, unless they say it.
SHIFT = timedelta(hours=8)
LONGEST_SHIFT = timedelta(hours=24)
_WHY = "crisis.duty"
_LABEL = "rota:"
# What can be said after `!on-call`, in every language.
_SAID = {
    "on": ("on", "sí", "si", "oui", "an", "sim", ON),
    "off": ("off", "no", "non", "aus", "não", "nao", OFF),
    "hours": ("hours", "horas", "heures", "zeiten"),
    "quiet": ("quiet", "silencio", "calme", "ruhe", "silêncio", "descanso"),
    "show": ("show", "", "ver", "montrer", "zeigen", "mostrar"),
}
_NONE = re.compile(r"\b(none|never|ninguna|nunca|aucune|jamais|keine|nie|nenhuma)\b", re.IGNORECASE)
_A_SPAN, _AND_THE_CLOCK = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The rota, and what somebody (`user`) wants of it: a word of `_SAID`, with what they wrote after it.

    `may`: they look after a room, or are in the moderators'.
    """

    now: datetime
    office: RoomView
    rota: Sequence[OnCall]
    user: str
    what: str
    rest: str = ""
    may: bool = True

    @property
    def own(self) -> OnCall:
        """The row of the one who speaks, new if there was none."""
        return next((each for each in self.rota if each.user == self.user), OnCall(user=self.user))


@dataclass(frozen=True)
class DutyRota:
    """The decisions about the rota, for one community."""

    community: Community

    async def gather(self, event: Message, reader: Reader) -> Facts | None:
        """An `!on-call`, in whichever of our rooms."""
        asked = DUTY.parse(event.text)
        if not isinstance(asked, Duty) or not event.authentic:
            return None
        word, _, rest = asked.what.strip().partition(" ")
        what = next((what for what, words in _SAID.items() if word.casefold() in words), "how")
        room, office = reader.room(event.room_id), moderators_room(reader)
        if room is None or room.role not in MEMBERS_ROOMS or office is None:
            return await self._facts(event.room_id, event.sender, what, rest, reader)
        facts = await self._facts(office.room_id, event.sender, what, rest, reader)
        return replace(facts, may=event.sender in office.joined()) if facts is not None else None

    async def gather_tap(self, event: Reaction, reader: Reader) -> Facts | None:
        """A tap under the rota."""
        what = {ON: "on", OFF: "off"}.get(event.key)
        label = await reader.label(event.target) if what else None
        if what is None or label is None or not label.startswith(_LABEL):
            return None
        return await self._facts(event.room_id, event.sender, what, "", reader)

    def decide(self, event: Message | Reaction, facts: Facts | None) -> tuple[Action, ...]:
        """Write down what they say, and say how it is now."""
        if facts is None:
            return ()
        return answered(event, facts.office, may=facts.may, answer=lambda: self._answer(event, facts))

    def _answer(self, event: Message | Reaction, facts: Facts) -> Sequence[Action]:
        if facts.what == "show":
            return (self._shown(event, facts),)
        changed = _changed(facts)
        if changed is None:
            return (self._say(event, facts, Words("moderation.crisis.duty.how")),)
        return (Remember(why=_WHY, record=changed), self._say(event, facts, _row(changed, facts.now)))

    async def gather_membership(self, event: Membership, reader: Reader) -> OnCall | None:
        """Somebody who leaves the moderators' room, if they are on the rota."""
        office = moderators_room(reader)
        out = event.now in (MembershipState.LEAVE, MembershipState.BAN)
        if office is None or event.room_id != office.room_id or not out:
            return None
        return await reader.get(OnCall, event.user)

    def decide_membership(self, event: Membership, own: OnCall | None) -> tuple[Action, ...]:
        """They are not called any more."""
        return () if own is None else (Forget(why=_WHY, record=OnCall, key=(event.user,)),)

    def _shown(self, event: Message | Reaction, facts: Facts) -> Send:
        most = self.community.crisis.most_calls_a_day
        inside = [each for each in facts.rota if each.user in facts.office.joined()]
        rows = tuple(_row(each, facts.now) for each in inside)
        nobody = () if on_duty(inside, facts.now, most) else (Words("moderation.crisis.duty.nobody"),)
        return Send(
            why=_WHY,
            priority=Priority.MODERATION,
            place=InRoom(facts.office.room_id),
            parts=(
                Words("moderation.crisis.duty.rota", {"rows": rows}) if rows else Words("moderation.crisis.duty.empty"),
                *nobody,
                Words("moderation.crisis.duty.answer"),
            ),
            label=f"{_LABEL}{event.event_id}",
            buttons=(ON, OFF),
        )

    def _say(self, event: Message | Reaction, facts: Facts, words: Words) -> Send:
        thread = None
        if isinstance(event, Message) and event.room_id == facts.office.room_id:
            thread = EventRef(event.thread or event.event_id)
        return Send(
            why=_WHY,
            priority=Priority.MODERATION,
            place=InRoom(facts.office.room_id),
            thread=thread,
            parts=(words,),
        )

    async def _facts(self, room_id: str, user: str, what: str, rest: str, reader: Reader) -> Facts | None:
        room = reader.room(room_id)
        if room is None or room.role is not RoomRole.MODERATORS or user in reader.bots:
            return None
        return Facts(
            now=reader.now, office=room, rota=await reader.find(OnCall), user=user, what=what, rest=rest.strip()
        )


def _changed(facts: Facts) -> OnCall | None:
    """Their row as they want it; None if that is not understood."""
    own, now = facts.own, facts.now
    match facts.what:
        case "on":
            shift = _shift(facts.rest)
            return replace(own, until=now + shift, off_until=None) if shift else None
        case "off":
            return replace(own, until=None, off_until=end_of(own.hours, own.zone, now))
        case "hours" | "quiet":
            return _with_span(own, facts.what, facts.rest, now)
    return None


def _shift(rest: str) -> timedelta | None:
    if not rest:
        return SHIFT
    try:
        return min(parse_duration(rest), LONGEST_SHIFT)
    except ValueError:
        return None


def _with_span(own: OnCall, field: str, rest: str, now: datetime) -> OnCall | None:
    """Two times are the hours; a third is what time it is for them now."""
    times = times_in(rest)
    if _NONE.search(rest):
        span = ""
    elif len(times) in (_A_SPAN, _AND_THE_CLOCK) and times[0] != times[1]:
        span = f"{times[0]:%H:%M} {times[1]:%H:%M}"
    else:
        return None
    zone = written(offset_of(times[2], now)) if len(times) == _AND_THE_CLOCK else own.zone or "+00:00"
    return replace(own, zone=zone, hours=span) if field == "hours" else replace(own, zone=zone, quiet=span)


def _row(each: OnCall, now: datetime) -> Words:
    """One line of the rota: whether they are on duty, and the hours of their days."""
    hours, quiet = (" ".join(span.split()).replace(" ", "–") for span in (each.hours, each.quiet))
    zone = "UTC" if each.zone in ("", "+00:00") else f"UTC{each.zone}"
    details = (
        *((Words("moderation.crisis.duty.hours", {"hours": hours, "zone": zone}),) if hours else ()),
        *((Words("moderation.crisis.duty.quiet", {"hours": quiet, "zone": zone}),) if quiet else ()),
    )
    who = Words(
        "moderation.crisis.duty.on" if has_duty(each, now) else "moderation.crisis.duty.off", {"who": each.user}
    )
    return Words("moderation.crisis.duty.row", {"who": who, "details": details}) if details else who
