# SPDX-License-Identifier: Apache-2.0
"""The bot vouches for its own device, so that clients which trust nothing else (MSC4153) talk with it.

Three Ed25519 keys: the master key, which is the identity; the self-signing key, which signs devices; the user-signing
key, which signs other people (a bot signs nobody, but clients expect it).
Their seeds are on the disk before the homeserver hears of them: a lost seed is a lost identity.
https://spec.matrix.org/latest/client-server-api/#cross-signing
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bots.core.matrix.http import Http, UserInteractiveAuthError, path
from bots.core.matrix.private_files import read_private, write_private
from bots.core.transport import TransportError

SEEDS_FILE = "cross_signing.json"
USAGES = ("master", "self_signing", "user_signing")
Json = Mapping[str, Any]
SignWithDevice = Callable[[dict[str, Any]], Awaitable[str]]


class IdentityChangedError(TransportError):
    """The account's identity on the homeserver is not the one this bot keeps; the sentence says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__("KITHROOM_IDENTITY_CHANGED", message)


@dataclass(frozen=True, slots=True)
class Device:
    """The bot's own device: its ids and its public keys, unpadded base64."""

    user_id: str
    device_id: str
    ed25519: str
    curve25519: str


@dataclass(frozen=True)
class CrossSigningKeys:
    """The three private keys, by usage."""

    private: Mapping[str, Ed25519PrivateKey] = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """New ones."""
        return cls({usage: Ed25519PrivateKey.generate() for usage in USAGES})

    @classmethod
    def from_seeds(cls, seeds: Mapping[str, str]) -> Self:
        """From what `seeds` gave. Raises KeyError or ValueError for anything else."""
        return cls({usage: Ed25519PrivateKey.from_private_bytes(unpadded_decode(seeds[usage])) for usage in USAGES})

    def seeds(self) -> dict[str, str]:
        """The private keys, unpadded base64, by usage."""
        return {usage: unpadded_encode(key.private_bytes_raw()) for usage, key in self.private.items()}

    def public(self, usage: str) -> str:
        """The public key, unpadded base64."""
        return unpadded_encode(self.private[usage].public_key().public_bytes_raw())

    def sign(self, usage: str, value: Json) -> str:
        """The signature over the canonical JSON of `value`."""
        return unpadded_encode(self.private[usage].sign(canonical_json(value)))

    def public_part(self, user_id: str, usage: str) -> dict[str, Any]:
        """The key as it is published; all but the master key signed by the master key."""
        public = self.public(usage)
        part: dict[str, Any] = {"user_id": user_id, "usage": [usage], "keys": {f"ed25519:{public}": public}}
        if usage != "master":
            part["signatures"] = {user_id: {f"ed25519:{self.public('master')}": self.sign("master", part)}}
        return part


