# SPDX-License-Identifier: Apache-2.0
"""Files on the homeserver: encrypted here, so that it keeps what it can't read."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

from nio.crypto.attachments import decrypt_attachment, encrypt_attachment
from nio.exceptions import EncryptionError

from bots.core.matrix.http import Http
from bots.core.metadata import Tells, tells

# A photograph of a good camera is smaller. What is larger is not asked.
LARGEST = 20 << 20
_ADDRESS = re.compile(r"mxc://(?P<server>[A-Za-z0-9.:\[\]-]{1,255})/(?P<media>[A-Za-z0-9_-]{1,255})")


async def upload_encrypted(http: Http, content: Mapping[str, Any] | bytes) -> dict[str, Any]:
    """Upload bytes, or JSON, under a key of their own. Gives the `EncryptedFile` by which whoever has it opens them.

    Raises TransportError.
    """
    sealed, file = await asyncio.to_thread(_sealed, content)
    return {**file, "url": await http.upload(sealed)}


async def told_by_file(http: Http, content: Mapping[str, Any]) -> frozenset[Tells]:
    """What the file of a message, or the picture of a member (the event's `content`), says of who took it and where.

    Nothing for one without a file, for one that is too large, and for one that can't be opened.
    Raises TransportError when it could not be fetched.
    """
    sealed = content.get("file")
    address = sealed.get("url") if isinstance(sealed, Mapping) else content.get("url", content.get("avatar_url"))
    found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if found is None:
        return frozenset()
    data = await http.download(found["server"], found["media"], LARGEST)
    return frozenset() if data is None else await asyncio.to_thread(_told, data, sealed)


def _told(data: bytes, sealed: object) -> frozenset[Tells]:
    if not isinstance(sealed, Mapping):
        return tells(data)
    try:
        return tells(decrypt_attachment(data, sealed["key"]["k"], sealed["hashes"]["sha256"], sealed["iv"]))
    except (EncryptionError, KeyError, TypeError, ValueError, AttributeError):
        return frozenset()


def _sealed(content: Mapping[str, Any] | bytes) -> tuple[bytes, dict[str, Any]]:
    plain = content if isinstance(content, bytes) else json.dumps(content).encode()
    sealed, file = encrypt_attachment(plain)
    return sealed, file
