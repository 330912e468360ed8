# SPDX-License-Identifier: Apache-2.0
"""Who is told what, and where: members in private, moderators in their room. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bots.core.actions import (
    Action,
    BotName,
    InPrivateChat,
    InRoom,
    LabelRef,
    Param,
    Part,
    Priority,
    Redact,
    Send,
    Words,
)
from bots.core.events import Event
from bots.core.rooms import RoomView
from bots.moderation.records import Decision, Kind

# The reaction twin of `!undo`, under every line that tells of something done.
UNDO_BUTTON = "↩️"
# Under the line that tells of somebody who is held: what a person who has looked may want to do, but for letting go.
HELD_BUTTONS = ("🔇", "👋")
# These need no reason; and after these one can still look at the message that they are about.
_GOOD_NEWS = frozenset({Kind.UNMUTE, Kind.UNBAN})
_STAY = frozenset({Kind.NOTE, Kind.WARN, Kind.MUTE, Kind.HOLD})
_CASE, _DECISION, _APPEAL, _MEASURE, _TOLD = "case:", "decision:", "appeal:", "measure:", "moderation.told:"


def case_label(number: int) -> str:
    """The label of a case's card."""
    return f"{_CASE}{number}"


def more_label(number: int, which: int) -> str:
    """The label of the line in a case's thread that shows one more message like the first."""
    return f"more:{number}:{which}"


def decision_label(number: int) -> str:
    """The label of the line that tells the moderators of a decision."""
    return f"{_DECISION}{number}"


def appeal_label(order: int) -> str:
    """The label of what begins an appeal's thread; `order` is the number of the first decision of the order."""
    return f"{_APPEAL}{order}"


def number_of(label: str | None) -> int | None:
    """The case or decision that the moderators' attention was called to with this label; None for anything else."""
    for prefix in (_CASE, _DECISION, _APPEAL):
        if label is not None and label.startswith(prefix):
            return int(label.removeprefix(prefix))
    return None


def case_number(label: str | None) -> int | None:
    """The case whose card has this label; None for anything else."""
    return int(label.removeprefix(_CASE)) if label is not None and label.startswith(_CASE) else None


def appeal_number(label: str | None) -> int | None:
    """The decision whose appeal has this label; None for anything else."""
    return int(label.removeprefix(_APPEAL)) if label is not None and label.startswith(_APPEAL) else None


def measure_label(number: int) -> str:
    """The label of the line that tells of what is asked of a whole room."""
    return f"{_MEASURE}{number}"


def measure_number(label: str | None) -> int | None:
    """What is asked of a whole room, by the label of the line that tells of it; None for anything else."""
    return int(label.removeprefix(_MEASURE)) if label is not None and label.startswith(_MEASURE) else None


def told_number(label: str | None) -> int | None:
    """The decision that a member was told of with this label; None for anything else."""
    return int(label.removeprefix(_TOLD)) if label is not None and label.startswith(_TOLD) else None


def tell(user: str, *words: Words, why: str, label: str | None = None, memo: str | None = None) -> Send:
    """Say something to a person in private, through the chat they agreed to."""
    return Send(
        why=why,
        voice=BotName.WELCOME,
        priority=Priority.MODERATION,
        follow_up=True,
        place=InPrivateChat(user),
        parts=words,
        label=label,
        memo=memo,
    )


