# SPDX-License-Identifier: Apache-2.0
"""The rooms that a community's settings ask for, with everything that makes them safe. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bots.core.actions import BotName, Words
from bots.core.community import Community, Condition, Federation, HistorySharing, OwnList
from bots.core.language import Catalogue
from bots.core.rooms import RoomRole
from bots.core.rooms.access_lists import host, matches
from bots.core.rooms.policies import LIST_ROOM_TYPE, SHORT_NAME_EVENT, About

# In a room's create event: which community's room it is, and which one. Create events never change.
MARKER = "org.kithroom.room"

MODERATOR_POWER = 50
BOT_POWER: Mapping[BotName, int] = {
    # Finds and answers: needs no power at all.
    BotName.RESOURCES: 0,
    # Lets members in.
    BotName.WELCOME: 25,
    # Removes, bans, redacts, and mutes: that is a change of m.room.power_levels, and above every moderator.
    BotName.MODERATION: 60,
}
# Names, topics, encryption, join rules …: the organiser's alone.
_STATE_POWER = 100

_LIST_POWER = BOT_POWER[BotName.MODERATION]
# Rules are the moderation bot's to write and to redact, and it has no other power in its list; nobody else has any.
_LIST_LEVELS: Mapping[str, Any] = {
    "users_default": 0,
    "events": dict.fromkeys((f"m.policy.rule.{about}" for about in About), _LIST_POWER),
    "events_default": _LIST_POWER,
    "state_default": _STATE_POWER,
    **dict.fromkeys(("invite", "kick", "ban", "redact"), _STATE_POWER),
    "notifications": {"room": _STATE_POWER},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who takes part: user ids. The organiser makes the rooms and is no bot."""

    organiser: str
    bots: Mapping[BotName, str]

    @property
    def server_name(self) -> str:
        """The community's own homeserver."""
        return self.organiser.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRoom:
    """One room as it should be.

    `key` tells a community's rooms apart: "lobby", "moderators", "condition:<id>", "list".
    `powers` and `members` are the users that the settings name; everybody else is the bots' and moderators' business.
    `federate`: whether it is made so that other homeservers can be let in.
    `allowed_servers` are those that are, our own included; None where no homeserver is shut out.
    """

    key: str
    role: RoomRole
    condition: str | None
    community: str
    name: str
    topic: str
    join_rule: str
    history_visibility: str
    federate: bool
    allowed_servers: tuple[str, ...] | None
    organiser: str
    powers: Mapping[str, int]
    members: tuple[str, ...]

    @property
    def marker(self) -> dict[str, str]:
        """What the create event carries under `MARKER`."""
        return {"community": self.community, "key": self.key}

    @property
    def is_list(self) -> bool:
        """Whether it is the policy list that the community publishes, in which nobody talks."""
        return self.role is RoomRole.OWN_LIST

    @property
    def creation(self) -> dict[str, Any]:
        """What the create event says, by which the room is known for what it is for good."""
        type_ = {"type": LIST_ROOM_TYPE} if self.is_list else {}
        return {"m.federate": self.federate, MARKER: self.marker, **type_}

    @property
    def state(self) -> dict[str, dict[str, Any]]:
        """State events (empty state key) and what must be in their content; other keys in there are left alone.

        In the order in which they are put right: a room is closed before it is named.
        """
        encrypted: dict[str, dict[str, Any]] = {"m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"}}
        called: dict[str, dict[str, Any]] = {SHORT_NAME_EVENT: {"shortcode": self.community}}
        return {
            **({} if self.is_list else encrypted),
            "m.room.join_rules": {"join_rule": self.join_rule},
            "m.room.history_visibility": {"history_visibility": self.history_visibility},
            "m.room.guest_access": {"guest_access": "forbidden"},
            "m.room.name": {"name": self.name},
            "m.room.topic": {"topic": self.topic},
            **(called if self.is_list else {}),
        }


def desired_rooms(community: Community, cast: Cast, catalogue: Catalogue) -> tuple[DesiredRoom, ...]:
    """Every room of the community: the lobby, the moderators' room, the conditions in the settings' order, its list.

    `catalogue` has the sentence that tells members that their room's history is shared.
    """
    rooms = [
        _room(
            community,
            cast,
            key="lobby",
            role=RoomRole.LOBBY,
            name=community.lobby_name,
            topic=community.lobby_topic,
            join_rule="public",
            bots=tuple(BotName),
        ),
        _room(
            community,
            cast,
            key="moderators",
            role=RoomRole.MODERATORS,
            name=community.moderators_room_name,
            topic=community.moderators_room_topic,
            # Cases are quoted in here: a bot that only finds things has no business reading them.
            bots=(BotName.WELCOME, BotName.MODERATION),
        ),
    ]
    rooms.extend(_condition_room(community, cast, condition, catalogue) for condition in community.conditions)
    if community.own_list is not None:
        rooms.append(_list_room(community, cast, community.own_list))
    return tuple(rooms)


