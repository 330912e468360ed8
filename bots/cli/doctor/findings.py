# SPDX-License-Identifier: Apache-2.0
"""What the doctor has to say about one thing: it is well, it is not, or it could not be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters, worst first."""

    # Strangers can learn who is here or what is said, or the community does not work.
    DANGER = "danger"
    # Somebody can, with some patience or in some cases.
    WEAKNESS = "weakness"
    # Nobody can yet, and it would be better otherwise.
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Well:
    """As it should be. `note` is what somebody may want to compare."""

    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What was seen, who could do what because of it, and exactly what to set or to do."""

    severity: Severity
    seen: str
    risk: str
    fix: str


@dataclass(frozen=True, slots=True)
class Unasked:
    """Nothing is known about it, and so nothing good either."""

    because: str


Verdict = Well | Trouble | Unasked


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `what` says how it should be."""

    what: str
    verdict: Verdict


def summary(findings: Sequence[Finding]) -> str:
    """How many of what, in one line."""
    troubles = [finding.verdict for finding in findings if isinstance(finding.verdict, Trouble)]
    counts = [
        f"{number} × {severity.value}"
        for severity in Severity
        if (number := sum(trouble.severity is severity for trouble in troubles))
    ]
    unasked = sum(isinstance(finding.verdict, Unasked) for finding in findings)
    told = ", ".join(counts) or "Nothing found"
    return f"{told}." if not unasked else f"{told}. Not asked, and so not known: {unasked}."
