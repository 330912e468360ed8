# SPDX-License-Identifier: Apache-2.0
"""`!lists`, `!subscribe`, `!unsubscribe`: what is read, a preview of what a list would mean here, and its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import unquote

from bots.core.actions import Action, Audit, Forget, Join, Leave, Param, Remember, Schedule, Words
from bots.core.bot import Reader
from bots.core.events import Message, Outcome, Tick
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole, RoomView
from bots.moderation.commands import Lists as ListsCommand
from bots.moderation.commands import Subscribe, Unsubscribe
from bots.moderation.ladder.carrying_out import Occasion, take_back
from bots.moderation.policy_lists.acting import WHY, YES, names
from bots.moderation.policy_lists.matching import KINDS, Lists, Look, Spared, Untouched
from bots.moderation.policy_lists.records import ListMatch, May, PolicyList
from bots.moderation.policy_lists.soon import merge_soon
from bots.moderation.standing.asked import answered, is_yes, may_ask, office_command
from bots.moderation.telling import list_line, say_in_office
from bots.moderation.whereabouts import list_room

PREVIEW = "moderation.lists.preview"
_FIRST_LOOK, _LOOKS = timedelta(seconds=2), 10
_LINK = re.compile(r"https?://matrix\.to/#/(?P<room>[^\s?/]+)(?:\?(?P<query>\S*))?")
_ROOM = re.compile(r"[#!][^\s:]+(:[^\s/?]+)?")
_VIA = re.compile(r"via=([^&\s]+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stands after `!subscribe`: the room by id or alias, servers that know it, and how far it may go."""

    room: str
    via: tuple[str, ...] = ()
    may: May = May.TELL


