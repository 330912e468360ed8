# SPDX-License-Identifier: Apache-2.0
"""What somebody is told in private when their words sound near to danger. Pure.

It says that it is automated, why it comes, and that nothing was taken away; the emergency number comes first,
then at most three lines; it is honest about who is awake; and no word of theirs is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bots.core.actions import Words
from bots.core.community import Community, Country
from bots.core.crisis.tiers import Tier
from bots.core.helplines import YOUNG, country_name, find_country, told_lines

# The tap that ends such notes, under each of them, and the one that has them come again.
NO_MORE, AGAIN = "🔕", "🔔"
_OF_AGE = 18
# The labels of notes, by which a tap under one is known.
LABEL = "crisis.note:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a note depends on, of somebody: the country they named (a code, "" if none), and their language."""

    country: str = ""
    language: str | None = None


def note(
    community: Community, tier: Tier, person: Person, today: date, *, awake: bool, here: bool
) -> tuple[Words, ...]:
    """The whole note. `awake` says whether somebody is on duty, `here` whether it was said in the chat itself."""
    return (
        *answer(community, tier, person, today, awake=awake, here=here),
        Words("core.crisis.stop", {}, person.language),
    )


def answer(
    community: Community, tier: Tier, person: Person, today: date, *, awake: bool, here: bool = True
) -> tuple[Words, ...]:
    """The same for a bot that only ever answers: there is nothing to stop."""
    where = Words("core.crisis.here" if here else "core.crisis.in_our_rooms", {}, person.language)
    return (
        Words(f"core.crisis.why.{tier.name.lower()}", {"where": where}, person.language),
        *_people(community, tier, person, today),
        Words("core.crisis.awake" if awake else "core.crisis.asleep", {}, person.language),
    )


def short_note(community: Community, person: Person, *, awake: bool) -> tuple[Words, ...]:
    """The answer in the chat to somebody who had the whole note a while ago: the emergency number, and who is awake."""
    return (
        Words("core.crisis.still_here", {}, person.language),
        _emergency(community, person),
        Words("core.crisis.awake" if awake else "core.crisis.asleep", {}, person.language),
    )


def _people(community: Community, tier: Tier, person: Person, today: date) -> tuple[Words, ...]:
    """The emergency number, then the country's lines. In a medical emergency there is one number."""
    emergency = _emergency(community, person)
    country = find_country(community.countries, person.country) if person.country else None
    if tier is Tier.MEDICAL:
        return (emergency,)
    if country is None:
        return (emergency, Words("core.crisis.which_country", {}, person.language))
    default = community.default_language
    lines = told_lines(_for_its_age(community, country), today, default, person.language)
    if not lines:
        name = country_name(country, person.language or default, default)
        return (emergency, Words("core.crisis.out_of_date", {"country": name}, person.language))
    return (emergency, *lines)


def _for_its_age(community: Community, country: Country) -> Country:
    """Where everybody is of age, lines for children and young people make room for others."""
    if community.minimum_age < _OF_AGE:
        return country
    return replace(country, helplines=tuple(line for line in country.helplines if line.kind != YOUNG))


def _emergency(community: Community, person: Person) -> Words:
    country = find_country(community.countries, person.country) if person.country else None
    if country is None:
        return Words("core.crisis.emergency.anywhere", {}, person.language)
    name = country_name(country, person.language or community.default_language, community.default_language)
    params = {"emergency": country.emergency, "country": name}
    return Words("core.crisis.emergency", params, person.language)
