# SPDX-License-Identifier: Apache-2.0
"""Meaning from a table of word pieces: WordLlama's static vectors, as they lie in its wheel. Nothing is ever fetched.

WordLlama's own loader looks for its tokenizer in a folder that the wheel does not have, and then asks the network for
it; so its two files are read here. The table (16 MB, half precision) is mapped while a text is read, and let go again:
what was asked so far does not stay in memory.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from bots.resources.finding.pieces import Pieces
from bots.resources.finding.vectors import Vectors, unit
from bots.resources.finding.words import words_of

_PACKAGE = "wordllama"
_TABLE = Path("weights", "l2_supercat_256.safetensors")
_TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")
# The beginning of a text says what it is about: more of it changed nothing in the measurement.
_MOST_WORDS = 180


@dataclass(frozen=True)
class StaticEncoder:
    """A text is the mean of its pieces' vectors, lower-cased and without punctuation (+.03 nDCG on short questions)."""

    pieces: Pieces
    table: Table
    name: str
    weight: float = 1.0

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        return self.table.shape[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector of length one each; zeros for a text without words."""
        table = self.table.mapped()
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, pieces in enumerate(self.pieces.of(words_of(text)[:_MOST_WORDS] for text in texts)):
            if pieces:
                vectors[row] = table[pieces].mean(axis=0, dtype=np.float32)
        return unit(vectors)


@dataclass(frozen=True)
class Table:
    """The one tensor of a safetensors file, half precision, from `offset` on."""

    file: Path
    offset: int
    shape: tuple[int, int]

    @classmethod
    def of(cls, file: Path) -> Table:
        """The one in this file."""
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            header = json.loads(opened.read(length))
        (tensor,) = (value for key, value in header.items() if key != "__metadata__")
        rows, size = tensor["shape"]
        return cls(file, 8 + length + tensor["data_offsets"][0], (rows, size))

    def mapped(self) -> np.memmap[tuple[int, int], np.dtype[np.float16]]:
        """Read from the disk where it is used."""
        return np.memmap(self.file, dtype=np.float16, mode="r", offset=self.offset, shape=self.shape)


def load_static() -> StaticEncoder | None:
    """The encoder; None where the package is not installed, or not as it was."""
    spec = find_spec(_PACKAGE)
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None
    if folder is None or not (folder / _TABLE).is_file() or not (folder / _TOKENIZER).is_file():
        return None
    vocabulary = json.loads((folder / _TOKENIZER).read_bytes())["model"]["vocab"]
    return StaticEncoder(Pieces(vocabulary), Table.of(folder / _TABLE), f"{_PACKAGE} {_version()}")


def _version() -> str:
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:
        return "of unknown version"
