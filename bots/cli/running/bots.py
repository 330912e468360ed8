# SPDX-License-Identifier: Apache-2.0
"""`kithroom run`: one bot in this process, or several, each in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Sequence
from pathlib import Path

import structlog

from bots.cli.installation.database import log_key, open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.installation.last_settings import load_or_last
from bots.cli.running.forked import Forked
from bots.cli.running.patience import patiently
from bots.cli.running.stopping import stop_requested
from bots.cli.sorry import Sorry
from bots.core.actions import BotName, Words
from bots.core.bot import Bot
from bots.core.community import Community
from bots.core.crisis.hearing import Where
from bots.core.matrix.opening import open_client
from bots.core.pages import Seen
from bots.core.runtime.clock import SystemClock
from bots.core.runtime.logging import configure
from bots.core.runtime.run import Running, run_bot
from bots.moderation.grammar import learn

EXIT_CHILD_FAILED = 1
_POLL = 0.5


def make_bot(name: BotName, community: Community, state: Path | None = None) -> Bot:
    """The bot of this name, for this community. What it makes for itself it keeps in its folder under `state`."""
    # Each process loads the one bot that it is. All hear with the same ears, so that nothing sounds different to one.
    from bots.moderation.crisis.ears import hear

    match name:
        case BotName.WELCOME:
            from bots.welcome.bot import make_bot as welcome

            return welcome(community, hear)
        case BotName.MODERATION:
            from bots.moderation.bot import make_bot as moderation

            return moderation(community, hear)
        case BotName.RESOURCES:
            from bots.resources.bot import make_bot as resources

            def gives_away(text: str, where: Where) -> tuple[str, ...]:
                # Asked about a tip now and then: its tables are not in memory before.
                from bots.moderation.giving_away import GivingAway

                return GivingAway(community)(text, where)

            kept_in = state / name.value / "library.db" if state else None
            bot = resources(community, hear, kept_in, gives_away)
            for note in bot.notes:
                structlog.get_logger().warning(note, bot=name.value)
            return bot


async def _look(url: str) -> Seen:
    """What a web address answers. Its tools are not in memory before somebody gives a link."""
    from bots.core.runtime.links import look_at

    return await look_at(url, SystemClock())


async def run_one(config: Path, name: BotName) -> int:
    """Be this bot until stopped. Gives the exit code.

    Raises SettingsError, Sorry, TransportError.
    """
    deployment = load_deployment(config)
    configure(log_key(deployment), json=deployment.json_logs)
    loaded = load_or_last(deployment.community, deployment.state, deployment.community_in)
    community, catalogue = loaded.community, loaded.catalogue
    users = frozenset(deployment.bots.values())
    bot = make_bot(name, community, deployment.state)
    # Done before anything comes: nobody's message is to wait until tables are read.
    learning = asyncio.create_task(asyncio.to_thread(learn, community.languages))
    display_name = catalogue.render(Words(bot.display_name), community.default_language).body
    async with open_database(deployment) as store:
        client = await patiently(
            deployment,
            name.value,
            deployment.bots[name],
            lambda: open_client(
                deployment.homeserver,
                deployment.bots[name],
                deployment.credentials(name.value),
                deployment.state / name.value,
                deployment.secrets_of(name.value),
                bots=users,
                display_name=display_name,
            ),
        )
        await learning
        # What the bot is made of stays: it is not looked through for garbage from here on, with everybody waiting.
        gc.collect()
        gc.freeze()
        running = Running(
            bot=bot,
            transport=client,
            store=store,
            community=community,
            catalogue=catalogue,
            bots=users,
            organiser=deployment.organiser,
            mistakes=loaded.mistakes,
            settings_of=loaded.settings_of,
            look=_look if name is BotName.RESOURCES else None,
        )
        return await run_bot(running, http_port=deployment.health.get(name))


async def run_all(config: Path, names: Sequence[BotName]) -> int:
    """Run these bots, and the door if there is one, until stopped, or until one of them stops: then they all do.

    `config` is absolute. Gives the exit code. Raises SettingsError, Sorry.
    """
    # Mistakes are told once, not three times; and three processes find the tables as they want them.
    deployment = load_deployment(config)
    for name in names:
        deployment.credentials(name.value)
    load_or_last(deployment.community, deployment.state, deployment.community_in)
    async with open_database(deployment):
        pass
    if deployment.door is not None and deployment.door.account is not None:
        deployment.credentials("door")
    commands = {f"{name.value} bot": ["run", name.value] for name in names}
    if deployment.door is not None:
        commands["door"] = ["door"]
    children = {name: Forked(name, command, config=config, log=None) for name, command in commands.items()}
    try:
        with stop_requested() as stop:
            while not stop.is_set():
                for who, child in children.items():
                    if child.exit_code is not None:
                        how = f"was killed (signal {-child.exit_code})" if child.exit_code < 0 else "stopped"
                        Sorry(f"The {who} {how}, and so the others are stopped.").show()
                        return child.exit_code if child.exit_code > 0 else EXIT_CHILD_FAILED
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _POLL)
        return 0
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            child.stop()
