# SPDX-License-Identifier: Apache-2.0
"""The entries' vectors of one encoder, side by side: one for what an entry is called, one for what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bots.resources.finding.vectors import Encoder, Vectors

# On the disk vectors are half as long: the order of what is found stays the same.
_ON_DISK = np.float16


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a question is to each entry's title, to its body, and to all that the index is about."""

    titles: Vectors
    bodies: Vectors
    subject: float


class Meaning:
    """Vectors in the order in which entries are given; what is put goes to the end."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._titles = self._bodies = np.zeros((0, encoder.size), dtype=np.float32)
        self._subject = np.zeros(encoder.size, dtype=np.float32)

    def load(self, kept: Iterable[tuple[bytes, bytes]]) -> None:
        """Vectors as `put` gave them."""
        rows = list(kept)
        for name, vectors in (("_titles", [title for title, _ in rows]), ("_bodies", [body for _, body in rows])):
            flat = np.frombuffer(b"".join(vectors), dtype=_ON_DISK)
            setattr(self, name, flat.reshape(len(rows), self.encoder.size).astype(np.float32))
        self._changed()

    def put(self, titles: Sequence[str], bodies: Sequence[str]) -> list[tuple[bytes, bytes]]:
        """More entries, by their texts. Gives what to keep of each."""
        new = [self.encoder.encode(texts).astype(_ON_DISK) for texts in (titles, bodies)]
        self._titles = np.concatenate([self._titles, new[0].astype(np.float32)])
        self._bodies = np.concatenate([self._bodies, new[1].astype(np.float32)])
        self._changed()
        return [(title.tobytes(), body.tobytes()) for title, body in zip(*new, strict=True)]

    def take_out(self, positions: Sequence[int]) -> None:
        """The entries at these places are no more."""
        self._titles = np.delete(self._titles, positions, axis=0)
        self._bodies = np.delete(self._bodies, positions, axis=0)
        self._changed()

    def near(self, question: str, telling: str) -> Nearness:
        """`telling` is the question without the words that say nothing, by which its subject is judged."""
        asked, about = self.encoder.encode([question, telling])
        return Nearness(self._titles @ asked, self._bodies @ asked, float(self._subject @ about))

    def _changed(self) -> None:
        if len(self._bodies):
            self._subject = self._bodies.mean(axis=0)
