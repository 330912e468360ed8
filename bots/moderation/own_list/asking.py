# SPDX-License-Identifier: Apache-2.0
"""`!publish`, `!unpublish` and the taps under their answers: asked, asked back, done. Nothing is public before a yes.

Whoever may ban may publish, since that is what others will do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import Action, Audit, Forget, Param, PutRule, Remember, TakeRule, Words
from bots.core.bot import Reader
from bots.core.community import Community
from bots.core.events import Message, MessageKind, Reaction
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.policies import About, Policy, Reason
from bots.moderation.cases.opening import NUMBERS
from bots.moderation.commands import COMMANDS, Ban, Publish, Undo, Unpublish
from bots.moderation.ladder.places import Refused
from bots.moderation.ladder.roles import Roles, refusal_words
from bots.moderation.own_list.lines import is_about_our_list, standing_rule, waiting_label, waiting_number
from bots.moderation.own_list.naming import Wanted, wanted
from bots.moderation.own_list.records import ToPublish
from bots.moderation.own_list.weighing import No, Rule, Weighed, lacking, rules_about, rules_of, weigh
from bots.moderation.records import Case, Decision
from bots.moderation.references import numbered, pointed_at
from bots.moderation.standing.asked import answered, is_yes, office_command
from bots.moderation.telling import UNDO_BUTTON, say_in_office
from bots.moderation.whereabouts import list_room, members_rooms, moderators_room

WHY = "moderation.own_list"
YES = "✅"


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody is to be published, and `number` is what the question is called."""

    wanted: Wanted
    weighed: Weighed
    number: int


@dataclass(frozen=True, slots=True)
class Confirm:
    """Yes, to what waits."""

    waits: ToPublish
    weighed: Weighed


@dataclass(frozen=True, slots=True)
class Withdraw:
    """No, to what waits."""

    waits: ToPublish


