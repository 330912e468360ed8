# SPDX-License-Identifier: Apache-2.0
"""How an outcome comes home: as a tick of a kind of its own, due at once, to the bot that asked for it.

So it is written in the transaction that deletes the outbox row, survives a crash, and reaches another bot's process,
by what is there anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.core.events import Outcome, Tick
from bots.core.runtime.payload import from_json
from bots.core.transport import TransportError

OUTCOME_KIND = "kithroom.outcome"


def outcome_payload(
    action: Mapping[str, Any], error: TransportError | None, result: str | None = None
) -> dict[str, object]:
    """What the tick carries."""
    return {
        "action": dict(action),
        "errcode": error.errcode if error else None,
        "error": error.message if error else None,
        "result": result,
    }


def to_outcome(tick: Tick) -> Outcome:
    """The outcome that a tick of this kind carries."""
    payload: Mapping[str, Any] = tick.payload
    errcode = payload["errcode"]
    return Outcome(
        id=tick.id,
        action=from_json(payload["action"]),
        ok=errcode is None,
        errcode=errcode,
        error=payload["error"],
        result=payload["result"],
    )
