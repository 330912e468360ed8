# SPDX-License-Identifier: Apache-2.0
"""What is asked of a whole room for a while: a slower pace (see `pace`), or that nobody new comes in.

A lock closes the lobby's door, and the welcome bot holds its invitations. Both end by themselves, and by one word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.actions import Action, Audit, Forget, OpenDoor, Param, Priority, Remember, Schedule, Words
from bots.core.bot import Reader
from bots.core.durations import said_first
from bots.core.events import Message, MessageKind, Outcome, Reaction, Tick
from bots.core.records import Measure, RoomMeasure
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.cases.opening import NUMBERS
from bots.moderation.commands import COMMANDS, Lock, OnARoom, Slow, Undo, Unlock
from bots.moderation.ladder.places import Refused
from bots.moderation.ladder.roles import Roles
from bots.moderation.telling import UNDO_BUTTON, measure_label, measure_number, say_in_office
from bots.moderation.whereabouts import MEMBERS_ROOMS, members_rooms, moderators_room

ENDS = "moderation.measure"
# What lasts longer than this is a setting.
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, of which rooms, and what is in force there.

    `command` None: nothing is asked. `number` is the new measure's; `refused` why it can't be.
    `watched`: nothing is done for now.
    """

    now: datetime
    by: str
    office: RoomView | None
    command: OnARoom | None = None
    rooms: tuple[RoomView, ...] = ()
    in_force: tuple[RoomMeasure, ...] = ()
    number: int = 0
    refused: Refused | None = None
    watched: bool = False

    @property
    def names(self) -> str:
        """What the rooms are called."""
        return ", ".join(room.name or room.room_id for room in self.rooms)


async def gather_message(roles: Roles, watched: bool, event: Message, reader: Reader) -> Asked:
    """A command about a room; or the word `undo` in answer to the line that tells of a measure.

    `watched`: nothing is done for now, and the welcome bot must not hold anything either.
    """
    facts = replace(_facts(event.sender, reader), watched=watched)
    room = reader.room(event.room_id)
    theirs = event.kind is MessageKind.TEXT and event.authentic and event.sender not in reader.bots
    if room is None or room.role not in (*MEMBERS_ROOMS, RoomRole.MODERATORS) or not theirs:
        return facts
    number = measure_number(await reader.label(event.reply_to)) if event.reply_to else None
    command = COMMANDS.parse(event.text if number is None or event.text.startswith("!") else f"!{event.text}")
    if number is not None and isinstance(command, Undo):
        return await _ending(facts, number, roles, reader)
    if not isinstance(command, OnARoom):
        return facts
    here = [room] if room.role in MEMBERS_ROOMS else []
    known = members_rooms(reader)
    if roles.refusal(here or known, event.sender, command) is not None:
        # Answered where all commands are.
        return facts
    meant = _meant(command, here, known)
    rooms = tuple(each for each in meant if roles.allow(each, event.sender, command))
    if not rooms:
        why = Refused("no_power", meant[0].room_id) if meant else Refused("which_room")
        return replace(facts, command=command, rooms=tuple(meant), refused=why)
    found = [await reader.get(RoomMeasure, each.room_id, _measure(command)) for each in rooms]
    facts = replace(facts, command=command, rooms=rooms, in_force=tuple(each for each in found if each is not None))
    return facts if _is_an_end(command) else replace(facts, number=await reader.next_number(NUMBERS))


async def gather_reaction(roles: Roles, event: Reaction, reader: Reader) -> Asked:
    """The button that ends it."""
    facts = _facts(event.sender, reader)
    if event.sender in reader.bots or event.key != UNDO_BUTTON.replace("\ufe0f", ""):
        return facts
    number = measure_number(await reader.label(event.target))
    return facts if number is None else await _ending(facts, number, roles, reader)


def decide(_event: Message | Reaction, facts: Asked) -> tuple[Action, ...]:
    """Ask it of the rooms, or end it, or say why not."""
    if facts.refused is not None:
        words = Words(f"moderation.refused.{facts.refused.why}", {"room": facts.names or Words("moderation.our_rooms")})
        return tuple(say_in_office(facts.office, None, words))
    if facts.command is None:
        return ()
    if not _is_an_end(facts.command):
        return _begun(facts.command, facts)
    if not facts.in_force:
        return tuple(say_in_office(facts.office, None, Words("moderation.refused.nothing")))
    return _ended("ended", facts)


async def gather_tick(event: Tick, reader: Reader) -> Asked:
    """What is still in force of the measure whose time is over."""
    facts = _facts(reader.me, reader)
    number = event.payload.get("number") if event.kind == ENDS else None
    return facts if number is None else await _under(facts, number, reader)


def decide_tick(_event: Tick, facts: Asked) -> tuple[Action, ...]:
    """All is as it was."""
    return _ended("over", facts) if facts.in_force else ()


async def gather_outcome(event: Outcome, reader: Reader) -> Asked:
    """The door that could not be moved."""
    facts = _facts(reader.me, reader)
    if not isinstance(event.action, OpenDoor):
        return facts
    room_id = event.action.room_id
    return replace(facts, rooms=tuple(room for room in members_rooms(reader) if room.room_id == room_id))


