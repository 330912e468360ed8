# SPDX-License-Identifier: Apache-2.0
"""What is waited for until a community can be tried out: the bots are well, and everybody is in their rooms."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bots.cli.installation.deployment import Deployment
from bots.cli.rooms import look, organiser
from bots.cli.sorry import Sorry
from bots.cli.up.accounts import MODERATOR
from bots.cli.up.children import Children
from bots.cli.up.ready import user_id
from bots.core.community import Community
from bots.core.homeserver.plan import ActualRoom
from bots.core.homeserver.process import LOOPBACK
from bots.core.matrix.http import Http, path

# How long the bots may take to be well, and then to be in their rooms, in seconds; a slow machine is no error.
_START_TIMEOUT = 120.0
POLL = 0.2


@dataclass(frozen=True)
class Arriving:
    """Waits for `children`, whose logs are in `log`. Raises Sorry when one stops, or after two minutes."""

    children: Children
    log: Path

    async def until_well(self, ports: Mapping[str, int], tell: Callable[[str], None]) -> None:
        """Wait until each of them says so itself, at its port."""
        async with self._at_most(_START_TIMEOUT):
            await asyncio.gather(*(self._until_well(name, port, tell) for name, port in ports.items()))

    async def _until_well(self, name: str, port: int, tell: Callable[[str], None]) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
            while True:
                self.children.check(name)
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with client.get(f"http://{LOOPBACK}:{port}/healthz") as answer:
                        if answer.ok:
                            tell(f"{name} is well")
                            return
                await asyncio.sleep(POLL)

    async def until_joined(
        self, deployment: Deployment, community: Community, password: str | None
    ) -> dict[str, ActualRoom]:
        """Wait until nobody is only invited any more; the moderator, whose `password` it is, is let in by hand."""
        moderator = user_id(MODERATOR)
        async with organiser(deployment) as http, self._at_most(_START_TIMEOUT):
            while True:
                actual, _ = await look(deployment, community, http)
                invited = {
                    user: [room.room_id for room in actual.rooms.values() if _membership(room, user) == "invite"]
                    for user in (moderator, *deployment.bots.values())
                }
                if not any(invited.values()):
                    return dict(actual.rooms)
                await _accept(deployment.homeserver, password, invited[moderator])
                self.children.check_all()
                await asyncio.sleep(POLL)

    @asynccontextmanager
    async def _at_most(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise Sorry(f"The bots were not ready after {seconds:.0f} seconds; their logs are in {self.log}.") from None


async def _accept(homeserver: str, password: str | None, room_ids: list[str]) -> None:
    """Join the moderator's rooms, as a client would, and leave no device behind."""
    if not room_ids:
        return
    async with Http(homeserver) as http:
        identifier = {"type": "m.id.user", "user": MODERATOR}
        login = {"type": "m.login.password", "identifier": identifier, "password": password}
        http.token = (await http.request("POST", path("login"), login))["access_token"]
        for room_id in room_ids:
            await http.request("POST", path("rooms", room_id, "join"), {})
        await http.request("POST", path("logout"), {})


def _membership(room: ActualRoom, user: str) -> str:
    return str(room.state.get(("m.room.member", user), {}).get("membership", "leave"))
