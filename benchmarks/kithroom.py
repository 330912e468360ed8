# SPDX-License-Identifier: Apache-2.0
"""Kithroom itself: the example community with all three bots, of which the resources bot is the one that is asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import yaml

from benchmarks.ground import Ground
from benchmarks.machine import parent
from benchmarks.subjects import START_WITHIN, DidNotStartError
from bots.cli.installation.database import community_keys, open_database
from bots.cli.installation.deployment import Deployment, load_deployment
from bots.cli.rooms import make_so, organiser
from bots.cli.running.forked import Forked
from bots.core.actions import BotName
from bots.core.homeserver.process import LOOPBACK, free_port
from bots.core.homeserver.synapse import Account
from bots.core.matrix.private_files import write_private
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole
from bots.core.settings import load_community

COMMUNITY = Path(__file__).resolve().parents[1] / "config"
_ASKED = BotName.RESOURCES
_POLL = 0.05


class Kithroom:
    """The three bots, as `kithroom run` runs them. Made by `Kithroom.open`."""

    def __init__(self, deployment: Deployment, file: Path, accounts: dict[BotName, Account]) -> None:
        self.deployment = deployment
        self._file = file
        self._accounts = accounts
        self._children: dict[BotName, Forked] = {}

    @classmethod
    async def open(cls, ground: Ground, name: str = "") -> Kithroom:
        """Make the community's accounts and rooms; nothing runs yet. `name` sets one community apart from another."""
        folder = ground.folder / f"kithroom{name}"
        accounts = {bot: await ground.account(f"{bot.value}{name}") for bot in BotName}
        settings = {
            "homeserver": ground.synapse.url,
            "community": str(COMMUNITY),
            "state": str(folder),
            "secrets": str(folder / "secrets"),
            "organiser": ground.organiser.user_id,
            "bots": {bot.value: account.user_id for bot, account in accounts.items()},
            "health": {bot.value: free_port() for bot in BotName},
        }
        file = folder / "kithroom.yaml"
        write_private(file, yaml.safe_dump(settings))
        for name, account in [("organiser", ground.organiser), *((b.value, a) for b, a in accounts.items())]:
            write_private(folder / "secrets" / name / "password", account.password)
        deployment = load_deployment(file)
        community_keys(deployment)
        async with organiser(deployment) as http:
            await make_so(deployment, load_community(COMMUNITY), http)
        return cls(deployment, file, accounts)

    async def start_all(self) -> None:
        """Start all three, and wait until they are well."""
        for bot in BotName:
            self._spawn(bot)
        for bot in BotName:
            await self._until_well(bot)

    def stop_all(self) -> None:
        """Stop all three. Safe to repeat."""
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            child.stop()
        self._children.clear()

    @property
    def account(self) -> Account:
        return self._accounts[_ASKED]

    @property
    def pid(self) -> int:
        return self._children[_ASKED].pid

    @property
    def processes(self) -> dict[str, int]:
        bots = {bot.value: child.pid for bot, child in self._children.items()}
        return {**bots, "what they share": parent(self.pid)} if bots else {}

    def account_of(self, bot: BotName) -> Account:
        """The account of one of the three."""
        return self._accounts[bot]

    async def welcoming(self) -> tuple[str, str, int]:
        """The lobby's room id, who welcomes people there, and the process that does."""
        welcome = BotName.WELCOME
        async with open_database(self.deployment) as store, store.reading(welcome, datetime.now(UTC)) as reading:
            (lobby,) = [room for room in await reading.find(CommunityRoom) if room.role is RoomRole.LOBBY]
        return lobby.room_id, self._accounts[welcome].user_id, self._children[welcome].pid

    def spawn(self) -> None:
        self._spawn(_ASKED)

    async def ready(self) -> None:
        await self._until_well(_ASKED)

    def stop(self) -> None:
        child = self._children.pop(_ASKED, None)
        if child is not None:
            child.stop()

    def _spawn(self, bot: BotName) -> None:
        log = self.deployment.state / "log" / f"{bot.value}.log"
        self._children[bot] = Forked(f"{bot.value} bot", ["run", bot.value], config=self._file, log=log)

    async def _until_well(self, bot: BotName) -> None:
        child = self._children[bot]
        page = f"http://{LOOPBACK}:{self.deployment.health[bot]}/healthz"
        try:
            async with asyncio.timeout(START_WITHIN), aiohttp.ClientSession() as client:
                while child.exit_code is None:
                    try:
                        async with client.get(page) as answer:
                            if answer.ok:
                                return
                    except aiohttp.ClientError:
                        pass
                    await asyncio.sleep(_POLL)
        except TimeoutError:
            pass
        raise DidNotStartError(f"the {bot.value} bot is not well; the end of {child.log}:\n{child.last_lines()}")
