# SPDX-License-Identifier: Apache-2.0
"""`kithroom run`: one bot in this process, or several, each in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from bots.cli.database import log_key, open_database
from bots.cli.deployment import Deployment, load_deployment
from bots.cli.sorry import NotLetInError, Sorry
from bots.cli.stopping import stop_requested
from bots.core.actions import BotName, Words
from bots.core.bot import Bot
from bots.core.community import Community
from bots.core.homeserver.process import Child
from bots.core.matrix.client import MatrixClient
from bots.core.matrix.opening import open_client
from bots.core.runtime.backoff import backoff
from bots.core.runtime.logging import configure
from bots.core.runtime.run import Running, run_bot
from bots.core.settings import load_catalogue
from bots.core.transport import TransportError

EXIT_CHILD_FAILED = 1
_POLL = 0.5
_LONGEST_WAIT = timedelta(seconds=30)


def make_bot(name: BotName, community: Community) -> Bot:
    """The bot of this name, for this community."""
    # Each process loads the one bot that it is.
    match name:
        case BotName.WELCOME:
            from bots.welcome.bot import make_bot as welcome

            return welcome(community)
        case BotName.MODERATION:
            from bots.moderation.bot import make_bot as moderation

            return moderation(community)
        case BotName.RESOURCES:
            from bots.resources.bot import make_bot as resources

            return resources(community)


async def run_one(config: Path, name: BotName) -> int:
    """Be this bot until stopped. Gives the exit code.

    Raises SettingsError, Sorry, TransportError.
    """
    deployment = load_deployment(config)
    configure(log_key(deployment), json=deployment.json_logs)
    community = deployment.load_community()
    users = frozenset(deployment.bots.values())
    bot = make_bot(name, community)
    catalogue = load_catalogue(community)
    display_name = catalogue.render(Words(bot.display_name), community.default_language).body
    async with open_database(deployment) as store:
        client = await _open_patiently(deployment, name, display_name)
        running = Running(
            bot=bot,
            transport=client,
            store=store,
            community=community,
            catalogue=catalogue,
            bots=users,
            organiser=deployment.organiser,
        )
        return await run_bot(running, http_port=deployment.health.get(name))


async def _open_patiently(deployment: Deployment, name: BotName, display_name: str) -> MatrixClient:
    """The bot's device. A homeserver that is away, or busy, is waited for: after a power cut it may start last."""
    for attempt in itertools.count(1):
        try:
            return await open_client(
                deployment.homeserver,
                deployment.bots[name],
                deployment.credentials(name.value),
                deployment.state / name.value,
                deployment.secrets_of(name.value),
                bots=frozenset(deployment.bots.values()),
                display_name=display_name,
            )
        except TransportError as error:
            if told := deployment.refused(name.value, deployment.bots[name], error):
                raise NotLetInError(told) from None
            if not error.retryable:
                raise
            spread = random.random()  # noqa: S311 - so that three bots do not come back at once, no secret
            wait = backoff(attempt, spread, retry_after=error.retry_after, cap=_LONGEST_WAIT)
            log = structlog.get_logger().bind(bot=name.value)
            log.info("waiting for the homeserver", errcode=error.errcode, attempt=attempt)
            await asyncio.sleep(wait.total_seconds())
    raise AssertionError("counting ends")


async def run_all(config: Path, names: Sequence[BotName]) -> int:
    """Run these bots until stopped, or until one of them stops: then they all do.

    `config` is absolute. Gives the exit code. Raises SettingsError, Sorry.
    """
    # Mistakes are told once, not three times; and three processes find the tables as they want them.
    deployment = load_deployment(config)
    deployment.load_community()
    for name in names:
        deployment.credentials(name.value)
    async with open_database(deployment):
        pass
    children = {name: Child("bots.cli", ["run", "--config", str(config), name.value], log=None) for name in names}
    try:
        with stop_requested() as stop:
            while not stop.is_set():
                for name, child in children.items():
                    if child.exit_code is not None:
                        how = f"was killed (signal {-child.exit_code})" if child.exit_code < 0 else "stopped"
                        Sorry(f"The {name.value} bot {how}, and so the others are stopped.").show()
                        return child.exit_code if child.exit_code > 0 else EXIT_CHILD_FAILED
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _POLL)
        return 0
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            child.stop()