def decide_outcome(event: Outcome, facts: Asked) -> tuple[Action, ...]:
    """Say so. Invitations are held all the same."""
    if not isinstance(event.action, OpenDoor) or event.ok:
        return ()
    key = "opened" if event.action.open else "closed"
    return tuple(say_in_office(facts.office, None, Words(f"moderation.measure.not_{key}", {"room": facts.names})))


def _facts(by: str, reader: Reader) -> Asked:
    return Asked(now=reader.now, by=by, office=moderators_room(reader))


async def _under(facts: Asked, number: object, reader: Reader) -> Asked:
    in_force = tuple(await reader.find(RoomMeasure, number=number))
    ids = {each.room_id for each in in_force}
    return replace(facts, rooms=tuple(room for room in members_rooms(reader) if room.room_id in ids), in_force=in_force)


async def _ending(facts: Asked, number: int, roles: Roles, reader: Reader) -> Asked:
    facts = await _under(facts, number, reader)
    command = Slow(off=True) if any(each.measure is Measure.SLOW for each in facts.in_force) else Unlock()
    theirs = {room.room_id for room in facts.rooms if roles.allow(room, facts.by, command)}
    if facts.in_force and not theirs:
        return replace(facts, refused=Refused("no_power", facts.rooms[0].room_id))
    return replace(
        facts,
        command=command,
        rooms=tuple(room for room in facts.rooms if room.room_id in theirs),
        in_force=tuple(each for each in facts.in_force if each.room_id in theirs),
    )


def _meant(command: OnARoom, here: Sequence[RoomView], known: Sequence[RoomView]) -> Sequence[RoomView]:
    """The room it is said in, the one that is named, or all: in a raid nobody has time to name them."""
    if command.everywhere:
        return known
    if here:
        return here
    if command.place:
        return [room for room in known if room.name and _names(command.place.strip().casefold(), room.name.casefold())]
    return [] if isinstance(command, Slow) and not command.off else known


def _names(place: str, name: str) -> bool:
    """Whether the words are the room's name, or that and how long: `Harbour 2h`."""
    return place == name or (place.startswith(f"{name} ") and said_first(place.removeprefix(name).strip()) is not None)


def _measure(command: OnARoom) -> Measure:
    return Measure.SLOW if isinstance(command, Slow) else Measure.LOCK


def _is_an_end(command: OnARoom) -> bool:
    return isinstance(command, Unlock) or (isinstance(command, Slow) and command.off)


def _begun(command: OnARoom, facts: Asked) -> tuple[Action, ...]:
    assert isinstance(command, Slow | Lock)
    measure = _measure(command)
    if facts.watched:
        return tuple(
            say_in_office(facts.office, None, Words(f"moderation.measure.watched.{measure}", {"room": facts.names}))
        )
    until = facts.now + min(command.lasts, LONGEST)
    every = int(command.every.total_seconds()) if isinstance(command, Slow) else 0
    before = {each.room_id: each for each in facts.in_force}
    actions: list[Action] = []
    for room in facts.rooms:
        standing_open = measure is Measure.LOCK and room.role is RoomRole.LOBBY and room.join_rule == "public"
        closed = standing_open or (room.room_id in before and before[room.room_id].closed)
        record = RoomMeasure(
            room_id=room.room_id, measure=measure, number=facts.number, until=until, every=every, closed=closed
        )
        actions.append(Remember(why=ENDS, record=record))
        if standing_open:
            actions.append(_door(room.room_id, open_=False))
        actions.append(Audit(why=ENDS, kind=measure, actor=facts.by, room_id=room.room_id))
    tick = Schedule(why=ENDS, id=f"{ENDS}:{facts.number}", kind=ENDS, at=until, payload={"number": facts.number})
    about: dict[str, Param] = {"room": facts.names, "until": until}
    if isinstance(command, Slow):
        about["seconds"] = every
    words = Words(f"moderation.measure.begun.{measure}", about)
    label = measure_label(facts.number)
    return (*actions, tick, *say_in_office(facts.office, None, words, label=label, buttons=(UNDO_BUTTON,)))


def _ended(how: str, facts: Asked) -> tuple[Action, ...]:
    measure = facts.in_force[0].measure
    actions: list[Action] = []
    for each in facts.in_force:
        actions.append(Forget(why=ENDS, record=RoomMeasure, key=(each.room_id, each.measure)))
        if each.closed:
            actions.append(_door(each.room_id, open_=True))
        actions.append(Audit(why=ENDS, kind=f"{how}.{measure}", actor=facts.by, room_id=each.room_id))
    # A tick that finds nothing in force any more does nothing.
    words = Words(f"moderation.measure.{how}.{measure}", {"room": facts.names})
    return (*actions, *say_in_office(facts.office, None, words))


def _door(room_id: str, *, open_: bool) -> OpenDoor:
    return OpenDoor(why=ENDS, priority=Priority.MODERATION, follow_up=True, room_id=room_id, open=open_)