def canonical_json(value: Json) -> bytes:
    """What is signed: without signatures and what servers add, keys sorted, no spaces."""
    signed = {name: part for name, part in value.items() if name not in ("signatures", "unsigned")}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_signed_by(value: Json, user_id: str, public: str) -> bool:
    """Whether `value` carries a good signature of `user_id`'s Ed25519 key `public`."""
    signature = _at(value, "signatures", user_id, f"ed25519:{public}")
    if not isinstance(signature, str):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(unpadded_decode(public)).verify(
            unpadded_decode(signature), canonical_json(value)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def unpadded_encode(value: bytes) -> str:
    """Matrix's base64: standard alphabet, no `=`."""
    return base64.b64encode(value).rstrip(b"=").decode()


def unpadded_decode(value: str) -> bytes:
    """The reverse. Raises ValueError."""
    return base64.b64decode(value + "=" * (-len(value) % 4), validate=True)


async def ensure_cross_signed(
    http: Http,
    device: Device,
    sign_with_device: SignWithDevice,
    folder: Path,
    *,
    password: str | None,
    replace_identity: bool = False,
) -> CrossSigningKeys:
    """Make sure, by the homeserver's word, that the device is signed by its owner. Changes nothing that is right.

    The device's keys must have been uploaded. The seeds are in `folder`, mode 0600; made at the first start.
    `replace_identity` gives up an identity on the homeserver that is not ours; everybody who verified the bot is told.
    Raises IdentityChangedError; TransportError when the homeserver refuses.
    """
    file = folder / SEEDS_FILE
    keys = await asyncio.to_thread(_load, file)
    published = await _query(http, device.user_id)
    if published.master is not None and not replace_identity:
        if keys is None:
            raise IdentityChangedError(
                f"{device.user_id} has a cross-signing identity already, and its keys are not in {file}: "
                "restore that file, or start once with the identity replaced."
            )
        if published.master != keys.public("master"):
            raise IdentityChangedError(
                f"Somebody gave {device.user_id} another cross-signing identity: if that was not you, change the "
                f"account's password and look at its devices; then start once with the identity replaced."
            )
    if keys is None or published.master not in (None, keys.public("master")):
        # New ones also where an identity takes the place of the one that took ours: Synapse takes no key twice.
        keys = CrossSigningKeys.generate()
        await asyncio.to_thread(write_private, file, json.dumps(keys.seeds()))
    if published.public_keys() != tuple(keys.public(usage) for usage in USAGES):
        await _upload(http, device.user_id, keys, password)
        published = await _query(http, device.user_id)
    await _sign(http, device, keys, published, sign_with_device)
    published = await _query(http, device.user_id)
    if not _is_complete(device, keys, published):
        raise TransportError("KITHROOM_NOT_CROSS_SIGNED", "the homeserver does not show the signatures it accepted")
    return keys


@dataclass(frozen=True)
class Identity:
    """The bot's own device and the keys that vouch for it."""

    device: Device
    keys: CrossSigningKeys

    async def is_published(self, http: Http) -> bool:
        """Whether the homeserver, asked now, shows this identity and the device signed by it. Raises TransportError."""
        return _is_complete(self.device, self.keys, await _query(http, self.device.user_id))


@dataclass(frozen=True)
class _Published:
    """What the homeserver shows of the bot's own keys."""

    parts: Mapping[str, Json]
    devices: Json

    @property
    def master(self) -> str | None:
        return self.public_keys()[0]

    def public_keys(self) -> tuple[str | None, ...]:
        return tuple(_only_key(self.parts.get(usage)) for usage in USAGES)


async def published_device(http: Http, user_id: str, device_id: str) -> Json | None:
    """The bot's own device as the homeserver shows it; None when no keys were uploaded for it."""
    device = (await _query(http, user_id)).devices.get(device_id)
    return device if isinstance(device, Mapping) else None


def has_keys(shown: Json, device: Device) -> bool:
    """Whether the device that the homeserver shows has our keys."""
    expected = {f"ed25519:{device.device_id}": device.ed25519, f"curve25519:{device.device_id}": device.curve25519}
    return all(_at(shown, "keys", name) == key for name, key in expected.items())


async def _query(http: Http, user_id: str) -> _Published:
    answer = await http.request("POST", path("keys", "query"), {"device_keys": {user_id: []}})
    parts = {usage: _at(answer, f"{usage}_keys", user_id) for usage in USAGES}
    devices = _at(answer, "device_keys", user_id)
    return _Published(
        {usage: part for usage, part in parts.items() if isinstance(part, Mapping)},
        devices if isinstance(devices, Mapping) else {},
    )


async def _upload(http: Http, user_id: str, keys: CrossSigningKeys, password: str | None) -> None:
    body: dict[str, Any] = {f"{usage}_key": keys.public_part(user_id, usage) for usage in USAGES}
    target = path("keys", "device_signing", "upload")
    try:
        await http.request("POST", target, body)
    except UserInteractiveAuthError as error:
        # Not asked for the first upload (MSC3967), but for every other one.
        if password is None or "m.login.password" not in error.stages:
            raise TransportError(
                "KITHROOM_AUTHENTICATION_WANTED",
                "the homeserver lets the identity be set only with the account's password, or once an administrator "
                "allows it",
                status=error.status,
            ) from None
        body["auth"] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
            "session": error.session,
        }
        await http.request("POST", target, body)


async def _sign(
    http: Http, device: Device, keys: CrossSigningKeys, published: _Published, sign_with_device: SignWithDevice
) -> None:
    shown = published.devices.get(device.device_id)
    if not isinstance(shown, Mapping) or not has_keys(shown, device):
        raise TransportError("KITHROOM_DEVICE_KEYS", "the homeserver does not show this device's keys as they are")
    signed: dict[str, Any] = {}
    user, self_signing = device.user_id, keys.public("self_signing")
    if not is_signed_by(shown, user, self_signing):
        signature = keys.sign("self_signing", shown)
        signed[device.device_id] = {**_bare(shown), "signatures": {user: {f"ed25519:{self_signing}": signature}}}
    # The device signs the master key too, as other clients do: that is how they tell that the two belong together.
    master = published.parts.get("master", {})
    if not _at(master, "signatures", user, f"ed25519:{device.device_id}"):
        bare = _bare(master)
        signature = await sign_with_device(bare)
        signed[keys.public("master")] = {**bare, "signatures": {user: {f"ed25519:{device.device_id}": signature}}}
    if not signed:
        return
    answer = await http.request("POST", path("keys", "signatures", "upload"), {user: signed})
    if answer.get("failures"):  # which come with a 200
        raise TransportError("KITHROOM_NOT_CROSS_SIGNED", "the homeserver refused a signature over the bot's own keys")


def _is_complete(device: Device, keys: CrossSigningKeys, published: _Published) -> bool:
    shown = published.devices.get(device.device_id)
    return (
        published.public_keys() == tuple(keys.public(usage) for usage in USAGES)
        and isinstance(shown, Mapping)
        and has_keys(shown, device)
        and is_signed_by(shown, device.user_id, keys.public("self_signing"))
    )


def _load(file: Path) -> CrossSigningKeys | None:
    text = read_private(file)
    if text is None:
        return None
    try:
        return CrossSigningKeys.from_seeds(json.loads(text))
    except (ValueError, KeyError, TypeError):
        raise IdentityChangedError(f"{file} can't be read: restore it from a backup.") from None


def _bare(value: Json) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name not in ("signatures", "unsigned")}


def _only_key(part: Json | None) -> str | None:
    keys = part.get("keys") if part else None
    found = next(iter(keys.values()), None) if isinstance(keys, Mapping) else None
    return found if isinstance(found, str) else None


def _at(value: object, *names: str) -> Any:
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
