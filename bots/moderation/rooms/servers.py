# SPDX-License-Identifier: Apache-2.0
"""`!server`, and what policy lists say about homeservers: who is shut out of the rooms, besides what the settings say.

Never our own, and never one that the settings let in or where somebody lives who looks after the rooms.
What lists say is put together a little later, once for all that changed. Pure, but for the gathering.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import Action, Audit, Forget, Remember, ShutOut, Words
from bots.core.bot import Handler, Reader
from bots.core.community import Community
from bots.core.events import OBSERVED, Message, Outcome, Tick
from bots.core.rooms import RoomRole, RoomView
from bots.core.rooms.access_lists import host, matches
from bots.core.rooms.authority import power
from bots.core.rooms.policies import About
from bots.moderation.commands import Server
from bots.moderation.policy_lists.records import DeniedServer, May, PolicyList
from bots.moderation.policy_lists.soon import MERGE
from bots.moderation.standing.asked import answered, may_ask, office_command
from bots.moderation.telling import say_in_office

WHY = "moderation.servers"
# An event holds 64 kB; a list that names more homeservers than this is not one for an access list.
MOST = 1_000
_ACL = "m.room.server_acl"
_NAME = re.compile(r"[A-Za-z0-9.*?\-:\[\]]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was asked (`deny`, `allow`, or "" to be shown), about whom, and the rooms where it can be done.

    `federated` are those that other homeservers can be in at all. `denied` is who is shut out now, and by whose wish.
    `named` are the lists that may ban and name it, so that it is shut out again.
    """

    asked: bool = False
    may: bool = False
    what: str = ""
    server: str = ""
    protected: bool = False
    people: int = 0
    office: RoomView | None = None
    federated: tuple[RoomView, ...] = ()
    rooms: tuple[RoomView, ...] = ()
    denied: tuple[DeniedServer, ...] = ()
    named: tuple[str, ...] = ()
    wanted: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Servers:
    """Keeps the access lists of this community's rooms, as far as they say who is shut out."""

    community: Community

    async def gather(self, event: Message, reader: Reader) -> Facts:
        """What is asked about a homeserver."""
        command = office_command(event, reader)
        if not isinstance(command, Server):
            return Facts()
        what, _, server = command.what.strip().partition(" ")
        server = server.strip().casefold()
        facts = await self._facts(reader)
        return Facts(
            asked=True,
            may=may_ask(event, reader),
            what=what.casefold(),
            server=server,
            protected=self._is_protected(server, reader),
            people=len({u for room in facts.federated for u in room.joined() if _is_of(u, server)}),
            office=facts.office,
            federated=facts.federated,
            rooms=facts.rooms,
            denied=facts.denied,
            named=await _named_by(server, reader),
        )

    def decide(self, event: Message, facts: Facts) -> tuple[Action, ...]:
        """Do it in every room where it can be done, and say so."""
        if not facts.asked:
            return ()
        return answered(event, facts.office, may=facts.may, answer=lambda: _answer(event, facts))

    async def gather_merge(self, event: Tick, reader: Reader) -> Facts:
        """What the lists that may ban say about homeservers now."""
        if event.kind != MERGE:
            return Facts()
        wanted: set[str] = set()
        for each in await _that_may_ban(reader):
            view = reader.room(each.room_id)
            if view is None:
                # What can't be read any more lets nobody go.
                return Facts()
            wanted |= _servers_on(view)
        facts = await self._facts(reader)
        allowed = sorted(each for each in wanted if _NAME.fullmatch(each) and not self._is_protected(each, reader))
        return Facts(
            asked=True,
            office=facts.office,
            federated=facts.federated,
            rooms=facts.rooms,
            denied=facts.denied,
            wanted=frozenset(allowed[:MOST]),
        )

    def decide_merge(self, _event: Tick, facts: Facts) -> tuple[Action, ...]:
        """Whoever is new is shut out, whoever is no longer named is let in: in one change of each room."""
        if facts.wanted is None or not facts.rooms:
            return ()
        known = {each.server for each in facts.denied}
        shut = tuple(sorted(facts.wanted - known))
        let_in = tuple(
            sorted(each.server for each in facts.denied if not each.by_hand and each.server not in facts.wanted)
        )
        if not shut and not let_in:
            return ()
        words = Words("moderation.servers.by_lists", {"shut": len(shut), "let_in": len(let_in)})
        return (
            *(Remember(why=WHY, record=DeniedServer(server=each, by_hand=False)) for each in shut),
            *(Forget(why=WHY, record=DeniedServer, key=(each,)) for each in let_in),
            *_changed(facts, shut, let_in),
            *say_in_office(facts.office, None, words),
        )

    async def gather_outcome(self, event: Outcome, reader: Reader) -> tuple[RoomView | None, str] | None:
        """The moderators' room, and the name of the room in which it could not be done."""
        if not isinstance(event.action, ShutOut) or event.ok or event.errcode == OBSERVED:
            return None
        room = reader.room(event.action.room_id)
        office = next(iter(reader.rooms(RoomRole.MODERATORS)), None)
        return office, (room.name if room else None) or event.action.room_id

    def decide_outcome(self, _event: Outcome, failed: tuple[RoomView | None, str] | None) -> tuple[Action, ...]:
        """Say so."""
        if failed is None:
            return ()
        office, room = failed
        return tuple(say_in_office(office, None, Words("moderation.servers.failed", {"room": room})))

    async def _facts(self, reader: Reader) -> Facts:
        rooms = [room for role in (RoomRole.LOBBY, RoomRole.CONDITION) for room in reader.rooms(role)]
        federated = tuple(room for room in rooms if room.federate)
        return Facts(
            office=next(iter(reader.rooms(RoomRole.MODERATORS)), None),
            federated=federated,
            rooms=tuple(room for room in federated if _can(room, reader.me)),
            denied=tuple(await reader.find(DeniedServer)),
        )

    def _is_protected(self, pattern: str, reader: Reader) -> bool:
        ours = {reader.me, *reader.bots, *self.community.moderators}
        servers = {user.partition(":")[2] for user in ours} | set(self.community.allies)
        return any(matches(pattern, host(server)) for server in servers)


