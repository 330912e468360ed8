# SPDX-License-Identifier: Apache-2.0
"""When lists are looked at: when they change, when somebody comes, when the bot starts, and when a moderator taps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bots.core.actions import Action, Audit, Remember, Words
from bots.core.bot import Handler, Reader
from bots.core.events import Membership, Message, Outcome, Reaction, RoomStateChanged, Started, Tick
from bots.core.rooms import MembershipState, RoomRole
from bots.core.rooms.authority import is_moderator
from bots.core.rooms.policies import POLICY_TYPES
from bots.moderation.commands import Subscribe
from bots.moderation.policy_lists import moving
from bots.moderation.policy_lists.acting import ALL, ONE, TAPS, WHY, YES, acted_on
from bots.moderation.policy_lists.asking import PREVIEW, Asking, named, yes_to
from bots.moderation.policy_lists.matching import KINDS, Lists, Look
from bots.moderation.policy_lists.records import ListMatch, May, PolicyList
from bots.moderation.policy_lists.soon import merge_soon
from bots.moderation.records import Kind
from bots.moderation.standing.asked import is_yes, may_ask, office_command
from bots.moderation.standing.watching import LOOK
from bots.moderation.telling import say_in_office

_CAME = (MembershipState.JOIN, MembershipState.INVITE, MembershipState.KNOCK)
_MEMBERS_ROOMS = (RoomRole.LOBBY, RoomRole.CONDITION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """What a tap under a line about a list asks for: yes to a list, or this about these people."""

    look: Look
    yes: bool = False
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Watching:
    """Holds the lists that moderators said yes to against the people here."""

    lists: Lists = field(default_factory=Lists)

    async def gather_change(self, event: RoomStateChanged, reader: Reader) -> tuple[Look, ...]:
        """The list that has changed."""
        if event.type not in POLICY_TYPES:
            return ()
        each = await reader.get(PolicyList, event.room_id)
        return (await self.lists.look(each, reader),) if each is not None and each.active else ()

    async def gather_arrival(self, event: Membership, reader: Reader) -> tuple[Look, ...]:
        """Every list, about the one who has come."""
        room = reader.room(event.room_id)
        if room is None or room.role not in _MEMBERS_ROOMS or event.now not in _CAME or event.user in reader.bots:
            return ()
        lists = [each for each in await reader.find(PolicyList) if each.active]
        return tuple([await self.lists.look(each, reader, only=(event.user,)) for each in lists])

    async def gather_all(self, event: Started | Tick, reader: Reader) -> tuple[Look, ...]:
        """Every list: after a start, and every hour, when one may have been lost without a word."""
        if isinstance(event, Tick) and event.kind != LOOK:
            return ()
        return tuple([await self.lists.look(each, reader) for each in await reader.find(PolicyList) if each.active])

    def decide(
        self, event: RoomStateChanged | Membership | Started | Tick, looks: tuple[Look, ...]
    ) -> tuple[Action, ...]:
        """What comes of each."""
        actions = [action for look in looks for action in acted_on(look)]
        if any(look.here and look.list.may is May.BAN for look in looks) and not isinstance(event, Membership):
            actions.append(merge_soon(looks[0].now))
        return tuple(actions)

    async def gather_tap(self, event: Reaction, reader: Reader) -> Tapped | None:
        """What a moderator's tap in their room asks for."""
        room = reader.room(event.room_id)
        if room is None or room.role is not RoomRole.MODERATORS or event.sender in reader.bots:
            return None
        label = await reader.label(event.target) or ""
        rooms = [each for role in _MEMBERS_ROOMS for each in reader.rooms(role)]
        if not any(is_moderator(each, event.sender) for each in rooms):
            return None
        if event.key == YES and label.startswith((f"{PREVIEW}:", ALL)):
            return await self._about_a_list(label, reader)
        if event.key in TAPS and label.startswith(ONE):
            return await self._about_one(int(label.removeprefix(ONE)), TAPS[event.key], reader)
        return None

    async def gather_word(self, event: Message, reader: Reader) -> Tapped | None:
        """The same, for who writes it: yes to the list that was asked about last, or to the one that it names."""
        command = office_command(event, reader)
        if not isinstance(command, Subscribe) or not may_ask(event, reader):
            return None
        if (asked := yes_to(command.room)) is not None:
            read = [each for each in await reader.find(PolicyList) if each.active]
            found = named(asked, read)
            return await self._about_a_list(f"{ALL}{found.room_id}", reader) if found is not None else None
        if not is_yes(command.room):
            return None
        waiting = [each for each in await reader.find(PolicyList) if each.asked is not None]
        if not waiting:
            return None
        return await self._about_a_list(f"{PREVIEW}:{waiting[-1].room_id}|{waiting[-1].asked}", reader)

    async def _about_a_list(self, label: str, reader: Reader) -> Tapped | None:
        preview = label.startswith(f"{PREVIEW}:")
        room_id, _, rest = label.removeprefix(f"{PREVIEW}:" if preview else ALL).partition("|")
        each = await reader.get(PolicyList, room_id)
        if each is None:
            return None
        if preview:
            # Who was in the preview has been looked at by a person: all of it is done, however many they are.
            agreed = replace(each, may=May(rest.partition("|")[0]), active=True, asked=None)
            kind = KINDS.get(agreed.may)
            return Tapped(look=await self.lists.look(agreed, reader, by_hand=kind), yes=True, kind=kind)
        waiting = [match.user for match in await reader.find(ListMatch, list_id=room_id) if not match.order]
        kind = KINDS.get(each.may)
        if kind is None or not waiting:
            return None
        return Tapped(look=await self.lists.look(each, reader, only=waiting, by_hand=kind), kind=kind)

    async def _about_one(self, number: int, kind: Kind, reader: Reader) -> Tapped | None:
        (match,) = await reader.find(ListMatch, number=number) or (None,)
        each = await reader.get(PolicyList, match.list_id) if match is not None else None
        if match is None or each is None or match.order:
            return None
        return Tapped(
            look=await self.lists.look(each, reader, only=(match.user,), by_hand=kind, looked_at=True), kind=kind
        )

    def decide_tap(self, event: Reaction | Message, tapped: Tapped | None) -> tuple[Action, ...]:
        """Do what was asked for, in the name of the one who asked."""
        if tapped is None:
            return ()
        look = tapped.look
        actions = acted_on(look, event.sender, tapped.kind)
        if not tapped.yes:
            return actions
        agreed = replace(look.list, active=True, gone=False)
        words = Words(
            "moderation.lists.subscribed", {"list": agreed.name, "may": Words(f"moderation.lists.may.{agreed.may}")}
        )
        audit = Audit(why=WHY, kind=f"subscribe.{agreed.may}", actor=event.sender, room_id=agreed.room_id)
        return (
            Remember(why=WHY, record=agreed),
            audit,
            merge_soon(look.now),
            *say_in_office(look.office, None, words),
            *actions,
        )


def policy_lists() -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each handler has its own event and facts
    """The handlers for policy lists."""
    watching = Watching()
    asking = Asking(watching.lists)
    return (
        Handler(Message, asking.gather, asking.decide),
        Handler(Outcome, asking.gather_outcome, asking.decide_outcome),
        Handler(Tick, asking.gather_tick, asking.decide_tick),
        Handler(Reaction, watching.gather_tap, watching.decide_tap),
        Handler(Message, watching.gather_word, watching.decide_tap),
        Handler(RoomStateChanged, watching.gather_change, watching.decide),
        Handler(Membership, watching.gather_arrival, watching.decide),
        Handler(Started, watching.gather_all, watching.decide),
        Handler(Tick, watching.gather_all, watching.decide),
        Handler(Tick, moving.gather, moving.decide),
    )
