# SPDX-License-Identifier: Apache-2.0
"""The crypto engine: Olm, Megolm and their store, guarded against everything a stranger can send."""

from bots.core.matrix.crypto.decrypting import Decrypted
from bots.core.matrix.crypto.devices import Queried
from bots.core.matrix.crypto.errors import (
    CryptoError,
    NotSharedError,
    Reason,
    ShareStaleError,
    StoreInUseError,
    StoreMissingError,
    StoreUnreadableError,
    UndecryptableError,
)
from bots.core.matrix.crypto.inbox import Received
from bots.core.matrix.crypto.machine import CryptoMachine
from bots.core.matrix.crypto.sessions import ToDevice
from bots.core.matrix.crypto.sharing import ShareChunk, SharePlan

__all__ = [
    "CryptoError",
    "CryptoMachine",
    "Decrypted",
    "NotSharedError",
    "Queried",
    "Reason",
    "Received",
    "ShareChunk",
    "SharePlan",
    "ShareStaleError",
    "StoreInUseError",
    "StoreMissingError",
    "StoreUnreadableError",
    "ToDevice",
    "UndecryptableError",
]