def servers(community: Community) -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each has its own event and facts
    """The handlers."""
    keeping = Servers(community)
    return (
        Handler(Message, keeping.gather, keeping.decide),
        Handler(Tick, keeping.gather_merge, keeping.decide_merge),
        Handler(Outcome, keeping.gather_outcome, keeping.decide_outcome),
    )


def _answer(event: Message, facts: Facts) -> Sequence[Action]:
    known = next((each for each in facts.denied if each.server == facts.server), None)
    about = {"server": facts.server}
    if facts.what == "" and not facts.server:
        return say_in_office(facts.office, None, _shown(facts))
    if facts.what not in ("deny", "allow") or not _NAME.fullmatch(facts.server):
        return say_in_office(facts.office, None, Words("moderation.servers.which"))
    if not facts.federated:
        return say_in_office(facts.office, None, Words("moderation.servers.closed"))
    if not facts.rooms:
        return say_in_office(facts.office, None, Words("moderation.servers.no_power"))
    audit = Audit(why=WHY, kind=f"server.{facts.what}", actor=event.sender)
    if facts.what == "allow":
        again = (Words("moderation.servers.named", {**about, "lists": ", ".join(facts.named)}),) if facts.named else ()
        if known is None:
            return say_in_office(facts.office, None, Words("moderation.servers.unknown", about), *again)
        return (
            Forget(why=WHY, record=DeniedServer, key=(facts.server,)),
            audit,
            *_changed(facts, (), (facts.server,)),
            *say_in_office(facts.office, None, Words("moderation.servers.allowed", about), *again),
        )
    if facts.protected:
        return say_in_office(facts.office, None, Words("moderation.servers.protected", about))
    words = Words("moderation.servers.denied", {**about, "people": facts.people})
    return (
        Remember(why=WHY, record=DeniedServer(server=facts.server, by_hand=True)),
        audit,
        *_changed(facts, (facts.server,), ()),
        *say_in_office(facts.office, None, words),
    )


async def _that_may_ban(reader: Reader) -> Sequence[PolicyList]:
    return [each for each in await reader.find(PolicyList) if each.active and each.may is May.BAN]


def _servers_on(view: RoomView) -> set[str]:
    rules = (policy for policy in view.policies.values() if policy is not None)
    return {rule.entity.casefold() for rule in rules if rule.about is About.SERVER and rule.entity}


async def _named_by(server: str, reader: Reader) -> tuple[str, ...]:
    """The lists that have it shut out, as they are called."""
    views = [(each.name, reader.room(each.room_id)) for each in await _that_may_ban(reader)]
    return tuple(name for name, view in views if view is not None and server in _servers_on(view))


def _shown(facts: Facts) -> Words:
    if not facts.federated:
        return Words("moderation.servers.closed")
    if not facts.denied:
        return Words("moderation.servers.none")
    return Words("moderation.servers.all", {"servers": ", ".join(sorted(each.server for each in facts.denied))})


def _changed(facts: Facts, shut: tuple[str, ...], let_in: tuple[str, ...]) -> Sequence[Action]:
    return [ShutOut(why=WHY, follow_up=True, room_id=room.room_id, shut=shut, let_in=let_in) for room in facts.rooms]


def _can(room: RoomView, me: str) -> bool:
    levels = room.power_levels
    return levels is not None and power(room, me) >= levels.events.get(_ACL, levels.state_default)


def _is_of(user: str, pattern: str) -> bool:
    return matches(pattern, host(user.partition(":")[2]))
