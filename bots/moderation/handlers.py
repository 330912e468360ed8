# SPDX-License-Identifier: Apache-2.0
"""What the moderation bot does about a message or a reaction: a report, an order, or nothing.

In the members' rooms it never speaks, but for a `!help` of somebody without a private chat.
A command is taken out of the room before anything else, whoever gave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core.actions import Action, EventRef, InRoom, Remember, Send, Words
from bots.core.commands import PREFIX, Unknown, spec_of
from bots.core.events import Event, Message, Reaction
from bots.core.events import Report as ServerReport
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.authority import is_moderator
from bots.moderation.appeals.asking import settled
from bots.moderation.cases.casework import Desk, work_on
from bots.moderation.cases.reporting import reported
from bots.moderation.commands import (
    COMMANDS,
    Close,
    Command,
    Grant,
    Help,
    Keep,
    OfficeCommand,
    OnACase,
    Report,
    Second,
    ShowGuidelines,
    Take,
    Why,
)
from bots.moderation.gathering import Facts
from bots.moderation.ladder.carrying_out import Occasion, carry_out, take_back
from bots.moderation.ladder.how_long import remark
from bots.moderation.ladder.orders import Order, TakeBack
from bots.moderation.ladder.places import Refused
from bots.moderation.ladder.roles import refusal_words
from bots.moderation.ladder.two_people import (
    Agreed,
    Asked,
    Withdrawn,
    agreed,
    asked,
    withdrawn,
)
from bots.moderation.records import Case, Tap
from bots.moderation.telling import command_gone, say_in_office, tell
from bots.moderation.understanding import Bare, is_for_an_alert
from bots.moderation.whereabouts import MEMBERS_ROOMS

HELP_MEMO = "moderation.help:"


def decide(event: Message | Reaction | ServerReport, facts: Facts) -> tuple[Action, ...]:
    """Take the command away, and do what it asks for or say why not."""
    command, room = facts.command, facts.room
    if command is None or room is None:
        return ()
    taken_away = () if facts.spared else _taken_away(event, room, command)
    if isinstance(command, Grant | Keep) and room.role is RoomRole.MODERATORS:
        # `answering` hears these, and says why not.
        return ()
    if isinstance(facts.order, Refused):
        return (*taken_away, *_refuse(facts.order, event, facts))
    match command:
        case Report():
            if facts.report is None:
                return (*taken_away, *_which_message(event, room, facts.office))
            return (*taken_away, *reported(replace(facts.report, show_reporter=facts.show_reporter)))
        case Help(about=about):
            return (*taken_away, _help(event, facts, about))
        case Close() | Take() | Second():
            return (*taken_away, *_on_a_case(command, event, facts))
        case Grant() | Keep() | ShowGuidelines() | Why():
            # `answering` and `watching.telling_why` hear these.
            return taken_away
        case Unknown() | Bare():
            # What a member meant is a guess, and only a report is for nobody to see.
            theirs = facts.asker_moderates or (isinstance(event, Message) and event.reply_to is not None)
            return (*(taken_away if theirs else ()), *_ask_back(command, event, facts))
    return (*taken_away, *_do(event, facts))


def _taken_away(event: Event, room: RoomView, command: Command | Unknown | Bare) -> tuple[Action, ...]:
    """In the members' rooms, a command is nobody's to see. A report by the homeserver's own button was never there."""
    if room.role not in MEMBERS_ROOMS or isinstance(event, ServerReport) or isinstance(command, Help):
        return ()
    return (command_gone(event),)


def _do(event: Event, facts: Facts) -> Sequence[Action]:
    at = Occasion(
        now=facts.now,
        by=event.sender,
        office=facts.office,
        rooms={room.room_id: room for room in facts.rooms},
        greets=facts.asker_greets and not facts.asker_moderates,
        place_named=facts.about is not None or (facts.room is not None and facts.room.role in MEMBERS_ROOMS),
        appeal_within=facts.appeal_within,
    )
    said = remark(facts.command)
    in_time = say_in_office(facts.office, facts.case, said) if said is not None else ()
    match facts.order:
        case Order() as order:
            tapped = Remember(why="moderation.tap", record=Tap(event_id=event.event_id, order=facts.numbers[0]))
            by_tap = (tapped,) if isinstance(event, Reaction) else ()
            return (*in_time, *carry_out(order, facts.numbers, facts.replaced, at), *by_tap)
        case TakeBack(decisions):
            return (*take_back(decisions, facts.restored, at), *settled(facts.appeals, event.sender, facts.office))
        case Asked(order):
            return (*in_time, *asked(order, facts.numbers[0], at))
        case Agreed() as both:
            return agreed(both, facts.numbers, facts.replaced, at)
        case Withdrawn(proposal):
            return withdrawn(proposal, at)
    return ()


