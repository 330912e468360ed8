# SPDX-License-Identifier: Apache-2.0
"""What was decided about somebody before: how often, in neutral words, and nothing that they said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.core.actions import Words
from bots.moderation.records import Decision, Kind

# How far back it goes: what is older says little about anybody.
SINCE = timedelta(days=183)
_SHOWN = (Kind.NOTE, Kind.WARN, Kind.MUTE, Kind.REMOVE, Kind.BAN)


def before(decisions: Sequence[Decision], now: datetime) -> Words:
    """How many of each kind there were. What was taken back is none of them.

    One order in several rooms is one, and so is a mute that was made longer or shorter.
    """
    standing = [each for each in decisions if each.stands]
    changed = {(each.kind, each.of) for each in standing}
    lately = [each for each in standing if now - each.at < SINCE and (each.kind, each.number) not in changed]
    counted = ((kind, len({each.order for each in lately if each.kind is kind})) for kind in _SHOWN)
    lines = tuple(Words(f"moderation.history.{kind}", {"count": count}) for kind, count in counted if count)
    return Words("moderation.history.some", {"what": lines}) if lines else Words("moderation.history.none")
