# SPDX-License-Identifier: Apache-2.0
"""What came of a transcript, line by line, and whether that is what the transcript expects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.core.simulation.transcript import DEEDS, NOTHING, PRIVATE, Expectation

SERVER = "simulated.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of what a simulation shows: who did what, where, and for a bot by which rule.

    `whom` is the user whom an action is about; `text` what was said, as it would read;
    `failed` the code if the action did not succeed.
    """

    at: datetime
    who: str
    what: str
    place: str = ""
    whom: str = ""
    text: str = ""
    rule: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """An expectation of the transcript that was not met: its line, and what there was instead."""

    line: int
    expected: str
    found: str


def user_id(name: str) -> str:
    """The user of a transcript's short name."""
    return name if name.startswith("@") else f"@{name}:{SERVER}"


def compared(expected: Expectation, happened: Sequence[Happening], since: int) -> Iterator[Wrong]:
    """Whether what happened is as expected; `since` is where in it the last step began. What failed did not happen.

    The place `private` is anybody's private chat.
    """
    deeds = [
        (number, each)
        for number, each in enumerate(happened)
        if each.who == expected.bot and each.what in DEEDS.values() and not each.failed
    ]
    recent = [each for number, each in deeds if number >= since]
    if expected.does == NOTHING:
        if recent:
            yield Wrong(expected.line, NOTHING, _told(recent))
    elif expected.never:
        if found := [each for _, each in deeds if _fits(expected, each)]:
            yield Wrong(expected.line, _wanted(expected), _told(found))
    elif not any(_fits(expected, each) for each in recent):
        yield Wrong(expected.line, _wanted(expected), _told(recent))


def _fits(expected: Expectation, deed: Happening) -> bool:
    place = PRIVATE if deed.place.startswith(f"{PRIVATE}:") else deed.place
    return (
        deed.what == expected.does
        and expected.place in (None, place)
        and (expected.whom is None or deed.whom == user_id(expected.whom))
        and (expected.says is None or expected.says in deed.text)
    )


def _wanted(expected: Expectation) -> str:
    words = ["never"] if expected.never else []
    words += [expected.does, expected.whom or "", f"“{expected.says}”" if expected.says else ""]
    words += [f"in {expected.place}"] if expected.place else []
    return " ".join(word for word in words if word)


def _told(deeds: Sequence[Happening]) -> str:
    return "; ".join(f"{each.what} {each.whom} in {each.place}: {each.text}".rstrip(": ") for each in deeds) or NOTHING
