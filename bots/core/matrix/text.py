# SPDX-License-Identifier: Apache-2.0
"""Text that can be kept and sent on. Pure.

JSON can spell what UTF-8 cannot (half of a surrogate pair) and what PostgreSQL refuses (NUL).
A stranger who gets one of them as far as a statement, a hash or a URL makes the whole sync fail, again and again.
"""

from __future__ import annotations

import re

LONGEST_ID = 255
"""How long an identifier is at most, by the specification."""

_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


def is_identifier(value: object) -> bool:
    """Whether this can be the id of anything."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and _UNKEEPABLE.search(value) is None


def mended(text: str) -> str:
    """The text with the replacement character for what can't be kept."""
    return _UNKEEPABLE.sub("\ufffd", text)
