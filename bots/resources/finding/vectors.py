# SPDX-License-Identifier: Apache-2.0
"""Texts as directions: what an encoder promises, and the entries' vectors side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one, the same text always into the same."""

    @property
    def name(self) -> str:
        """Which model, in which version: vectors of two names are never compared."""

    @property
    def size(self) -> int:
        """How many numbers a vector has."""

    @property
    def weight(self) -> float:
        """How much it counts beside other encoders."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row per text; zeros for a text that says nothing to the model."""


def unit(vectors: Vectors) -> Vectors:
    """Each row at length one; zeros stay."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), dtype=np.float32)
