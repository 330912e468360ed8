# SPDX-License-Identifier: Apache-2.0
"""Power is looked at when the bot starts, whenever it changes or the bot is out of a room, and every hour.

What lacks is told, and what is mended.

So no room is unprotected without anybody's knowing: it is said in the moderators' room and in the operator's log,
and where there is no moderators' room to say it in, the log alone says that, as an alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bots.core.actions import Action, Forget, Log, Remember, Schedule, Words
from bots.core.bot import Reader
from bots.core.events import Left, Membership, RoomStateChanged, Started, Tick
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.standing.lacks import Lack, Standing, standings
from bots.moderation.standing.records import ToldStanding
from bots.moderation.telling import say_in_office

WHY = "moderation.standing"
LOOK = "moderation.standing.look"
EVERY = timedelta(hours=1)
# What a restart does not say again: somebody may be restarting a bot ten times to find out what is wrong.
SAID_LATELY = timedelta(hours=1)
_POWER = "m.room.power_levels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How every room stands, and what the moderators know of it, by room."""

    now: datetime
    office: RoomView | None
    rooms: tuple[Standing, ...] = ()
    told: Mapping[str, ToldStanding] = field(default_factory=dict)


async def gather(event: Started | Tick | RoomStateChanged | Membership | Left, reader: Reader) -> Facts | None:
    """How things stand, where the event may have changed that."""
    if isinstance(event, RoomStateChanged) and event.type != _POWER:
        return None
    if isinstance(event, Membership) and not (event.user in reader.bots and _is_ours(reader.room(event.room_id))):
        return None
    if isinstance(event, Tick) and event.kind != LOOK:
        return None
    told = await reader.find(ToldStanding)
    office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
    known = await reader.find(CommunityRoom)
    return Facts(
        now=reader.now,
        office=office,
        rooms=standings(known, reader.room, reader.me, reader.bots),
        told={each.room_id: each for each in told},
    )


def decide(event: Started | Tick | RoomStateChanged | Membership | Left, facts: Facts | None) -> tuple[Action, ...]:
    """Tell what lacks, where the moderators do not know it; and what has been mended.

    A room that was closed a moment ago was upgraded most likely: the bots are on their way to the new one, and who
    looks within the hour finds it closed only if they never came there.
    """
    if facts is None:
        return ()
    actions: list[Action] = []
    if isinstance(event, Started):
        actions += _settings(event, facts)
    if isinstance(event, Started | Tick):
        actions.append(Schedule(why=WHY, id=LOOK, kind=LOOK, at=facts.now + EVERY))
    worse = [
        room
        for room in facts.rooms
        if room.lacks
        and _is_news(room, facts, again=isinstance(event, Started))
        and not (Lack.CLOSED in room.lacks and not isinstance(event, Started | Tick))
    ]
    mended = [room for room in facts.rooms if not room.lacks and room.room_id in facts.told]
    for room in worse:
        lacks = ",".join(room.lacks)
        actions.append(Remember(why=WHY, record=ToldStanding(room_id=room.room_id, lacks=lacks, at=facts.now)))
        line = Log(
            why=WHY,
            sentence="a room is not fully protected",
            fields={"room": room.room_id, "detail": "+".join(room.lacks)},
            alarm=True,
        )
        actions.append(line)
    if worse:
        actions += say_in_office(facts.office, None, unprotected(worse))
    for room in mended:
        actions.append(Forget(why=WHY, record=ToldStanding, key=(room.room_id,)))
        actions += say_in_office(facts.office, None, Words("moderation.standing.mended", {"room": room.name}))
    gone = facts.told.keys() - {room.room_id for room in facts.rooms}
    actions += [Forget(why=WHY, record=ToldStanding, key=(room_id,)) for room_id in sorted(gone)]
    if isinstance(event, Started) and facts.office is None:
        actions.append(Log(why=WHY, sentence="there is no moderators' room to tell anything in", alarm=True))
    return tuple(actions)


def unprotected(rooms: Sequence[Standing]) -> Words:
    """What does not work, room by room, and who can mend it."""
    return Words("moderation.standing", {"rooms": tuple(lacking(room) for room in rooms if room.lacks)})


def lacking(room: Standing) -> Words:
    """What does not work in one room."""
    lacks = tuple(Words(f"moderation.lack.{lack}") for lack in room.lacks)
    return Words("moderation.standing.room", {"room": room.name, "lacks": lacks})


def _is_ours(room: RoomView | None) -> bool:
    return room is not None and room.role is not RoomRole.OTHER


def _is_news(room: Standing, facts: Facts, *, again: bool) -> bool:
    told = facts.told.get(room.room_id)
    if told is None or told.lacks != ",".join(room.lacks):
        return True
    return again and not timedelta() <= facts.now - told.at < SAID_LATELY


def _settings(event: Started, facts: Facts) -> Sequence[Action]:
    """Mistakes in the settings: with which ones the bot goes on, and what is wrong, all of it."""
    if not event.mistakes or event.settings_of is None:
        return ()
    mistakes = tuple(Words("moderation.standing.mistake", {"mistake": mistake}) for mistake in event.mistakes)
    return (
        Log(why=WHY, sentence="the settings have mistakes", fields={"count": len(event.mistakes)}, alarm=True),
        *say_in_office(
            facts.office,
            None,
            Words("moderation.standing.settings", {"when": event.settings_of, "mistakes": mistakes}),
        ),
    )