def wanted(text: str) -> Wanted | None:
    """`#list:server`, an id or a matrix.to link to it; with `hold`, `remove` or `ban` it may do so by itself."""
    may, room = May.TELL, ""
    via: tuple[str, ...] = ()
    for word in text.split():
        if word.casefold() in list(May):
            may = May(word.casefold())
        elif (link := _LINK.fullmatch(word)) is not None:
            room, via = unquote(link["room"]), tuple(map(unquote, _VIA.findall(link["query"] or "")))
        elif _ROOM.fullmatch(word):
            room = word
        else:
            return None
    if not _ROOM.fullmatch(room):
        return None
    server = room.partition(":")[2]
    return Wanted(room, via or ((server,) if server else ()), may)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was asked, and whether they may ask; the lists there are, and for `!unsubscribe` what the one has done.

    `own` is the room of the list that we publish ourselves.
    """

    command: ListsCommand | Subscribe | Unsubscribe | None = None
    may: bool = False
    office: RoomView | None = None
    lists: tuple[Look, ...] = ()
    mine: tuple[PolicyList, ...] = ()
    ended: tuple[Untouched, ...] = ()
    own: RoomView | None = None
    occasion: Occasion | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A list that was asked for, and whose room the bot has come into, or not. `known`: it is read already."""

    asked: PolicyList
    known: PolicyList | None
    office: RoomView | None
    own: RoomView | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers moderators who ask about lists. `lists` remembers them as they were last looked at."""

    lists: Lists

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """The lists, if they are asked about."""
        command = office_command(event, reader)
        if not isinstance(command, ListsCommand | Subscribe | Unsubscribe):
            return Facts()
        office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
        mine = tuple(await reader.find(PolicyList))
        facts = Facts(command=command, may=may_ask(event, reader), office=office, mine=mine, own=list_room(reader))
        if isinstance(command, ListsCommand):
            looks = [await self.lists.look(each, reader, only=("@nobody",)) for each in mine if each.active]
            return replace(facts, lists=tuple(looks))
        if isinstance(command, Unsubscribe) and (found := named(command.room, mine)) is not None:
            matches = await reader.find(ListMatch, list_id=found.room_id)
            return replace(
                facts,
                mine=(found,),
                ended=tuple([await self.lists.ended(match, reader) for match in matches]),
                occasion=Occasion(now=reader.now, by=event.sender, office=office, rooms=_rooms(reader)),
            )
        return facts

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """The answer, in the moderators' room."""
        if facts.command is None:
            return ()
        return answered(event, facts.office, may=facts.may, answer=lambda: _answer(facts))

    async def gather_outcome(self, event: Outcome, reader: Reader) -> Arrival | None:
        """The list whose room the bot was to come into."""
        if not isinstance(event.action, Join) or event.action.why != WHY:
            return None
        asked = await reader.get(PolicyList, event.action.room_id)
        if asked is None:
            return None
        office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
        known = await reader.get(PolicyList, event.result) if event.result is not None else None
        return Arrival(asked, known, office, list_room(reader), reader.now)

    def decide_outcome(self, event: Outcome, arrival: Arrival | None) -> tuple[Action, ...]:
        """It is in: look at it, as soon as it has been heard of. It is not: say so."""
        if arrival is None:
            return ()
        asked, office = arrival.asked, arrival.office
        forgotten: Action = Forget(why=WHY, record=PolicyList, key=(asked.room_id,))
        if asked.active:
            forgotten = Remember(why=WHY, record=replace(asked, asked=None))
        if not event.ok or event.result is None:
            failed = Words("moderation.lists.no_entry", {"list": asked.name})
            return (forgotten, *say_in_office(office, None, failed))
        if arrival.own is not None and event.result == arrival.own.room_id:
            return (forgotten, *say_in_office(office, None, Words("moderation.own_list.subscribed")))
        room_id = event.result
        return (
            forgotten,
            Remember(why=WHY, record=replace(arrival.known or asked, room_id=room_id, asked=asked.asked)),
            Remember(why=WHY, record=CommunityRoom(room_id=room_id, role=RoomRole.LIST)),
            _preview_of(room_id, arrival.now, tries=0),
        )

    async def gather_tick(self, event: Tick, reader: Reader) -> Look | None:
        """The list that is to be previewed."""
        if event.kind != PREVIEW:
            return None
        each = await reader.get(PolicyList, str(event.payload["room_id"]))
        if each is None:
            return None
        would = replace(each, may=each.asked or each.may)
        # Whom it named before, and who was only told of, is one whom a yes reaches.
        return await self.lists.look(would, reader, by_hand=KINDS.get(would.may))

    def decide_tick(self, event: Tick, look: Look | None) -> tuple[Action, ...]:
        """What it would mean here; nothing is done before somebody says yes."""
        if look is None:
            return ()
        tries = int(str(event.payload["tries"])) + 1
        if not look.here and tries < _LOOKS:
            return (_preview_of(look.list.room_id, look.now, tries=tries),)
        if not look.here:
            return tuple(say_in_office(look.office, None, Words("moderation.lists.no_entry", {"list": look.list.name})))
        about: dict[str, Param] = {
            "list": look.list.name,
            "rules": look.rules,
            "may": Words(f"moderation.lists.may.{look.list.may}"),
        }
        # On those who look after the rooms nothing is ever done, whatever a list says.
        reached = [each for each in look.new if each.spared is not Spared.MODERATOR]
        touched = Words("moderation.lists.touches", {"names": names(reached), "count": len(reached)})
        nobody = Words("moderation.lists.touches_nobody.new" if look.known else "moderation.lists.touches_nobody")
        label = f"{PREVIEW}:{look.list.room_id}|{look.list.may}|{event.due_at.isoformat()}"
        parts = (
            Words("moderation.lists.preview", about),
            touched if reached else nobody,
            Words("moderation.lists.yes"),
        )
        return tuple(say_in_office(look.office, None, *parts, label=label, buttons=(YES,)))


