# SPDX-License-Identifier: Apache-2.0
"""What the moderation bot does about a message or a reaction: a report, an order, or nothing.

In the members' rooms it never speaks. A command is taken out of the room before anything else, whoever gave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bots.core.actions import (
    Action,
    Audit,
    Cancel,
    EventRef,
    InRoom,
    LabelRef,
    Priority,
    Redact,
    Remember,
    Send,
    Words,
)
from bots.core.authority import is_moderator
from bots.core.bot import Reader
from bots.core.commands import Missing, Unknown
from bots.core.events import Event, Message, MessageKind, Reaction
from bots.core.events import Report as ServerReport
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.cases import Reported, label, number_of, reported, tell
from bots.moderation.commands import COMMANDS, Aimed, Close, Command, Help, Report
from bots.moderation.ladder import carried_out, ends_again, expiry_id, lifted
from bots.moderation.orders import Order, Refused, Situation, TakeBack, decided, resolve, target_of
from bots.moderation.records import Case, Decision, Kind, Reporting

MEMBERS_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION)
_SAID_ONLY = (Kind.NOTE, Kind.WARN)
HELP_LABEL = "moderation.help:"
TOLD_LABEL = "moderation.told:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision depends on.

    `command` is what was asked for, in words or by a tap; `order` what that means here.
    `numbers` are as many new decision numbers as the order has rooms, `replaced` the decisions that it takes the
    place of, `restored` those that a taking back puts in force again.
    `report` is set when something is reported.
    """

    now: datetime
    office: RoomView | None
    room: RoomView | None
    command: Command | None = None
    asker_moderates: bool = False
    case: Case | None = None
    order: Order | TakeBack | Refused | None = None
    numbers: tuple[int, ...] = ()
    replaced: tuple[Decision, ...] = ()
    restored: tuple[Decision, ...] = ()
    report: Reported | None = None


async def gather_message(event: Message, reader: Reader) -> Facts:
    """What a message asks for, and what it takes to decide on it."""
    room = reader.room(event.room_id)
    facts = Facts(now=reader.now, office=_office(reader), room=room)
    if room is None or event.sender in reader.bots or event.kind is not MessageKind.TEXT or not event.authentic:
        return facts
    case_label = await _label(reader, event.thread, event.reply_to)
    command = _command(event.text, in_a_case=case_label is not None)
    if command is None:
        return facts
    pointed_at = await _pointed_at(event, reader)
    return await _ordered(facts, event, reader, command, pointed_at, number_of(case_label))


async def gather_reaction(event: Reaction, reader: Reader) -> Facts:
    """The same for a tap: a flag on a message, or a button on a case."""
    room = reader.room(event.room_id)
    facts = Facts(now=reader.now, office=_office(reader), room=room)
    kind = COMMANDS.by_reaction(event.key)
    if room is None or kind is None or event.sender in reader.bots:
        return facts
    if kind is Report:
        sender = await reader.message_sender(event.room_id, event.target)
        return await _ordered(facts, event, reader, Report(), sender, None)
    number = number_of(await reader.label(event.target))
    if number is None:
        return facts
    return await _ordered(facts, event, reader, kind(), None, number)


async def gather_server_report(event: ServerReport, reader: Reader) -> Facts:
    """A report that came through the homeserver's own button."""
    room = reader.room(event.room_id)
    facts = Facts(now=reader.now, office=_office(reader), room=room)
    if room is None or room.role not in MEMBERS_ROOMS:
        return facts
    target = await reader.message_sender(event.room_id, event.target)
    report = await _report(reader, event, room, event.target, target, "")
    return replace(facts, command=Report(), report=report)


def decide(event: Message | Reaction | ServerReport, facts: Facts) -> tuple[Action, ...]:
    """Take the command away, and do what it asks for or say why not."""
    command, room = facts.command, facts.room
    if command is None or room is None:
        return ()
    taken_away = _taken_away(event, room, command)
    match command:
        case Report():
            return (*taken_away, *(reported(facts.report) if facts.report else _which_message(event, room)))
        case Help():
            return (*taken_away, _help(event, facts))
        case Close():
            return (*taken_away, *_close(event, facts))
    match facts.order:
        case Order() as order:
            return (*taken_away, *_carry_out(order, event, facts))
        case TakeBack(decisions):
            return (*taken_away, *(action for each in decisions for action in _take_back(each, event, facts)))
        case Refused(why):
            return (*taken_away, *_refuse(why, event, facts))
        case None:
            return taken_away


