# SPDX-License-Identifier: Apache-2.0
"""The crypto engine with a network: what comes is opened here, and what goes out is sealed, for those it is for."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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
from bots.core.matrix.http import Http
from bots.core.matrix.key_exchange import CryptoThread, KeyExchange, chunks, mapping
from bots.core.transport import Health, NotReadyError, TokenRevokedError, TransportError

Json = Mapping[str, Any]
_log = logging.getLogger(__name__)

# What the engine does in one go for a newcomer, so that nobody's answer waits for it.
_KEYS_A_STEP = 200
_DEVICES_A_STEP = 20
_TRIES = 4
# How many refusals of keys are remembered: anybody may send them.
_MOST_WITHHELD = 2_000


@dataclass(frozen=True)
class _Readers:
    """Who was given the key of one session, by user id."""

    session_id: str
    users: frozenset[str]


@dataclass(frozen=True)
class Sealed:
    """An encrypted event: its `content`, the `m.room_key` that opens it (secret), and whose devices were given that."""

    content: dict[str, Any]
    key: Mapping[str, Any] = field(repr=False)
    recipients: frozenset[str]


class Encryption:
    """Encrypts and decrypts for one device. `machine` must have been opened on `thread`."""

    def __init__(self, http: Http, machine: CryptoMachine, thread: CryptoThread) -> None:
        self._http = http
        self._machine = machine
        self._thread = thread
        self._exchange = KeyExchange(http, machine, thread)
        self._readers: dict[str, _Readers] = {}
        self._withheld: dict[tuple[str, str], str] = {}
        self._closed = False
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
        await self._exchange.upload_keys()

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
        after the next sync. Raises TokenRevokedError; TransportError while the disk is full: nothing was taken in then.
        """
        to_device = _list(mapping(response.get("to_device")).get("events"))
        lists = mapping(response.get("device_lists"))
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
            await self._exchange.upload_keys()
            await self._exchange.claim(())
            await self._exchange.send_waiting()
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

    async def keys_of_the_last(self, seconds: float) -> frozenset[tuple[str, str]]:
        """(room id, session id) of the keys that came within this time."""
        return await self._thread.run(self._machine.keys_of_the_last, seconds)

    async def know(self, users: Iterable[str]) -> None:
        """Have these users' device lists: needed to tell whether what they sent is theirs. Raises TransportError."""
        await self._exchange.know(users)

    def device_names(self, user: str) -> tuple[str, ...]:
        """What the homeserver calls the user's devices, as far as it says so and they were asked about."""
        return self._exchange.device_names(user)

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
    ) -> Sealed:
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
                sealed = await self._thread.run(self._seal, room_id, recipients, kind, content)
            except NotSharedError:
                await self._prepare(room_id, recipients)
                continue
            given = self._readers.get(room_id)
            if given is None or given.session_id != sealed.content["session_id"] or not given.users & readers:
                raise NotReadyError("KITHROOM_NOT_READY", "nobody in the room has a device with keys", retryable=True)
            return sealed
        raise TransportError("KITHROOM_NOT_SHARED", "the room's devices change faster than keys go out", retryable=True)

    def _seal(self, room_id: str, recipients: frozenset[str], kind: str, content: dict[str, Any]) -> Sealed:
        key = self._machine.room_key(room_id)
        encrypted = self._machine.encrypt(room_id, recipients, kind, content)
        assert key is not None  # or it would not have been encrypted
        return Sealed(content=encrypted, key=key, recipients=recipients)

    async def give_key(self, sealed: Sealed, users: frozenset[str]) -> None:
        """Have these users read an event, and those after it, who were in the room and were not known to be.

        Raises TransportError.
        """
        await self._exchange.know(users)
        await self._exchange.claim(users)
        await self._exchange.send_waiting()
        for some in chunks(await self._thread.run(self._machine.reachable_devices, users), _DEVICES_A_STEP):
            chunk = await self._thread.run(self._machine.encrypt_key, sealed.key, some)
            await self._exchange.put_to_device("m.room.encrypted", chunk.body)
            await self._thread.run(self._machine.shared, chunk)

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
        await self._exchange.know([user])
        await self._exchange.claim([user])
        await self._exchange.send_waiting()
        devices = await self._thread.run(self._machine.cross_signed_devices, user)
        past = await self._thread.run(self._machine.past, room_id, since)
        if not past.shared:
            return None
        if not devices:
            return 0
        bundle: dict[str, list[dict[str, Any]]] = {"room_keys": [], "withheld": []}
        for part, made, those in (("room_keys", exported, past.shared), ("withheld", refused, past.withheld)):
            for claims in chunks(list(those), _KEYS_A_STEP):
                bundle[part] += await self._thread.run(made, claims)
        file = await upload_encrypted(self._http, bundle)
        for kind in BUNDLE_TYPES:
            for some in chunks(devices, _DEVICES_A_STEP):
                content = {"room_id": room_id, "file": file}
                body = await self._thread.run(self._machine.seal_for, some, kind, content)
                await self._exchange.put_to_device("m.room.encrypted", body)
        return len(devices)

    async def _prepare(self, room_id: str, recipients: frozenset[str]) -> None:
        """Bring the room's key to every device of `recipients` that can be reached now."""
        await self._exchange.know(recipients)
        await self._exchange.claim(recipients)
        await self._exchange.send_waiting()
        try:
            await self._share(room_id, recipients)
        except ShareStaleError:
            _log.info("a room's key was replaced while it went out")

    async def _share(self, room_id: str, recipients: frozenset[str]) -> None:
        for plan in await self._thread.run(self._machine.outgoing_shares, room_id, recipients):
            chunk: ShareChunk = await self._thread.run(self._machine.encrypt_share, plan)
            await self._exchange.put_to_device("m.room.encrypted", chunk.body)
            await self._thread.run(self._machine.shared, chunk)
            before = self._readers.get(room_id)
            users = frozenset(user for user, _, _ in chunk.devices)
            if before is not None and before.session_id == chunk.session_id:
                users |= before.users
            self._readers[room_id] = _Readers(chunk.session_id, users)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
