# SPDX-License-Identifier: Apache-2.0
"""`kithroom privacy` and `kithroom audit`: what is kept about somebody, taking it away, and the log of who did what."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bots.cli.database import open_database
from bots.cli.deployment import load_deployment
from bots.cli.sorry import Sorry
from bots.core.actions import BotName


async def export(config: Path, user: str) -> str:
    """Everything that is kept about this user id, as JSON."""
    async with (
        open_database(load_deployment(config)) as store,
        store.transaction(BotName.WELCOME, datetime.now(UTC)) as transaction,
    ):
        return _json(await transaction.export(user))


async def erase(config: Path, user: str) -> None:
    """Delete or blank everything that is kept about this user id, as each table's duty says."""
    async with (
        open_database(load_deployment(config)) as store,
        store.transaction(BotName.WELCOME, datetime.now(UTC)) as transaction,
    ):
        await transaction.erase(user)


async def verify_audit(config: Path) -> int:
    """How many lines the audit log has, all as they were written. Raises Sorry for the first that is not."""
    async with open_database(load_deployment(config)) as store:
        verdict = await store.verify_audit()
    if verdict.broken_at is not None:
        raise Sorry(f"Line {verdict.broken_at} of the audit log is not as it was written, or one before it is gone.")
    return verdict.lines


async def audit_lines(config: Path) -> list[str]:
    """The audit log's lines, oldest first, each as JSON. People are keyed hashes."""
    async with open_database(load_deployment(config)) as store:
        return [_json(line, indent=None) async for line in store.export_audit()]


def _json(value: Any, indent: int | None = 2) -> str:
    # Moments and enums read as their text.
    return json.dumps(value, indent=indent, ensure_ascii=False, default=str)
