# SPDX-License-Identifier: Apache-2.0
"""Meaning from a table of word pieces: WordLlama's static vectors, as they lie in its wheel. Nothing is ever fetched.

WordLlama's own loader looks for its tokenizer in a folder that the wheel does not have, and then asks the network for
it; so the two files are read here, by what wrote them. The table (16 MB, half precision) is mapped and not loaded:
only the rows of words that somebody used are in memory.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bots.resources.finding.vectors import Vectors, unit
from bots.resources.finding.words import words_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PACKAGE = "wordllama"
_TABLE = Path("weights", "l2_supercat_256.safetensors")
_TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")
# The beginning of a text says what it is about: more of it changed nothing in the measurement.
_MOST_WORDS = 180


@dataclass(frozen=True)
class StaticEncoder:
    """A text is the mean of its pieces' vectors, lower-cased and without punctuation (+.03 nDCG on short questions)."""

    tokenizer: Tokenizer
    table: np.memmap[tuple[int, int], np.dtype[np.float16]]
    name: str
    weight: float = 1.0

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        return int(self.table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector of length one each; zeros for a text without words."""
        plain = [" ".join(words_of(text)[:_MOST_WORDS]) for text in texts]
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, pieces in enumerate(self.tokenizer.encode_batch_fast(plain, add_special_tokens=False)):
            if pieces.ids:
                vectors[row] = self.table[pieces.ids].mean(axis=0, dtype=np.float32)
        return unit(vectors)


def load_static() -> StaticEncoder | None:
    """The encoder; None where the package is not installed, or not as it was."""
    spec = find_spec(_PACKAGE)
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None
    if folder is None or not (folder / _TABLE).is_file() or not (folder / _TOKENIZER).is_file():
        return None
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 — comes with the package
    except ImportError:
        return None
    return StaticEncoder(
        tokenizer=Tokenizer.from_file(str(folder / _TOKENIZER)),
        table=_mapped(folder / _TABLE),
        name=f"{_PACKAGE} {_version()}",
    )


def _version() -> str:
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:
        return "of unknown version"


def _mapped(file: Path) -> np.memmap[tuple[int, int], np.dtype[np.float16]]:
    """The one tensor of a safetensors file, read from the disk where it is used."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        header = json.loads(opened.read(length))
    (tensor,) = (value for key, value in header.items() if key != "__metadata__")
    start, _ = tensor["data_offsets"]
    return np.memmap(file, dtype=np.float16, mode="r", offset=8 + length + start, shape=tuple(tensor["shape"]))
