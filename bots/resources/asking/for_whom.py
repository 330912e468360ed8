# SPDX-License-Identifier: Apache-2.0
"""For whom somebody asks, as far as their room, the language they chose and their own words say. Pure.

What somebody tells the welcome bot (their country, who they are here) stays sealed there, for what they told it for:
here only the question itself counts. It brings entries forward, and hides none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

from bots.core.actions import Words
from bots.core.community import Community
from bots.core.helplines import country_name
from bots.core.language.names import own_name
from bots.core.library import Audience, Resource
from bots.core.rooms import RoomView
from bots.resources.asking.vocabulary import Vocabulary, folded
from bots.resources.finding import For
from bots.resources.finding.asked import LONGEST

# "in the United Arab Emirates".
_LONGEST_NAME = 4
# "it" and "no" are words before they are languages.
_SHORTEST_LANGUAGE = 4


def for_whom(
    question: str, room: RoomView | None, spoken: str | None, community: Community, vocabulary: Vocabulary
) -> For:
    """`spoken` is the language that the one who asks chose for private words; None if they chose none."""
    words = folded(question[:LONGEST]).split()
    text = f" {' '.join(words)} "
    audience = (name for name, signs in vocabulary.audience.items() if any(f" {sign} " in text for sign in signs))
    condition = room.condition if room is not None else None
    own = community.condition(condition) if condition is not None else None
    return For(
        condition=condition,
        language=_language(words, community, vocabulary) or spoken or (own.language if own else None),
        country=_country(words, community, vocabulary),
        audience=tuple(audience),
    )


def fits(entry: Resource, wanted: For, spoken: str, community: Community) -> tuple[Words, ...]:
    """For whom the entry is, where that is what was asked for: "for carers". `spoken` is what the answer is said in."""
    reasons = [
        Words(f"resources.fits.{each.replace('-', '_')}")
        for each in Audience
        if each in entry.audience and each in wanted.audience
    ]
    if wanted.country is not None and wanted.country in entry.countries:
        reasons.append(Words("resources.fits.country", {"country": _called(wanted.country, spoken, community)}))
    return tuple(reasons)


def language_told(entry: Resource, spoken: str) -> Words | str:
    """In which language the entry is, if the answer is in another."""
    bases = {code.partition("-")[0] for code in entry.languages}
    if not bases or spoken.partition("-")[0] in bases:
        return ""
    return Words("resources.entry.language", {"language": ", ".join(own_name(code) for code in entry.languages)})


def _language(words: Sequence[str], community: Community, vocabulary: Vocabulary) -> str | None:
    offered = sorted({*community.languages, *(code for entry in community.library for code in entry.languages)})
    for name in _after(words, vocabulary.languages, longest=1):
        if len(name) >= _SHORTEST_LANGUAGE and (code := _languages(tuple(offered)).get(name)) is not None:
            return code
    return None


def _country(words: Sequence[str], community: Community, vocabulary: Vocabulary) -> str | None:
    used = {folded(name): each.code for each in community.countries for name in each.names_used}
    for name in _after(words, vocabulary.places, _LONGEST_NAME):
        if (code := used.get(name) or _countries(community.languages).get(name)) is not None:
            return code
    return None


def _after(words: Sequence[str], before: frozenset[str], longest: int) -> Iterator[str]:
    """What may be a name, since such words stand before it; the longest first."""
    for at in range(1, len(words)):
        if words[at - 1] in before or " ".join(words[max(0, at - 2) : at]) in before:
            for length in range(min(longest, len(words) - at), 0, -1):
                yield " ".join(words[at : at + length])


@cache
def _languages(offered: tuple[str, ...]) -> Mapping[str, str]:
    """Codes by what the languages are called by those who speak any of them."""
    locales = _locales(offered)
    names = ((locale.get_display_name(each), code) for code, locale in locales.items() for each in locales.values())
    return {folded(name): code for name, code in names if name}


@cache
def _countries(languages: tuple[str, ...]) -> Mapping[str, str]:
    """Codes by what the countries are called in these languages, and in English."""
    return {
        folded(str(name)): code.lower()
        for locale in _locales(("en", *languages)).values()
        for code, name in locale.territories.items()
        if code.isalpha()
    }


def _locales(codes: Sequence[str]) -> Mapping[str, Locale]:
    found: dict[str, Locale] = {}
    for code in codes:
        try:
            found[code] = Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return found


def _called(code: str, spoken: str, community: Community) -> str:
    """What the country is called in the language that is spoken."""
    country = next((each for each in community.countries if each.code == code), None)
    if country is not None:
        return country_name(country, spoken, community.default_language)
    locale = _locales((spoken,)).get(spoken)
    return str(locale.territories.get(code.upper(), code.upper())) if locale else code.upper()
