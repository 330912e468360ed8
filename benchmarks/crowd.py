# SPDX-License-Identifier: Apache-2.0
"""Many devices in a room: real keys, published and signed, but nobody behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import vodozemac

from benchmarks.ground import Ground
from bots.core.homeserver.synapse import Account
from bots.core.matrix.http import Http, path
from bots.core.signing import canonical

_ALGORITHMS = ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"]
_AT_ONCE = 4


async def crowd(ground: Ground, people: int, devices: int, name: str = "crowd") -> list[Account]:
    """So many accounts with so many devices each; their names begin with `name`."""
    accounts = [await ground.account(f"{name}-{number}") for number in range(people)]
    free = asyncio.Semaphore(_AT_ONCE)

    async def equip(account: Account) -> None:
        async with free:
            await _publish(ground.synapse.url, account.user_id, account.device_id, account.access_token)
            for _ in range(devices - 1):
                await _log_in(ground.synapse.url, account)

    await asyncio.gather(*(equip(account) for account in accounts))
    return accounts


async def join(ground: Ground, room_id: str, accounts: Sequence[Account]) -> None:
    """Ask them all in; they come."""
    for account in accounts:
        await ground.invite(room_id, account.user_id)
        async with Http(ground.synapse.url, account.access_token) as http:
            await http.request("POST", path("join", room_id), {})


async def _log_in(url: str, account: Account) -> None:
    async with Http(url) as http:
        identifier = {"type": "m.id.user", "user": account.user_id}
        login = {"type": "m.login.password", "identifier": identifier, "password": account.password}
        answer = await http.request("POST", path("login"), login)
    await _publish(url, account.user_id, answer["device_id"], answer["access_token"])


async def _publish(url: str, user: str, device: str, token: str) -> None:
    keys: Any = vodozemac.Account()
    keys.generate_fallback_key()

    def signed(value: dict[str, Any]) -> dict[str, Any]:
        return value | {"signatures": {user: {f"ed25519:{device}": keys.sign(canonical(value)).to_base64()}}}

    identity = {
        f"curve25519:{device}": keys.curve25519_key.to_base64(),
        f"ed25519:{device}": keys.ed25519_key.to_base64(),
    }
    own = signed({"algorithms": _ALGORITHMS, "device_id": device, "user_id": user, "keys": identity})
    fallback = {
        f"signed_curve25519:{name}": signed({"key": key.to_base64(), "fallback": True})
        for name, key in keys.fallback_key.items()
    }
    async with Http(url, token) as http:
        await http.request("POST", path("keys", "upload"), {"device_keys": own, "fallback_keys": fallback})
