# SPDX-License-Identifier: Apache-2.0
"""How long something lasts: in short (`2h`, `1d12h`), and as people say it (`30 minutes`, `2 Tage`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

LONGEST_DURATION = timedelta(days=365)

# Every way to say a unit in a language that the bots speak. A month is thirty days.
_SAID = {
    timedelta(days=365): "year|years|año|años|an|ans|année|années|jahr|jahre|ano|anos",
    timedelta(days=30): "month|months|mes|meses|mois|monat|monate|mês",
    timedelta(weeks=1): "w|week|weeks|semana|semanas|semaine|semaines|woche|wochen",
    timedelta(days=1): "d|day|days|día|días|dia|dias|jour|jours|j|tag|tage|tagen",
    timedelta(hours=1): "h|hr|hrs|hour|hours|hora|horas|heure|heures|std|stunde|stunden",
    timedelta(minutes=1): "m|min|mins|minute|minutes|minuto|minutos|minuten",
    timedelta(seconds=1): "s|sec|secs|second|seconds|segundo|segundos|seconde|secondes|sek|sekunde|sekunden",
}
_UNITS = {word: unit for unit, words in _SAID.items() for word in words.split("|")}


def _any_of(words: Iterable[str]) -> str:
    """As people write them. To ignore the case would let in letters that have no unit, such as the long s."""
    cased = {form for word in words for form in (word, word.upper(), word.capitalize())}
    return "|".join(sorted(cased, key=lambda form: (-len(form), form)))


_DURATION_PART = re.compile(rf"(\d{{1,6}})\s*({_any_of(('w', 'd', 'h', 'min', 'm', 's'))})")
_FOR = rf"(?:(?:{_any_of(('for', 'por', 'durante', 'pendant', 'pour', 'für', 'während'))})\s+)?"
_PART = rf"(\d{{1,6}})\s*({_any_of(_UNITS)})"
_FIRST = re.compile(rf"{_FOR}{_PART}(?=$|[\s,.!])[,.!]?")
_ANOTHER = re.compile(rf"\s*{_PART}(?=$|[\s,.!])[,.!]?")
_LAST = re.compile(rf"(?:^|\s){_PART}[.!]*$")


def parse_duration(text: str) -> timedelta:
    """`30s`, `30m`, `2h`, `1d12h`, `1w` → a duration.

    Raises ValueError for anything else, for nothing, and for more than `LONGEST_DURATION`.
    """
    parts = _DURATION_PART.findall(text)
    if not parts or "".join(n + unit for n, unit in parts) != re.sub(r"\s", "", text):
        raise ValueError("not a duration")
    total = sum((_length(*part) for part in parts), timedelta())
    if not timedelta() < total <= LONGEST_DURATION:
        raise ValueError("not a duration")
    return total


def said_first(text: str) -> tuple[timedelta, str] | None:
    """The duration that a text begins with, as people say it, and what comes after it: `for 1 day 12 hours please`."""
    found = _FIRST.match(text)
    if found is None:
        return None
    total = last = _length(*found.groups())
    rest = text[found.end() :]
    # Two of which the second is no smaller are two durations.
    while (more := _ANOTHER.match(rest)) and _UNITS[more[2].lower()] < last:
        last = _UNITS[more[2].lower()]
        total += _length(*more.groups())
        rest = rest[more.end() :]
    return (total, rest.strip()) if timedelta() < total <= LONGEST_DURATION else None


def said_last(text: str) -> timedelta | None:
    """The duration that a text ends with: `spam 7d`, `please rest for 7 days`."""
    found = _LAST.search(text)
    length = _length(*found.groups()) if found else timedelta()
    return length if timedelta() < length <= LONGEST_DURATION else None


def _length(number: str, unit: str) -> timedelta:
    return int(number) * _UNITS[unit.lower()]
