# SPDX-License-Identifier: Apache-2.0
"""Matrix's signed JSON: the canonical form, keys as text, and whether a signature holds. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from vodozemac import Ed25519PublicKey, Ed25519Signature


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


def signed_by(value: Mapping[str, Any], user_id: str, key_id: str, ed25519: str) -> bool:
    """Whether `value` carries a valid signature of `user_id` with the key `ed25519` (base64), named `ed25519:key_id`.

    Whatever is wrong with the value, the answer is `False`, never an exception.
    """
    try:
        signature = Ed25519Signature.from_base64(base64_of(value["signatures"][user_id][f"ed25519:{key_id}"], 64))
        Ed25519PublicKey.from_base64(base64_of(ed25519, 32)).verify_signature(canonical(value), signature)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return True
