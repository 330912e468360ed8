# SPDX-License-Identifier: Apache-2.0
"""How long something lasts: in short (`2h`, `1d12h`), and as people say it (`30 minutes`, `eine Woche`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

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

# Numbers as words. "A week" is one only where it is said for how long: "a day after" is none.
_ONE = "a|an|one|un|una|une|ein|eine|einen|einem|einer|um|uma"
_NUMBERS = {
    0.5: "half|half a|half an|media|demi|une demi|halbe|eine halbe|meia",
    2: "two|dos|deux|zwei|dois|duas",
    3: "three|tres|trois|drei|três",
    4: "four|cuatro|quatre|vier|quatro",
    5: "five|cinco|cinq|fünf",
    6: "six|seis|sechs",
    7: "seven|siete|sept|sieben|sete",
    8: "eight|ocho|huit|acht|oito",
    9: "nine|nueve|neuf|neun|nove",
    10: "ten|diez|dix|zehn|dez",
    12: "twelve|doce|douze|zwölf|doze",
    14: "fourteen|catorce|quatorze|vierzehn|catorze",
}
_COUNTS = {
    **dict.fromkeys(_ONE.split("|"), 1),
    **{word: count for count, words in _NUMBERS.items() for word in words.split("|")},
}


def _any_of(words: Iterable[str]) -> str:
    """As people write them. To ignore the case would let in letters that have no unit, such as the long s."""
    cased = {form for word in words for form in (word, word.upper(), word.capitalize())}
    return "|".join(sorted(cased, key=lambda form: (-len(form), form)))


_DURATION_PART = re.compile(rf"(\d{{1,6}})\s*({_any_of(('w', 'd', 'h', 'min', 'm', 's'))})")
_FOR = f"(?:{_any_of(('for', 'por', 'durante', 'pendant', 'pour', 'für', 'während'))})"
_UNIT = rf"({_any_of(_UNITS)})"
_COUNT = _any_of(word for words in _NUMBERS.values() for word in words.split("|"))
_PART = rf"(?:(\d{{1,6}})[\s-]*|({_COUNT})[\s-]+){_UNIT}"
_ONE_PART = rf"({_any_of(_ONE.split('|'))})\s+{_UNIT}"
_END = r"(?=$|[\s,.!])[,.!]?"
_FIRST = re.compile(rf"(?:{_FOR}\s+)?{_PART}{_END}")
_FIRST_ONE = re.compile(rf"{_FOR}\s+{_ONE_PART}{_END}|{_ONE_PART}(?:[,.!]|$)")
# In the middle of a sentence: "for the next 7 days", "a 7-day break".
_NEXT = (
    "another|the next|the coming|at least|about|otros|otras|al menos|los próximos|las próximas|"
    "encore|au moins|les prochains|mindestens|weitere|die nächsten|mais|pelo menos|os próximos|as próximas"
)
_WITHIN = re.compile(
    rf"(?<![\w.,:/-])(?:(?P<for>{_FOR})\s+(?:(?:{_any_of(_NEXT.split('|'))})\s+)?(?:{_PART}|{_ONE_PART})|(?:{_PART}))(?!\w|[:/]\S)"
)
# What these stand before or behind has been, or comes again and again: it is no time that anything is to last.
_ASIDE_BEFORE = re.compile(
    r"\b(?:last|past|previous|since|already|every|each|over|"
    r"últim[oa]s|hace|cada|llevan?|pasad[oa]s|"
    r"derni(?:er|ère)s|depuis|il y a|ça fait|chaque|tou(?:s|tes) les|"
    r"letzten?|vergangenen|seit|vor|alle|jeden?|schon|"
    r"há|faz)\s+$",
    re.IGNORECASE,
)
_ASIDE_AFTER = re.compile(
    r"\s+(?:ago|old|earlier|before|straight|in a row|running|on end|seguid[oa]s|de suite|d'affilée|"
    r"alt|hintereinander|am stück|atrás|antes)\b",
    re.IGNORECASE,
)
# And these may mean that.
_PERHAPS_BEFORE = re.compile(
    r"\b(?:been(?:\s+\w+){0,4}|in|within|after|en|tras|después de|dans|après|innerhalb von|nach|em|após|depois de)\s+$",
    re.IGNORECASE,
)
_PERHAPS_AFTER = re.compile(r"\s+(?:now|already|ya|ahora|déjà|maintenant|schon|jetzt|já|agora)\b", re.IGNORECASE)
_LONG = re.compile(r"\s+lang\b", re.IGNORECASE)
_ANOTHER = re.compile(rf"\s*(?:(?:{_any_of(('and', 'y', 'et', 'und', 'e'))})\s+)?{_PART}{_END}")


class Meant(Enum):
    """Whether a time that stands in a sentence is how long something is to last."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Within:
    """A time that stands in a sentence, as it is written there."""

    length: timedelta
    words: str
    meant: Meant


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
    found = _FIRST.match(text) or _FIRST_ONE.match(text)
    if found is None:
        return None
    total, rest = _with_more(found, text)
    return (total, rest.strip()) if timedelta() < total <= LONGEST_DURATION else None


