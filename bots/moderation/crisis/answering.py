# SPDX-License-Identifier: Apache-2.0
"""What becomes of an alert: somebody takes it, or can't, or nobody comes; and a day later somebody looks in again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import (
    Action,
    Audit,
    BotName,
    Cancel,
    GivenBack,
    InPrivateChat,
    InRoom,
    Log,
    Priority,
    Redact,
    Remember,
    Send,
    Words,
)
from bots.core.bot import Reader
from bots.core.commands import PREFIX
from bots.core.community import Community
from bots.core.crisis.hearing import alert_number
from bots.core.crisis.tiers import Tier
from bots.core.events import Message, Outcome, Reaction, Tick
from bots.core.records import PrivateChat
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.authority import is_moderator
from bots.moderation.crisis.alerts import (
    CALL_NEXT,
    LOOK_IN,
    WHY,
    call_next,
    call_tick,
    in_thread,
    reminder,
    second_route,
)
from bots.moderation.crisis.commands import ANSWERS, Answer, Pass, Stays, Take, TakeOut
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.crisis.team import Team, gather_team
from bots.moderation.telling import tell

TAKEN_OUT = "crisis.taken_out"
GIVEN_BACK = "crisis.given_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The alert, who is there, and what somebody (`by`) says to it. `room` is where it was said.

    `reachable`: there is a private chat with the person whom it is about.
    """

    alert: CrisisAlert
    team: Team
    server: str
    room: RoomView | None = None
    by: str = ""
    answer: Answer | None = None
    reachable: bool = False

    @property
    def room_name(self) -> str:
        """What the room is called."""
        return (self.room.name or "") if self.room else ""


