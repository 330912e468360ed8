# SPDX-License-Identifier: Apache-2.0
"""The rules of policy lists (MSC2313), as any tool writes them into the state of a room. Pure.

A list is a room whose state events say about users, rooms and servers what its makers recommend.
They are read as Draupnir, Mjolnir and Meowlnir write them: under the stable names and the two older ones,
by name, by glob (`*` and `?`), or by the hash of a name (MSC4205).
What is malformed, or recommends what nobody here knows, is no rule: it is counted, and means nothing.
Ours are written under the stable names, with the state keys of Draupnir: the hash of what the rule says,
so that nobody's name is left standing where a rule was taken out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bots.core.rooms.access_lists import host, matches

_LONGEST_ENTITY = 255
_LONGEST_REASON = 500
_SHA256_BYTES = 32


class About(StrEnum):
    """What a rule is about."""

    USER = "user"
    ROOM = "room"
    SERVER = "server"


# Until MSC2313 was merged its events were called otherwise, and lists of those days are still in use.
POLICY_TYPES: Mapping[str, About] = {
    f"{prefix}.{about}": about
    for prefix in ("m.policy.rule", "m.room.rule", "org.matrix.mjolnir.rule")
    for about in About
}
# To ban is to keep out; a takedown (MSC4204) is to keep out, and to remove more than we ever would unasked.
_KEEP_OUT = frozenset({"m.ban", "org.matrix.mjolnir.ban", "m.takedown", "org.matrix.msc4204.takedown"})
_HASHES = ("hashes", "org.matrix.msc4205.hashes")
_NOBODY = "@~nobody~"
# What our own rules recommend: to keep out.
_BAN = "m.ban"
# Room type and event by which other tools know the room of a list (MSC3784), and the short name that Mjolnir calls it.
LIST_ROOM_TYPE = "support.feline.policy.lists.msc.v1"
SHORT_NAME_EVENT = "org.matrix.mjolnir.shortcode"


class Reason(StrEnum):
    """Why somebody is on our own list, in public: one of these words, and never a sentence about anybody."""

    SPAM = "spam"
    SCAM = "scam"
    HARASSMENT = "harassment"
    HATE = "hate"
    THREATS = "threats"
    IMPERSONATION = "impersonation"
    RAID = "raid"


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule: whom it is about (`entity` may be a glob), or else the SHA-256 of that; and the reason it gives."""

    about: About
    entity: str = ""
    sha256: bytes = b""
    reason: str = ""

    @property
    def is_glob(self) -> bool:
        """Whether it is about more than one name."""
        return "*" in self.entity or "?" in self.entity

    def names(self, name: str) -> bool:
        """Whether it is about this user, room or server, by its name, by the hash of that, or by a glob."""
        if self.sha256:
            return self.sha256 == _hash(name)
        return matches(self.entity, name)

    @property
    def kind(self) -> str:
        """The type of the event that says so."""
        return f"m.policy.rule.{self.about}"

    @property
    def state_key(self) -> str:
        """Where it stands on our own list. There is none for a rule of which only the hash is known."""
        return _encoded(_hash(self.entity + _BAN))

    def hidden(self) -> Policy:
        """The same with the hash of the name in place of the name."""
        return replace(self, entity="", sha256=self.sha256 or _hash(self.entity))

    def content(self) -> dict[str, Any]:
        """What the event says, as other tools read it."""
        said: dict[str, Any] = {"recommendation": _BAN, "reason": self.reason}
        if self.entity:
            return {**said, "entity": self.entity}
        return {**said, **{name: {"sha256": _encoded(self.sha256)} for name in _HASHES}}


# By event type and state key; None where something stands that is no rule.
Policies = Mapping[tuple[str, str], Policy | None]


def policy_of(kind: str, content: Mapping[str, Any]) -> Policy | None:
    """The rule in an event of one of `POLICY_TYPES`; None when it is malformed or recommends something else."""
    about = POLICY_TYPES[kind]
    recommendation = content.get("recommendation")
    if not isinstance(recommendation, str) or recommendation not in _KEEP_OUT:
        return None
    reason = content.get("reason")
    reason = reason[:_LONGEST_REASON] if isinstance(reason, str) else ""
    entity = content.get("entity")
    if isinstance(entity, str) and 0 < len(entity) <= _LONGEST_ENTITY and entity.isprintable():
        return Policy(about, entity, reason=reason)
    digest = next((found for name in _HASHES if (found := _sha256(content.get(name)))), None) if not entity else None
    return Policy(about, sha256=digest, reason=reason) if digest else None


def would_name(policy: Policy, users: Iterable[str]) -> bool:
    """Whether a rule is about one of these users, or about the homeserver of one, or about everybody there."""
    for user in users:
        server = user.partition(":")[2]
        if policy.about is About.USER:
            # A glob that fits a name which nobody has fits everybody's.
            if policy.names(user) or policy.names(f"{_NOBODY}:{server}"):
                return True
        elif policy.about is About.SERVER and (policy.names(server) or policy.names(host(server))):
            return True
    return False


def _hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _sha256(hashes: object) -> bytes | None:
    encoded = hashes.get("sha256") if isinstance(hashes, Mapping) else None
    if not isinstance(encoded, str):
        return None
    try:
        # Some write it without the padding.
        digest = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest if len(digest) == _SHA256_BYTES else None
