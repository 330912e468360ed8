# SPDX-License-Identifier: Apache-2.0
"""`kithroom up`: a whole community on this machine, to try it out.

Everything is in one state folder, the homeserver, the bots' keys and every password, so that the same folder
again resumes the same community, and another folder is another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import yaml
from rich.console import Console
from rich.markup import escape

from bots.cli.children import DOOR, Children
from bots.cli.database import open_database
from bots.cli.deployment import Deployment, load_deployment
from bots.cli.progress import Stages
from bots.cli.ready import SERVER_NAME, invitation, ready, user_id
from bots.cli.rooms import look, make_so, organiser
from bots.cli.sorry import Sorry
from bots.cli.stopping import stop_requested
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.documents import SettingsError
from bots.core.homeserver.plan import ActualRoom
from bots.core.homeserver.process import LOOPBACK, free_port
from bots.core.homeserver.synapse import HomeserverError, Synapse
from bots.core.matrix.http import Http, path
from bots.core.matrix.private_files import read_private, write_private

# Matrix's usual port.
USUAL_PORT = 8008
# The door's usual port.
DOOR_PORT = 8010
# Who can be tried out, beside the bots and their organiser.
MODERATOR = "moderator"
MEMBERS = ("member_1", "member_2")
# How long the bots may take to be well, and then to be in their rooms, in seconds; a slow machine is no error.
_START_TIMEOUT = 120.0
_POLL = 0.2
# A file in an account's folder: it has been made.
_REGISTERED = "registered"


class TryOut:
    """One community in one state folder, from the settings in `config`; both paths are absolute.

    `port` is the homeserver's; None: the usual one, or another that is free.
    """

    def __init__(self, state: Path, config: Path, port: int | None, console: Console) -> None:
        self.state = state
        self.config = config
        self._wanted_port = port
        self._console = console
        self._ready = self.state / "ready.json"
        self._children = Children(state, console)
        self._door_place: socket.socket | None = None

    async def run(self) -> int:
        """Start everything, say how to try it, and go on until stopped. Gives the exit code.

        Raises Sorry, HomeserverError, TransportError, SettingsError.
        """
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as stack:
            stack.enter_context(self._lock())
            stop = stack.enter_context(stop_requested())
            stack.callback(self._ready.unlink, missing_ok=True)
            self._ready.unlink(missing_ok=True)
            synapse = Synapse(self.state / "homeserver", server_name=SERVER_NAME, port=self._port())
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
        with (self.state / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Sorry(
                    f"A community is running from {self.state} already; stop it, or choose another folder with --state."
                ) from None
            yield

    async def _begin(self, synapse: Synapse, stack: ExitStack) -> None:
        stages = Stages(self._console)
        stack.callback(self._give_the_place)
        deployment = await asyncio.to_thread(self._deployment, synapse)
        # Made once, before three processes want them at the same time: the key and the tables.
        async with open_database(deployment):
            pass
        community = await asyncio.to_thread(deployment.load_community)
        stack.callback(synapse.stop)
        stack.callback(self._children.stop)
        if all((self._account_folder(bot) / _REGISTERED).exists() for bot in BotName):
            # Bots wait for their homeserver; while it starts, they can get ready.
            self._start_bots()
        with stages.stage("Starting the homeserver", "The homeserver answers"):
            await asyncio.to_thread(synapse.start)
        with stages.stage("Making the accounts", "The accounts are there") as tell:
            for name in (*BotName, "organiser", DOOR, MODERATOR, *MEMBERS):
                tell(name)
                await asyncio.to_thread(self._account, synapse, str(name))
        self._start_bots()
        with stages.stage("Making the rooms", "The rooms are as the settings say") as tell:
            async with organiser(deployment) as http:
                applied = await make_so(deployment, community, http, lambda d: tell(f"{d.room}: {d.what}"))
                for difference, refusal in applied.refused:
                    line = f"  {difference.room}: {difference.what}: {refusal}"
                    self._console.print(line, style="yellow", markup=False)
        # The lobby is there now, and the door says where it is.
        self._give_the_place()
        self._children.start(DOOR)
        with stages.stage("Starting the bots", "The bots are well, and the door is open") as tell:
            async with self._at_most(_START_TIMEOUT):
                ports = {bot.value: deployment.health[bot] for bot in BotName} | {DOOR: self._door_port}
                await asyncio.gather(*(self._until_well(name, port, tell) for name, port in ports.items()))
        with stages.stage("Letting everybody in", "Everybody is in their rooms"):
            rooms = await self._until_joined(deployment, community, synapse)
        door = f"http://{LOOPBACK}:{self._door_port}"
        passwords = {name: read_private(self._account_folder(name) / "password") for name in (MODERATOR, *MEMBERS)}
        facts = ready(synapse.url, door, community, rooms, passwords)
        await asyncio.to_thread(write_private, self._ready, json.dumps(facts, indent=2) + "\n")
        self._console.print(
            f"\n[bold]{escape(community.name)} is up ({stages.seconds:.0f} s). Ctrl-C stops it.[/bold]\n"
        )
        for label, told in invitation(facts, self._ready):
            # Never broken into lines by us: a link and a password are copied whole.
            self._console.print(f"{label:<24}{told}", markup=False, soft_wrap=True)

    def _port(self) -> int:
        if self._wanted_port is not None:
            self._is_on_the_wanted_port(free_port(self._wanted_port))
            return self._wanted_port
        last = self._last()
        return urlsplit(last.homeserver).port or USUAL_PORT if last else USUAL_PORT

    def _is_on_the_wanted_port(self, port: int) -> None:
        if self._wanted_port not in (None, port):
            raise Sorry(f"Port {self._wanted_port} is in use; choose another one with --port.")

    def _last(self) -> Deployment | None:
        """What it was last time: where the same ports are free, clients that are logged in find it again."""
        if (self.state / "kithroom.yaml").exists():
            # The file is made anew at each start, so that a broken one only forgets the ports.
            with contextlib.suppress(SettingsError, ValueError):
                return load_deployment(self.state / "kithroom.yaml")
        return None

    def _keep_a_place(self, wanted: int) -> int:
        """A port for the door, held until it starts: that takes a while, and another community may start meanwhile."""
        try:
            self._door_place = socket.create_server((LOOPBACK, wanted))
        except OSError:
            self._door_place = socket.create_server((LOOPBACK, 0))
        return int(self._door_place.getsockname()[1])

    def _give_the_place(self) -> None:
        if self._door_place is not None:
            self._door_place.close()

    def _account(self, synapse: Synapse, name: str) -> None:
        """Make the account once. The password is written down first: it is never one that nobody knows."""
        folder = self._account_folder(name)
        if (folder / _REGISTERED).exists():
            return
        password = read_private(folder / "password")
        if password is None:
            password = new_password()
            write_private(folder / "password", password)
        try:
            synapse.register(name, password, admin=name == DOOR)
        except HomeserverError as error:
            if error.errcode != "M_USER_IN_USE":
                raise
        write_private(folder / _REGISTERED, "")

    def _account_folder(self, name: str) -> Path:
        return self.state / "secrets" / name

    def _deployment(self, synapse: Synapse) -> Deployment:
        """Write what `kithroom run` needs, as an operator would, and read it back."""
        file, last = self.state / "kithroom.yaml", self._last()
        self._door_port = self._keep_a_place(last.door.port if last and last.door else DOOR_PORT)
        ports: dict[str, int] = {}
        for bot in BotName:
            ports[bot.value] = free_port()
        settings = {
            "homeserver": synapse.url,
            "community": str(self.config),
            "state": str(self.state),
            "secrets": str(self.state / "secrets"),
            "organiser": user_id("organiser"),
            "moderators": [user_id(MODERATOR)],
            "bots": {bot.value: user_id(bot.value) for bot in BotName},
            "health": ports,
            "door": {
                "address": f"http://{LOOPBACK}:{self._door_port}",
                "listen": f"{LOOPBACK}:{self._door_port}",
                "accounts": "synapse",
                "account": user_id(DOOR),
                # No name on the internet leads here.
                "server": synapse.url,
            },
        }
        write_private(file, "# Made by `kithroom up`, anew at every start.\n" + yaml.safe_dump(settings))
        return load_deployment(file)

    def _start_bots(self) -> None:
        """Start those that are not running yet."""
        for bot in BotName:
            self._children.start(bot.value)

    async def _until_well(self, name: str, port: int, tell: Callable[[str], None]) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
            while True:
                self._children.check(name)
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with client.get(f"http://{LOOPBACK}:{port}/healthz") as answer:
                        if answer.ok:
                            tell(f"{name} is well")
                            return
                await asyncio.sleep(_POLL)

    async def _until_joined(
        self, deployment: Deployment, community: Community, synapse: Synapse
    ) -> dict[str, ActualRoom]:
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
                await self._accept(synapse, invited[moderator])
                self._children.check_all()
                await asyncio.sleep(_POLL)

    async def _accept(self, synapse: Synapse, room_ids: list[str]) -> None:
        """Join the moderator's rooms, as a client would, and leave no device behind."""
        if not room_ids:
            return
        async with Http(synapse.url) as http:
            password = read_private(self._account_folder(MODERATOR) / "password")
            identifier = {"type": "m.id.user", "user": MODERATOR}
            login = {"type": "m.login.password", "identifier": identifier, "password": password}
            http.token = (await http.request("POST", path("login"), login))["access_token"]
            for room_id in room_ids:
                await http.request("POST", path("rooms", room_id, "join"), {})
            await http.request("POST", path("logout"), {})

    @asynccontextmanager
    async def _at_most(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise Sorry(
                f"The bots were not ready after {seconds:.0f} seconds; their logs are in {self.state / 'log'}."
            ) from None

    async def _watch(self, synapse: Synapse, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._children.check_all()
            if not synapse.running:
                raise Sorry(f"The homeserver stopped; its log is in {self.state / 'homeserver'}.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _POLL)


def new_password() -> str:
    """One that can be read off a screen and typed on a phone: no letter looks like another. 59 bits."""
    letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
    return f"{letters[:6]}-{letters[6:]}"


def _membership(room: ActualRoom, user: str) -> str:
    return str(room.state.get(("m.room.member", user), {}).get("membership", "leave"))
