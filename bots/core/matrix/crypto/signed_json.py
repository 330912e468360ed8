# SPDX-License-Identifier: Apache-2.0
"""Matrix's signed JSON: whether a signature of somebody's device or identity holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vodozemac import Ed25519PublicKey, Ed25519Signature

from bots.core.signing import base64_of, canonical


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
