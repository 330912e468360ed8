# SPDX-License-Identifier: Apache-2.0
"""What is done about what was noticed: counted, told, reminded of, or held. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.core.actions import Action, Priority, Redact, Remember, Send, Words
from bots.core.events import Event, Message, Outcome
from bots.core.rooms import RoomView
from bots.moderation.cases.opening import Does, Subject, noticed
from bots.moderation.detectors.finding import Finding
from bots.moderation.ladder.carrying_out import Occasion, carry_out
from bots.moderation.ladder.orders import Order
from bots.moderation.ladder.places import places
from bots.moderation.ladder.steps import HELD_FOR, rule_and_number
from bots.moderation.records import Decision, Kind
from bots.moderation.telling import case_label, tell
from bots.moderation.watching.files import asks
from bots.moderation.watching.records import Pace, Reminded
from bots.moderation.watching.respond import NOTHING, Response

REMIND = "moderation.remind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What was seen, and what it takes to do what is to be done about it.

    `pace` is how often the author writes, with this message. `rules` are the sentences of the guidelines by id, as
    moderators read them; `reminder` is what the author is reminded with. `flood` are the ids of the author's last
    messages; `files` says that files are looked into here; `decisions` those in force about them, `number` the next.
    `late` is why the message goes although they are held already, `held` by which decision.
    """

    now: datetime
    pace: Pace | None = None
    response: Response = NOTHING
    about: Subject | None = None
    me: str = ""
    room: RoomView | None = None
    rooms: tuple[RoomView, ...] = ()
    office: RoomView | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    reminder: str = ""
    flood: tuple[str, ...] = ()
    files: bool = False
    decisions: Sequence[Decision] = ()
    number: int = 0
    late: Finding | None = None
    held: Decision | None = None


def decide_outcome(_event: Outcome, found: tuple[Event, Noticed] | None) -> tuple[Action, ...]:
    """The same for what was found in a file."""
    return decide(*found) if found is not None else ()


def decide(event: Event, facts: Noticed) -> tuple[Action, ...]:
    """Count it; tell the moderators; and remind its author, or hold it, where `respond` says so."""
    counted: tuple[Action, ...] = () if facts.pace is None else (Remember(why="moderation.pace", record=facts.pace),)
    if facts.files and isinstance(event, Message):
        counted = (*counted, *asks(event))
    response, about, room = facts.response, facts.about, facts.room
    if about is None or room is None:
        return (*counted, *_gone_late(event, facts, ()))
    if response.hold is not None and isinstance(event, Message):
        told = noticed(response.tell, facts.rules, about, Does.HOLD)
        return (*counted, *told, *hold(event, facts, response.hold, room))
    if response.remind is not None:
        told = noticed(response.tell, facts.rules, about, Does.REMIND)
        return (*counted, *told, *_reminding(event, response.remind, facts.reminder, facts.now))
    told = noticed(response.tell, facts.rules, about)
    return (*counted, *told, *_gone_late(event, facts, told))


def _gone_late(event: Event, facts: Noticed, told: Sequence[Action]) -> tuple[Action, ...]:
    """What was sent before the hold was in force goes as well, once it is shown; of a flood, all of it.

    What is not shown any more, since there is too much of it, stays.
    """
    finding, held = facts.late, facts.held
    if finding is None or held is None or not isinstance(event, Message):
        return ()
    shown = next((each.label for each in told if isinstance(each, Send) and each.label is not None), None)
    if shown is None and finding.detector.startswith("noise.") and held.case is not None:
        shown = case_label(held.case)
    if shown is None:
        return ()
    original = facts.about.event_id if facts.about is not None else None
    return tuple(
        _taken_out(event, event_id, finding, shown)
        for event_id in dict.fromkeys((original or event.event_id, event.event_id))
    )


def hold(event: Message, facts: Noticed, finding: Finding, room: RoomView) -> tuple[Action, ...]:
    """The message is taken out of the room, with the rest of its flood, and its author waits until somebody looks."""
    assert facts.about is not None  # whoever holds tells moderators
    taken = dict.fromkeys((facts.about.event_id or event.event_id, event.event_id, *facts.flood))
    shown = case_label(facts.about.number) if facts.office is not None else None
    redactions = (_taken_out(event, event_id, finding, shown) for event_id in taken)
    order = Order(
        kind=Kind.HOLD,
        target=event.sender,
        places=places(Kind.HOLD, event.sender, [room], facts.decisions),
        case=facts.about.number,
        lasts=HELD_FOR,
        reason="",
    )
    at = Occasion(now=facts.now, by=facts.me, office=facts.office, rooms={each.room_id: each for each in facts.rooms})
    waits = carry_out(order, (facts.number,) * len(order.places), (), at)
    record = Reminded(
        user=event.sender,
        guideline=finding.guideline,
        detector=finding.detector,
        room_id=event.room_id,
        at=facts.now,
        held=True,
    )
    why = f"moderation.hold.{finding.detector}"
    return (*redactions, *(_asked_by(action, why) for action in waits), Remember(why=why, record=record))


def _taken_out(event: Message, event_id: str, finding: Finding, shown: str | None) -> Redact:
    return Redact(
        why=f"moderation.hold.{finding.detector}",
        priority=Priority.MODERATION,
        room_id=event.room_id,
        event_id=event_id,
        sender=event.sender,
        after=shown,
    )


def _asked_by(action: Action, why: str) -> Action:
    """The same, named after the detector that asked for it: that is what `observe` and `!why` go by."""
    _, number = rule_and_number(action.why)
    return replace(action, why=why if number is None else f"{why}#{number}")


def _reminding(event: Event, finding: Finding, reminder: str, now: datetime) -> tuple[Action, ...]:
    why = f"{REMIND}.{finding.detector}"
    record = Reminded(
        user=event.sender, guideline=finding.guideline, detector=finding.detector, room_id=event.room_id, at=now
    )
    return (
        Remember(why=why, record=record),
        tell(event.sender, Words(REMIND, {"reminder": reminder}), why=why),
    )
