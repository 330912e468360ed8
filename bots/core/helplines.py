# SPDX-License-Identifier: Apache-2.0
"""Helplines, by the country that a person names. Which country is never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import cast

from babel import Locale
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bots.core.actions import Words
from bots.core.community import Community, Country, Helpline, Texts, in_language
from bots.core.documents import Mistake, SettingsError, read

# More than three overwhelms somebody in distress (Samaritans, guidelines for online platforms).
MOST_LINES = 3
# The `kind` of a line for children and young people.
YOUNG = "child"
# Older than a year is said; older than two is not shown (the rule of the open-helplines project).
SAY_THE_DATE_AFTER = timedelta(days=365)
NOT_SHOWN_AFTER = timedelta(days=730)
# A longer message is about something else, whatever words are in it.
LONGEST_REQUEST = 8
LONGEST_TEXT = 2000
# Of a shorter word, too many others are a letter away.
_LONG_ENOUGH = 6
# More names than these are a wall to somebody who is not well; they name their own country instead.
_MOST_NAMED = 12
# Babel lists with the countries (two letters) also parts of the world (three digits), unions, and made-up ones.
_LETTERS = 2
_NO_LAND = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


@dataclass(frozen=True, slots=True)
class Asking:
    """How people ask for somebody to talk to, in all the languages there are, together. See `asking/en.yaml`."""

    helplines: tuple[str, ...]
    somebody: tuple[str, ...]
    around: tuple[str, ...]
    distress: tuple[str, ...]

    def country(self, text: str, *, or_somebody: bool = False) -> str | None:
        """The country that somebody who asks for helplines names ("" if none); None if they ask for something else.

        `or_somebody`: whoever asks for somebody to talk to asks for them, too.
        """
        words = _folded(text[:LONGEST_TEXT])
        if len(words.split()) > LONGEST_REQUEST:
            return None
        names = (*self.helplines, *(self.somebody if or_somebody else ()))
        named = next((name for name in names if f" {name} " in f" {words} "), None) or self._slip(words)
        return None if named is None else self.place(f" {words} ".replace(f" {named} ", "  ", 1))

    def _slip(self, words: str) -> str | None:
        """The word that is a letter away from one for helplines: whoever needs one may type with a shaking hand."""
        for word in words.split():
            if len(word) >= _LONG_ENOUGH and extractOne(word, self.helplines, scorer=OSA.distance, score_cutoff=1):
                return word
        return None

    def place(self, text: str) -> str:
        """The country in the answer to "in which country are you?": "I live in Ireland", "ireland please"."""
        rest = f" {_folded(text[:LONGEST_TEXT])} "
        for word in self.around:
            rest = rest.replace(f" {word} ", "  ")
        return " ".join(rest.split())

    def distressed(self, text: str) -> bool:
        """Whether these words leave no doubt that people are needed now, and not articles."""
        words = f" {_folded(text[:LONGEST_TEXT])} "
        return any(f" {sign} " in words for sign in self.distress)


@cache
def load_asking() -> Asking:
    """How people ask, in every language that comes with the bots.

    Whoever is in distress falls back on their first language, whatever the community speaks. Raises SettingsError.
    """
    every = [_read(file) for file in sorted((Path(__file__).parent / "asking").glob("*.yaml"))]

    def of(name: str) -> tuple[str, ...]:
        # The longest first: "i am in" before "in".
        return tuple(sorted({_folded(words) for one in every for words in one[name]}, key=lambda w: (-len(w), w)))

    return Asking(helplines=of("helplines"), somebody=of("somebody"), around=of("around"), distress=of("distress"))


def find_country(countries: Sequence[Country], text: str) -> Country | None:
    """The country meant by a code ("gb"), a name in any language, or another name in use ("UK"); None if unclear."""
    wanted = _folded(text)
    for country in countries:
        names = (country.code, *country.name.values(), *country.names_used)
        if wanted in {_folded(name) for name in names} | _called(country.code):
            return country
    return None


def country_name(country: Country, language: str, default: str) -> str:
    """What the organiser calls it in this language; else what the language itself does."""
    if {language, _base(language)}.isdisjoint(country.name) and _base(language) != _base(default):
        name = Locale.parse(_base(language)).territories.get(country.code.upper())
        if name is not None:
            return str(name)
    return in_language(country.name, language, default)


def _base(language: str) -> str:
    return language.partition("-")[0]


@cache
def _every_country() -> Mapping[str, str]:
    """The code of each country by what it is called in each of the languages that helplines are asked for in."""
    locales = [Locale.parse(file.stem) for file in (Path(__file__).parent / "asking").glob("*.yaml")]
    named = ((code, name) for locale in locales for code, name in locale.territories.items())
    return {_folded(str(name)): code.lower() for code, name in named if len(code) == _LETTERS and code not in _NO_LAND}


@cache
def _called(code: str) -> frozenset[str]:
    """What a country is called in each of the languages that helplines are asked for in."""
    locales = [Locale.parse(file.stem) for file in (Path(__file__).parent / "asking").glob("*.yaml")]
    return frozenset(_folded(str(name)) for locale in locales if (name := locale.territories.get(code.upper())))


def told(community: Community, asked: str, today: date, language: str | None = None) -> tuple[Words, ...]:
    """What is said to somebody who asks for the helplines of a country: its lines, or which countries there are."""
    country = find_country(community.countries, asked) if asked.strip() else None
    if country is None:
        return (Words("core.crisis.emergency.anywhere", {}, language), _which_country(community, asked, language))
    default = community.default_language
    name = country_name(country, language or default, default)
    lines = told_lines(country, today, default, language)
    return (
        Words("core.helplines.emergency", {"country": name, "emergency": country.emergency}, language),
        *lines,
        Words("core.helplines.end" if lines else "core.helplines.none", {}, language),
    )


def told_lines(country: Country, today: date, default: str, language: str | None) -> tuple[Words, ...]:
    """The country's current lines, each with its ways, its hours, and what happens when one calls."""
    return tuple(_line(line, today, default, language) for line in current(country, today))


