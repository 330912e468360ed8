# SPDX-License-Identifier: Apache-2.0
"""Ids for what has none: the same again whenever the same is told again."""

from __future__ import annotations

import hashlib

from bots.core.events import PRESENT


def position_of(room_id: str) -> str:
    """Under which name it is kept that the bot has come to the room."""
    return "room:" + hashlib.sha256(room_id.encode()).hexdigest()[:24]


def devices_id(user: str, since: str | None) -> str:
    """The same again if the same sync is processed again."""
    return "$devices-" + hashlib.sha256("\0".join((user, since or "")).encode()).hexdigest()[:40]


def present_id(room_id: str, user: str, since: str | None) -> str:
    """Stands in for the id of a join that was never seen: the same again if the same sync is processed again."""
    return PRESENT + hashlib.sha256("\0".join((room_id, user, since or "")).encode()).hexdigest()[:40]
