# SPDX-License-Identifier: Apache-2.0
"""One start of a community that is tried out, from the lock on its folder to the last line when it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bots.cli.installation.database import open_database
from bots.cli.installation.last_settings import Loaded, load_or_last
from bots.cli.rooms import make_so, organiser
from bots.cli.running.stopping import stop_requested
from bots.cli.sorry import Sorry
from bots.cli.up.accounts import MEMBERS, MODERATOR, Accounts
from bots.cli.up.arriving import POLL, Arriving
from bots.cli.up.children import DOOR, Children
from bots.cli.up.own_settings import OwnSettings
from bots.cli.up.progress import Stages
from bots.cli.up.ready import SERVER_NAME, invitation, ready
from bots.core.actions import BotName
from bots.core.homeserver.process import free_port
from bots.core.homeserver.synapse import Synapse
from bots.core.matrix.private_files import write_private


class TryOut:
    """One community in one state folder, from the settings in `config`; both paths are absolute.

    `port` is the homeserver's; None: the usual one, or another that is free.
    """

    def __init__(self, state: Path, config: Path, port: int | None, console: Console) -> None:
        self._state = state
        self._wanted_port = port
        self._console = console
        self._ready = state / "ready.json"
        self._accounts = Accounts(state / "secrets")
        self._settings = OwnSettings(state, config)
        self._children = Children(state, console)
        self._arriving = Arriving(self._children, state / "log")

    async def run(self) -> int:
        """Start everything, say how to try it, and go on until stopped. Gives the exit code.

        Settings with mistakes stop it only where they never were right: then there are no rooms to look after yet.
        Raises Sorry, HomeserverError, TransportError, SettingsError.
        """
        self._state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as stack:
            stack.enter_context(self._lock())
            stop = stack.enter_context(stop_requested())
            stack.callback(self._ready.unlink, missing_ok=True)
            self._ready.unlink(missing_ok=True)
            synapse = Synapse(self._state / "homeserver", server_name=SERVER_NAME, port=self._port())
            synapse.choose_port()
            self._is_on_the_wanted_port(synapse.port)
            starting = asyncio.ensure_future(self._begin(synapse, stack))
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                self._console.print("Stopping …")
                await asyncio.wait({starting})
            else:
                starting.result()
                await self._watch(synapse, stop)
                self._console.print("Stopping …")
        self._console.print("Stopped. The same command resumes it.")
        return 0

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self._state / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Sorry(
                    f"A community is running from {self._state} already; "
                    "stop it, or choose another folder with --state."
                ) from None
            yield

    async def _begin(self, synapse: Synapse, stack: ExitStack) -> None:
        stages = Stages(self._console)
        stack.callback(self._settings.give_the_place)
        deployment = await asyncio.to_thread(self._settings.write, synapse)
        assert deployment.door is not None  # it was just written
        # Made once, before three processes want them at the same time: the key and the tables.
        async with open_database(deployment):
            pass
        loaded = await asyncio.to_thread(load_or_last, deployment.community, deployment.state, deployment.community_in)
        self._tell_mistakes(loaded)
        community = loaded.community
        stack.callback(synapse.stop)
        stack.callback(self._children.stop)
        if self._accounts.are_made(BotName):
            # Bots wait for their homeserver; while it starts, they can get ready.
            self._start_bots()
        with stages.stage("Starting the homeserver", "The homeserver answers"):
            await asyncio.to_thread(synapse.start)
        with stages.stage("Making the accounts", "The accounts are there") as tell:
            for name in (*BotName, "organiser", DOOR, MODERATOR, *MEMBERS):
                tell(name)
                await asyncio.to_thread(self._accounts.make, synapse, str(name), administrator=name == DOOR)
        self._start_bots()
        with stages.stage("Making the rooms", "The rooms are as the settings say") as tell:
            async with organiser(deployment) as http:
                applied = await make_so(deployment, community, http, lambda d: tell(f"{d.room}: {d.what}"))
                for difference, refusal in applied.refused:
                    line = f"  {difference.room}: {difference.what}: {refusal}"
                    self._console.print(line, style="yellow", markup=False)
        # The lobby is there now, and the door says where it is.
        self._settings.give_the_place()
        self._children.start(DOOR)
        with stages.stage("Starting the bots", "The bots are well, and the door is open") as tell:
            ports = {bot.value: deployment.health[bot] for bot in BotName} | {DOOR: deployment.door.port}
            await self._arriving.until_well(ports, tell)
        with stages.stage("Letting everybody in", "Everybody is in their rooms"):
            password = self._accounts.password(MODERATOR)
            rooms = await self._arriving.until_joined(deployment, community, password)
        passwords = {name: self._accounts.password(name) for name in (MODERATOR, *MEMBERS)}
        facts = ready(synapse.url, deployment.door.address, community, rooms, passwords)
        await asyncio.to_thread(write_private, self._ready, json.dumps(facts, indent=2) + "\n")
        self._console.print(
            f"\n[bold]{escape(community.name)} is up ({stages.seconds:.0f} s). Ctrl-C stops it.[/bold]\n"
        )
        for label, told in invitation(facts, self._ready):
            # Never broken into lines by us: a link and a password are copied whole.
            self._console.print(f"{label:<24}{told}", markup=False, soft_wrap=True)

    def _tell_mistakes(self, loaded: Loaded) -> None:
        """What is wrong with the settings, and that those of the last time are used: the bots go on as well."""
        if loaded.settings_of is not None:
            when = f"{loaded.settings_of.astimezone():%Y-%m-%d %H:%M}"
            self._console.print(f"The settings have mistakes, so I go on with those of {when}:", style="yellow")
            for mistake in loaded.mistakes:
                self._console.print(f"  {mistake}", style="yellow", markup=False, soft_wrap=True)

    def _port(self) -> int:
        if self._wanted_port is not None:
            self._is_on_the_wanted_port(free_port(self._wanted_port))
            return self._wanted_port
        return self._settings.homeserver_port()

    def _is_on_the_wanted_port(self, port: int) -> None:
        if self._wanted_port not in (None, port):
            raise Sorry(f"Port {self._wanted_port} is in use; choose another one with --port.")

    def _start_bots(self) -> None:
        """Start those that are not running yet."""
        for bot in BotName:
            self._children.start(bot.value)

    async def _watch(self, synapse: Synapse, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._children.check_all()
            if not synapse.running:
                raise Sorry(f"The homeserver stopped; its log is in {self._state / 'homeserver'}.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL)
