# SPDX-License-Identifier: Apache-2.0
"""Whose devices there are: which users must be asked about, what the answers say, and who signed what.

A homeserver's answer mixes what honest and hostile people uploaded.
Each device and each key is judged alone: a bad one is dropped and never costs its neighbours anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nio.crypto import OlmDevice
from vodozemac import Curve25519PublicKey, Ed25519PublicKey

from bots.core.matrix.crypto.signed_json import signed_by
from bots.core.matrix.crypto.store import KeyStore
from bots.core.signing import base64_of

MOST_DEVICES = 100
"""How many devices of one user get keys. More are an attack on everybody's patience; signed ones go first."""
FIRST_WAIT, LONGEST_WAIT = 10.0, 3600.0
"""Seconds before a server, or a device, that failed is tried again."""


def wait_after(failures: int) -> float:
    """Seconds to wait after that many failures in a row (1 is the first): doubling, an hour at most."""
    waits: float = FIRST_WAIT * (1 << min(max(failures, 1) - 1, 12))
    return min(LONGEST_WAIT, waits)


class Patience:
    """Who failed and from when they are tried again. Times are seconds, handed in."""

    def __init__(self) -> None:
        self._failures: dict[Any, tuple[int, float]] = {}

    def failed(self, who: Any, now: float) -> None:
        """Count one more failure in a row."""
        count = self._failures.get(who, (0, 0.0))[0] + 1
        self._failures[who] = (count, now + wait_after(count))

    def worked(self, who: Any) -> None:
        """Forget the failures."""
        self._failures.pop(who, None)

    def waiting(self, who: Any, now: float) -> bool:
        """Whether it is too early to try again."""
        return who in self._failures and now < self._failures[who][1]

    def retry_at(self) -> dict[Any, float]:
        """For each who failed, from when they are tried again."""
        return {who: at for who, (_, at) in self._failures.items()}


@dataclass(frozen=True)
class Queried:
    """What a device-list answer brought.

    `changed` users have new, removed or altered devices.
    `new_identities` are users whose master key is not the one first seen: their devices no longer count as
    cross-signed until `accept_identity`. `failed_servers` did not answer and are asked later.
    `own_keys_replaced`: the homeserver shows other keys for our own device than we have, which must be looked at.
    """

    changed: frozenset[str] = frozenset()
    new_identities: frozenset[str] = frozenset()
    failed_servers: frozenset[str] = frozenset()
    dropped_devices: int = 0
    own_keys_replaced: bool = False


@dataclass
class _User:
    devices: dict[str, OlmDevice] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    master: str | None = None
    same_master: bool = True


def server_of(user_id: str) -> str:
    """The server name in a user id."""
    return user_id.partition(":")[2]


