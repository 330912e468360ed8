# SPDX-License-Identifier: Apache-2.0
"""Conditions that files speak of and this community does not have.

The example speaks of twelve, and an organiser keeps the one they know. What is about the others alone is left out: it
would be shown to everybody. That is told, and no mistake, as with texts in a language that nobody speaks here yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from bots.core.documents import Document, Location, Mistake
from bots.core.library import Resource

# In a shorter id, any letter is another condition: `me` and `ms`.
_LONG_ENOUGH = 4
_LONG = 8


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A place that speaks of a condition which is not here. `left_out`: it speaks of nothing that is."""

    condition: str
    place: Mistake
    left_out: bool


def slip_of(name: str, conditions: Sequence[str]) -> str | None:
    """The condition whose id somebody wanted to write who wrote `name`; None for the id of another condition.

    A digit is never a slip: who left out type 1 may well have type 2.
    """
    for known in conditions:
        most = 0 if len(known) < _LONG_ENOUGH else 1 if len(known) < _LONG else 2
        if _digits(name) == _digits(known) and OSA.distance(name.casefold(), known.casefold()) <= most:
            return known
    return None


def as_it_is_here(entry: Resource, conditions: Sequence[str]) -> Resource | None:
    """The entry, about what is here; None for one that is about nothing of it."""
    here = tuple(each for each in entry.conditions if each in conditions)
    return replace(entry, conditions=here) if here or not entry.conditions else None


def elsewhere_in(shelf: Document, conditions: Sequence[str]) -> Iterator[Elsewhere]:
    """What a file of the library speaks of."""
    listed = shelf.value.get("resources") if isinstance(shelf.value, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        about = entry.get("conditions") if isinstance(entry, dict) else None
        named = [each for each in about if isinstance(each, str)] if isinstance(about, list) else []
        for at, name in enumerate(named):
            if name not in conditions:
                left_out = not any(each in conditions for each in named)
                yield elsewhere(shelf, ("resources", index, "conditions", at), name, conditions, left_out=left_out)


def elsewhere(
    document: Document, at: Location, name: str, conditions: Sequence[str], *, left_out: bool = True
) -> Elsewhere:
    """A place in a file that speaks of it."""
    place = document.mistake(at, f"There is no condition `{name}` in community.yaml.", listing(conditions))
    return Elsewhere(name, place, left_out)


def listing(conditions: Sequence[str]) -> str:
    """Which there are, as a hint."""
    return f"There are: {', '.join(conditions)}."


def _digits(text: str) -> list[str]:
    return [each for each in text if each.isdigit()]