def _preview_of(room_id: str, now: datetime, *, tries: int) -> Schedule:
    payload: dict[str, object] = {"room_id": room_id, "tries": tries}
    return Schedule(why=WHY, id=f"{PREVIEW}:{room_id}", kind=PREVIEW, at=now + _FIRST_LOOK, payload=payload)


def _rooms(reader: Reader) -> dict[str, RoomView]:
    return {room.room_id: room for role in (RoomRole.LOBBY, RoomRole.CONDITION) for room in reader.rooms(role)}


def yes_to(text: str) -> str | None:
    """Whose name follows the yes in `!subscribe yes #list:server`: the word twin of a ✅ about a list that is read."""
    yes, _, name = text.strip().partition(" ")
    return name.strip() if is_yes(yes) and name.strip() else None


def named(text: str, lists: Sequence[PolicyList]) -> PolicyList | None:
    """The list that is meant: by what it was called when it was subscribed to, or by its room's id."""
    asked = wanted(text)
    return next((each for each in lists if asked is not None and asked.room in (each.name, each.room_id)), None)


def _answer(facts: Facts) -> Sequence[Action]:
    match facts.command:
        case Subscribe(room=text):
            return _asked_for(facts, text)
        case Unsubscribe(room=text):
            return _unsubscribed(facts, text)
    return _shown(facts)


def _shown(facts: Facts) -> Sequence[Action]:
    own = (list_line(facts.own),) if facts.own is not None else ()
    if not facts.lists:
        return say_in_office(facts.office, None, Words("moderation.lists.none"), *own)
    lines = tuple(
        Words(
            "moderation.lists.line" if look.here else "moderation.lists.line.lost",
            {
                "list": look.list.name,
                "rules": look.rules,
                "ignored": look.ignored,
                "people": look.known,
                "may": Words(f"moderation.lists.may.{look.list.may}"),
            },
        )
        for look in facts.lists
    )
    return say_in_office(facts.office, None, Words("moderation.lists.all", {"lists": lines}), *own)


def _asked_for(facts: Facts, text: str) -> Sequence[Action]:
    if is_yes(text) and any(each.asked is not None for each in facts.mine):
        # `handling` does it.
        return ()
    if (asked := yes_to(text)) is not None:
        known = named(asked, facts.mine) is not None
        return () if known else say_in_office(facts.office, None, Words("moderation.lists.unknown"))
    wish = wanted(text)
    if wish is None:
        return say_in_office(facts.office, None, Words("moderation.lists.which"))
    read = [each for each in facts.mine if each.active and wish.room in (each.name, each.room_id)]
    record = read[0] if read else PolicyList(room_id=wish.room, name=wish.room, may=wish.may)
    return (
        Remember(why=WHY, record=replace(record, asked=wish.may)),
        Join(why=WHY, room_id=record.room_id, via=wish.via, follow_up=True),
    )


def _unsubscribed(facts: Facts, text: str) -> Sequence[Action]:
    found = named(text, facts.mine)
    if found is None or facts.occasion is None:
        which = "unknown" if text.strip() else "which.unsubscribe"
        return say_in_office(facts.office, None, Words(f"moderation.lists.{which}"))
    actions: list[Action] = [
        Forget(why=WHY, record=PolicyList, key=(found.room_id,)),
        Forget(why=WHY, record=CommunityRoom, key=(found.room_id,)),
        *(Forget(why=WHY, record=ListMatch, key=(found.room_id, each.match.user)) for each in facts.ended),
    ]
    for each in facts.ended:
        if each.decisions:
            actions += take_back(each.decisions, each.restored, facts.occasion)
    return (
        *actions,
        Audit(why=WHY, kind="unsubscribe", actor=facts.occasion.by, room_id=found.room_id),
        merge_soon(facts.occasion.now),
        Leave(why=WHY, room_id=found.room_id),
        *say_in_office(facts.office, None, Words("moderation.lists.unsubscribed", {"list": found.name})),
    )
