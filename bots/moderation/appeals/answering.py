# SPDX-License-Identifier: Apache-2.0
"""The answer to an appeal: by somebody else than who decided, told to the member with its words. Pure.

Granted, the decision is taken back. Kept, it stays. Either is the last word of the moderators on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.core.actions import Action, Audit, InPrivateChat, InRoom, Priority, Remember, Send, Words
from bots.core.bot import Reader
from bots.core.commands import PREFIX, spec_of
from bots.core.events import Message, MessageKind, Reaction
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.appeals.asking import WHY, in_thread, others
from bots.moderation.commands import COMMANDS, Grant, Keep
from bots.moderation.ladder.carrying_out import Occasion, take_back
from bots.moderation.ladder.places import Refused
from bots.moderation.ladder.roles import Roles, refusal_words
from bots.moderation.records import Answer, Appeal, Decision
from bots.moderation.telling import appeal_number, tell
from bots.moderation.whereabouts import MEMBERS_ROOMS, moderators_room

_LOOKED = {Grant: Answer.GRANTED, Keep: Answer.KEPT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What the answer of somebody in the moderators' room depends on.

    `together` are the decisions of the order, `restored` those that taking them back puts in force again.
    `numbered`: they said which, by its number or its thread.
    `unmarked` is the command as they wrote it, where it lacks its mark and words follow: it may be part of a talk.
    `refused` is why the asker may not answer it there, `theirs` whether it was they who decided,
    `somebody_else` whether there is anybody besides.
    """

    now: datetime
    command: Grant | Keep
    office: RoomView
    numbered: bool = False
    unmarked: str | None = None
    rooms: Mapping[str, RoomView] = field(default_factory=dict)
    appeal: Appeal | None = None
    together: Sequence[Decision] = ()
    restored: Sequence[Decision] = ()
    refused: Refused | None = None
    theirs: bool = False
    somebody_else: bool = False


async def gather_message(roles: Roles, event: Message, reader: Reader) -> Answering | None:
    """`!grant` or `!keep` in an appeal's thread, or with its number; in the thread the bare word is enough, alone.

    A moderator can give the number from a members' room as well. It is answered in theirs.
    """
    room, office = reader.room(event.room_id), moderators_room(reader)
    if room is None or office is None or event.sender in reader.bots:
        return None
    if event.kind is not MessageKind.TEXT or not event.authentic:
        return None
    command = COMMANDS.parse(event.text)
    number = None
    if command is None or isinstance(command, Grant | Keep):
        for event_id in (event.reply_to, event.thread):
            number = number or (appeal_number(await reader.label(event_id)) if event_id else None)
    unmarked = None
    if command is None and number is not None and not event.text.rstrip().endswith("?"):
        command = COMMANDS.parse(f"{PREFIX}{event.text.strip()}")
        word, *more = event.text.split() or [""]
        unmarked = word.casefold() if more else None
    if not isinstance(command, Grant | Keep):
        return None
    in_office = room.room_id == office.room_id
    if not in_office and (room.role not in MEMBERS_ROOMS or roles.refusal([room], event.sender, command) is not None):
        # Who may not is told so where all commands are heard.
        return None
    facts = await _gathered(event.sender, command, command.case or number, office, roles, reader)
    return replace(facts, unmarked=unmarked)


async def gather_reaction(roles: Roles, event: Reaction, reader: Reader) -> Answering | None:
    """The same by a tap."""
    office, kind = reader.room(event.room_id), COMMANDS.by_reaction(event.key)
    if office is None or office.role is not RoomRole.MODERATORS or event.sender in reader.bots:
        return None
    number = appeal_number(await reader.label(event.target))
    if number is None or kind not in (Grant, Keep):
        return None
    return await _gathered(event.sender, Grant() if kind is Grant else Keep(), number, office, roles, reader)


