# SPDX-License-Identifier: Apache-2.0
"""The rules. Each says where it comes from; what the public calls personal is NIST SP 800-122, section 2.2."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bots.core.anonymity import names

# Nobody is older (Guinness knows of one, 122), and nobody younger writes here.
_OLDEST = 110
_YOUNGEST = 10
# The shortest numbers that libphonenumber calls valid for a subscriber, and shorter than any other that people have.
_LONG_NUMBER = 7
# E.164: 15 digits, and the 00 before them.
_LONGEST_NUMBER = 17
# Only a phrase that is this long is looked for in the middle of a word.
_SHORTEST_INSIDE = 6
_LONGEST = 255
# What stands on an edge between two looks is seen whole by one of them.
_OVERLAP = 60
# A dot is one only before a gap: there are some in dates, numbers and addresses.
_SENTENCE_ENDS = re.compile(r"[\n!?;]+|\.\s")

# The HTML standard's "valid e-mail address" (html.spec.whatwg.org, section 4.10.5.1.5), with a dot in its domain.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+(?:@|\s?[(\[]at[)\]]\s?)[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
# The largest providers of mailboxes: where a user id can't have an @, people write the provider.
_MAILBOXES = frozenset(("gmail", "googlemail", "hotmail", "icloud", "yahoo", "gmx", "protonmail", "aol", "uol"))
_ELSEWHERE = re.compile(
    r"https?://|\bwww\.|(?<!\S)@[a-z0-9_.]{2,}(?!\S*:)|\b(?:insta|instagram|ig|snap|facebook|fb|tiktok|twitter|discord"
    r"|telegram|whatsapp|signal|linkedin)\s*[:/]|\b(?:t\.me|fb\.com|wa\.me|instagram\.com)\b"
    r"|\b[a-z0-9-]{2,}\.(?:com|org|net|de|fr|es|pt|br|co\.uk|io|me|eu|info|blog)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"(?<!\d)(\d{1,4})[./_-](\d{1,2})[./_-](\d{1,4})(?!\d)")
_EIGHT_DIGITS = re.compile(r"(?<!\d)\d{8}(?!\d)")
_PHONE_LIKE = re.compile(r"\+?\d(?:[\s()./_-]*\d){6,}")
_POSSESSIVE = re.compile(r"(\w+)['’]s\b|\b(?:von|de|do|da|di|of)\s+(\w+)\s*$", re.IGNORECASE)


class Finding(StrEnum):
    """What a name gives away, the worst first."""

    EMAIL = "email"
    PHONE = "phone"
    REAL_NAME = "real_name"
    BIRTH_DATE = "birth_date"
    DIAGNOSIS = "diagnosis"
    ELSEWHERE = "elsewhere"
    BIRTH_YEAR = "birth_year"
    FIRST_NAME = "first_name"
    LONG_NUMBER = "long_number"


def look_at_name(
    name: str, *, today: date, regions: Sequence[str] = (), telling: Collection[str] = ()
) -> tuple[Finding, ...]:
    """What a display name gives away, the worst first; nothing, if it is a good pseudonym.

    `regions` are ISO 3166 codes: where else than abroad a number may be somebody's telephone.
    `telling` are the names of conditions, and what people call them.
    """
    return _all(name, today, regions, telling, localpart=False)


def look_at_user_id(
    user_id: str, *, today: date, regions: Sequence[str] = (), telling: Collection[str] = ()
) -> tuple[Finding, ...]:
    """The same of a Matrix user id, or of the part before its colon: the server is somebody else's name."""
    return _all(user_id.removeprefix("@").partition(":")[0], today, regions, telling, localpart=True)


def look_at_device(
    name: str, *, today: date, regions: Sequence[str] = (), telling: Collection[str] = ()
) -> tuple[Finding, ...]:
    """The same of a device's name, which phones like to make of their owner's ("Rose's iPhone")."""
    found = set(_all(name, today, regions, telling, localpart=False))
    # Apps sign with their home page.
    found.discard(Finding.ELSEWHERE)
    owners = (word for match in _POSSESSIVE.finditer(names.fold(name[:_LONGEST])) for word in match.groups() if word)
    if any(names.is_given(o.lower(), surely=False) or names.is_family(o.lower(), surely=False) for o in owners):
        found.add(Finding.FIRST_NAME)
    return tuple(finding for finding in Finding if finding in found)


def look_at_line(text: str, *, today: date, regions: Sequence[str] = ()) -> tuple[Finding, ...]:
    """The same of a few sentences about oneself. An illness is no finding: they are said where it is nothing new."""
    found: set[Finding] = set()
    # "j'ai" is two words, and Jai a name.
    for sentence in _SENTENCE_ENDS.split(re.sub(r"(?<=\w)['’](?=\w)", " ", text)):
        for start in range(0, max(1, len(sentence)), _LONGEST - _OVERLAP):
            found |= set(_all(sentence[start : start + _LONGEST], today, regions, (), localpart=False))
    return tuple(finding for finding in Finding if finding in found)


