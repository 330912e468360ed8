# SPDX-License-Identifier: Apache-2.0
"""Files on the homeserver: encrypted here, so that it keeps what it can't read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from nio.crypto.attachments import encrypt_attachment

from bots.core.matrix.http import Http


async def upload_encrypted(http: Http, content: Mapping[str, Any] | bytes) -> dict[str, Any]:
    """Upload bytes, or JSON, under a key of their own. Gives the `EncryptedFile` by which whoever has it opens them.

    Raises TransportError.
    """
    sealed, file = await asyncio.to_thread(_sealed, content)
    return {**file, "url": await http.upload(sealed)}


def _sealed(content: Mapping[str, Any] | bytes) -> tuple[bytes, dict[str, Any]]:
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    sealed, file = encrypt_attachment(plain)
    return sealed, file
