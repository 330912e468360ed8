# SPDX-License-Identifier: Apache-2.0
"""The handlers for the list that the community publishes."""

from __future__ import annotations

from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.events import Membership, Message, Outcome, Reaction, Tick
from bots.moderation.ladder.roles import Roles
from bots.moderation.own_list import after
from bots.moderation.own_list.asking import Asking


def own_list(community: Community, roles: Roles) -> tuple[Handler, ...]:  # type: ignore[type-arg]  # each has its own event and facts
    """All of them: also where no list is published, to say so when somebody asks."""
    asking = Asking(community, roles)
    return (
        Handler(Message, asking.gather, asking.decide, target=lambda event: event.reply_to),
        Handler(Reaction, asking.gather_tap, asking.decide),
        Handler(Outcome, after.gather_outcome, after.decide_outcome),
        Handler(Outcome, after.gather_unban, after.decide_unban),
        Handler(Membership, after.gather_unban, after.decide_unban),
        Handler(Tick, after.gather_tick, after.decide_tick),
    )
