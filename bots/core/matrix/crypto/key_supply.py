# SPDX-License-Identifier: Apache-2.0
"""The keys with which strangers begin a session with our device: how many the homeserver has, and new ones for it."""

from __future__ import annotations

from typing import Any

from bots.core.matrix.crypto.olm import HardenedOlm


class KeySupply:
    """One device's one-time keys and fallback key, and what has been published of them."""

    def __init__(self, olm: HardenedOlm) -> None:
        self._olm = olm
        self._one_time_keys: int | None = None
        self._needs_fallback = not olm.account.shared

    def left(self, one_time_keys: Any, unused_fallback_types: Any) -> None:
        """Take in what a sync says is left, raw: `None` for what it did not say."""
        if type(one_time_keys) is int:
            self._one_time_keys = max(0, one_time_keys)
        if isinstance(unused_fallback_types, list):
            self._needs_fallback = "signed_curve25519" not in unused_fallback_types

    def to_upload(self) -> dict[str, Any] | None:
        """The body of `POST /keys/upload`, or `None` when the homeserver has enough.

        New keys are on disk before this comes back. Asked again before `uploaded`, it gives the same keys.
        """
        account, olm = self._olm.account, self._olm
        body: dict[str, Any] = {}
        if not account.shared:
            body["device_keys"] = olm.signed_device_keys()
        count = self._one_time_keys if account.shared else self._one_time_keys or 0
        unpublished = len(account._account.one_time_keys)
        if count is not None and (missing := account.max_one_time_keys - count) > 0:
            if missing > unpublished:
                account.generate_one_time_keys(missing - unpublished)
            body["one_time_keys"] = {
                f"signed_curve25519:{name}": olm.signed({"key": key.to_base64()})
                for name, key in account._account.one_time_keys.items()
            }
        if self._needs_fallback:
            if not account._account.fallback_key:
                account._account.generate_fallback_key()
            body["fallback_keys"] = {
                f"signed_curve25519:{name}": olm.signed({"key": key.to_base64(), "fallback": True})
                for name, key in account._account.fallback_key.items()
            }
        if body:
            olm.save_account()
        return body or None

    def uploaded(self, response: Any) -> None:
        """The homeserver took the last `to_upload`; `response` is its answer."""
        counts = response.get("one_time_key_counts") if isinstance(response, dict) else None
        count = counts.get("signed_curve25519") if isinstance(counts, dict) else None
        account = self._olm.account
        account.shared = True
        account.mark_keys_as_published()
        self._olm.save_account()
        self._one_time_keys = max(0, count) if type(count) is int else None
        self._needs_fallback = False