def _command(text: str, *, in_a_case: bool) -> Command | None:
    """The command in a text; under a case its bare name is enough, when nothing else stands there."""
    parsed = COMMANDS.parse(text)
    if parsed is None and in_a_case:
        bare = COMMANDS.parse(f"!{text.strip()}")
        parsed = None if isinstance(bare, Aimed) and bare.reason else bare
        parsed = None if isinstance(bare, Report | Help) else parsed
    return None if isinstance(parsed, Unknown | Missing) else parsed


async def _ordered(
    facts: Facts,
    event: Message | Reaction,
    reader: Reader,
    command: Command,
    pointed_at: str | None,
    number: int | None,
) -> Facts:
    room = facts.room
    assert room is not None
    number = getattr(command, "case", None) or number
    case = await reader.get(Case, number) if number else None
    here = room if room.role in MEMBERS_ROOMS else None
    if here is None and room.role is not RoomRole.MODERATORS:
        return facts
    rooms = tuple(each for role in MEMBERS_ROOMS for each in reader.rooms(role))
    moderates = any(is_moderator(each, event.sender) for each in ([here] if here else rooms))
    facts = replace(facts, command=command, case=case, asker_moderates=moderates)
    if isinstance(command, Report):
        reported_event = event.target if isinstance(event, Reaction) else event.reply_to
        if here is None or reported_event is None:
            return facts
        report = await _report(reader, event, here, reported_event, pointed_at, command.remark)
        return replace(facts, report=report)
    if isinstance(command, Help | Close):
        return facts
    target = target_of(command, case, pointed_at)
    situation = Situation(
        me=reader.me,
        bots=reader.bots,
        asker=event.sender,
        here=here,
        rooms=rooms,
        case=case,
        pointed_at=pointed_at,
        decisions=await reader.find(Decision, target=target, active=True) if target else (),
        own=await reader.find(Decision, by=event.sender, active=True),
    )
    order = resolve(command, situation)
    facts = replace(facts, order=order)
    if isinstance(order, Order):
        numbers = [await reader.next_number("decision") for _ in order.places]
        replaced = [await reader.get(Decision, place.of) for place in order.places if place.of is not None]
        return replace(facts, numbers=tuple(numbers), replaced=tuple(each for each in replaced if each))
    if isinstance(order, TakeBack):
        restored = [await reader.get(Decision, each.of) for each in order.decisions if each.of is not None]
        return replace(facts, restored=tuple(each for each in restored if each))
    return facts


async def _report(
    reader: Reader, event: Event, room: RoomView, event_id: str, target: str | None, remark: str
) -> Reported:
    cases = await reader.find(Case, room_id=room.room_id, event_id=event_id)
    office = _office(reader)
    return Reported(
        reporter=event.sender,
        room_id=room.room_id,
        room_name=room.name or "",
        event_id=event_id,
        target=target,
        remark=remark,
        at=min(event.sent_at, reader.now),
        case=cases[0] if cases else None,
        number=0 if cases else await reader.next_number("case"),
        earlier=await reader.find(Reporting, reporter=event.sender),
        office=office.room_id if office else None,
        bots=reader.bots,
    )


async def _pointed_at(event: Message, reader: Reader) -> str | None:
    """Whose message is replied to, or who alone is mentioned; never a bot."""
    if event.reply_to is not None:
        sender = await reader.message_sender(event.room_id, event.reply_to)
        if sender is not None and sender not in reader.bots:
            return sender
    mentioned = event.mentions - reader.bots - {event.sender}
    return next(iter(mentioned)) if len(mentioned) == 1 else None


async def _label(reader: Reader, *event_ids: str | None) -> str | None:
    for event_id in event_ids:
        found = await reader.label(event_id) if event_id else None
        if number_of(found) is not None:
            return found
    return None


def _office(reader: Reader) -> RoomView | None:
    return next(iter(reader.rooms(RoomRole.MODERATORS)), None)


def _taken_away(event: Event, room: RoomView, command: Command) -> tuple[Action, ...]:
    """In the members' rooms, a command is nobody's to see. A report by the homeserver's own button was never there."""
    if room.role not in MEMBERS_ROOMS or isinstance(event, ServerReport) or isinstance(command, Help):
        return ()
    redact = Redact(
        why="moderation.command",
        priority=Priority.CRISIS,
        room_id=event.room_id,
        event_id=event.event_id,
        sender=event.sender,
    )
    return (redact,)


