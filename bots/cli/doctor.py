# SPDX-License-Identifier: Apache-2.0
"""`kithroom doctor`: what is wrong with an installation, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from rich.console import Console
from rich.markup import escape

from bots.cli.deployment import Deployment
from bots.cli.rooms import look, organiser
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.homeserver.process import LOOPBACK
from bots.core.matrix.cross_signing import is_signed_by
from bots.core.matrix.http import Http, path
from bots.core.transport import TransportError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `trouble` is None when it is well, else what is wrong and what to do.

    `note` is what somebody may want to compare.
    """

    what: str
    trouble: str | None = None
    note: str | None = None


async def examine(deployment: Deployment, community: Community) -> AsyncIterator[Finding]:
    """Everything that can be seen from here, the nearest cause first: without a homeserver, nothing else is asked."""
    async with Http(deployment.homeserver) as http:
        try:
            await http.request("GET", "/_matrix/client/versions")
        except TransportError as error:
            yield Finding("The homeserver answers", f"{error.message}: is {deployment.homeserver} right, and running?")
            return
        yield Finding("The homeserver answers")
    try:
        async with organiser(deployment) as http:
            yield Finding("The organiser can log in")
            keys = await http.request("POST", path("keys", "query"), {"device_keys": _each_bot(deployment)})
            for bot, user in deployment.bots.items():
                what = f"The {bot.value} bot's devices are vouched for"
                yield Finding(what, unsigned(keys, user), session_keys(keys, user))
            _, differences = await look(deployment, community, http)
    except (TransportError, Sorry) as error:
        yield Finding("The organiser can log in, and look around", error.message)
        return
    trouble = f"{len(differences)} things differ: `kithroom plan` shows them" if differences else None
    yield Finding("The rooms are as the settings say", trouble)
    for bot in BotName:
        if bot in deployment.health:
            yield Finding(f"The {bot.value} bot is well", await _unwell(deployment.health[bot]))


def unsigned(keys: Mapping[str, Any], user: str) -> str | None:
    """What is wrong with a user's devices in an answer to `/keys/query`; None if their owner vouches for them all."""
    own_key = keys.get("self_signing_keys", {}).get(user, {}).get("keys", {})
    devices = keys.get("device_keys", {}).get(user, {})
    if not devices:
        return f"{user} has no device with keys: start the bot"
    if not own_key:
        return f"{user} has no cross-signing identity: start the bot"
    public = next(iter(own_key.values()))
    strange = sorted(device for device, shown in devices.items() if not is_signed_by(shown, user, public))
    if strange:
        return f"{user} has devices nobody vouches for ({', '.join(strange)}): log them out"
    return None


def session_keys(keys: Mapping[str, Any], user: str) -> str:
    """A user's devices with their session keys, as clients show them to people who compare (in groups of four)."""
    shown = []
    for device, described in sorted(keys.get("device_keys", {}).get(user, {}).items()):
        key = str(described.get("keys", {}).get(f"ed25519:{device}", ""))
        groups = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
        shown.append(f"device {device}, session key {groups}")
    return "; ".join(shown)


def _each_bot(deployment: Deployment) -> dict[str, list[str]]:
    return {user: [] for user in deployment.bots.values()}


async def _unwell(port: int) -> str | None:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client,
            client.get(f"http://{LOOPBACK}:{port}/healthz") as answer,
        ):
            return None if answer.ok else f"its /healthz says: {await answer.text()}"
    except (aiohttp.ClientError, TimeoutError):
        return f"nobody answers on port {port}: is it running?"


async def show(deployment: Deployment, community: Community, console: Console) -> bool:
    """Print every finding. Gives whether all is well."""
    well = True
    async for finding in examine(deployment, community):
        if finding.trouble is None:
            console.print(f"[green]✓[/green] {escape(finding.what)}")
            if finding.note:
                console.print(f"  {escape(finding.note)}", style="dim", soft_wrap=True)
        else:
            well = False
            console.print(f"[red]✗[/red] {escape(finding.what)}: {escape(finding.trouble)}")
    return well
