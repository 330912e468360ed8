# SPDX-License-Identifier: Apache-2.0
"""Logged-in clients on the real homeserver, and a connection to a scripted one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bots.core.homeserver.synapse import Account
from bots.core.matrix.client import MatrixClient
from bots.core.matrix.http import Http
from bots.core.matrix.login import Password
from bots.core.matrix.opening import open_client

Open = Callable[..., Awaitable[MatrixClient]]


@pytest.fixture
async def open_device(synapse, tmp_path: Path) -> AsyncIterator[Open]:
    """`await open_device(account)`: the account's one device; again after `close`, the same one."""
    opened: list[MatrixClient] = []

    async def open_one(account: Account, **options) -> MatrixClient:
        folder = tmp_path / account.user_id[1:].partition(":")[0]
        client = await open_client(
            synapse.url,
            account.user_id,
            Password(account.password),
            folder / "crypto",
            folder / "secrets",
            **options,
        )
        opened.append(client)
        return client

    yield open_one
    for client in opened:
        await client.close()


@pytest.fixture
async def http(server) -> AsyncIterator[Http]:
    """A connection to the `server` of the module, without a token."""
    async with Http(server.url) as client:
        yield client
