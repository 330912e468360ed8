# SPDX-License-Identifier: Apache-2.0
"""How long to wait before trying again: pure, the randomness handed in."""

from __future__ import annotations

from datetime import timedelta

BASE = timedelta(seconds=1)
CAP = timedelta(minutes=5)


def backoff(
    attempt: int, random: float, *, retry_after: float | None = None, base: timedelta = BASE, cap: timedelta = CAP
) -> timedelta:
    """How long to wait after the failed try number `attempt` (1 is the first).

    The wait doubles with each try up to `cap`; `random` (0 ≤ random < 1) spreads it over its upper half,
    so that three bots which lost the homeserver together do not come back together.
    `retry_after` (seconds) is the homeserver's word: never less than that, whatever the cap,
    and at most a quarter of `base` more.
    """
    if retry_after is not None:
        return timedelta(seconds=max(0.0, retry_after)) + base * random / 4
    doublings: int = 1 << min(attempt - 1, 32)
    return min(cap, base * doublings) * (0.5 + random / 2)