def _refuse(refused: Refused, event: Event, facts: Facts) -> Sequence[Action]:
    name = next((room.name for room in facts.rooms if room.room_id == refused.room_id), None)
    words = refusal_words(refused, name)
    in_office = facts.room is not None and facts.room.role is RoomRole.MODERATORS
    if facts.asker_moderates or in_office:
        return say_in_office(facts.office, facts.case, words)
    return (tell(event.sender, words, why="moderation.refused"),)


def _ask_back(command: Unknown | Bare, event: Event, facts: Facts) -> Sequence[Action]:
    """Nothing is done for a guess, and whoever wrote it hears so: a moderator in their room, a member in private."""
    match command:
        case Bare(name=name):
            words = Words("moderation.refused.bare", {"meant": PREFIX + name})
        case Unknown(name=name) if is_for_an_alert(name):
            words = Words("moderation.refused.which_alert", {"typed": PREFIX + name})
        case Unknown(name=name, nearest=None):
            words = Words("moderation.refused.no_command", {"typed": PREFIX + name})
        case Unknown(name=name, nearest=nearest):
            words = Words("moderation.refused.typo", {"typed": PREFIX + name, "meant": f"{PREFIX}{nearest}"})
    in_office = facts.room is not None and facts.room.role is RoomRole.MODERATORS
    if facts.asker_moderates or in_office:
        return say_in_office(facts.office, facts.case, words)
    return (tell(event.sender, words, why="moderation.refused"),)


def _which_message(event: Event, room: RoomView, office: RoomView | None) -> Sequence[Action]:
    if room.role not in MEMBERS_ROOMS:
        return say_in_office(office, None, Words("moderation.report.which"))
    return (tell(event.sender, Words("moderation.report.which"), why="moderation.report"),)


def _on_a_case(command: OnACase, event: Event, facts: Facts) -> Sequence[Action]:
    if not facts.asker_moderates:
        return _refuse(Refused("not_moderator"), event, facts)
    if not isinstance(facts.about, Case):
        return _refuse(Refused("unknown" if facts.unknown else "which_case"), event, facts)
    in_office = facts.office.joined() if facts.office else frozenset()
    others = {each for room in facts.rooms for each in in_office if is_moderator(room, each)} - {event.sender}
    at = Desk(
        now=facts.now,
        by=event.sender,
        pseudonym=facts.pseudonym,
        office=facts.office,
        others=tuple(sorted(others - facts.bots)),
    )
    return work_on(command, facts.about, at)


def _help(event: Event, facts: Facts, about: str) -> Action:
    """What members can ask for, in private; and what moderators can, in their room. One line, if one is asked about."""
    in_office = facts.room is not None and facts.room.role is RoomRole.MODERATORS
    kinds = COMMANDS.types if in_office else (Report, ShowGuidelines, Why, Help)
    one = COMMANDS.parse(PREFIX + about.removeprefix(PREFIX)) if about else None
    words = (
        Words(spec_of(type(one)).help)
        if one is not None and type(one) in kinds
        else _all_help(kinds, in_office=in_office)
    )
    if in_office:
        assert facts.room is not None
        return Send(
            why="moderation.help", place=InRoom(facts.room.room_id), thread=EventRef(event.event_id), parts=(words,)
        )
    return tell(event.sender, words, why="moderation.help", memo=f"{HELP_MEMO}{event.event_id}|{event.room_id}")


def _all_help(kinds: Sequence[type[Command | OfficeCommand]], *, in_office: bool) -> Words:
    lines = tuple(Words(spec_of(kind).help) for kind in kinds)
    others = (
        (Words("moderation.crisis.help.oncall"),)
        if in_office
        else tuple(Words(f"resources.help.{name}") for name in ("find", "card", "topics", "helplines", "save"))
    )
    return Words("moderation.help.office" if in_office else "moderation.help", {"commands": (*others, *lines)})
