# SPDX-License-Identifier: Apache-2.0
"""Helplines, by the country that a person names. Which country is never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from bots.core.community import Country, Helpline

# More than three overwhelms somebody in distress (Samaritans, guidelines for online platforms).
MOST_LINES = 3
# Older than a year is said; older than two is not shown (the rule of the open-helplines project).
SAY_THE_DATE_AFTER = timedelta(days=365)
NOT_SHOWN_AFTER = timedelta(days=730)


def find_country(countries: Sequence[Country], text: str) -> Country | None:
    """The country meant by a code ("gb"), a name in any language, or another name in use ("UK"); None if unclear."""
    wanted = _folded(text)
    for country in countries:
        names = (country.code, *country.name.values(), *country.names_used)
        if wanted in {_folded(name) for name in names}:
            return country
    return None


def current(country: Country, today: date) -> tuple[Helpline, ...]:
    """The country's first `MOST_LINES` helplines, without those whose check is older than `NOT_SHOWN_AFTER`."""
    fresh = [line for line in country.helplines if _age(line, today) <= NOT_SHOWN_AFTER]
    return tuple(fresh[:MOST_LINES])


def is_aging(line: Helpline, today: date) -> bool:
    """Whether the date of the last check should be said."""
    return _age(line, today) > SAY_THE_DATE_AFTER


def _age(line: Helpline, today: date) -> timedelta:
    return timedelta() if line.verified_at is None else today - line.verified_at


def _folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).removeprefix("the ").split())
