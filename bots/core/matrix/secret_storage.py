# SPDX-License-Identifier: Apache-2.0
"""The bot's cross-signing seeds in encrypted secret storage on the homeserver, and the recovery key that opens it.

With the recovery key a person can sign in as the bot from any client and verify that session.
https://spec.matrix.org/latest/client-server-api/#secret-storage
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bots.core.matrix.cross_signing import USAGES, unpadded_decode, unpadded_encode
from bots.core.matrix.http import Http, path
from bots.core.matrix.private_files import read_private, write_private
from bots.core.transport import TransportError

RECOVERY_KEY_FILE = "recovery_key.txt"
ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"
_DEFAULT_KEY = "m.secret_storage.default_key"
_KEY_BYTES = 32
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RECOVERY_PREFIX = b"\x8b\x01"
Json = Mapping[str, Any]


async def ensure_secrets_stored(http: Http, user_id: str, seeds: Mapping[str, str], folder: Path) -> bool:
    """Make sure that the homeserver holds the `seeds`, encrypted for the recovery key in `folder`.

    The recovery key is written there once, before anything is uploaded.
    False when a person has set up secret storage with another key in the meantime: that is theirs and is left alone.
    Raises TransportError.
    """
    key = await asyncio.to_thread(_recovery_key, folder / RECOVERY_KEY_FILE)
    key_id = hashlib.sha256(b"kithroom secret storage key id" + key).hexdigest()[:32]
    default = await account_data(http, user_id, _DEFAULT_KEY)
    if default is not None and default.get("key") not in (None, key_id):
        return False
    if default is not None and await _holds(http, user_id, seeds, key, key_id):
        return True
    check = encrypt(key, "", bytes(_KEY_BYTES), os.urandom(16))
    description = {"algorithm": ALGORITHM, "iv": check["iv"], "mac": check["mac"]}
    await set_account_data(http, user_id, f"m.secret_storage.key.{key_id}", description)
    for usage in USAGES:
        name = f"m.cross_signing.{usage}"
        secret = {"encrypted": {key_id: encrypt(key, name, seeds[usage].encode(), os.urandom(16))}}
        await set_account_data(http, user_id, name, secret)
    # Last, so that a start which was interrupted does it all again.
    await set_account_data(http, user_id, _DEFAULT_KEY, {"key": key_id})
    return True


async def account_data(http: Http, user_id: str, kind: str) -> dict[str, Any] | None:
    """The bot's account data of this type; None when there is none."""
    return await http.found(path("user", user_id, "account_data", kind))


async def set_account_data(http: Http, user_id: str, kind: str, content: Json) -> None:
    """Set the bot's account data of this type."""
    await http.request("PUT", path("user", user_id, "account_data", kind), content)


def encrypt(key: bytes, name: str, secret: bytes, iv: bytes) -> dict[str, str]:
    """`secret` encrypted under the 32-byte `key` for the account data type `name`. `iv`: 16 random bytes."""
    aes_key, mac_key = _derive(key, name)
    # Bit 63 is cleared for implementations whose counter is 64 bits wide.
    iv = iv[:8] + bytes([iv[8] & 0x7F]) + iv[9:]
    cipher = Cipher(algorithms.AES(aes_key), modes.CTR(iv)).encryptor()
    ciphertext = cipher.update(secret) + cipher.finalize()
    mac = hmac.digest(mac_key, ciphertext, "sha256")
    return {"iv": unpadded_encode(iv), "ciphertext": unpadded_encode(ciphertext), "mac": unpadded_encode(mac)}


def decrypt(key: bytes, name: str, encrypted: Json) -> bytes | None:
    """What `encrypt` was given; None when it was another key, another name or is damaged."""
    aes_key, mac_key = _derive(key, name)
    try:
        iv, ciphertext, mac = (unpadded_decode(encrypted[part]) for part in ("iv", "ciphertext", "mac"))
        if not hmac.compare_digest(mac, hmac.digest(mac_key, ciphertext, "sha256")):
            return None
        cipher = Cipher(algorithms.AES(aes_key), modes.CTR(iv)).decryptor()
        return cipher.update(ciphertext) + cipher.finalize()
    except (KeyError, TypeError, ValueError):
        return None


def encode_recovery_key(key: bytes) -> str:
    """The key as a person writes it down: base58 in groups of four."""
    prefixed = _RECOVERY_PREFIX + key
    number = int.from_bytes(prefixed + bytes([_parity(prefixed)]))
    digits = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def decode_recovery_key(text: str) -> bytes:
    """The reverse; spaces don't matter. Raises ValueError for a mistyped one."""
    number = 0
    for digit in "".join(text.split()):
        number = number * len(_ALPHABET) + _ALPHABET.index(digit)
    length = len(_RECOVERY_PREFIX) + _KEY_BYTES + 1
    if number.bit_length() > 8 * length:
        raise ValueError("too long for a recovery key")
    decoded = number.to_bytes(length)
    if not decoded.startswith(_RECOVERY_PREFIX) or _parity(decoded) != 0:
        raise ValueError("not a recovery key")
    return decoded[len(_RECOVERY_PREFIX) : -1]


async def _holds(http: Http, user_id: str, seeds: Mapping[str, str], key: bytes, key_id: str) -> bool:
    for usage in USAGES:
        name = f"m.cross_signing.{usage}"
        stored = (await account_data(http, user_id, name) or {}).get("encrypted")
        mine = stored.get(key_id) if isinstance(stored, Mapping) else None
        if not isinstance(mine, Mapping) or decrypt(key, name, mine) != seeds[usage].encode():
            return False
    return True


def _recovery_key(file: Path) -> bytes:
    text = read_private(file)
    if text is None:
        key = os.urandom(_KEY_BYTES)
        write_private(file, encode_recovery_key(key) + "\n")
        return key
    try:
        return decode_recovery_key(text)
    except ValueError:
        raise TransportError("KITHROOM_RECOVERY_KEY", f"{file} holds no recovery key: restore it") from None


def _derive(key: bytes, name: str) -> tuple[bytes, bytes]:
    derived = HKDF(SHA256(), 64, bytes(_KEY_BYTES), name.encode()).derive(key)
    return derived[:32], derived[32:]


def _parity(value: bytes) -> int:
    parity = 0
    for byte in value:
        parity ^= byte
    return parity