def for_young_people(community: Community, asked: str, today: date, language: str | None = None) -> tuple[Words, ...]:
    """What is said to somebody young: the country's lines for children and young people, else the ones for all."""
    country = find_country(community.countries, asked)
    lines = [line for line in country.helplines if line.kind == YOUNG] if country else []
    if country is None or not lines:
        return told(community, asked, today, language)
    young = replace(country, helplines=tuple(lines))
    return told(replace(community, countries=(young,)), asked, today, language)


def current(country: Country, today: date) -> tuple[Helpline, ...]:
    """The country's first `MOST_LINES` helplines, without those that nobody has checked for `NOT_SHOWN_AFTER`."""
    fresh = [line for line in country.helplines if age(line, today) <= NOT_SHOWN_AFTER]
    return tuple(fresh[:MOST_LINES])


def is_aging(line: Helpline, today: date) -> bool:
    """Whether its date should be said: of the last check, or of the day on which it was written down."""
    return age(line, today) > SAY_THE_DATE_AFTER


def is_a_country(text: str) -> bool:
    """Whether a message is the name of a country, of which there may be no lines here."""
    return _folded(text) in _every_country()


def _which_country(community: Community, asked: str, language: str | None) -> Words:
    if not community.countries:
        return Words("core.helplines.nowhere", {}, language)
    default = community.default_language
    if (code := _every_country().get(_folded(asked))) is not None:
        elsewhere = Country(code=code, name={}, emergency="")
        name = country_name(elsewhere, language or default, "")
        return Words("core.helplines.elsewhere", {"country": name}, language)
    if len(community.countries) > _MOST_NAMED:
        return Words("core.helplines.which.many", {"count": len(community.countries)}, language)
    names = sorted(country_name(country, language or default, default) for country in community.countries)
    return Words("core.helplines.which", {"countries": ", ".join(names)}, language)


def _line(line: Helpline, today: date, default: str, language: str | None) -> Words:
    def said(texts: Texts) -> str:
        return in_language(texts, language or default, default)

    ways = tuple(
        Words(
            f"core.contact.{contact.method}",
            {
                "dial": contact.dial or "",
                "url": contact.url or "",
                "sms": contact.sms_body or "",
                "hours": f" ({said(contact.hours)})" if contact.hours else "",
            },
            language,
        )
        for contact in line.contacts
    )
    key, checked = "core.helplines.line", {}
    if line.verified_at is not None and is_aging(line, today):
        key, checked = "core.helplines.line.aging", {"verified": datetime.combine(line.verified_at, time(), tzinfo=UTC)}
    elif line.noted is not None and line.verified_at is None and is_aging(line, today):
        key, checked = "core.helplines.line.noted", {"noted": datetime.combine(line.noted, time(), tzinfo=UTC)}
    elif line.verified_at is None:
        key = "core.helplines.line.unchecked"
    return Words(key, {**checked, "name": line.name, "ways": ways, "what_happens": said(line.what_happens)}, language)


def age(line: Helpline, today: date) -> timedelta:
    """How long ago somebody checked the line, or else wrote it down."""
    day = line.verified_at or line.noted
    return timedelta() if day is None else today - day


def _folded(text: str) -> str:
    text = text.replace("'", "").replace("’", "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).removeprefix("the ").split())


def _read(file: Path) -> Mapping[str, Sequence[str]]:
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    if document is None or mistakes:
        raise SettingsError(mistakes)
    return cast("Mapping[str, Sequence[str]]", document.value)
