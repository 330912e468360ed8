# SPDX-License-Identifier: Apache-2.0
"""Words that somebody looked for and the library does not have: counted, where the organiser wants to know of gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bots.core.actions import Action, Remember
from bots.core.bot import Reader
from bots.resources.records import MissingWord

_SHORTEST = 3


async def counts(question: str, missing: Sequence[str], reader: Reader) -> dict[str, int]:
    """How often the words that may be kept were looked for this month."""
    found: dict[str, int] = {}
    for word in _that_may_be_kept(question, missing):
        record = await reader.get(MissingWord, word, _month(reader.now))
        found[word] = record.count if record else 0
    return found


def counted(before: Mapping[str, int], now: datetime) -> tuple[Action, ...]:
    """Once more for each."""
    return tuple(
        Remember(why="resources.missing", record=MissingWord(word=word, month=_month(now), count=count + 1))
        for word, count in before.items()
    )


def _that_may_be_kept(question: str, missing: Sequence[str]) -> list[str]:
    """The missing words that were written as plain lower-case words of three letters or more.

    Numbers, addresses, initials and most names are not, and are never kept.
    """
    plain = {token.strip(".,;:!?()\"'") for token in question.split()}
    return [word for word in missing if word in plain and word.isalpha() and word.islower() and len(word) >= _SHORTEST]


def _month(now: datetime) -> str:
    return now.strftime("%Y-%m")
