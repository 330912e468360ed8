# SPDX-License-Identifier: Apache-2.0
"""The community's secret key, and what is made with it: keyed hashes of people, and sealed columns.

The key lies in a file of its own, outside the database.
Every table hashes under its own key, so two tables of a stolen database cannot be joined on a person.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

_KEY_BYTES = 32
_NONCE_BYTES = 12
_HASH_BYTES = 16
# The first byte of what is sealed: which key, so that a later one can be told from this one.
_FIRST_KEY = b"\x01"


class WrongKeyError(Exception):
    """What was sealed does not open: another key file, or another column's content."""


@dataclass(frozen=True)
class Keys:
    """All that is derived from the community's secret key."""

    secret: bytes

    def __post_init__(self) -> None:
        """Refuse a key that is too short to be one."""
        if len(self.secret) != _KEY_BYTES:
            raise ValueError(f"the community's key has {len(self.secret)} bytes instead of {_KEY_BYTES}")

    @classmethod
    def from_file(cls, path: Path) -> Keys:
        """The key in this file, made (0600, and on disk before it is used) if there is none.

        Raises ValueError for a file that holds something else.
        """
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(bytes.fromhex(path.read_text("ascii").strip()))
        secret = os.urandom(_KEY_BYTES)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret.hex())
            file.flush()
            os.fsync(file.fileno())
        return cls(secret)

    def pseudonym(self, user: str) -> str:
        """The keyed hash that stands for a person. One that is a pseudonym already stays what it is."""
        return user if user.startswith("~") else "~" + self._hash("person", user)

    def hashed(self, table: str, value: str) -> str:
        """The keyed hash of a value in one table."""
        return self._hash(f"table:{table}", value)

    def hashed_person(self, table: str, user: str) -> str:
        """The keyed hash of a person (a user id or a pseudonym) in one table."""
        return self.hashed(table, self.pseudonym(user))

    def seal(self, column: str, plain: bytes) -> bytes:
        """Encrypt (AES-256-GCM) for one column: it opens nowhere else."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FIRST_KEY + nonce + AESGCM(self._derived("seal")).encrypt(nonce, plain, column.encode())

    def unseal(self, column: str, sealed: bytes) -> bytes:
        """What was sealed for this column. Raises WrongKeyError."""
        if sealed[:1] != _FIRST_KEY:
            raise WrongKeyError(f"{column}: sealed with a key that is not here")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return AESGCM(self._derived("seal")).decrypt(nonce, body, column.encode())
        except InvalidTag:
            raise WrongKeyError(f"{column}: does not open with the community's key") from None

    def _hash(self, purpose: str, value: str) -> str:
        return hmac.digest(self._derived(purpose), value.encode(), hashlib.sha256)[:_HASH_BYTES].hex()

    def _derived(self, purpose: str) -> bytes:
        return _derive(self.secret, purpose)


@lru_cache(maxsize=256)
def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDFExpand(SHA256(), _KEY_BYTES, f"kithroom {purpose}".encode()).derive(secret)
