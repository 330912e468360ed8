# SPDX-License-Identifier: Apache-2.0
"""What gives a person away: numbers, addresses, names. Somebody else's weighs more than one's own.

Numbers of the community's own helplines and hosts of its library are known, and left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bots.moderation.detectors.finding import Finding, Setting, Whose
from bots.moderation.detectors.identity import emails, names, online, phones
from bots.moderation.detectors.identity.context import digits_in, whose
from bots.moderation.detectors.identity.emails import find_emails
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.detectors.identity.names import find_birth_dates, find_names
from bots.moderation.detectors.identity.numbers import find_accounts, find_cards, find_ids
from bots.moderation.detectors.identity.online import find_profiles
from bots.moderation.detectors.identity.phones import find_phones
from bots.moderation.detectors.identity.places import find_addresses, find_places
from bots.moderation.passages.passage import Field, Passage

GUIDELINE = "privacy"
# Where several kinds are seen in the same place, the one whose rules are the strictest.
_STRICTEST = (
    "iban",
    "card",
    "email",
    "national_id",
    "birth_date",
    "profile",
    "address",
    "place",
    "bank",
    "phone",
    "name",
)
_FEWEST_DIGITS = 4
# Nobody needs more of one kind to know what to do.
_MOST = 20
# Whatever has no digit, and is no link.
_may_give_away = glance(*emails.PATTERNS, *online.PATTERNS, *names.PATTERNS, *phones.PATTERNS)


class Identity:
    """Finds what gives somebody away."""

    name = "identity"

    def find(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """One finding for each thing, in the order of the text."""
        if not _may_have_any(passage):
            return ()
        found = sorted(_all(passage, setting), key=_rank)
        kept: list[Finding] = []
        for each in found:
            if all(each.end <= other.start or each.start >= other.end for other in kept):
                kept.append(each)
        return tuple(sorted(kept, key=lambda each: each.start))


def _may_have_any(passage: Passage) -> bool:
    text = passage.folded
    if passage.field is Field.FILENAME or "/" in text or digits_in(text):
        return True
    return _may_give_away(text)


def _rank(finding: Finding) -> tuple[int, float]:
    return _STRICTEST.index(finding.detector.partition(".")[2]), -finding.confidence


def _all(passage: Passage, setting: Setting) -> Iterator[Finding]:
    for start, end, confidence in islice(find_emails(passage, setting), _MOST):
        yield from _finding("email", passage, start, end, confidence)
    for start, end, confidence in islice(find_profiles(passage, setting), _MOST):
        yield from _finding("profile", passage, start, end, confidence)
    for start, end, confidence, owner in islice(find_names(passage), _MOST):
        yield from _finding("name", passage, start, end, confidence, owner)
    if passage.field is Field.FILENAME:
        # Cameras and scanners number their files.
        return
    yield from _numbers(passage, setting)


def _numbers(passage: Passage, setting: Setting) -> Iterator[Finding]:
    for start, end, confidence in islice(find_places(passage), _MOST):
        yield from _finding("place", passage, start, end, confidence)
    for start, end, confidence in islice(find_addresses(passage), _MOST):
        yield from _finding("address", passage, start, end, confidence)
    for start, end, confidence in islice(find_phones(passage, setting), _MOST):
        yield from _finding("phone", passage, start, end, confidence)
    if digits_in(passage.folded) < _FEWEST_DIGITS:
        return
    for start, end, confidence in islice(find_birth_dates(passage), _MOST):
        yield from _finding("birth_date", passage, start, end, confidence)
    for start, end, confidence in islice(find_ids(passage), _MOST):
        yield from _finding("national_id", passage, start, end, confidence)
    for start, end, confidence in islice(find_cards(passage), _MOST):
        yield from _finding("card", passage, start, end, confidence)
    for kind, start, end, confidence in islice(find_accounts(passage), _MOST):
        yield from _finding(kind, passage, start, end, confidence)


def _finding(
    kind: str, passage: Passage, start: int, end: int, confidence: float, owner: Whose | None = None
) -> Iterator[Finding]:
    if confidence <= 0 or end <= start:
        return
    places = passage.origin[start:end]
    yield Finding(
        detector=f"identity.{kind}",
        guideline=GUIDELINE,
        start=min(places),
        end=max(places) + 1,
        confidence=confidence,
        field=passage.field,
        whose=owner or whose(passage.folded, start, end),
    )
