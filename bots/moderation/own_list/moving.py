# SPDX-License-Identifier: Apache-2.0
"""The room of our own list was upgraded: no rules come along, so they are written again in the new one. Pure."""

from __future__ import annotations

from datetime import timedelta

from bots.core.actions import Action, PutRule
from bots.core.following import WHY, Move
from bots.core.rooms.policies import Reason
from bots.moderation.own_list.weighing import rules_of

# By then every part of the bot knows which room the list is in.
_KNOWN = timedelta(seconds=10)


def rules_along(move: Move) -> tuple[Action, ...]:
    """Those that are ours, as they were: by name or by hash."""
    if move.old is None:
        return ()
    return tuple(
        PutRule(why=WHY, not_before=move.now + _KNOWN, room_id=move.to, state_key=rule.state_key, policy=rule.policy)
        for rule in rules_of(move.old)
        if rule.policy.reason in list(Reason)
    )
