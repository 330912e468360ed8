# SPDX-License-Identifier: Apache-2.0
"""Hearing: what is said in members' rooms, and what another bot heard in a chat of its own. People are called to it.

Nothing here acts on the one who wrote, or says anything in the room. Whether and what is written to them in private
is for the welcome bot, which knows where they live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, InRoom, Log, Priority, Remember, Send, Words
from bots.core.bot import Reader
from bots.core.commands import PREFIX
from bots.core.community import Community
from bots.core.crisis.hearing import HEARD, LATE, Asked, Hear, Heard, where_in
from bots.core.crisis.tiers import NOTED, URGENT, Assessment, Tier, is_nearer
from bots.core.events import Message, Tick
from bots.core.rooms import RoomView
from bots.moderation.cases.opening import NUMBERS
from bots.moderation.commands import COMMANDS, Help, ShowGuidelines, Why
from bots.moderation.crisis.alerts import WHY, in_thread, raised, where_words
from bots.moderation.crisis.lately import LATELY
from bots.moderation.crisis.records import CrisisAlert
from bots.moderation.crisis.team import Team, gather_team
from bots.moderation.whereabouts import MEMBERS_ROOMS

# What is urgent calls people again when the alert about it is older than this.
ANEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Something that sounds like more than nothing, and what a decision on it depends on.

    `event_id` is the message to look at; `room` is None for a private chat.
    `earlier` are the alerts about the same person; `number` is the next one's. `place` is the room in a log: a hash.
    `sure` says that it is theirs beyond doubt, by its encryption.
    """

    assessment: Assessment
    person: str
    event_id: str
    at: datetime
    room: RoomView | None
    earlier: Sequence[CrisisAlert]
    team: Team
    server: str
    place: str
    number: int = 0
    sure: bool = True


