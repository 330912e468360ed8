# SPDX-License-Identifier: Apache-2.0
"""What came of a transcript, line by line, and whether that is what the transcript expects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.core.simulation.transcript import DEEDS, NOTHING, PRIVATE, Expectation

SERVER = "simulated.example"
# What actions are called in a transcript.
_NAMES = {action: deed for deed, action in DEEDS.items()}
_SPOKEN = frozenset({DEEDS["say"], DEEDS["edit"]})
# Of what there was instead, as much as one reads in a line.
_MOST_SHOWN, _LONGEST = 3, 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of what a simulation shows: who did what, where, and for a bot by which rule.

    `voice` is the bot that carries out what another decided: in private chats the welcome bot speaks for all.
    `whom` is the user whom an action is about; `text` what was said, as it would read;
    `failed` the code if the action did not succeed.
    """

    at: datetime
    who: str
    what: str
    voice: str = ""
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

    What one bot decides and another says, both have done. The place `private` is anybody's private chat.
    """
    deeds = [
        (number, each)
        for number, each in enumerate(happened)
        if expected.bot in (each.who, each.voice) and each.what in DEEDS.values() and not each.failed
    ]
    recent = [each for number, each in deeds if number >= since]
    if expected.does == NOTHING:
        if recent:
            yield Wrong(expected.line, _wanted(expected), _told(recent))
    elif expected.never:
        if found := [each for _, each in deeds if _fits(expected, each)]:
            yield Wrong(expected.line, _wanted(expected), _told(found))
    elif not any(_fits(expected, each) for each in recent):
        yield Wrong(expected.line, _wanted(expected), _told(recent))


def _fits(expected: Expectation, deed: Happening) -> bool:
    return (
        deed.what == expected.does
        and expected.place in (None, _place(deed))
        and (expected.whom is None or deed.whom == user_id(expected.whom))
        and (expected.says is None or expected.says in deed.text)
    )


def _place(deed: Happening) -> str:
    return PRIVATE if deed.place.startswith(f"{PRIVATE}:") else deed.place


def _wanted(expected: Expectation) -> str:
    never = "never " if expected.never else ""
    return f"{expected.bot}: {never}" + _deed(
        expected.does, whom=expected.whom or "", place=expected.place or "", text=expected.says or ""
    )


def _told(deeds: Sequence[Happening]) -> str:
    """What there was, in a transcript's words; of what was said, and of many, the beginning."""
    shown = [
        _deed(
            each.what,
            whom=each.whom.removeprefix("@").removesuffix(f":{SERVER}"),
            place=_place(each),
            text=_beginning(each.text),
        )
        for each in deeds[:_MOST_SHOWN]
    ]
    more = len(deeds) - len(shown)
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown) or NOTHING


def _deed(what: str, *, whom: str, place: str, text: str) -> str:
    words = [_NAMES.get(what, what)]
    words += [f"to {whom}" if what in _SPOKEN else whom] if whom else []
    words += [f"in {place}"] if place else []
    words += [f"“{text}”"] if text else []
    return " ".join(words)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:_LONGEST].rstrip()} …" if len(line) > _LONGEST else line
