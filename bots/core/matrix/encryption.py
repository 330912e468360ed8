# SPDX-License-Identifier: Apache-2.0
"""The crypto engine with a network: keys are fetched, claimed, uploaded and shared here.

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
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ParamSpec, TypeVar

from bots.core.matrix.crypto import (
    CryptoMachine,
    Decrypted,
    NotSharedError,
    Received,
    ShareChunk,
    ShareStaleError,
    UndecryptableError,
)
from bots.core.matrix.crypto.history import BUNDLE_TYPES, exported, refused
from bots.core.matrix.files import upload_encrypted
from bots.core.matrix.http import Http, path
from bots.core.matrix.state import is_user_id
from bots.core.transport import Health, NotReadyError, TokenRevokedError, TransportError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Json = Mapping[str, Any]
_log = logging.getLogger(__name__)

_LONGEST_DEVICE_NAME = 255
_USERS_A_QUERY = 200
_DEVICES_A_CLAIM = 50
# What the engine does in one go for a newcomer, so that nobody's answer waits for it.
_KEYS_A_STEP = 200
_DEVICES_A_STEP = 20
# How long (ms) the homeserver may wait for other servers before it answers without them.
_OTHER_SERVERS_MS = 10_000
_TRIES = 4
# How many refusals of keys are remembered: anybody may send them.
_MOST_WITHHELD = 2_000


class CryptoThread:
    """The one thread on which the engine lives."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crypto")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call `function` there, after what was asked for before."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(function, *args, **kwargs))

    def stop(self) -> None:
        """End the thread when it has done what it was given."""
        self._executor.shutdown()


@dataclass(frozen=True)
class _Readers:
    """Who was given the key of one session, by user id."""

    session_id: str
    users: frozenset[str]


