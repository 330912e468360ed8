# SPDX-License-Identifier: Apache-2.0
"""What a message or a tap asks of the moderation bot, and what it takes to decide on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.core.bot import Reader
from bots.core.commands import Unknown
from bots.core.events import Event, Message, MessageKind, Reaction
from bots.core.events import Report as ServerReport
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.authority import is_moderator
from bots.moderation.cases.opening import NUMBERS, subject
from bots.moderation.cases.reporting import Reported, gather_report
from bots.moderation.commands import (
    COMMANDS,
    Aimed,
    Close,
    Command,
    Confirm,
    Grant,
    Help,
    Keep,
    Lock,
    OfficeCommand,
    Report,
    Second,
    ShowGuidelines,
    Slow,
    Take,
    Undo,
    Unlock,
    Why,
)
from bots.moderation.ladder.many_rooms import liveliest_first
from bots.moderation.ladder.orders import Order, Situation, TakeBack, own_last, resolve, target_of
from bots.moderation.ladder.places import Refused
from bots.moderation.ladder.roles import Role, Roles
from bots.moderation.ladder.two_people import (
    Agreed,
    Asked,
    Withdrawn,
    in_two,
    on_a_proposal,
)
from bots.moderation.own_list.lines import is_about_our_list
from bots.moderation.records import Appeal, Case, Decision, Proposal, RoomLife
from bots.moderation.references import answers_an_alert, numbered, on_a_tip, pointed_at
from bots.moderation.telling import measure_number
from bots.moderation.understanding import Bare, half_said, heard_as, stranger
from bots.moderation.whereabouts import MEMBERS_ROOMS, members_rooms, moderators_room


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision depends on.

    `command` is what was asked for, in words or by a tap; `order` what that means here; `about` the case or decision
    that it points to. `spared`: it sounds like a cry for help as well, so its words stay for people to find.
    `numbers` are as many new decision numbers as the order has rooms, `replaced` the decisions that it takes the
    place of, `restored` those that a taking back puts in force again.
    `rooms` are the members' rooms. `pseudonym` is what the one who asks is called in records.
    `report` is set when something is reported. `appeals` are those against what is taken back.
    `appeal_within` and `show_reporter` are the organiser's: how long a member may appeal, whether moderators see who
    reported.
    """

    now: datetime
    office: RoomView | None
    room: RoomView | None
    rooms: tuple[RoomView, ...] = ()
    command: Command | Unknown | Bare | None = None
    asker_moderates: bool = False
    spared: bool = False
    pseudonym: str = ""
    bots: frozenset[str] = frozenset()
    asker_greets: bool = False
    about: Case | Decision | None = None
    unknown: bool = False
    order: Order | TakeBack | Asked | Agreed | Withdrawn | Refused | None = None
    numbers: tuple[int, ...] = ()
    replaced: tuple[Decision, ...] = ()
    restored: tuple[Decision, ...] = ()
    report: Reported | None = None
    appeals: tuple[Appeal, ...] = ()
    appeal_within: timedelta = timedelta(days=30)
    show_reporter: bool = False

    @property
    def case(self) -> int | None:
        """The number of the case in whose thread the answer belongs."""
        return self.about.case if isinstance(self.about, Decision) else self.about.number if self.about else None


async def gather_message(roles: Roles, event: Message, reader: Reader) -> Facts:
    """What a message asks for, and what it takes to decide on it."""
    facts = _facts(event, reader, roles)
    if facts.room is None or event.sender in reader.bots or event.kind is not MessageKind.TEXT or not event.authentic:
        return facts
    # What is replied to is nearer than the thread that it is in.
    number = await numbered(reader, event.reply_to, event.thread)
    in_office = facts.room.role is RoomRole.MODERATORS
    command = heard_as(event, in_a_case=number is not None)
    if number is None and await answers_an_alert(event, reader):
        return replace(facts, order=Refused("alert"), command=command) if isinstance(command, Aimed) else facts
    if isinstance(command, Unknown):
        if await on_a_tip(event, reader):
            return facts
        meant = stranger(command, in_office=in_office, moderates=facts.asker_moderates)
        return replace(facts, command=meant, about=await _about(reader, number))
    if command is None:
        return facts
    if isinstance(command, Bare):
        return replace(facts, command=command, about=await _about(reader, number))
    if isinstance(command, Undo) and event.reply_to:
        label = await reader.label(event.reply_to)
        if measure_number(label) or is_about_our_list(label):
            # About a whole room, or a rule that we publish: `measures` and `own_list` do it.
            return replace(facts, command=command)
    return await _ordered(facts, event, reader, command, roles, await pointed_at(event, reader), number)


async def gather_reaction(roles: Roles, event: Reaction, reader: Reader) -> Facts:
    """The same for a tap: a flag on a message, or a button on a case or on a decision."""
    facts = _facts(event, reader, roles)
    kind = COMMANDS.by_reaction(event.key)
    if facts.room is None or kind is None or issubclass(kind, OfficeCommand) or event.sender in reader.bots:
        return facts
    if kind is Report:
        sender = await reader.message_sender(event.room_id, event.target)
        return await _ordered(facts, event, reader, Report(), roles, sender, None)
    number = await numbered(reader, event.target)
    if number is None or (kind is Confirm and await reader.get(Proposal, number) is None):
        return facts
    return await _ordered(facts, event, reader, kind(), roles, None, number)


async def gather_server_report(roles: Roles, event: ServerReport, reader: Reader) -> Facts:
    """A report that came through the homeserver's own button."""
    facts = _facts(event, reader, roles)
    if facts.room is None or facts.room.role not in MEMBERS_ROOMS or event.target is None:
        return facts
    target = await reader.message_sender(event.room_id, event.target)
    about = await subject(reader, facts.room, event_id=event.target, target=target)
    report = await gather_report(reader, event.sender, about, event.reason or "", event.sent_at)
    return replace(facts, command=Report(), report=report)


