# SPDX-License-Identifier: Apache-2.0
"""Proof of work: what a visitor's device computes while they choose a name, so that many accounts cost much.

ALTCHA's second version (altcha.org), with its own library on this side and a small worker of ours in the browser:
the widget is larger than our pages. No other server is asked.
"""

from __future__ import annotations

import json
from typing import Any

from altcha import Payload, create_challenge, verify_solution

_ALGORITHM = "PBKDF2/SHA-256"
# So many rounds for each of 256 tries (on average: until a first byte is nought).
EASIEST = 2_000
HARDEST = 32_000
# For so many accounts within the hour it becomes twice as hard.
_DOUBLES_EVERY = 12
_LONGEST = 4_000


def cost(made_this_hour: int) -> int:
    """How hard it is now: harder the more come, for whoever makes many pays for it."""
    return int(min(HARDEST, EASIEST * 2 ** (made_this_hour // _DOUBLES_EVERY)))


def challenge(key: bytes, form_id: str, rounds: int) -> str:
    """The challenge of one form, as JSON for the browser's worker."""
    made = create_challenge(_ALGORITHM, rounds, key_prefix="00", data={"form": form_id}, hmac_secret=key)
    return json.dumps(made.to_dict(), separators=(",", ":"))


def is_done(key: bytes, form_id: str, work: str) -> bool:
    """Whether this is the solution of that form's challenge. Takes some milliseconds."""
    if len(work) > _LONGEST:
        return False
    try:
        payload = Payload.from_base64(work)
        data: Any = payload.challenge.parameters.data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    # Whose it is comes first: it costs nothing to see.
    return isinstance(data, dict) and data.get("form") == form_id and bool(verify_solution(payload, key).verified)