def read_device(user_id: str, device_id: Any, payload: Any) -> OlmDevice | None:
    """The device a homeserver describes, when all of it is well-formed and signed by itself; `None` otherwise."""
    try:
        if payload["user_id"] != user_id or payload["device_id"] != device_id or not isinstance(device_id, str):
            return None
        ed25519, curve25519 = payload["keys"][f"ed25519:{device_id}"], payload["keys"][f"curve25519:{device_id}"]
        # Normal forms, since base64 has several spellings of one key and we compare keys as text.
        ed25519, curve25519 = (
            Ed25519PublicKey.from_base64(base64_of(ed25519, 32)).to_base64(),
            Curve25519PublicKey.from_base64(base64_of(curve25519, 32)).to_base64(),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None
    if not signed_by(payload, user_id, device_id, ed25519):
        return None
    return OlmDevice(user_id, device_id, {"ed25519": ed25519, "curve25519": curve25519})


def read_cross_signing_key(user_id: str, usage: str, payload: Any) -> str | None:
    """The one public key in a cross-signing key object of that usage; `None` when it is malformed or another's."""
    try:
        if payload["user_id"] != user_id or usage not in payload["usage"]:
            return None
        ((name, key),) = payload["keys"].items()
        public: str = Ed25519PublicKey.from_base64(base64_of(key, 32)).to_base64()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None
    return public if name == f"ed25519:{key}" else None


class Devices:
    """The device lists of everyone we share a room with, in memory, and each one's first identity, in the store."""

    def __init__(self, user_id: str, device_id: str, ed25519: str, curve25519: str, store: KeyStore) -> None:
        self._own = (user_id, device_id)
        self._own_keys = (ed25519, curve25519)
        self._store = store
        self._users: dict[str, _User] = {}
        self._tracked: set[str] = set()
        self._outdated: set[str] = set()
        self._again: set[str] = set()
        self._servers = Patience()

    def track(self, users: Iterable[str]) -> None:
        """Follow these users' device lists from now on; who is new is asked about next."""
        fresh = set(users) - self._tracked
        self._tracked |= fresh
        self._outdated |= fresh

    def changed(self, users: Iterable[str]) -> None:
        """The homeserver says that these lists changed. Users we do not follow are passed over."""
        touched = self._tracked.intersection(users)
        self._outdated |= touched
        self._again |= touched

    def left(self, users: Iterable[str]) -> None:
        """We share no room with these users any more, and will not be told of changes."""
        for user_id in users:
            self._tracked.discard(user_id)
            self._outdated.discard(user_id)

    def to_query(self, now: float) -> set[str]:
        """Who to ask about now: outdated, and on a server that is not being waited for."""
        users = {user for user in self._outdated if not self._servers.waiting(server_of(user), now)}
        self._again -= users
        return users

    def unknown(self, users: Iterable[str], now: float) -> int:
        """How many of the users must be asked about before anything is sent to them."""
        return sum(
            1
            for user in users
            if (user in self._outdated or user not in self._tracked) and not self._servers.waiting(server_of(user), now)
        )

    def server_retry_at(self) -> dict[str, float]:
        """For each server that did not answer, from when (seconds) it is asked again."""
        return self._servers.retry_at()

    def answered(self, response: Any, asked: Iterable[str], now: float) -> Queried:
        """Take in the answer to a device-list query, whatever it is made of."""
        response = response if isinstance(response, dict) else {}
        lists = response.get("device_keys")
        if not isinstance(lists, dict):
            return Queried()
        failures = response.get("failures")
        failed = (
            frozenset(name for name in failures if isinstance(name, str)) if isinstance(failures, dict) else frozenset()
        )
        for server in failed:
            self._servers.failed(server, now)
        changed: set[str] = set()
        strangers: set[str] = set()
        dropped, replaced = 0, False
        for user_id in asked:
            described = lists.get(user_id)
            if described is None and server_of(user_id) in failed:
                continue
            described = described if isinstance(described, dict) else {}
            if user_id == self._own[0]:
                replaced = self._own_replaced(described.get(self._own[1]))
            bad, differs = self._take(user_id, described, response)
            dropped += bad
            if differs:
                changed.add(user_id)
            if not self._users[user_id].same_master:
                strangers.add(user_id)
            if server_of(user_id) not in failed:
                self._servers.worked(server_of(user_id))
            if user_id not in self._again:
                self._outdated.discard(user_id)
        return Queried(frozenset(changed), frozenset(strangers), failed, dropped, replaced)

    def _own_replaced(self, payload: Any) -> bool:
        device = read_device(*self._own, payload)
        return device is not None and (device.ed25519, device.curve25519) != self._own_keys

    def _take(self, user_id: str, described: dict[Any, Any], response: dict[str, Any]) -> tuple[int, bool]:
        before = self._users.get(user_id, _User())
        master, self_signing = self._identity(user_id, response)
        devices: dict[str, OlmDevice] = {}
        signed: set[str] = set()
        dropped = 0
        for device_id, payload in described.items():
            if (user_id, device_id) == self._own:
                continue
            device = read_device(user_id, device_id, payload)
            known = before.devices.get(device_id)
            # A device's Ed25519 key is its identity: while it lives, it never changes.
            if device is None or (known is not None and known.ed25519 != device.ed25519):
                dropped += 1
                if known is not None and device is not None:
                    devices[device_id] = known
                continue
            devices[device_id] = device
            if self_signing is not None and signed_by(payload, user_id, self_signing, self_signing):
                signed.add(device_id)
        if len(devices) > MOST_DEVICES:
            kept = sorted(devices, key=lambda name: (name not in signed, name))[:MOST_DEVICES]
            dropped += len(devices) - MOST_DEVICES
            devices = {name: devices[name] for name in kept}
        same = self._same_master(user_id, master)
        self._users[user_id] = _User(devices, frozenset(signed & devices.keys()), master, same)
        return dropped, devices != before.devices or signed != before.signed

    def _identity(self, user_id: str, response: dict[str, Any]) -> tuple[str | None, str | None]:
        objects: dict[str, tuple[str | None, Any]] = {}
        for name, usage in (("master_keys", "master"), ("self_signing_keys", "self_signing")):
            of_all = response.get(name)
            payload = of_all.get(user_id) if isinstance(of_all, dict) else None
            objects[usage] = (read_cross_signing_key(user_id, usage, payload), payload)
        master, _ = objects["master"]
        self_signing, payload = objects["self_signing"]
        if master is None or self_signing is None or not signed_by(payload, user_id, master, master):
            return master, None
        return master, self_signing

    def _same_master(self, user_id: str, master: str | None) -> bool:
        if master is None:
            return True
        pinned = self._store.pinned(user_id, master)
        if pinned is None:
            self._store.pin(user_id, master)
            return True
        return pinned

    def accept_identity(self, user_id: str) -> None:
        """Take the user's present master key as theirs, after it was surfaced as another one than before."""
        user = self._users.get(user_id)
        if user is not None and user.master is not None:
            self._store.pin(user_id, user.master)
            user.same_master = True

    def is_cross_signed(self, user_id: str, device_id: str) -> bool:
        """Whether the device is signed by its owner's identity, and that identity is the first one seen."""
        user = self._users.get(user_id)
        return user is not None and user.same_master and device_id in user.signed

    def of(self, user_id: str) -> Iterator[OlmDevice]:
        """The known devices of a user, our own device not among them."""
        user = self._users.get(user_id)
        return iter(user.devices.values() if user else ())

    def get(self, user_id: str, device_id: str) -> OlmDevice | None:
        """One device, if it is known."""
        user = self._users.get(user_id)
        return user.devices.get(device_id) if user else None

    def with_sender_key(self, user_id: str, sender_key: str) -> OlmDevice | None:
        """The device of the user which has this curve25519 key."""
        return next((device for device in self.of(user_id) if device.curve25519 == sender_key), None)