def _list_room(community: Community, cast: Cast, own: OwnList) -> DesiredRoom:
    """Nobody is named a member who looks after the rooms: who is in it can be seen by whoever comes in."""
    room = _room(
        community,
        cast,
        key="list",
        role=RoomRole.OWN_LIST,
        name=own.name,
        topic=own.topic,
        join_rule="public" if own.public else "invite",
        history_visibility="shared",
        bots=(BotName.MODERATION,),
    )
    keeper = cast.bots[BotName.MODERATION]
    return replace(room, powers={keeper: BOT_POWER[BotName.MODERATION]}, members=(keeper,))


def _condition_room(community: Community, cast: Cast, condition: Condition, catalogue: Catalogue) -> DesiredRoom:
    shares = condition.history is HistorySharing.ON
    told = Words("core.history_shared", {"count": community.history_for.days})
    notice = (
        f" {catalogue.render(told, community.language_in(condition.id), place=condition.id).body}" if shares else ""
    )
    return _room(
        community,
        cast,
        key=f"condition:{condition.id}",
        role=RoomRole.CONDITION,
        condition=condition.id,
        name=condition.room_name,
        topic=condition.room_topic + notice,
        join_rule="knock" if community.knock else "invite",
        history_visibility="shared" if shares else "joined",
        bots=tuple(BotName),
    )


def _room(
    community: Community,
    cast: Cast,
    *,
    key: str,
    role: RoomRole,
    name: str,
    topic: str,
    bots: tuple[BotName, ...],
    condition: str | None = None,
    join_rule: str = "invite",
    history_visibility: str = "joined",
) -> DesiredRoom:
    allowed = None
    if community.federation is not Federation.OPEN:
        allowed = tuple(dict.fromkeys((cast.server_name, *community.allies)))
    present = tuple(cast.bots[bot] for bot in bots)
    powers = dict.fromkeys(community.moderators, MODERATOR_POWER)
    powers |= {cast.bots[bot]: BOT_POWER[bot] for bot in bots if BOT_POWER[bot]}
    powers.pop(cast.organiser, None)
    return DesiredRoom(
        key=key,
        role=role,
        condition=condition,
        community=community.slug,
        name=name,
        topic=topic,
        join_rule=join_rule,
        history_visibility=history_visibility,
        federate=community.federation is not Federation.CLOSED,
        allowed_servers=allowed,
        organiser=cast.organiser,
        powers=powers,
        members=(*present, *(m for m in community.moderators if m != cast.organiser)),
    )


def power_levels(room: DesiredRoom, current: Mapping[str, Any], *, creators_unlimited: bool) -> dict[str, Any]:
    """`m.room.power_levels` as it should be, given what it is (`{}`: not there yet).

    Power is what the settings say: who is not named there has none.
    Entries of 0 and below are somebody else's decision (a mute) and stay, unless the settings name that user.
    """
    # In a raid, the moderation bot closes a door that stands open; it never opens one that does not.
    public, by_bot = room.join_rule == "public", BOT_POWER[BotName.MODERATION]
    users = dict(room.powers)
    if not creators_unlimited:
        users[room.organiser] = _STATE_POWER
    found = current.get("users")
    for user, level in found.items() if isinstance(found, dict) else ():
        if user not in users and isinstance(level, int) and level <= 0:
            users[user] = level
    if room.is_list:
        return {**current, **_LIST_LEVELS, "users": users}
    return {
        **current,
        "users": users,
        "users_default": 0,
        "events": {
            "m.room.power_levels": by_bot,
            **({"m.room.join_rules": by_bot} if public else {}),
            # A homeserver is shut out by a moderator's word, where others can be in the room at all.
            **({"m.room.server_acl": by_bot} if room.federate else {}),
        },
        "events_default": 0,
        "state_default": _STATE_POWER,
        "invite": BOT_POWER[BotName.WELCOME],
        "kick": MODERATOR_POWER,
        "ban": MODERATOR_POWER,
        "redact": MODERATOR_POWER,
        "notifications": {"room": MODERATOR_POWER},
    }


def server_acl(room: DesiredRoom, current: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """`m.room.server_acl` as it should be, given what it is; None when it is to be left alone.

    Our own server is always let in, whatever was denied before. Other denials are a moderator's decision and stay.
    """
    server = room.organiser.partition(":")[2]
    own = host(server)
    if room.allowed_servers is None:
        if current is None or "*" in _texts(current.get("allow")):
            return None
        allow = ["*"]
    else:
        # Synapse refuses a list that does not name its own port too, though nobody compares it later.
        allow = list(dict.fromkeys((server, own, *map(host, room.allowed_servers))))
    deny = [pattern for pattern in _texts((current or {}).get("deny")) if not matches(pattern, own)]
    return {"allow": allow, "deny": deny, "allow_ip_literals": any(map(_is_ip_literal, (own, *allow)))}


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _is_ip_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
