# SPDX-License-Identifier: Apache-2.0
"""A thousand harmless messages out of what `suites/harmless.yaml` has: see there how they were written."""

from __future__ import annotations

from itertools import count

from fakes import suites

MANY = 1000


def messages() -> list[str]:
    """Always the same thousand, none twice: each whole alone, then in company."""
    parts = suites.load("harmless")
    subjects = list(parts["whole"].values())
    said = dict.fromkeys(whole for wholes in subjects for whole in wholes)
    wholes = list(said)
    for turn in count():
        for place, whole in enumerate(wholes):
            if len(said) == MANY:
                return list(said)
            said[_with_company(turn, place, whole, parts, subjects)] = None
    raise AssertionError


def _with_company(turn: int, place: int, whole: str, parts: dict, subjects: list[list[str]]) -> str:
    before, after = parts["before"], parts["after"]
    if turn == 0:
        return f"{before[place * 7 % len(before)]} {whole}" if place % 2 else f"{whole} {after[place * 5 % len(after)]}"
    of_subject = next(subject for subject in subjects if whole in subject)
    other = of_subject[(of_subject.index(whole) + 3 * turn) % len(of_subject)]
    return f"{whole} {other}" if place % 3 else f"{before[place * 11 % len(before)]} {whole} {other}"
