# SPDX-License-Identifier: Apache-2.0
"""The door without a homeserver: accounts in memory, a clock that stands, chance that repeats."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

from aiohttp import web
from altcha import Challenge, Payload, solve_challenge

from bots.core.settings import load_catalogue, load_community
from bots.core.transport import TransportError
from bots.door.accounts import NameTakenError
from bots.door.app import Door
from bots.door.pages import Place

CONFIG = Path(__file__).parents[2] / "config"
COMMUNITY = load_community(CONFIG)
CATALOGUE = load_catalogue(COMMUNITY)
START = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clock:
    """Stands until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


class MemoryAccounts:
    """Who has which password. `down` is the error that everything raises."""

    def __init__(self, *taken: str) -> None:
        self.passwords: dict[str, str] = dict.fromkeys(taken, "theirs")
        self.down: TransportError | None = None

    async def is_free(self, name: str) -> bool:
        if self.down:
            raise self.down
        return name not in self.passwords

    async def make(self, name: str, password: str) -> str:
        if not await self.is_free(name):
            raise NameTakenError
        self.passwords[name] = password
        return f"@{name}:kith.example"


DOWN = TransportError("KITHROOM_UNREACHABLE", "no answer", retryable=True)


def place(**more) -> Place:
    """Where the door leads, in the tests."""
    found = {
        "community": COMMUNITY,
        "address": "https://door.kith.example",
        "server_name": "kith.example",
        "server": "kith.example",
        "welcome": "@welcome:kith.example",
        "lobby": "!lobby:kith.example",
    }
    return Place(**(found | more))


def keys(start: int = 0):
    """Keys that differ, and are the same in each run."""
    chance = random.Random(start)
    return lambda: chance.randbytes(32)


def door(
    accounts=None, codes=None, clock=None, *, address_header=None, feed=None, catalogue=CATALOGUE, files=dict, **more
) -> Door:
    """A door onto accounts in memory. `files` gives the library's, with `library=True`."""
    return Door(
        place(**more),
        catalogue,
        accounts or MemoryAccounts(),
        codes,
        address_header=address_header,
        feed=feed,
        clock=clock or Clock(),
        chance=random.Random(7),
        new_key=keys(),
        library=files,
    )


def application(*args, **more) -> web.Application:
    return door(*args, **more).application()


def field(html: str, name: str) -> str:
    """The value of a hidden or a text field."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*? value="([^"]*)"', html)
    assert found, f"no field {name} in {html}"
    return unescape(found[1])


def names_offered(html: str) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', html)


def solved(html: str) -> str:
    """What the browser's worker finds, found with ALTCHA's own solver."""
    import json

    found = re.search(r'data-challenge="([^"]+)"', html)
    assert found, "no challenge"
    challenge = Challenge.from_dict(json.loads(unescape(found[1])))
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()
