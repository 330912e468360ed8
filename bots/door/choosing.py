# SPDX-License-Identifier: Apache-2.0
"""The name that somebody chose, judged. Pure.

A name becomes the part of a user id before the colon, which is for ever and for everybody to see: letters a to z,
digits and hyphens, so that it can be read aloud and typed on any telephone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bots.core.anonymity import Finding, look_at_name, look_at_user_id
from bots.core.anonymity.names import fold, words_of
from bots.core.community import Community

SHORTEST = 3
LONGEST = 30
_SPACES = re.compile(r"[\s_.,·/-]+")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Who is called so is taken for somebody who speaks for the community, or for one of the bots.
_STAFF = frozenset(
    (
        *("admin", "admins", "administrator", "bot", "community", "helper", "helpline", "host", "kithroom"),
        *("moderation", "moderator", "moderators", "mods", "official", "operator", "organiser", "organizer", "owner"),
        *("resources", "root", "security", "server", "staff", "support", "system", "team", "welcome"),
    )
)


class Problem(StrEnum):
    """Why a name can't be one."""

    EMPTY = "empty"
    LETTERS = "letters"
    SHORT = "short"
    LONG = "long"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A name as it will be, what is in its way, and what it gives away, the worst first."""

    name: str
    problem: Problem | None = None
    findings: tuple[Finding, ...] = ()


def choose(written: str, community: Community, today: date) -> Choice:
    """Judge what somebody wrote. What it gives away is only told: whether to keep it is theirs to say."""
    name = _SPACES.sub("-", fold(written[:255]).strip().lower()).strip("-")
    if not name:
        return Choice(name="", problem=Problem.EMPTY)
    regions = tuple(country.code.upper() for country in community.countries)
    look = {"today": today, "regions": regions, "telling": telling(community)}
    found = {*look_at_name(written, **look), *look_at_user_id(name, **look)}  # type: ignore[arg-type]
    return Choice(
        name=name[:LONGEST],
        problem=_problem(name, written),
        findings=tuple(finding for finding in Finding if finding in found),
    )


def telling(community: Community) -> frozenset[str]:
    """The names of the community's conditions, and what people call them, in every language."""
    return frozenset(
        phrase
        for condition in community.conditions
        for phrases in (tuple(condition.name.values()), *condition.synonyms.values())
        for phrase in phrases
    )


def _problem(name: str, written: str) -> Problem | None:
    if not _NAME.fullmatch(name):
        return Problem.LETTERS
    if len(name) < SHORTEST:
        return Problem.SHORT
    if len(name) > LONGEST:
        return Problem.LONG
    if not _STAFF.isdisjoint((*name.split("-"), *words_of(written))):
        return Problem.STAFF
    return None


def best_language(header: str, offered: Sequence[str]) -> str:
    """The language of `offered` (the first is the default) that a browser's Accept-Language likes best."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, rest = part.strip().lower().partition(";")
        quality = re.fullmatch(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", rest)
        wanted.append((float(quality[1]) if quality else 1.0, place, tag.strip()))
    for liking, _, tag in sorted(wanted, key=lambda each: (-each[0], each[1])):
        for have in offered if liking and tag else ():
            if tag in (have.lower(), *have.lower().split("-")[:1]) or tag.partition("-")[0] == have.lower():
                return have
    return offered[0]
