# SPDX-License-Identifier: Apache-2.0
"""A whole community as `kithroom up` makes it, for people with clients that are not ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bots.core.homeserver.synapse import Account, Synapse
from interop.judge import Judge

START_WITHIN = 120.0
CONFIG = Path(__file__).parents[2] / "config"
# The condition whose room shares its history.
SHARING = "me-cfs"


@dataclass(frozen=True)
class Place:
    """What `var/ready.json` tells: see the README."""

    homeserver: str
    server_name: str
    bots: dict[str, str]
    rooms: dict[str, Any]
    accounts: dict[str, dict[str, str]]
    state: Path
    door: str = ""

    @property
    def lobby(self) -> str:
        return self.rooms["lobby"]

    @property
    def moderators(self) -> str:
        return self.rooms["moderators"]

    def condition(self, condition: str) -> str:
        return self.rooms["conditions"][condition]


def start_community(state: Path, *more: str) -> subprocess.Popen[bytes]:
    """`kithroom up` in a process group of its own."""
    command = [sys.executable, "-m", "bots.cli", "up", "--state", str(state), *more]
    with (state.parent / f"{state.name}.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)


def wait_until_ready(process: subprocess.Popen[bytes], state: Path) -> Place:
    """Read ready.json when it is there; say what the log says if the community stops before."""
    ready, log = state / "ready.json", state.parent / f"{state.name}.log"
    deadline = time.monotonic() + START_WITHIN
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the community did not start:\n{log.read_text('utf-8')[-3000:]}")
        time.sleep(0.2)
    return Place(**json.loads(ready.read_text("utf-8")), state=state)


def stop_community(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C, as a person would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def with_shared_history(folder: Path) -> Path:
    """The example's settings, in which one room shares its history, and one can knock at all of them."""
    shutil.copytree(CONFIG, folder)
    settings = folder / "community.yaml"
    text = settings.read_text("utf-8")
    name = f"  - id: {SHARING}\n"
    assert name in text
    settings.write_text(f"knock: true\n{text.replace(name, f'{name}    history: on{chr(10)}')}", "utf-8")
    return folder


def said_in_clear(state: Path, bots: Iterable[str]) -> list[tuple[str, str]]:
    """What bots said unencrypted in encrypted rooms, by the homeserver's own database: room and sender of each."""
    database = state / "homeserver" / "homeserver.db"
    encrypted = "SELECT room_id FROM events WHERE type = 'm.room.encryption'"
    said = f"SELECT room_id, sender FROM events WHERE type = 'm.room.message' AND room_id IN ({encrypted})"
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [(room, sender) for room, sender in connection.execute(said) if sender in bots]


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One community for all of this folder's tests."""
    folder = tmp_path_factory.mktemp("community")
    state = folder / "var"
    process = start_community(state, "--community", str(with_shared_history(folder / "config")))
    try:
        place = wait_until_ready(process, state)
        yield place
    finally:
        stop_community(process)
    # Whatever the tests above did, and however busy the machine was.
    assert said_in_clear(state, place.bots.values()) == []


def register(place: Place, name: str) -> Account:
    """A fresh account on the community's homeserver."""
    server = Synapse(place.state / "homeserver", server_name=place.server_name)
    server.port = urlsplit(place.homeserver).port or 0  # it is running there already
    return server.register(f"{name}{secrets.token_hex(4)}")


Person = Callable[..., Awaitable[Judge]]


@pytest.fixture
async def person(community: Place) -> AsyncIterator[Person]:
    """`await person("ana")` is somebody new; `await person(account="moderator")` has a try-out account."""
    async with AsyncExitStack() as people:

        async def make(name: str = "newcomer", *, account: str | None = None, isolate: bool = True) -> Judge:
            if account:
                user, password = community.accounts[account]["user_id"], community.accounts[account]["password"]
                judge = await Judge.start(community.homeserver, user, password, isolate=isolate)
            else:
                fresh = await asyncio.to_thread(register, community, name)
                judge = await Judge.start(community.homeserver, fresh, isolate=isolate)
            return await people.enter_async_context(judge)

        yield make
