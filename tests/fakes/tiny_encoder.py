# SPDX-License-Identifier: Apache-2.0
"""A sentence encoder of 150 kB, written byte by byte as ONNX has it: each piece has a direction of its own."""

import numpy as np

SIZE = 384
_PIECES = 97
# ONNX's numbers for float32 and int64.
_FLOAT, _INT64 = 1, 7


def _number(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def _field(number, value):
    """A protobuf field: an integer, or what has a length."""
    if isinstance(value, int):
        return _number(number << 3) + _number(value)
    value = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | 2) + _number(len(value)) + value


def _tensor(name, array):
    kind = _FLOAT if array.dtype == np.float32 else _INT64
    dims = b"".join(_field(1, size) for size in array.shape)
    return dims + _field(2, kind) + _field(8, name) + _field(9, array.tobytes())


def _value(name, kind, *dims):
    shape = b"".join(_field(1, _field(2, dim) if isinstance(dim, str) else _field(1, dim)) for dim in dims)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def _node(kind, inputs, output):
    return b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(4, kind)


def tiny_encoder():
    """The bytes of `model.onnx`: a row of a table for each piece, by what is left of its number."""
    table = np.random.default_rng(1).standard_normal((_PIECES, SIZE)).astype(np.float32)
    graph = b"".join(
        (
            _field(1, _node("Mod", ("input_ids", "pieces"), "row")),
            _field(1, _node("Gather", ("table", "row"), "last_hidden_state")),
            _field(2, "tiny"),
            _field(5, _tensor("table", table)),
            _field(5, _tensor("pieces", np.array(_PIECES, dtype=np.int64))),
            *(
                _field(11, _value(name, _INT64, "text", "piece"))
                for name in ("input_ids", "attention_mask", "token_type_ids")
            ),
            _field(12, _value("last_hidden_state", _FLOAT, "text", "piece", SIZE)),
        )
    )
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))