@dataclass(frozen=True)
class Answering:
    """The decisions about alerts that are there, for one community."""

    community: Community

    async def gather_tap(self, event: Reaction, reader: Reader) -> Facts | None:
        """A tap under an alert."""
        kind = ANSWERS.by_reaction(event.key)
        label = await reader.label(event.target) if kind and _is_office(event.room_id, reader) else None
        return await self._answered(event.sender, label, kind() if kind else None, reader)

    async def gather_word(self, event: Message, reader: Reader) -> Facts | None:
        """One word in an alert's thread, with or without the `!`."""
        words = event.text.split()
        answer = ANSWERS.parse(PREFIX + words[0].removeprefix(PREFIX)) if len(words) == 1 else None
        if not isinstance(answer, Answer) or not event.authentic or not _is_office(event.room_id, reader):
            return None
        for about in (event.reply_to, event.thread):
            label = await reader.label(about) if about else None
            if alert_number(label) is not None:
                return await self._answered(event.sender, label, answer, reader)
        return None

    def decide(self, event: Reaction | Message, facts: Facts | None) -> tuple[Action, ...]:  # noqa: ARG002 — facts say it all
        """Somebody comes, or the next is called, or what was said goes or stays."""
        if facts is None:
            return ()
        match facts.answer:
            case Take():
                return self._taken(facts)
            case Pass():
                return self._next(facts)
            case TakeOut() | Stays() if facts.alert.tier is Tier.UNSAFE:
                return (*self._decided(facts), *self._taken(facts))
            case TakeOut() | Stays():
                # Who tapped ✅ may think that it is done, and somebody still waits.
                return in_thread(facts.alert, facts.team, Words("moderation.crisis.not_for_this"))
        return ()

    async def gather_tick(self, event: Tick, reader: Reader) -> Facts | None:
        """The alert that nobody has taken, or that it is time to look in on again."""
        number = event.payload.get("number")
        if event.kind not in (CALL_NEXT, LOOK_IN) or not isinstance(number, int):
            return None
        by = str(event.payload.get("by", ""))
        facts = await self._about(number, reader)
        return replace(facts, by=by) if facts else None

    def decide_tick(self, event: Tick, facts: Facts | None) -> tuple[Action, ...]:
        """Call the next; or remind of looking in, and of oneself."""
        if facts is None:
            return ()
        if event.kind == LOOK_IN:
            return self._look_in(facts)
        if facts.alert.taken_at is not None:
            return ()
        return self._call_next(facts, waiting=event.payload.get("waiting") is True)

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Facts | None:
        """What became of an alert that was sent, or of taking something out of a room."""
        match event.action:
            case Send(why=why, label=label, place=InRoom()) if why == WHY:
                number = alert_number(label)
            case Redact(why=why) | Send(why=why) if why.startswith((TAKEN_OUT, GIVEN_BACK)):
                number = int(why.rpartition(":")[2])
            case _:
                return None
        return await self._about(number, reader) if number is not None else None

    def decide_outcome(self, event: Outcome, facts: Facts | None) -> tuple[Action, ...]:
        """An alert that can't be said in the room goes the second way. Who wrote what was taken out is told of it."""
        if facts is None:
            return ()
        told = tell(facts.alert.person, Words("moderation.crisis.tell.taken_out"), why="crisis.tell")
        if isinstance(event.action, Send) and event.action.why.startswith(GIVEN_BACK):
            return () if event.ok else (told,)
        if isinstance(event.action, Send):
            parts = tuple(part for part in event.action.parts[:2] if isinstance(part, Words))
            return () if event.ok else second_route(facts.alert, facts.team, parts)
        if not event.ok:
            return in_thread(facts.alert, facts.team, Words("moderation.crisis.not_taken_out"))
        said = in_thread(facts.alert, facts.team, Words("moderation.crisis.taken_out"))
        return said if facts.reachable else (*said, told)

    def _taken(self, facts: Facts) -> tuple[Action, ...]:
        alert = facts.alert
        if alert.taken_at is not None:
            mine = alert.taken_by == facts.by
            return () if mine else in_thread(alert, facts.team, Words("moderation.crisis.taken_before"))
        waited = int((facts.team.now - alert.at).total_seconds())
        return (
            Remember(why=WHY, record=replace(alert, taken_by=facts.by, taken_at=facts.team.now)),
            Cancel(why=WHY, id=call_tick(alert.number)),
            *in_thread(alert, facts.team, Words("moderation.crisis.taken", {"by": facts.by})),
            reminder(alert, facts.team, facts.by),
            Log(why=WHY, sentence="somebody came", fields={"tier": alert.tier.value, "seconds": max(0, waited)}),
        )

    def _next(self, facts: Facts) -> tuple[Action, ...]:
        """Who can't is not called again. Who had taken it gives it back."""
        alert = facts.alert
        if alert.taken_at is not None and alert.taken_by != facts.by:
            return ()
        passed = " ".join(dict.fromkeys((*alert.called.split(), facts.by)))
        return self._call_next(replace(facts, alert=replace(alert, called=passed, taken_by=None, taken_at=None)))

    def _call_next(self, facts: Facts, *, waiting: bool = False) -> tuple[Action, ...]:
        every = self.community.crisis.call_next_after
        return call_next(facts.alert, facts.team, facts.room_name, facts.server, every, waiting=waiting)

    def _decided(self, facts: Facts) -> tuple[Action, ...]:
        """What others should not read goes, if the one who says so may do that in that room."""
        alert, room = facts.alert, facts.room
        if not isinstance(facts.answer, TakeOut):
            return in_thread(alert, facts.team, Words("moderation.crisis.stays"))
        if room is None or not is_moderator(room, facts.by):
            return in_thread(alert, facts.team, Words("moderation.refused.no_power", {"room": facts.room_name}))
        return (
            *((_given_back(alert),) if facts.reachable else ()),
            Redact(
                why=f"{TAKEN_OUT}:{alert.number}",
                priority=Priority.CRISIS,
                follow_up=True,
                room_id=alert.room_id,
                event_id=alert.event_id,
                sender=alert.person,
                after=_given_back_label(alert) if facts.reachable else None,
                after_voice=BotName.WELCOME,
            ),
            Audit(why=TAKEN_OUT, kind="take_out", actor=facts.by, room_id=alert.room_id),
        )

    def _look_in(self, facts: Facts) -> tuple[Action, ...]:
        alert, team = facts.alert, facts.team
        if alert.taken_at is None:
            first = team.next_after("")
            mentions = (first.user,) if first else ()
            return in_thread(
                alert, team, Words("moderation.crisis.still_open", {"who": alert.person}), mentions=mentions
            )
        there = team.office is not None and facts.by in team.office.joined()
        return in_thread(
            alert,
            team,
            Words("moderation.crisis.look_in", {"who": alert.person}),
            Words("moderation.crisis.yourself"),
            mentions=(facts.by,) if there else (),
        )

    async def _answered(self, by: str, label: str | None, answer: Answer | None, reader: Reader) -> Facts | None:
        number = alert_number(label)
        if answer is None or number is None or by in reader.bots:
            return None
        facts = await self._about(number, reader)
        return replace(facts, by=by, answer=answer) if facts else None

    async def _about(self, number: int, reader: Reader) -> Facts | None:
        alert = await reader.get(CrisisAlert, number)
        if alert is None:
            return None
        return Facts(
            alert=alert,
            team=await gather_team(self.community, alert.person, reader),
            server=reader.me.partition(":")[2],
            room=reader.room(alert.room_id) if alert.room_id else None,
            reachable=await reader.get(PrivateChat, alert.person) is not None,
        )


def _given_back(alert: CrisisAlert) -> Send:
    """Their own words, before they are gone. They are fetched when this is said, and are nowhere at rest."""
    return Send(
        why=f"{GIVEN_BACK}:{alert.number}",
        voice=BotName.WELCOME,
        priority=Priority.CRISIS,
        follow_up=True,
        place=InPrivateChat(alert.person),
        parts=(
            Words("moderation.crisis.tell.given_back"),
            GivenBack(alert.person, alert.room_id, alert.event_id),
        ),
        label=_given_back_label(alert),
    )


def _given_back_label(alert: CrisisAlert) -> str:
    return f"{GIVEN_BACK}:{alert.number}"


def _is_office(room_id: str, reader: Reader) -> bool:
    room = reader.room(room_id)
    return room is not None and room.role is RoomRole.MODERATORS
