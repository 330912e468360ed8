# SPDX-License-Identifier: Apache-2.0
"""What a word sounds like, roughly: who has heard a word and never seen it writes it as it sounds.

Names of diseases and of medicines are Greek and Latin in most languages, and so are the letters that are not heard in
them: "soriasis", "rumatoid", "numonia", "hemroids". Two words that sound alike here need not do so in a mouth; it is
a sign among others (`spelling`).
"""

from __future__ import annotations

import re
from functools import lru_cache

# In this order.
_HEARD_AS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("^p(?=[ns])", ""),
        ("^kn", "n"),
        ("ph", "f"),
        ("gh", ""),
        ("tion", "sion"),
        ("sch", "sk"),
        ("sh", "s"),
        ("sc(?=[eiy])", "s"),
        ("(?<=.)h", ""),
        ("eu", "u"),
        ("[ao]e", "e"),
        ("c(?=[eiy])", "s"),
        ("ck|c|qu?", "k"),
        ("z", "s"),
        ("x", "ks"),
        ("y", "i"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=1 << 16)
def sounded(word: str) -> str:
    """The same for words that sound alike."""
    for written, heard in _HEARD_AS:
        word = written.sub(heard, word)
    return word
