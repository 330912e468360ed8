# SPDX-License-Identifier: Apache-2.0
"""A room's past for somebody new (MSC4268): which keys may be handed over, and in which form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bots.core.matrix.crypto.room_keys import MEGOLM, Claim

BUNDLE_TYPES = ("m.room_key_bundle", "io.element.msc4268.room_key_bundle")
"""The event that says where the bundle is: its name, and the one that apps know which are older than the name."""
_MOST = 10_000
"""How many keys are handed over, the newest first: about 5 MB."""
_NOT_SHARED = "m.history_not_shared"


@dataclass(frozen=True)
class Past:
    """The sessions of one room: those that are handed over, and those that are not."""

    shared: tuple[Claim, ...] = ()
    withheld: tuple[Claim, ...] = ()


def past_of(sessions: Iterable[Sequence[Claim]], since: float) -> Past:
    """Sort sessions, each given with all claims of it.

    A session is handed over when everybody who gave it to us said that newcomers may have it,
    and none of it was with us before `since`: so nothing that was said before then is opened.
    """
    shared: list[Claim] = []
    withheld: list[Claim] = []
    for claims in sessions:
        first = claims[0] if len(claims) == 1 else min(claims, key=lambda claim: claim.came_at)
        may = first.came_at >= since and all(claim.shared_history for claim in claims)
        (shared if may else withheld).append(first)
    shared.sort(key=lambda claim: claim.came_at, reverse=True)
    return Past(tuple(shared[:_MOST]), tuple(withheld[-_MOST:]))


def exported(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The entries of a bundle's `room_keys`."""
    return [
        {
            "algorithm": MEGOLM,
            "room_id": claim.session.room_id,
            "sender_claimed_keys": {"ed25519": claim.session.ed25519},
            "sender_key": claim.session.sender_key,
            "session_id": claim.session.id,
            "session_key": claim.session.export_session(claim.session.first_known_index),
        }
        for claim in claims
    ]


def refused(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The entries of a bundle's `withheld`: an app can then say why it does not open these."""
    return [
        {
            "algorithm": MEGOLM,
            "code": _NOT_SHARED,
            "reason": "History not shared",
            "room_id": claim.session.room_id,
            "sender_key": claim.session.sender_key,
            "session_id": claim.session.id,
        }
        for claim in claims
    ]
