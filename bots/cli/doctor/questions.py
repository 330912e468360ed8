# SPDX-License-Identifier: Apache-2.0
"""What is asked of the homeserver, by whom, and what an answer means. Pure: `asking` does the asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bots.cli.doctor.findings import Trouble, Unasked, Verdict, Well


class Asker(StrEnum):
    """Who asks: somebody without an account, one like every member's (a bot's), the organiser, an administrator."""

    STRANGER = "stranger"
    MEMBER = "member"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Question:
    """One request. It changes nothing, whatever the answer, unless the check that asks it says so."""

    by: Asker
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `flows` are the ways in which the homeserver wants a proof first."""

    status: int
    errcode: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    flows: tuple[tuple[str, ...], ...] = ()


Judge = Callable[[Answer], Verdict]
_OK = 200


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to find out: how it should be, what to ask, and what the answer means."""

    what: str
    question: Question
    judge: Judge


def unclear(answer: Answer) -> Unasked:
    """An answer that says neither yes nor no: a proxy's, or that of a homeserver which does it in another way."""
    return Unasked(
        f"the homeserver's answer says nothing about it ({answer.status} {answer.errcode})".replace(" )", ")")
    )


def by_status(*, well: frozenset[int], bad: frozenset[int], trouble: Trouble) -> Judge:
    """Well with one of these statuses, trouble with one of those."""

    def judge(answer: Answer) -> Verdict:
        if answer.status in well:
            return Well()
        return trouble if answer.status in bad else unclear(answer)

    return judge


def by_content(*, well: frozenset[int], judge: Judge) -> Judge:
    """Well with one of these statuses; where something is given, `judge` looks at it."""

    def judged(answer: Answer) -> Verdict:
        if answer.status in well:
            return Well()
        return judge(answer) if answer.status == _OK else unclear(answer)

    return judged


def by_capability(name: str, trouble: Trouble) -> Judge:
    """Trouble where members may do what is called so, in an answer to `/capabilities`."""

    def judge(answer: Answer) -> Verdict:
        allowed = mapping(mapping(answer.body.get("capabilities")).get(name)).get("enabled")
        if not isinstance(allowed, bool):
            return unclear(answer)
        return trouble if allowed else Well()

    return judge


def mapping(value: object) -> Mapping[str, Any]:
    """The value, if it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}