def said_within(text: str) -> tuple[Within, ...]:
    """The durations that stand anywhere in a sentence.

    Meant is what is said with a "for", or stands by itself at the end or between commas: `spam 7d`.
    Not meant is what has been (`for the last 3 days`, `seit 3 Tagen`). Of others nobody can tell (`3 posts in 2 days`),
    nor of what is too long.
    """
    found: list[Within] = []
    end = 0
    for match in _WITHIN.finditer(text):
        if match.start() < end:
            continue
        length, rest = _with_more(match, text)
        end = len(text) - len(rest)
        meant = _meant(text[: match.start()], rest, said_for=match["for"] is not None)
        if length > LONGEST_DURATION and meant is Meant.YES:
            meant = Meant.PERHAPS
        if length:
            found.append(Within(length, text[match.start() : end].strip(), meant))
    return tuple(found)


def meant_within(text: str) -> Within | None:
    """The one duration in a sentence that is meant for how long; None where there is none, or more than one."""
    meant = [each for each in said_within(text) if each.meant is Meant.YES]
    return meant[0] if len({each.length for each in meant}) == 1 else None


def _meant(before: str, after: str, *, said_for: bool) -> Meant:
    if _ASIDE_BEFORE.search(before) or _ASIDE_AFTER.match(after):
        return Meant.NO
    if _PERHAPS_BEFORE.search(before) or _PERHAPS_AFTER.match(after):
        return Meant.PERHAPS
    apart = not before.strip() or before.rstrip()[-1] in ",;.:!?(-\u2013\u2014"
    alone = not after.strip(" .!?)") or (apart and after.lstrip()[:1] in ("", *",;.!?)-\u2013\u2014"))
    return Meant.YES if said_for or alone or _LONG.match(after) else Meant.PERHAPS


def _with_more(found: re.Match[str], text: str) -> tuple[timedelta, str]:
    """The whole of a duration that begins like this, and what comes after it."""
    total, last = _told(found)
    rest = text[found.end() :]
    # Two of which the second is no smaller are two durations.
    while (more := _ANOTHER.match(rest)) and _told(more)[1] < last:
        length, last = _told(more)
        total += length
        rest = rest[more.end() :]
    return total, rest


def _told(found: re.Match[str]) -> tuple[timedelta, timedelta]:
    """How long it is, and in which unit."""
    number, unit = [group for group in found.groups() if group is not None][-2:]
    return _length(number, unit), _UNITS[unit.lower()]


def _length(number: str, unit: str) -> timedelta:
    count = int(number) if number.isdecimal() else _COUNTS[number.lower()]
    return count * _UNITS[unit.lower()]