@dataclass(frozen=True, slots=True)
class Take:
    """These rules are to go; `name` is what they are about, where it is known."""

    rules: tuple[Rule, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is asked for, or why it can't be; `refused` is why the one who asks may not. `room` is the list's."""

    asked: Ask | Confirm | Withdraw | Take | No | None = None
    refused: Refused | None = None
    office: RoomView | None = None
    room: RoomView | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers moderators who want to publish somebody, or somebody's name to go."""

    community: Community
    roles: Roles

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """What a message asks for: a command, or `!undo` as a reply to a line about the list."""
        if (line := await self._undone(event, reader)) is not None:
            return await self._facts(event, reader, await self._take_back(line, reader))
        command = office_command(event, reader)
        if isinstance(command, Publish):
            return await self._facts(event, reader, await self._publish(command.what, event, reader))
        if isinstance(command, Unpublish):
            return await self._facts(event, reader, await self._unpublish(command.what, event, reader))
        return Facts()

    async def gather_tap(self, event: Reaction, reader: Reader) -> Facts:
        """What a tap in the moderators' room asks for."""
        room = reader.room(event.room_id)
        if room is None or room.role is not RoomRole.MODERATORS or event.sender in reader.bots:
            return Facts()
        label = await reader.label(event.target)
        key = event.key.replace("\ufe0f", "")
        if key == YES and (number := waiting_number(label)) is not None:
            waits = await reader.get(ToPublish, number)
            return await self._facts(event, reader, await self._yes(waits, event.sender, reader))
        if key == UNDO_BUTTON.replace("\ufe0f", "") and is_about_our_list(label):
            return await self._facts(event, reader, await self._take_back(label, reader))
        return Facts()

    def decide(self, event: Message | Reaction, facts: Facts) -> tuple[Action, ...]:
        """Ask back, do it, or say why not: in the moderators' room."""
        if facts.asked is None:
            return ()
        if isinstance(event, Reaction):
            return tuple(self._answer(event.sender, facts))
        may = facts.refused is None or facts.refused.why != "not_moderator"
        return answered(event, facts.office, may=may, answer=lambda: self._answer(event.sender, facts))

    def _answer(self, by: str, facts: Facts) -> Sequence[Action]:
        if facts.refused is not None:
            return say_in_office(facts.office, None, refusal_words(facts.refused, None))
        match facts.asked:
            case Ask(wanted=named, weighed=weighed):
                return self._asked_back(by, facts) if weighed.no is None else _no(facts, weighed.no, named.entity)
            case Confirm(waits=waits, weighed=Weighed(no=no)) if no is not None:
                return (_waits_no_longer(waits), *_no(facts, no, waits.entity))
            case Confirm(waits=waits):
                return self._done(waits, by, facts)
            case Withdraw(waits=waits):
                return (_waits_no_longer(waits), *_no(facts, No.LAPSED, waits.entity))
            case Take(rules=rules, name=name):
                return _taken(rules, name, by, facts)
            case No() as no:
                return _no(facts, no, "")
        return ()

    def _asked_back(self, by: str, facts: Facts) -> Sequence[Action]:
        """Nobody reads it before somebody says yes to this, knowing what it means."""
        assert isinstance(facts.asked, Ask)
        named, number, two = facts.asked.wanted, facts.asked.number, facts.asked.weighed.two
        assert named.reason is not None
        record = ToPublish(number=number, entity=named.entity, about=named.about, reason=named.reason, by=by)
        about: dict[str, Param] = {"who": named.entity, "reason": Words(f"moderation.own_list.reason.{named.reason}")}
        parts = [
            Words("moderation.own_list.ask", about),
            Words("moderation.own_list.hidden" if self._hides(named.policy) else "moderation.own_list.shown"),
        ]
        if facts.asked.weighed.people:
            parts.append(Words("moderation.own_list.people", {"count": facts.asked.weighed.people}))
        parts += [Words("moderation.own_list.two")] * two
        parts.append(Words("moderation.own_list.yes"))
        label = waiting_label(number)
        first = (Audit(why=WHY, kind="publish_asked", actor=by, target=named.entity),) if two else ()
        return (
            Remember(why=WHY, record=record),
            *first,
            *say_in_office(facts.office, None, *parts, label=label, buttons=(YES,)),
        )

    def _done(self, waits: ToPublish, by: str, facts: Facts) -> Sequence[Action]:
        assert facts.room is not None  # or it would have been refused
        policy = waits.policy
        put = PutRule(
            why=WHY,
            follow_up=True,
            room_id=facts.room.room_id,
            state_key=policy.state_key,
            policy=policy,
            hidden=self._hides(policy),
        )
        target = waits.entity if policy.about is About.USER and not policy.is_glob else None
        return (_waits_no_longer(waits), put, Audit(why=WHY, kind=f"publish.{policy.about}", actor=by, target=target))

    def _hides(self, policy: Policy) -> bool:
        """A homeserver or a room is nobody, and a glob has no hash."""
        own = self.community.own_list
        return own is not None and own.hidden and policy.about is About.USER and not policy.is_glob

    async def _facts(
        self, event: Message | Reaction, reader: Reader, asked: Ask | Confirm | Withdraw | Take | No
    ) -> Facts:
        return Facts(
            asked=asked,
            refused=self.roles.refusal(members_rooms(reader), event.sender, Ban()),
            office=moderators_room(reader),
            room=list_room(reader),
        )

    async def _publish(self, text: str, event: Message, reader: Reader) -> Ask | Confirm | No:
        if is_yes(text):
            return await self._yes(await self._meant(event, reader), event.sender, reader)
        if (no := lacking(reader, self.community)) is not None:
            return no
        named = await _named(text, event, reader)
        if named is None or not named.entity or named.reason is None:
            return No.WHICH
        weighed = await weigh(named.policy, reader, self.community)
        return Ask(named, weighed, await reader.next_number(NUMBERS))

    async def _meant(self, event: Message, reader: Reader) -> ToPublish | None:
        """What a written yes is to: the question that it replies to; else one's own; else one that needs a second."""
        if (number := waiting_number(await _label_of(event, reader))) is not None:
            return await reader.get(ToPublish, number)
        newest = sorted(await reader.find(ToPublish), key=lambda each: each.number, reverse=True)
        own = [each for each in newest if each.by == reader.pseudonym(event.sender)]
        second = [each for each in newest if (await weigh(each.policy, reader, self.community)).two]
        return next(iter(own or second), None)

    async def _yes(self, waits: ToPublish | None, by: str, reader: Reader) -> Confirm | No:
        if waits is None:
            return No.LAPSED
        weighed = await weigh(waits.policy, reader, self.community)
        first = waits.by == reader.pseudonym(by)
        if weighed.no is None and weighed.two and first and self._others(by, reader):
            return No.SECOND
        return Confirm(waits, weighed)

    def _others(self, by: str, reader: Reader) -> bool:
        """Whether anybody else could say yes."""
        could = {u for room in members_rooms(reader) for u in room.joined() if self.roles.allow(room, u, Ban())}
        return bool(could - reader.bots - {by})

    async def _unpublish(self, text: str, event: Message, reader: Reader) -> Withdraw | Take | No:
        room = list_room(reader)
        if (no := lacking(reader, self.community)) is not None or room is None:
            return no or No.OFF
        named = await _named(text, event, reader)
        if named is None or not named.entity:
            label = await _label_of(event, reader)
            said = waiting_number(label) is not None or standing_rule(label) is not None
            return await self._take_back(label, reader) if said else No.WHOM
        return Take(rules_about(room, named.entity), named.entity)

    async def _take_back(self, label: str | None, reader: Reader) -> Withdraw | Take | No:
        """What a line in the moderators' room is about is not to be, or to be no longer."""
        if (number := waiting_number(label)) is not None:
            waits = await reader.get(ToPublish, number)
            return Withdraw(waits) if waits is not None else No.LAPSED
        room, stands = list_room(reader), standing_rule(label)
        if stands is None:
            return No.ABSENT
        if (no := lacking(reader, self.community)) is not None or room is None:
            return no or No.OFF
        return Take(tuple(rule for rule in rules_of(room) if (rule.kind, rule.state_key) == stands), "")

    async def _undone(self, event: Message, reader: Reader) -> str | None:
        """The label of the line about the list that `!undo` is a reply to."""
        room = reader.room(event.room_id)
        if room is None or room.role is not RoomRole.MODERATORS or event.sender in reader.bots:
            return None
        if (
            event.kind is not MessageKind.TEXT
            or not event.authentic
            or not isinstance(COMMANDS.parse(event.text), Undo)
        ):
            return None
        label = await _label_of(event, reader)
        return label if is_about_our_list(label) else None


async def _label_of(event: Message, reader: Reader) -> str | None:
    return await reader.label(event.reply_to) if event.reply_to else None


async def _named(text: str, event: Message, reader: Reader) -> Wanted | None:
    """Whom it names; else whose case or decision it answers, whose message, or who alone is mentioned."""
    others = event.mentions - reader.bots - {event.sender}
    number = await numbered(reader, event.reply_to, event.thread)
    about = (await reader.get(Case, number) or await reader.get(Decision, number)) if number is not None else None
    referred = about.target if about is not None else await pointed_at(event, reader)
    return wanted(text, referred, mentioned=len(others) == 1)


def _waits_no_longer(waits: ToPublish) -> Action:
    return Forget(why=WHY, record=ToPublish, key=(waits.number,))


def _taken(rules: Sequence[Rule], name: str, by: str, facts: Facts) -> Sequence[Action]:
    if not rules or facts.room is None:
        return _no(facts, No.ABSENT, name)
    return [action for rule in rules for action in take_off(rule, name, by, facts.room)]


def take_off(rule: Rule, name: str, by: str, room: RoomView) -> tuple[Action, ...]:
    """One rule goes. `name` is what it is about; a hash says that to nobody."""
    called = name or rule.policy.entity
    target = called if rule.policy.about is About.USER and called and not rule.policy.is_glob else None
    return (
        TakeRule(why=WHY, follow_up=True, room_id=room.room_id, type=rule.kind, state_key=rule.state_key, name=called),
        Audit(why=WHY, kind="unpublish", actor=by, target=target),
    )


def _no(facts: Facts, no: No, entity: str) -> Sequence[Action]:
    about: dict[str, Param] = {"who": entity or Words("moderation.own_list.that")}
    if no is No.WHICH:
        about = {"reasons": tuple(Words(f"moderation.own_list.reason.{each}") for each in Reason)}
    return say_in_office(facts.office, None, Words(f"moderation.own_list.no.{no}", about))
