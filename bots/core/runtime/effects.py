# SPDX-License-Identifier: Apache-2.0
"""The one way out: three forms of the same thing, behind `Effects`.

`bots.core.runtime.live` does it, `DryRun` says what it would have done, `Recording` keeps it for a test or a
simulation to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bots.core.actions import BotName, Edit, Outward, Send
from bots.core.transport import TransportError


class Effects(Protocol):
    """Carries actions out."""

    async def carry_out(self, action: Outward, transaction_id: str) -> str | None:
        """Do it, once however often it is asked for with this transaction id. Gives what came of it (`Outcome.result`).

        Raises TransportError, with one of our own codes (`KITHROOM_…`) where it was not the homeserver that said no.
        """


@dataclass
class DryRun:
    """Says what would have been done, and to which kind of place. Every action succeeds."""

    voice: BotName

    async def carry_out(self, action: Outward, transaction_id: str) -> str | None:
        """Say it, on the log."""
        structlog.get_logger().info(
            "would have acted", bot=self.voice.value, action=type(action).__name__, rule=action.why
        )
        return f"$dry-run-{transaction_id}" if isinstance(action, Send | Edit) else None


@dataclass
class Recording:
    """Keeps what was asked for, in order, and passes it on to `through` if there is one; `failed` hears what failed."""

    through: Effects | None = None
    failed: Callable[[Outward, TransportError], None] = lambda _action, _error: None
    actions: list[Outward] = field(default_factory=list)

    async def carry_out(self, action: Outward, transaction_id: str) -> str | None:
        """Keep it."""
        self.actions.append(action)
        if self.through is None:
            return f"$recorded-{transaction_id}" if isinstance(action, Send | Edit) else None
        try:
            return await self.through.carry_out(action, transaction_id)
        except TransportError as error:
            self.failed(action, error)
            raise
