# SPDX-License-Identifier: Apache-2.0
"""Which homeservers a room is on, which it may be on, and what is done about those that are shut out. Pure.

An access list (`m.room.server_acl`) makes the other servers in a room deaf to one that is shut out.
It does not stop what is said there from being sent to it, as long as one of its people is a member:
so they are removed as well, after the list is up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bots.core.homeserver.desired import DesiredRoom, server_acl
from bots.core.homeserver.steps import Actual, ActualRoom, ChangeMembers, Difference, PutState
from bots.core.rooms.access_lists import host

ANY_OTHER = "any other"


def is_let_in(room: DesiredRoom, user: str) -> bool:
    """Whether the settings let this user's homeserver into the room."""
    return room.allowed_servers is None or server_of(user) in room.allowed_servers


def server_of(user: str) -> str:
    """The homeserver of a user id."""
    return user.partition(":")[2]


def reach_differences(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    """What differs in who may be there: what can't be changed, then the access list, then people."""
    return [*_made_otherwise(room, found), *_access_list(room, found), *_shut_out(room, found)]


def _made_otherwise(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    if found.federates == room.federate:
        return []
    opened = "it was made for this homeserver only, for good"
    closed = "an access list keeps others out; one that can never leave this homeserver is"
    return [
        Difference(
            room=room.key,
            what="federation",
            found="open to other servers" if found.federates else "this server only",
            wanted=f"{opened if room.federate else closed}: to have a new room, tell the members, and then "
            f"`kithroom apply --replace {room.key}`",
        )
    ]


def _access_list(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    if not found.federates:
        return []
    current = found.content("m.room.server_acl")
    wanted = server_acl(room, current)
    if wanted is None or wanted == current:
        return []
    return [
        Difference(
            room=room.key,
            what="servers let in",
            found="every server" if current is None else ", ".join(map(str, current.get("allow") or ["none"])),
            wanted=", ".join(wanted["allow"]),
            step=PutState(found.room_id, "m.room.server_acl", wanted),
        )
    ]


def _shut_out(room: DesiredRoom, found: ActualRoom) -> list[Difference]:
    """Members, invited people and knocks from homeservers that are not let in (any more). Nobody is named."""
    by_server: dict[str, list[str]] = {}
    for user in found.members("join", "invite", "knock"):
        if not is_let_in(room, user):
            by_server.setdefault(server_of(user), []).append(user)
    differences = []
    for server, users in sorted(by_server.items()):
        named = sorted(set(users) & set(room.members))
        others = tuple(user for user in users if user not in named)
        if others:
            differences.append(
                Difference(
                    room=room.key,
                    what="homeserver shut out",
                    found=f"{len(others)} of {server}",
                    wanted=f"removed: {server} gets nothing more from here. It keeps what it has",
                    step=ChangeMembers(found.room_id, "kick", others),
                )
            )
        differences.extend(not_let_in(room, user) for user in named)
    return differences


def not_let_in(room: DesiredRoom, found: str) -> Difference:
    """The settings name somebody, and do not let their homeserver in: only a person knows which is meant."""
    wanted = "take them out of `moderators`, or their homeserver into `allies`"
    return Difference(room=room.key, what="moderator on a homeserver that is not let in", found=found, wanted=wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One other homeserver, and rooms by their keys.

    `now` are those that it may be in as they are, `wanted` those that it may by the settings,
    `members` says how many of its people are in each.
    """

    server: str
    now: tuple[str, ...]
    wanted: tuple[str, ...]
    members: tuple[tuple[str, int], ...]


def reaches(desired: Sequence[DesiredRoom], actual: Actual) -> tuple[Reach, ...]:
    """Every other homeserver that the settings or an access list name, or that has people in a room.

    Where all are let in, `ANY_OTHER` stands for those that nobody named.
    """
    people = {key: Counter(map(server_of, room.members("join"))) for key, room in actual.rooms.items()}
    own = {server_of(room.organiser) for room in desired}
    servers = {server for counted in people.values() for server in counted}
    servers |= {server for room in desired for server in room.allowed_servers or ()}
    if any(room.allowed_servers is None for room in desired):
        servers.add(ANY_OTHER)
    return tuple(
        Reach(
            server=server,
            now=tuple(key for key, room in actual.rooms.items() if _lets_in(room, server)),
            wanted=tuple(
                room.key
                for room in desired
                if room.federate and (room.allowed_servers is None or server in room.allowed_servers)
            ),
            members=tuple((key, counted[server]) for key, counted in people.items() if counted[server]),
        )
        for server in sorted(servers - own)
    )


def _lets_in(room: ActualRoom, server: str) -> bool:
    """Whether the room as it is lets this homeserver in."""
    if not room.federates:
        return False
    acl = room.content("m.room.server_acl")
    if acl is None:
        return True
    allow: Any = acl.get("allow")
    return isinstance(allow, list) and ("*" in allow or (server != ANY_OTHER and host(server) in allow))