def _facts(event: Event, reader: Reader, roles: Roles) -> Facts:
    room = reader.room(event.room_id)
    rooms = members_rooms(reader)
    here = (room,) if room is not None and room.role in MEMBERS_ROOMS else ()
    if not here and (room is None or room.role is not RoomRole.MODERATORS):
        room = None
    return Facts(
        now=reader.now,
        office=moderators_room(reader),
        room=room,
        rooms=rooms,
        asker_moderates=any(is_moderator(each, event.sender) for each in here or rooms),
        pseudonym=reader.pseudonym(event.sender),
        bots=reader.bots,
        asker_greets=any(roles.of(each, event.sender) is Role.GREETER for each in here),
    )


async def _ordered(
    facts: Facts,
    event: Message | Reaction,
    reader: Reader,
    command: Command,
    roles: Roles,
    pointed_at: str | None,
    number: int | None,
) -> Facts:
    room = facts.room
    assert room is not None  # the callers have looked
    here = room if room.role in MEMBERS_ROOMS else None
    number = getattr(command, "case", None) or number
    about = await _about(reader, number)
    proposal = await _proposal(reader, command, number) if about is None else None
    unknown = number is not None and about is None and proposal is None
    facts = replace(facts, command=command, about=about, unknown=unknown)
    if isinstance(command, Aimed) and (refused := half_said(command)) is not None:
        return replace(facts, order=refused)
    if (refused := roles.refusal([here] if here else facts.rooms, event.sender, command)) is not None:
        return replace(facts, order=refused)
    match command:
        case Report():
            target = event.target if isinstance(event, Reaction) else event.reply_to
            if here is None or target is None:
                return facts
            what = await subject(reader, here, event_id=target, target=pointed_at)
            report = await gather_report(reader, event.sender, what, command.remark, event.sent_at)
            flag = event.event_id if isinstance(event, Reaction) else None
            return replace(facts, report=replace(report, flag=flag))
        case (
            Help()
            | Close()
            | Take()
            | Second()
            | Grant()
            | Keep()
            | Slow()
            | Lock()
            | Unlock()
            | ShowGuidelines()
            | Why()
        ):
            return facts
    own = await reader.find(Decision, by=event.sender, active=True)
    target = proposal.target if proposal else None
    if not isinstance(command, Confirm):
        target = target or target_of(command, about, pointed_at)
    if target is None and isinstance(command, Undo):
        last = own_last(event.sender, here, facts.rooms, own)
        target = last.target if last else None
    situation = Situation(
        me=reader.me,
        bots=reader.bots,
        asker=event.sender,
        asked_at=event.sent_at,
        asker_hash=reader.pseudonym(event.sender),
        my_hash=reader.pseudonym(reader.me),
        roles=roles,
        here=here,
        rooms=liveliest_first(facts.rooms, await reader.find(RoomLife), reader.now),
        about=about,
        unknown=facts.unknown,
        pointed_at=pointed_at,
        replied_to=event.reply_to if isinstance(event, Message) else None,
        decisions=await reader.find(Decision, target=target, active=True) if target else (),
        own=own,
    )
    if proposal is not None:
        return await _with_numbers(replace(facts, order=on_a_proposal(command, proposal, situation, reader)), reader)
    if isinstance(command, Confirm):
        return replace(facts, order=await _no_proposal(reader, number))
    order = resolve(command, situation)
    if isinstance(order, Order):
        return await _with_numbers(replace(facts, order=await in_two(order, situation, reader)), reader)
    return await _with_numbers(replace(facts, order=order), reader)


async def _about(reader: Reader, number: int | None) -> Case | Decision | None:
    """The case or decision of this number."""
    return (await reader.get(Case, number) or await reader.get(Decision, number)) if number else None


async def _proposal(reader: Reader, command: Command, number: int | None) -> Proposal | None:
    """The ban that waits for a second person under this number; without one, the only one that there is."""
    if not isinstance(command, Confirm | Undo):
        return None
    if number is not None:
        return await reader.get(Proposal, number)
    waiting = await reader.find(Proposal) if isinstance(command, Confirm) else ()
    return waiting[0] if len(waiting) == 1 else None


async def _no_proposal(reader: Reader, number: int | None) -> Refused:
    """Why no ban is agreed to: there is none of that number, or none at all, or nobody said which."""
    if number is not None:
        return Refused("nothing_asked")
    return Refused("which_ban" if await reader.find(Proposal) else "no_ban_waits")


async def _with_numbers(facts: Facts, reader: Reader) -> Facts:
    """What carrying out needs: new numbers, and the decisions that this one touches."""
    match facts.order:
        case Asked():
            return replace(facts, numbers=(await reader.next_number(NUMBERS),))
        case Order(places=places) | Agreed(order=Order(places=places)):
            numbers = [await reader.next_number(NUMBERS) for _ in places]
            return replace(
                facts,
                numbers=tuple(numbers),
                replaced=await _those(reader, [n for p in places for n in (p.of, p.over)]),
            )
        case TakeBack(decisions):
            appeals = [await reader.get(Appeal, order) for order in {each.order for each in decisions}]
            restored = await _those(reader, [each.of for each in decisions])
            return replace(facts, restored=restored, appeals=tuple(each for each in appeals if each is not None))
    return facts


async def _those(reader: Reader, numbers: Sequence[int | None]) -> tuple[Decision, ...]:
    found = [await reader.get(Decision, number) for number in numbers if number is not None]
    return tuple(each for each in found if each is not None)