async def _gathered(
    asker: str, command: Grant | Keep, number: int | None, office: RoomView, roles: Roles, reader: Reader
) -> Answering:
    facts = Answering(now=reader.now, command=command, office=office, numbered=number is not None)
    named = await reader.get(Decision, number) if number is not None else None
    appeal = await reader.get(Appeal, named.order) if named is not None else None
    if named is None or appeal is None:
        return facts
    together = await reader.find(Decision, order=named.order)
    earlier = [await reader.get(Decision, each.of) for each in together if each.of is not None]
    room = reader.room(named.room_id)
    moderators, organisers = others(named, roles, reader)
    return replace(
        facts,
        rooms={each.room_id: view for each in together if (view := reader.room(each.room_id)) is not None},
        appeal=appeal,
        together=together,
        restored=[each for each in earlier if each is not None],
        refused=roles.refusal([room], asker, command) if room is not None else Refused("not_moderator"),
        theirs=named.by == reader.pseudonym(asker),
        somebody_else=bool(moderators or organisers),
    )


def decide(event: Message | Reaction, facts: Answering | None) -> tuple[Action, ...]:
    """Answer the member, and take the decision back if the appeal is granted; or say why not."""
    if facts is None:
        return ()
    appeal = facts.appeal
    if appeal is None:
        why = "no_appeal" if facts.numbered else "which_appeal"
        again = spec_of(type(facts.command)).name
        return (_say(facts, None, Words(f"moderation.refused.{why}", {"again": f"{PREFIX}{again}"})),)
    if (refused := _refused(facts, appeal)) is not None:
        return (_say(facts, appeal, refused),)
    if facts.unmarked is not None:
        return (_say(facts, appeal, Words("moderation.refused.bare", {"meant": f"{PREFIX}{facts.unmarked}"})),)
    answer = _LOOKED[type(facts.command)]
    reason = facts.command.words or Words("moderation.reason.none")
    first = facts.together[0]
    told = Words(f"moderation.appeal.answer.{answer}", {"number": first.number, "reason": reason})
    return (
        Remember(why=WHY, record=replace(appeal, answer=answer, answered_by=event.sender)),
        *(_taken_back(facts, event.sender) if answer is Answer.GRANTED else ()),
        Audit(
            why=WHY,
            kind=answer,
            actor=event.sender,
            target=appeal.target,
            room_id=first.room_id,
            case=first.case,
        ),
        tell(appeal.target, told, *(_before(facts) if answer is Answer.GRANTED else ()), why=WHY),
        _say(facts, appeal, Words(f"moderation.appeal.done.{answer}", {"who": appeal.target})),
    )


def _refused(facts: Answering, appeal: Appeal) -> Words | None:
    if facts.refused is not None:
        room = facts.rooms.get(facts.refused.room_id or "")
        return refusal_words(facts.refused, room.name if room else None)
    if appeal.answer is not None:
        return Words("moderation.refused.appeal_answered")
    return Words("moderation.refused.own_decision") if facts.theirs and facts.somebody_else else None


def _before(facts: Answering) -> tuple[Words, ...]:
    """What was decided earlier is in force again, and its time is not over: the member hears that, too."""
    ended = {each.of for each in facts.together if each.active}
    again = [each for each in facts.restored if each.number in ended and (each.until is None or each.until > facts.now)]
    return tuple(Words("moderation.appeal.answer.before", {"number": each.number}) for each in again[:1])


def _taken_back(facts: Answering, by: str) -> tuple[Action, ...]:
    """As an undo does it; the member hears of it once, by the answer. What is over already counts no more."""
    at = Occasion(now=facts.now, by=by, office=facts.office, rooms=facts.rooms)
    actions: list[Action] = []
    for action in take_back([each for each in facts.together if each.active], facts.restored, at):
        match action:
            case Send(place=InPrivateChat()):
                continue
            case Remember(record=Decision(active=False) as decision):
                actions.append(replace(action, record=replace(decision, tell=False)))
            case _:
                actions.append(action)
    over = [each for each in facts.together if not each.active]
    return (*actions, *(Remember(why=WHY, record=replace(each, stands=False)) for each in over))


def _say(facts: Answering, appeal: Appeal | None, words: Words) -> Send:
    if appeal is not None:
        return in_thread(appeal, facts.office.room_id, words)
    return Send(why=WHY, priority=Priority.MODERATION, place=InRoom(facts.office.room_id), parts=(words,))