@dataclass(frozen=True)
class Watch:
    """The decisions about what is heard, for one community."""

    community: Community
    hear: Hear

    async def gather(self, event: Message, reader: Reader) -> Sound | None:
        """What a message in a members' room sounds like; None if like nothing."""
        room = reader.room(event.room_id)
        if room is None or room.role not in MEMBERS_ROOMS or event.sender in reader.bots:
            return None
        assessment = self.hear(event, where_in(self.community, room, reader.now))
        sound = await self._sound(assessment, event.sender, _original(event), event.sent_at, room, reader)
        return replace(sound, sure=event.authentic) if sound else None

    async def gather_tick(self, event: Tick, reader: Reader) -> Sound | None:
        """What another bot heard and answered."""
        if event.kind != HEARD:
            return None
        heard = Heard.from_tick(event.payload)
        return await self._sound(heard.assessment, heard.person, heard.event_id, heard.at, None, reader)

    def decide(self, event: Message | Tick, sound: Sound | None) -> tuple[Action, ...]:  # noqa: ARG002 — facts say it all
        """Call people, and have the person written to."""
        if sound is None:
            return ()
        tier = sound.assessment.tier
        if tier is Tier.DISTRESS:
            return self._distress(sound)
        joined = _joins(sound)
        if joined is not None and joined.event_id == sound.event_id:
            # The same message once more, a little edited.
            return ()
        alert = joined or self._alert(sound)
        told = self._added(alert, sound) if joined else self._raised(alert, sound)
        return (*told, *self._to_be_written(alert, sound, first=joined is None))

    def _raised(self, alert: CrisisAlert, sound: Sound) -> tuple[Action, ...]:
        room_name = (sound.room.name or "") if sound.room else ""
        every, late = self.community.crisis.call_next_after, _is_late(sound)
        fields = {"tier": alert.tier.value, "rules": "+".join(alert.rules)[:200], "room": sound.place}
        return (
            *raised(alert, sound.team, room_name, sound.server, late=late, every=every),
            Log(why=WHY, sentence="people were called to somebody", fields=fields),
        )

    def _added(self, alert: CrisisAlert, sound: Sound) -> tuple[Action, ...]:
        link = where_words(sound.room.room_id if sound.room else "", sound.event_id, sound.server)
        words = Words("moderation.crisis.again", {"who": sound.person})
        office, came = sound.team.office, alert.taken_by
        mentions = (came,) if came is not None and office is not None and came in office.joined() else ()
        return in_thread(alert, sound.team, words, link, mentions=mentions)

    def _to_be_written(self, alert: CrisisAlert, sound: Sound, *, first: bool) -> tuple[Action, ...]:
        """In a private chat they have been answered; what is old or may not be theirs is for people alone."""
        if sound.room is None or sound.assessment.tier not in NOTED or _is_late(sound) or not sound.sure:
            return ()
        asked = Asked(
            person=sound.person,
            tier=sound.assessment.tier,
            number=alert.number,
            heard_at=min(sound.at, sound.team.now),
            awake=bool(sound.team.rota),
            first=first,
        )
        return (asked.passed_on(sound.team.now),)

    def _distress(self, sound: Sound) -> tuple[Action, ...]:
        """It calls nobody. It is remembered, so that nothing acts on them; and said softly if the organiser likes."""
        team, latest = sound.team, _latest(sound)
        if sound.room is None or (latest is not None and latest.tier is not Tier.DISTRESS):
            return ()
        told = self.community.crisis.soft_pings and team.office is not None and team.rota
        if not told or (latest is not None and latest.called):
            return () if latest is not None else (Remember(why=WHY, record=self._alert(sound)),)
        assert team.office is not None
        alert = replace(latest or self._alert(sound), called=" ".join(each.user for each in team.rota))
        words = Words("moderation.crisis.soft", {"room": sound.room.name or ""})
        link = where_words(sound.room.room_id, sound.event_id, sound.server)
        return (
            Remember(why=WHY, record=alert),
            Send(why=WHY, priority=Priority.MODERATION, place=InRoom(team.office.room_id), parts=(words, link)),
        )

    def _alert(self, sound: Sound) -> CrisisAlert:
        return CrisisAlert(
            number=sound.number,
            tier=sound.assessment.tier,
            rules=sound.assessment.rules,
            room_id=sound.room.room_id if sound.room else "",
            event_id=sound.event_id if sound.room else "",
            person=sound.person,
            at=min(sound.at, sound.team.now),
        )

    async def _sound(
        self,
        assessment: Assessment,
        person: str,
        event_id: str,
        at: datetime,
        room: RoomView | None,
        reader: Reader,
    ) -> Sound | None:
        # What is aimed at somebody goes the way of every other message that hurts: `watching` opens a case.
        if assessment.tier in (Tier.NONE, Tier.ABUSE):
            return None
        sound = Sound(
            assessment=assessment,
            person=person,
            event_id=event_id,
            at=at,
            room=room,
            earlier=await reader.find(CrisisAlert, person=person),
            team=await gather_team(self.community, person, reader),
            server=reader.me.partition(":")[2],
            place=reader.pseudonym(room.room_id)[:12] if room else "private",
        )
        return replace(sound, number=await reader.next_number(NUMBERS)) if _joins(sound) is None else sound


def _original(event: Message) -> str:
    """What there is to look at: the first version of an edit, and of a command, which goes at once, what it answers.

    What somebody says behind a question about the guidelines, or for help, is their own, and stays.
    """
    own = isinstance(COMMANDS.parse(event.text), ShowGuidelines | Why | Help)
    if event.reply_to is not None and event.text.lstrip().startswith(PREFIX) and not own:
        return event.reply_to
    return event.replaces or event.event_id


def _joins(sound: Sound) -> CrisisAlert | None:
    """The alert that this is more of; what is nearer to danger, or for a person to decide, is one of its own.

    What is urgent is said anew after a while: who came the first time may be asleep.
    """
    latest, tier = _latest(sound), sound.assessment.tier
    if latest is None or tier is Tier.UNSAFE or latest.tier is Tier.DISTRESS:
        return None
    if tier in URGENT and sound.team.now - latest.at >= ANEW:
        return None
    return None if is_nearer(tier, latest.tier) else latest


def _latest(sound: Sound) -> CrisisAlert | None:
    """The nearest to danger of the last hours.

    What was heard while the clock was ahead is none of them: rather are people called twice than not at all.
    """
    lately = [each for each in sound.earlier if timedelta() <= sound.team.now - each.at < LATELY]
    nearest: CrisisAlert | None = None
    for each in lately:
        nearest = each if nearest is None or not is_nearer(nearest.tier, each.tier) else nearest
    return nearest


def _is_late(sound: Sound) -> bool:
    return sound.team.now - sound.at > LATE
