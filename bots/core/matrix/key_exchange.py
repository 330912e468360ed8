# SPDX-License-Identifier: Apache-2.0
"""Keys to and fro between our device and others: what the crypto engine asks for, asked of the homeserver.

The engine blocks (its disk, its arithmetic), so it lives on a thread of its own, in steps of some milliseconds:
the event loop never waits for it, and a room of many devices does not hold up the others.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from bots.core.matrix.crypto import CryptoMachine
from bots.core.matrix.disk import writing
from bots.core.matrix.http import Http, path
from bots.core.matrix.state import is_user_id
from bots.core.transport import TokenRevokedError, TransportError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Json = Mapping[str, Any]
_log = logging.getLogger(__name__)

_LONGEST_DEVICE_NAME = 255
_USERS_A_QUERY = 200
_DEVICES_A_CLAIM = 50
# How long (ms) the homeserver may wait for other servers before it answers without them.
_OTHER_SERVERS_MS = 10_000


class CryptoThread:
    """The one thread on which the engine lives."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crypto")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call `function` there, after what was asked for before.

        Raises what it raises, but TransportError for a disk that is full or away: that passes, as a network does.
        """
        call = partial(function, *args, **kwargs)
        with writing():
            return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    def stop(self) -> None:
        """End the thread when it has done what it was given."""
        self._executor.shutdown()


class KeyExchange:
    """Asks, for the engine of one device. Every method raises TransportError."""

    def __init__(self, http: Http, machine: CryptoMachine, thread: CryptoThread) -> None:
        self._http = http
        self._machine = machine
        self._thread = thread
        self._querying = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._telling = asyncio.Lock()
        self._device_names: dict[str, tuple[str, ...]] = {}

    async def upload_keys(self) -> None:
        """Give the homeserver the device, one-time and fallback keys it lacks."""
        body = await self._thread.run(self._machine.keys_to_upload)
        if body is not None:
            answer = await self._http.request("POST", path("keys", "upload"), body)
            await self._thread.run(self._machine.keys_uploaded, answer)

    async def know(self, users: Iterable[str]) -> None:
        """Have these users' device lists: needed to tell whether what they sent is theirs."""
        wanted = frozenset(filter(is_user_id, users))
        await self._thread.run(self._machine.track, wanted)
        if await self._thread.run(self._machine.knows, wanted):
            # A query about a room full of others is nothing to wait for.
            return
        async with self._querying:
            for chunk in chunks(sorted(await self._thread.run(self._machine.users_to_query)), _USERS_A_QUERY):
                body = {"device_keys": {user: [] for user in chunk}, "timeout": _OTHER_SERVERS_MS}
                answer = await self._http.request("POST", path("keys", "query"), body)
                await self._thread.run(self._machine.keys_queried, answer, chunk)
                self._note_device_names(answer, chunk)

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it says so and they were asked about."""
        return self._device_names.get(user, ())

    def _note_device_names(self, answer: Json, users: Sequence[str]) -> None:
        told = mapping(answer.get("device_keys"))
        for user in users:
            devices = (mapping(device).get("unsigned") for device in mapping(told.get(user)).values())
            names = (mapping(unsigned).get("device_display_name") for unsigned in devices)
            self._device_names[user] = tuple(name[:_LONGEST_DEVICE_NAME] for name in names if isinstance(name, str))

    async def claim(self, users: Iterable[str]) -> None:
        """Open sessions with these users' devices where there are none, and mend those that are broken."""
        wanted = frozenset(users)
        if not await self._thread.run(self._machine.sessions_to_claim, wanted):
            # A claim for a room full of others is nothing to wait for.
            return
        async with self._claiming:
            claim = await self._thread.run(self._machine.sessions_to_claim, wanted)
            devices = [
                (user, device, algorithm) for user, names in claim.items() for device, algorithm in names.items()
            ]
            for chunk in chunks(devices, _DEVICES_A_CLAIM):
                asked: dict[str, dict[str, str]] = {}
                for user, device, algorithm in chunk:
                    asked.setdefault(user, {})[device] = algorithm
                body = {"one_time_keys": asked, "timeout": _OTHER_SERVERS_MS}
                answer = await self._http.request("POST", path("keys", "claim"), body)
                await self._thread.run(self._machine.keys_claimed, answer, asked)

    async def send_waiting(self) -> None:
        """Send what the engine has for single devices."""
        if not await self._thread.run(self._machine.outgoing_to_device):
            return
        async with self._telling:
            for message in await self._thread.run(self._machine.outgoing_to_device):
                try:
                    await self.put_to_device(message.event_type, message.body)
                except TransportError as error:
                    if error.retryable or isinstance(error, TokenRevokedError):
                        raise
                    # It is courtesy, and never worth the silence of a room.
                    _log.warning("a message to a device was refused: %s", error.errcode)
                await self._thread.run(self._machine.sent_to_device, message)

    async def put_to_device(self, kind: str, body: Json) -> None:
        """Send one body of messages to devices."""
        await self._http.request("PUT", path("sendToDevice", kind, secrets.token_urlsafe(12)), body)


def chunks(items: list[T], size: int) -> Iterator[list[T]]:
    """The items, so many at a time."""
    remaining = iter(items)
    while chunk := list(itertools.islice(remaining, size)):
        yield chunk


def mapping(value: object) -> Json:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, Mapping) else {}