class Encryption:
    """Encrypts and decrypts for one device. `machine` must have been opened on `thread`."""

    def __init__(self, http: Http, machine: CryptoMachine, thread: CryptoThread) -> None:
        self._http = http
        self._machine = machine
        self._thread = thread
        self._querying = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._telling = asyncio.Lock()
        self._readers: dict[str, _Readers] = {}
        self._withheld: dict[tuple[str, str], str] = {}
        self._closed = False
        self._device_names: dict[str, tuple[str, ...]] = {}
        self.health = Health()

    async def close(self) -> None:
        """Close the store. Safe to repeat."""
        if not self._closed:
            self._closed = True
            await self._thread.run(self._machine.close)
            self._thread.stop()

    async def sign(self, value: dict[str, Any]) -> str:
        """Our device's signature over `value`."""
        return await self._thread.run(self._machine.sign, value)

    async def upload_keys(self) -> None:
        """Give the homeserver the device, one-time and fallback keys it lacks. Raises TransportError."""
        body = await self._thread.run(self._machine.keys_to_upload)
        if body is not None:
            answer = await self._http.request("POST", path("keys", "upload"), body)
            await self._thread.run(self._machine.keys_uploaded, answer)

    async def publish_as(self, device_keys: Json) -> None:
        """Tell other devices who we are by `device_keys`, our own with our identity's signature."""
        await self._thread.run(self._machine.set_own_device_keys, dict(device_keys))

    def cross_signed(self, *, confirmed: bool) -> None:
        """Note whether the homeserver shows our device signed by our identity."""
        self.health = replace(self.health, cross_signed=confirmed)

    # Receiving

    async def receive(self, response: Json) -> Received:
        """Take in a sync response's keys and device lists. On disk when this returns.

        Then keep the homeserver stocked with our keys and mend broken sessions; what of that fails is tried again
        after the next sync. Raises only TokenRevokedError.
        """
        to_device = _list(_mapping(response.get("to_device")).get("events"))
        lists = _mapping(response.get("device_lists"))
        counts = response.get("device_one_time_keys_count")
        count = counts.get("signed_curve25519", 0) if isinstance(counts, Mapping) else None
        fallback = response.get("device_unused_fallback_key_types")
        received = await self._thread.run(
            self._machine.receive_sync,
            to_device,
            _list(lists.get("changed")),
            _list(lists.get("left")),
            count,
            fallback,
        )
        if received.dropped:
            _log.warning("%d to-device events were good for nothing", received.dropped)
        if isinstance(count, int):
            self.health = replace(self.health, one_time_keys=count)
        if isinstance(fallback, list):
            self.health = replace(self.health, fallback_key="signed_curve25519" in fallback)
        self._note_withheld(received)
        try:
            await self.upload_keys()
            await self._claim(())
            await self._send_to_devices()
        except TokenRevokedError:
            raise
        except TransportError as error:
            _log.warning("keys will be looked after with the next sync: %s", error.errcode)
        return received

    def _note_withheld(self, received: Received) -> None:
        self._withheld.update(received.withheld or {})
        for key in received.keys_came:
            self._withheld.pop(key, None)
        for key in list(itertools.islice(self._withheld, max(0, len(self._withheld) - _MOST_WITHHELD))):
            del self._withheld[key]

    async def know(self, users: Iterable[str]) -> None:
        """Have these users' device lists: needed to tell whether what they sent is theirs. Raises TransportError."""
        wanted = frozenset(filter(is_user_id, users))
        await self._thread.run(self._machine.track, wanted)
        if await self._thread.run(self._machine.knows, wanted):
            # A query about a room full of others is nothing to wait for.
            return
        async with self._querying:
            for chunk in _chunks(sorted(await self._thread.run(self._machine.users_to_query)), _USERS_A_QUERY):
                body = {"device_keys": {user: [] for user in chunk}, "timeout": _OTHER_SERVERS_MS}
                answer = await self._http.request("POST", path("keys", "query"), body)
                await self._thread.run(self._machine.keys_queried, answer, chunk)
                self._note_device_names(answer, chunk)

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it says so and they were asked about."""
        return self._device_names.get(user, ())

    def _note_device_names(self, answer: Json, users: Sequence[str]) -> None:
        told = _mapping(answer.get("device_keys"))
        for user in users:
            devices = (_mapping(device).get("unsigned") for device in _mapping(told.get(user)).values())
            names = (_mapping(unsigned).get("device_display_name") for unsigned in devices)
            self._device_names[user] = tuple(name[:_LONGEST_DEVICE_NAME] for name in names if isinstance(name, str))

    async def decrypt(self, room_id: str, event: Json) -> Decrypted | None:
        """What was inside an `m.room.encrypted` event; None when it can't be read (yet)."""
        try:
            return await self._thread.run(self._machine.decrypt, room_id, event)
        except UndecryptableError:
            return None

    def withheld(self, room_id: str, session_id: str) -> str | None:
        """The code with which this session's key was refused to us, if it was."""
        return self._withheld.get((room_id, session_id))

    async def forget_room(self, room_id: str) -> None:
        """Delete the keys of a room we are not in any more."""
        self._readers.pop(room_id, None)
        await self._thread.run(self._machine.forget_room, room_id)

    # Sending

    async def encrypt(
        self,
        room_id: str,
        recipients: frozenset[str],
        readers: frozenset[str],
        content: dict[str, Any],
        rules: Json,
        *,
        kind: str = "m.room.message",
        shared_history: bool = False,
    ) -> dict[str, Any]:
        """The `m.room.encrypted` content of an event that every reachable device of `recipients` has the key for.

        One call at a time for a room.
        `kind` is the event's type; `rules` is the content of the room's `m.room.encryption`;
        `shared_history` whether newcomers may be given the key later.
        Raises NotReadyError when none of `readers` has a device with the key; TransportError.
        """
        await self._thread.run(self._set_rules, room_id, rules, shared_history)
        for _ in range(_TRIES):
            try:
                # Mostly everybody has the key already; the engine refuses when somebody has not.
                encrypted = await self._thread.run(self._machine.encrypt, room_id, recipients, kind, content)
            except NotSharedError:
                await self._prepare(room_id, recipients)
                continue
            given = self._readers.get(room_id)
            if given is None or given.session_id != encrypted["session_id"] or not given.users & readers:
                raise NotReadyError("KITHROOM_NOT_READY", "nobody in the room has a device with keys", retryable=True)
            return encrypted
        raise TransportError("KITHROOM_NOT_SHARED", "the room's devices change faster than keys go out", retryable=True)

    def _set_rules(self, room_id: str, rules: Json, shared_history: bool) -> None:
        self._machine.room_encryption(room_id, dict(rules))
        self._machine.set_shared_history(room_id, shared_history)

    async def somebody_left(self, room_id: str) -> None:
        """Somebody left the room: what is said from now on is not theirs to read."""
        await self._thread.run(self._machine.somebody_left, room_id)

    async def hand_over(self, room_id: str, user: str, since: float) -> int | None:
        """Give a newcomer's cross-signed devices the keys of the room's past from `since` (seconds) on (MSC4268).

        Only keys whose senders said that newcomers may have them.
        Gives how many devices can fetch them now; None where there is nothing to give.
        Raises TransportError.
        """
        await self._thread.run(self._machine.ask_again, [user])
        await self.know([user])
        await self._claim([user])
        await self._send_to_devices()
        devices = await self._thread.run(self._machine.cross_signed_devices, user)
        past = await self._thread.run(self._machine.past, room_id, since)
        if not past.shared:
            return None
        if not devices:
            return 0
        bundle: dict[str, list[dict[str, Any]]] = {"room_keys": [], "withheld": []}
        for part, made, those in (("room_keys", exported, past.shared), ("withheld", refused, past.withheld)):
            for claims in _chunks(list(those), _KEYS_A_STEP):
                bundle[part] += await self._thread.run(made, claims)
        file = await upload_encrypted(self._http, bundle)
        for kind in BUNDLE_TYPES:
            for some in _chunks(devices, _DEVICES_A_STEP):
                content = {"room_id": room_id, "file": file}
                body = await self._thread.run(self._machine.seal_for, some, kind, content)
                await self._put_to_device("m.room.encrypted", body)
        return len(devices)

    async def _prepare(self, room_id: str, recipients: frozenset[str]) -> None:
        """Bring the room's key to every device of `recipients` that can be reached now."""
        await self.know(recipients)
        await self._claim(recipients)
        await self._send_to_devices()
        try:
            await self._share(room_id, recipients)
        except ShareStaleError:
            _log.info("a room's key was replaced while it went out")

    async def _claim(self, users: Iterable[str]) -> None:
        wanted = frozenset(users)
        if not await self._thread.run(self._machine.sessions_to_claim, wanted):
            # A claim for a room full of others is nothing to wait for.
            return
        async with self._claiming:
            claim = await self._thread.run(self._machine.sessions_to_claim, wanted)
            devices = [
                (user, device, algorithm) for user, names in claim.items() for device, algorithm in names.items()
            ]
            for chunk in _chunks(devices, _DEVICES_A_CLAIM):
                asked: dict[str, dict[str, str]] = {}
                for user, device, algorithm in chunk:
                    asked.setdefault(user, {})[device] = algorithm
                body = {"one_time_keys": asked, "timeout": _OTHER_SERVERS_MS}
                answer = await self._http.request("POST", path("keys", "claim"), body)
                await self._thread.run(self._machine.keys_claimed, answer, asked)

    async def _share(self, room_id: str, recipients: frozenset[str]) -> None:
        for plan in await self._thread.run(self._machine.outgoing_shares, room_id, recipients):
            chunk: ShareChunk = await self._thread.run(self._machine.encrypt_share, plan)
            await self._put_to_device("m.room.encrypted", chunk.body)
            await self._thread.run(self._machine.shared, chunk)
            before = self._readers.get(room_id)
            users = frozenset(user for user, _, _ in chunk.devices)
            if before is not None and before.session_id == chunk.session_id:
                users |= before.users
            self._readers[room_id] = _Readers(chunk.session_id, users)

    async def _send_to_devices(self) -> None:
        if not await self._thread.run(self._machine.outgoing_to_device):
            return
        async with self._telling:
            for message in await self._thread.run(self._machine.outgoing_to_device):
                try:
                    await self._put_to_device(message.event_type, message.body)
                except TransportError as error:
                    if error.retryable or isinstance(error, TokenRevokedError):
                        raise
                    # It is courtesy, and never worth the silence of a room.
                    _log.warning("a message to a device was refused: %s", error.errcode)
                await self._thread.run(self._machine.sent_to_device, message)

    async def _put_to_device(self, kind: str, body: Json) -> None:
        await self._http.request("PUT", path("sendToDevice", kind, secrets.token_urlsafe(12)), body)


def _chunks(items: list[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(itertools.islice(remaining, size)):
        yield chunk


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}
