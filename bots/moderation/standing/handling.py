# SPDX-License-Identifier: Apache-2.0
"""The handlers that look at how things stand, and that answer when somebody asks."""

from __future__ import annotations

from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.events import Membership, Message, RoomStateChanged, Started, Tick
from bots.moderation.standing import watching
from bots.moderation.standing.status import Answering


def standing(community: Community) -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each has its own event and facts
    """All of them."""
    answering = Answering(community)
    return (
        Handler(Started, watching.gather, watching.decide),
        Handler(Tick, watching.gather, watching.decide),
        Handler(RoomStateChanged, watching.gather, watching.decide),
        Handler(Membership, watching.gather, watching.decide),
        Handler(Message, answering.gather, answering.decide),
    )
