# SPDX-License-Identifier: Apache-2.0
"""What people said of entries ("helped", "did not"), and what it changes: a little, and never by few people. Pure.

Accounts cost nothing here, so opinions can be made up. They move an entry by a tenth at most, from five people on in
one quarter of a year; what is closest to the question is among the first three whatever anybody says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bots.core.actions import Action, Remember
from bots.core.bot import Reader
from bots.resources.finding.ranking import with_the_closest
from bots.resources.library import Found
from bots.resources.records import Ballot, Opinion

# Below so many people nothing is counted in, and nothing is told to anybody.
FEWEST_PEOPLE = 5
# An entry's score is multiplied by what lies this far from 1, at most.
MOST_INFLUENCE = 0.1
# So many opinions for and against lie in the scale from the start.
_ALREADY_THERE = 10


def quarter_of(now: datetime) -> str:
    """The quarter of a year: "2026-4"."""
    return f"{now.year}-{(now.month + 2) // 3}"


def last_quarters(now: datetime) -> tuple[str, str]:
    """The one that is now and the one before: what people said longer ago counts no more."""
    year, quarter = now.year, (now.month + 2) // 3
    before = f"{year}-{quarter - 1}" if quarter > 1 else f"{year - 1}-4"
    return quarter_of(now), before


def ballot_of(user: str, entry: str, reader: Reader) -> str:
    """The hash that a ballot is kept by, another one every quarter of a year."""
    return reader.pseudonym(f"{user} {entry} {quarter_of(reader.now)}")


def influence(opinions: Iterable[Opinion]) -> float:
    """What an entry's score is multiplied by, given what was said of it, a row a quarter of a year.

    Somebody counts once a quarter: only with `FEWEST_PEOPLE` in one quarter are there certainly so many people.
    """
    rows = tuple(opinions)
    if max((row.helped + row.unhelpful for row in rows), default=0) < FEWEST_PEOPLE:
        return 1.0
    helped, unhelpful = sum(row.helped for row in rows), sum(row.unhelpful for row in rows)
    return 1.0 + MOST_INFLUENCE * (helped - unhelpful) / (helped + unhelpful + _ALREADY_THERE)


def in_order(found: Sequence[Found], opinions: Mapping[str, Sequence[Opinion]]) -> tuple[Found, ...]:
    """What was found, with what people said of it counted in. The closest one stays among the first three."""
    if not found:
        return ()
    closest = next((each for each in found if each.closest), found[0])
    order = sorted(found, key=lambda each: -each.score * influence(opinions.get(each.resource.id, ())))
    return tuple(with_the_closest(order, closest))


def counted(
    entry: str, of: str, before: Ballot | None, opinion: Opinion | None, *, helped: bool, now: datetime
) -> tuple[Action, ...]:
    """What is remembered when somebody says it: nothing for the second time, the other way round when they changed."""
    if before is not None and before.helped == helped:
        return ()
    row = opinion or Opinion(entry=entry, quarter=quarter_of(now))
    taken = 0 if before is None else 1
    row = replace(
        row,
        helped=max(0, row.helped + (1 if helped else -taken)),
        unhelpful=max(0, row.unhelpful + (-taken if helped else 1)),
    )
    return (
        Remember(why="resources.opinion", record=Ballot(of=of, helped=helped)),
        Remember(why="resources.opinion", record=row),
    )


def told(opinions: Iterable[Opinion]) -> tuple[int | None, int | None]:
    """How many it helped and how many not; None where it were fewer than `FEWEST_PEOPLE` in each quarter."""
    rows = tuple(opinions)
    return _enough([row.helped for row in rows]), _enough([row.unhelpful for row in rows])


def _enough(counts: Sequence[int]) -> int | None:
    return sum(counts) if max(counts, default=0) >= FEWEST_PEOPLE else None
