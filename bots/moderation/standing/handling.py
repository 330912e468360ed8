# SPDX-License-Identifier: Apache-2.0
"""The handlers that look at how things stand."""

from __future__ import annotations

from bots.core.bot import Handler
from bots.core.events import Left, Membership, RoomStateChanged, Started, Tick
from bots.moderation.standing import watching


def standing() -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each has its own event and facts
    """All of them."""
    return (
        Handler(Started, watching.gather, watching.decide),
        Handler(Tick, watching.gather, watching.decide),
        Handler(RoomStateChanged, watching.gather, watching.decide),
        Handler(Membership, watching.gather, watching.decide),
        Handler(Left, watching.gather, watching.decide),
    )
