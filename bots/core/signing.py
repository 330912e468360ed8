# SPDX-License-Identifier: Apache-2.0
"""Signed JSON: Matrix's canonical form, Ed25519, and keys as Matrix writes them. Pure.

What one community publishes for another (its library, a condition's pack) carries the key and the signature itself.
Whose key it is, people tell each other in another way.
https://spec.matrix.org/latest/appendices/#signing-json
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE = "_signature"
# Whoever nests deeper means harm.
MAX_DEPTH = 20
_KEY, _LENGTH = 32, 64


def base64_of(text: Any, length: int) -> str:
    """`text` as the one unpadded base64 spelling of its bytes, when those are `length` many.

    Raises `ValueError` for everything else. Every key and signature from outside comes through here first:
    vodozemac does not answer an Ed25519 key of another length with an error but with a Rust panic,
    which no `except Exception` stops.
    """
    if not isinstance(text, str):
        raise ValueError("not text")
    raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if len(raw) != length:
        raise ValueError("not of that length")
    return base64.b64encode(raw).decode().rstrip("=")


def canonical(value: Mapping[str, Any]) -> bytes:
    """The canonical JSON of `value` without `signatures` and `unsigned`: the bytes a signature is made over.

    Raises `ValueError`, `TypeError` or `RecursionError` for what is no JSON.
    """
    bare = {key: part for key, part in value.items() if key not in {"signatures", "unsigned"}}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def public_key(key: Ed25519PrivateKey) -> str:
    """Its public half, unpadded base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")


def signed(value: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The value with the key and the signature in it."""
    signature = base64.b64encode(key.sign(_bytes(value))).decode().rstrip("=")
    return {**value, SIGNATURE: {"key": public_key(key), "ed25519": signature}}


def signer(value: Mapping[str, Any]) -> str | None:
    """The public key with which the value is signed; None where the signature does not fit what it says."""
    try:
        claimed = value[SIGNATURE]
        public = base64_of(claimed["key"], _KEY)
        signature = base64.b64decode(base64_of(claimed["ed25519"], _LENGTH) + "==")
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public + "=")).verify(signature, _bytes(value))
    except (InvalidSignature, ValueError, TypeError, KeyError, RecursionError):
        return None
    return public


def read_object(raw: bytes) -> dict[str, Any]:
    """A JSON object as canonical JSON allows it: whole numbers only, no key twice, not nested too deeply.

    Raises ValueError, with a sentence about what is wrong.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_float=_no_number, parse_constant=_no_number, object_pairs_hook=_once
        )
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None
    except UnicodeDecodeError:
        raise ValueError("It is not written in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"It is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ValueError("It is not a JSON object.")
    if _is_deep(value):
        raise ValueError("It is nested too deeply.")
    return value


def _bytes(value: Mapping[str, Any]) -> bytes:
    return canonical({key: part for key, part in value.items() if key != SIGNATURE})


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"The number {text[:20]} is not a whole one.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("A key in it is there twice.")
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for each in level
            if isinstance(each, dict | list)
            for part in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
