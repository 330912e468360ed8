# SPDX-License-Identifier: Apache-2.0
"""Who is measured: programs that answer `!find …` in a thread, each a process of its own."""

from __future__ import annotations

import asyncio
import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.ground import Ground
from benchmarks.load import Place
from bots.core.homeserver.process import Child
from bots.core.homeserver.synapse import Account

GREETER = "plain nio"
START_WITHIN = 120.0
_POLL = 0.05


class DidNotStartError(Exception):
    """A program that is to be measured ended, or was never ready; the text has the end of its log."""


class Program(Protocol):
    """What answers. `stop` is safe to repeat; `spawn` after it resumes the same device."""

    @property
    def account(self) -> Account:
        """Whose device it is."""

    @property
    def pid(self) -> int:
        """The process that answers."""

    @property
    def processes(self) -> dict[str, int]:
        """All of its processes by name."""

    def spawn(self) -> None:
        """Start the process that answers, and do not wait."""

    async def ready(self) -> None:
        """Wait until it says that it listens. Raises DidNotStartError."""

    def stop(self) -> None:
        """Stop the process that answers."""


@dataclass
class Subject:
    """One column of the tables. `places`: its rooms, and who asks in each of them."""

    title: str
    program: Program
    encrypted: bool = True
    places: list[Place] = field(default_factory=list)


@dataclass
class Peer:
    """One of the programs in `benchmarks.peers`."""

    module: str
    account: Account
    homeserver: str
    folder: Path
    _child: Child | None = None
    _skip: int = 0

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    @property
    def processes(self) -> dict[str, int]:
        return {"": self.pid}

    @property
    def _log(self) -> Path:
        return self.folder / "output.log"

    def spawn(self) -> None:
        store = self.folder / "store"
        store.mkdir(parents=True, exist_ok=True)
        self._skip = self._log.stat().st_size if self._log.exists() else 0
        account = self.account
        arguments = [self.homeserver, account.access_token, account.user_id, account.device_id, str(store)]
        self._child = Child(self.module, arguments, log=self._log)

    async def ready(self) -> None:
        assert self._child is not None
        await until_it_says(self._child, self._log, "ready", self._skip)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None


async def until_it_says(child: Child, log: Path, word: str, skip: int = 0) -> str:
    """Wait for a line that begins with `word` in what the child wrote after `skip` bytes; gives the line."""
    try:
        async with asyncio.timeout(START_WITHIN):
            while child.exit_code is None:
                for line in _lines(log, skip):
                    if line.startswith(word):
                        return line
                await asyncio.sleep(_POLL)
    except TimeoutError:
        pass
    raise DidNotStartError(f"it never said `{word}`; the end of {log}:\n{child.last_lines()}")


def _lines(log: Path, skip: int) -> list[str]:
    return log.read_bytes()[skip:].decode("utf-8", "replace").splitlines()


async def peers(ground: Ground) -> list[Subject]:
    """The programs that Kithroom is measured beside, not started yet."""

    async def peer(title: str, module: str, *, encrypted: bool = True) -> Subject:
        name = title.replace(" ", "-").replace(",", "")
        account = await ground.account(name)
        program = Peer(f"benchmarks.peers.{module}", account, ground.synapse.url, ground.folder / name)
        return Subject(title, program, encrypted)

    found = [
        await peer("bare client", "floor", encrypted=False),
        await peer("bare client, encrypted rooms", "floor"),
        await peer("plain nio", "plain_nio"),
    ]
    if importlib.util.find_spec("maubot") is not None:
        found.append(await peer("maubot", "maubot"))
    return found


async def nio_greeter(ground: Ground) -> Peer:
    """The program beside which the welcome bot is measured, not started yet."""
    account = await ground.account("plain-nio-greeter")
    folder = ground.folder / "plain-nio-greeter"
    return Peer("benchmarks.peers.plain_nio_greeter", account, ground.synapse.url, folder)