def _all(
    name: str, today: date, regions: Sequence[str], telling: Collection[str], *, localpart: bool
) -> tuple[Finding, ...]:
    # Nobody has a longer one, and some rules take their time.
    text = names.fold(name[:_LONGEST])
    words = names.words_of(text)
    rules: dict[Finding, Callable[[], bool]] = {
        Finding.EMAIL: lambda: bool(_EMAIL.search(text)) or not _MAILBOXES.isdisjoint(words),
        Finding.PHONE: lambda: _phone(text, regions),
        Finding.REAL_NAME: lambda: _real_name(words, localpart=localpart),
        Finding.BIRTH_DATE: lambda: any(_lives(found, today) for found in _dates(text)),
        Finding.DIAGNOSIS: lambda: _tells(words, telling),
        Finding.ELSEWHERE: lambda: not localpart and bool(_ELSEWHERE.search(_EMAIL.sub("", text))),
        Finding.BIRTH_YEAR: lambda: any(_birth_year(number, today) for number in _NUMBER.findall(text)),
        Finding.FIRST_NAME: lambda: any(map(names.is_given, words)),
        Finding.LONG_NUMBER: lambda: any(len(number) >= _LONG_NUMBER for number in _NUMBER.findall(text)),
    }
    found = {finding for finding, rule in rules.items() if rule()}
    # What is a real name is not told a second time, as a first one.
    for better, lesser in (
        (Finding.REAL_NAME, Finding.FIRST_NAME),
        (Finding.BIRTH_DATE, Finding.BIRTH_YEAR),
        (Finding.BIRTH_DATE, Finding.PHONE),
        (Finding.BIRTH_DATE, Finding.LONG_NUMBER),
        (Finding.PHONE, Finding.LONG_NUMBER),
    ):
        if better in found:
            found.discard(lesser)
    return tuple(finding for finding in Finding if finding in found)


def _phone(text: str, regions: Sequence[str]) -> bool:
    """A number that libphonenumber calls valid, here or with its country's code."""
    runs = [run for run in _PHONE_LIKE.findall(text) if sum(map(str.isdigit, run)) <= _LONGEST_NUMBER]
    if not runs or _EMAIL.search(text):
        return False
    # A megabyte that few names need.
    import phonenumbers  # noqa: PLC0415

    return any(
        phonenumbers.PhoneNumberMatcher(
            re.sub(r"[_.]", " ", run), region, leniency=phonenumbers.Leniency.VALID
        ).has_next()
        for run in runs
        for region in (*regions, None)
    )


def _real_name(words: Sequence[str], *, localpart: bool) -> bool:
    """NIST SP 800-122: a full name. A family name alone, or after one word, is one too; in a user id, `asmith`."""
    if names.is_full_name(words) or any(names.is_run_together(word, initial=localpart) for word in words):
        return True
    return 0 < len(words) < 3 and names.is_family(words[-1]) and not names.is_given(words[-1], surely=False)


def _dates(text: str) -> Iterator[date]:
    """The days that numbers with marks between them, or eight digits in a row, can be read as."""
    triples = [match.groups() for match in _DATE.finditer(text)]
    for eight in _EIGHT_DIGITS.findall(text):
        triples += [(eight[:4], eight[4:6], eight[6:]), (eight[:2], eight[2:4], eight[4:])]
    for triple in triples:
        a, b, c = map(int, triple)
        for year, month, day in ((a, b, c), (c, b, a), (c, a, b)):
            for century in (1900, 2000) if year < 100 else (0,):
                try:
                    yield date(century + year, month, day)
                except ValueError:
                    continue


def _lives(born: date, today: date) -> bool:
    return today.year - _OLDEST <= born.year <= today.year - _YOUNGEST


def _birth_year(number: str, today: date) -> bool:
    """Four digits that are the year of somebody's birth. Two may be anything ("CalmOtter42")."""
    return len(number) == 4 and today.year - _OLDEST <= int(number) <= today.year - _YOUNGEST


@lru_cache(maxsize=2048)
def _wanted(phrase: str) -> tuple[str, ...]:
    """The words of what a condition is called: asked for with every name, and never somebody's own."""
    return names.words_of(phrase)


def _tells(words: Sequence[str], telling: Collection[str]) -> bool:
    """GDPR, article 4 (15): what tells about somebody's health, and user ids and names are never encrypted."""
    together = "".join(words)
    for phrase in telling:
        wanted = _wanted(phrase)
        size = len(wanted)
        if size and any(tuple(words[at : at + size]) == wanted for at in range(len(words) - size + 1)):
            return True
        if len("".join(wanted)) >= _SHORTEST_INSIDE and "".join(wanted) in together:
            return True
    return False
