# SPDX-License-Identifier: Apache-2.0
"""The rules of policy lists (MSC2313), as any tool writes them into the state of a room. Pure.

A list is a room whose state events say about users, rooms and servers what its makers recommend.
They are read as Draupnir, Mjolnir and Meowlnir write them: under the stable names and the two older ones,
by name, by glob (`*` and `?`), or by the hash of a name (MSC4205).
What is malformed, or recommends what nobody here knows, is no rule: it is counted, and means nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
