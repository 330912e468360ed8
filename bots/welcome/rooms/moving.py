# SPDX-License-Identifier: Apache-2.0
"""A room was upgraded: whoever was in it is invited to the new one, where that takes an invitation. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bots.core.actions import Action
from bots.core.following import Following, Move, invited_along
from bots.core.records import Record


def moved(move: Move, _records: Sequence[Record]) -> tuple[Action, ...]:
    """Everybody who is in the old room; the other bots, too, who can't come in by themselves."""
    return invited_along(move, move.old.joined() if move.old else ())


FOLLOWING = Following(moved=moved)
