# SPDX-License-Identifier: Apache-2.0
"""What the moderation bot handles of cries for help."""

from __future__ import annotations

from bots.core.bot import Handler
from bots.core.community import Community
from bots.core.crisis.hearing import Hear
from bots.core.events import Membership, Message, Outcome, Reaction, Tick
from bots.moderation.crisis.answering import Answering
from bots.moderation.crisis.duty import DutyRota
from bots.moderation.crisis.watch import Watch


def crisis_handlers(community: Community, hear: Hear) -> tuple[Handler, ...]:  # type: ignore[type-arg]  # as in `bot`
    """All of them; `hear` says what a message sounds like."""
    watch, answering, rota = Watch(community, hear), Answering(community), DutyRota(community)
    return (
        Handler(Message, watch.gather, watch.decide),
        Handler(Tick, watch.gather_tick, watch.decide),
        Handler(Reaction, answering.gather_tap, answering.decide),
        Handler(Message, answering.gather_word, answering.decide),
        Handler(Tick, answering.gather_tick, answering.decide_tick),
        Handler(Outcome, answering.gather_outcome, answering.decide_outcome),
        Handler(Message, rota.gather, rota.decide),
        Handler(Reaction, rota.gather_tap, rota.decide),
        Handler(Membership, rota.gather_membership, rota.decide_membership),
    )