def _carry_out(order: Order, event: Event, facts: Facts) -> tuple[Action, ...]:
    actions: list[Action] = []
    for each in facts.replaced:
        why = f"moderation.{order.kind}"
        actions += [Remember(why=why, record=replace(each, active=False)), Cancel(why=why, id=expiry_id(each.number))]
    for place, number in zip(order.places, facts.numbers, strict=True):
        decision = decided(order, place, number, event.sender, facts.now, first=place is order.places[0])
        actions += [Remember(why=f"moderation.{order.kind}", record=decision), *carried_out(decision)]
        actions.append(_audit(order.kind, decision, event.sender))
        if order.kind in _SAID_ONLY:
            room = facts.room.name if facts.room and facts.room.role in MEMBERS_ROOMS else None
            actions.append(told(decision, room))
    return tuple(actions)


def _take_back(decision: Decision, event: Event, facts: Facts) -> tuple[Action, ...]:
    actions: list[Action] = [Remember(why="moderation.undo", record=replace(decision, active=False))]
    actions += lifted(decision)
    for earlier in facts.restored:
        if earlier.number == decision.of:
            actions.append(Remember(why="moderation.undo", record=replace(earlier, active=True)))
            actions += ends_again(earlier, facts.now)
    actions.append(_audit("undo", decision, event.sender))
    if decision.kind in _SAID_ONLY or decision.kind is Kind.REMOVE:
        actions.append(tell(decision.target, Words("moderation.tell.undo"), why="moderation.undo"))
        actions += say_in_office(
            facts.office, decision.case, Words(f"moderation.undone.{decision.kind}", {"who": decision.target})
        )
    return tuple(actions)


def told(decision: Decision, room_name: str | None) -> Send:
    """What the member is told, in private: what was decided, why, for how long, and how to ask for a second look."""
    reason = decision.reason or Words("moderation.reason.none")
    words = Words(
        f"moderation.tell.{decision.kind}" + (".until" if decision.until else ""),
        {
            "room": room_name or Words("moderation.our_rooms"),
            "reason": reason,
            "number": decision.number,
            **({"until": decision.until} if decision.until else {}),
        },
    )
    label_ = f"{TOLD_LABEL}{decision.number}"
    return tell(decision.target, words, why=f"moderation.{decision.kind}", label=label_)


def say_in_office(office: RoomView | None, case: int | None, *words: Words) -> Sequence[Action]:
    """Tell the moderators, in the case's thread if there is one."""
    if office is None:
        return ()
    return (
        Send(
            why="moderation.office",
            priority=Priority.MODERATION,
            place=InRoom(office.room_id),
            thread=LabelRef(label(case)) if case else None,
            parts=words,
        ),
    )


def _refuse(why: str, event: Event, facts: Facts) -> Sequence[Action]:
    words = Words(f"moderation.refused.{why}")
    in_office = facts.room is not None and facts.room.role is RoomRole.MODERATORS
    if facts.asker_moderates or in_office:
        return say_in_office(facts.office, facts.case.number if facts.case else None, words)
    return (tell(event.sender, words, why="moderation.refused"),)


def _which_message(event: Event, room: RoomView) -> Sequence[Action]:
    if room.role not in MEMBERS_ROOMS:
        return ()
    return (tell(event.sender, Words("moderation.report.which"), why="moderation.report"),)


def _close(event: Event, facts: Facts) -> Sequence[Action]:
    if not facts.asker_moderates:
        return _refuse("not_moderator", event, facts)
    if facts.case is None:
        return _refuse("which_case", event, facts)
    return (
        Remember(why="moderation.close", record=replace(facts.case, open=False)),
        Audit(
            why="moderation.close", kind="close", actor=event.sender, room_id=facts.case.room_id, case=facts.case.number
        ),
        *say_in_office(facts.office, facts.case.number, Words("moderation.case.closed")),
    )


def _help(event: Event, facts: Facts) -> Action:
    """What members can ask for, in private; and what moderators can, in their room."""
    in_office = facts.room is not None and facts.room.role is RoomRole.MODERATORS
    kinds = COMMANDS.types if in_office else (Report, Help)
    lines = tuple(Words(f"moderation.help.{kind.__name__.lower()}") for kind in kinds)
    others = () if in_office else (Words("resources.help.find"), Words("resources.help.helplines"))
    words = Words("moderation.help.office" if in_office else "moderation.help", {"commands": (*others, *lines)})
    if in_office:
        assert facts.room is not None
        return Send(
            why="moderation.help", place=InRoom(facts.room.room_id), thread=EventRef(event.event_id), parts=(words,)
        )
    return tell(event.sender, words, why="moderation.help", label=f"{HELP_LABEL}{event.event_id}|{event.room_id}")


def _audit(kind: str, decision: Decision, actor: str) -> Audit:
    return Audit(
        why=f"moderation.{kind}",
        kind=kind,
        actor=actor,
        target=decision.target,
        room_id=decision.room_id,
        case=decision.case,
    )
