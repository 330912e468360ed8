# SPDX-License-Identifier: Apache-2.0
"""A disk that is full or away: it passes, as a network does, and is told of in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bots.core.matrix.crypto.errors import DISK, is_full
from bots.core.transport import TransportError

NO_DISK = "KITHROOM_DISK"


@contextmanager
def writing() -> Iterator[None]:
    """What is written inside raises TransportError, to be tried again, where the disk takes nothing."""
    try:
        yield
    except DISK as error:
        if not is_full(error):
            raise
        # By its kind only: it may name files.
        raise TransportError(NO_DISK, f"the disk takes nothing ({type(error).__name__})", retryable=True) from error