def told(
    decision: Decision,
    room_name: str | None,
    *,
    greets: bool = False,
    by_itself: bool = False,
    for_a_list: bool = False,
) -> Send:
    """What the member is told: what was decided, why, for how long, how to ask for a second look, and until when.

    `greets`: by somebody who greets newcomers, and is no moderator. `by_itself`: by no person at all.
    `for_a_list`: because a policy list names them, whoever decided it.
    `room_name` is None where it is about more than one room, or about none in particular.
    """
    reason: str | Words = decision.reason or Words("moderation.reason.none")
    if not decision.reason and decision.kind in _GOOD_NEWS:
        reason = ""
    elif not decision.reason and decision.kind is Kind.NOTE:
        reason = Words("moderation.reason.none.note")
    elif by_itself:
        # A detector brings a case; a list names somebody who may have done nothing here.
        reason = Words("moderation.reason.rule" if decision.case else "moderation.reason.list")
    elif not decision.reason and for_a_list:
        reason = Words("moderation.reason.list.agreed")
    by_a_list = by_itself and decision.kind in (Kind.REMOVE, Kind.BAN)
    words = Words(
        f"moderation.tell.{decision.kind}"
        + (".until" if decision.until else ".greeter" if greets else ".list" if by_a_list else ""),
        {
            "room": room_name or Words("moderation.our_rooms"),
            "reason": reason,
            "number": decision.number,
            **({"until": decision.until} if decision.until else {}),
        },
    )
    until = decision.appeal_until
    more = (Words("moderation.tell.appeal_until", {"until": until}),) if until else ()
    if decision.event_id is not None and decision.kind in _STAY:
        more = (Words("moderation.tell.message", {"room": decision.room_id, "event": decision.event_id}), *more)
    return tell(decision.target, words, *more, why=f"moderation.{decision.kind}", label=f"{_TOLD}{decision.number}")


def in_office(
    room_id: str,
    case: int | None,
    *parts: Part,
    why: str,
    label: str | None = None,
    buttons: tuple[str, ...] = (),
    mentions: tuple[str, ...] = (),
) -> Send:
    """What is said in the moderators' room `room_id`, in the case's thread if there is one."""
    return Send(
        why=why,
        priority=Priority.MODERATION,
        place=InRoom(room_id),
        thread=LabelRef(case_label(case)) if case else None,
        parts=parts,
        label=label,
        buttons=buttons,
        mentions=mentions,
    )


def say_in_office(
    office: RoomView | None,
    case: int | None,
    *words: Words,
    label: str | None = None,
    buttons: tuple[str, ...] = (),
) -> Sequence[Action]:
    """Tell the moderators, in the case's thread if there is one; nothing where they have no room."""
    if office is None:
        return ()
    return (in_office(office.room_id, case, *words, why="moderation.office", label=label, buttons=buttons),)


def line(what: str, decision: Decision, room_name: str | None) -> Words:
    """One line for the moderators: `moderation.done.mute`, `moderation.undone.ban`, `moderation.over.mute`."""
    until = ".until" if what == "done" and decision.until else ""
    return Words(
        f"moderation.{what}.{decision.kind}{until}",
        {
            "who": decision.target,
            "room": room_name or Words("moderation.our_rooms"),
            **({"until": decision.until} if until and decision.until else {}),
        },
    )


def done_line(
    office: RoomView | None, decision: Decision, room_name: str | None, *, away: bool = False
) -> Sequence[Action]:
    """Tell the moderators that it is done, with the button that takes it back.

    What was held has the next steps as well. `away`: they are not in the room, and it waits for them.
    """
    words = [line("done", decision, room_name)]
    if away:
        words.append(Words("moderation.done.away", {"who": decision.target}))
    buttons = (UNDO_BUTTON, *HELD_BUTTONS) if decision.kind is Kind.HOLD else (UNDO_BUTTON,)
    return say_in_office(office, decision.case, *words, label=decision_label(decision.number), buttons=buttons)


def command_gone(event: Event) -> Redact:
    """Take a command out of the members' room before anything else, for whoever gave it."""
    return Redact(
        why="moderation.command",
        priority=Priority.CRISIS,
        room_id=event.room_id,
        event_id=event.event_id,
        sender=event.sender,
        asked_by_sender=True,
    )


def list_line(room: RoomView, as_told: Callable[[int], Param] = int) -> Words:
    """The list that we publish: the way to it that others take, and how many rules stand there."""
    server = min(room.creators, default="").partition(":")[2]
    link = f"https://matrix.to/#/{room.room_id}?via={server}"
    rules = sum(policy is not None for policy in room.policies.values())
    return Words("moderation.own_list.line", {"link": link, "rules": as_told(rules)})
