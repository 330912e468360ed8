# SPDX-License-Identifier: Apache-2.0
"""(e): newcomers come to a room of many devices while other rooms are being answered; (i): to one of many more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.crowd import join
from benchmarks.ground import Ground
from benchmarks.load import Latency, latency, steadily
from benchmarks.report import KITHROOM, Row
from benchmarks.subjects import Subject, until_it_says
from bots.core.homeserver.process import Child
from bots.core.homeserver.synapse import Account

# Seconds between two questions in the other rooms.
_EVERY = 0.25
_MOST = 2.0


@dataclass(frozen=True)
class Arrivals:
    """How the other rooms were answered without and with newcomers; and each newcomer's seconds from the invitation
    to a readable answer (infinite for none)."""

    without: Latency
    with_them: Latency
    newcomers: Sequence[float]


async def arrivals(
    ground: Ground,
    subject: Subject,
    crowd: Sequence[Account],
    newcomers: int,
    questions: int,
    tell: Callable[[], object],
) -> Arrivals:
    """Measure the other rooms alone, then while newcomers come to the crowd's room one after another.

    Each asks there, reads the answer and leaves: the next answer there then needs a new key for all devices.
    """
    room = await ground.room([subject.program.account], [], encrypted=subject.encrypted)
    await join(ground, room, crowd)
    with ExitStack() as stack:
        waiting = [
            await _newcomer(ground, stack, f"newcomer-{room[1:9]}-{number}", room) for number in range(newcomers)
        ]
        alone = await steadily(subject.places, _EVERY, questions)
        tell()
        enough = asyncio.Event()
        others = asyncio.create_task(steadily(subject.places, _EVERY, None, until=enough))
        try:
            took = [await _comes(ground, room, who, tell) for who in waiting]
        finally:
            enough.set()
        return Arrivals(latency(alone), latency(await others), took)


async def admissions(
    ground: Ground, subject: Subject, crowd: Sequence[Account], newcomers: int, tell: Callable[[], object]
) -> list[float]:
    """Newcomers come to a room of many, one after another: each one's seconds from the invitation to a readable answer
    (infinite for none). Nothing else is asked meanwhile."""
    room = await ground.room([subject.program.account], [], encrypted=subject.encrypted)
    await join(ground, room, crowd)
    with ExitStack() as stack:
        waiting = [
            await _newcomer(ground, stack, f"one-more-{room[1:9]}-{number}", room) for number in range(newcomers)
        ]
        return [await _comes(ground, room, who, tell) for who in waiting]


async def _comes(ground: Ground, room: str, who: tuple[str, Child], tell: Callable[[], object]) -> float:
    user, child = who
    await ground.invite(room, user)
    assert child.log is not None
    word, _, seconds = (await until_it_says(child, child.log, "a")).partition(" ")
    tell()
    return float(seconds) if word == "answered" else float("inf")


async def _newcomer(ground: Ground, stack: ExitStack, name: str, room: str) -> tuple[str, Child]:
    account = await ground.account(name.lower())
    folder = ground.folder / "newcomers" / name
    arguments = [ground.synapse.url, account.user_id, account.password, str(folder), room]
    child = Child("benchmarks.newcomer", arguments, log=folder / "output.log")
    stack.callback(child.stop)
    await until_it_says(child, folder / "output.log", "prepared")
    return account.user_id, child


def arrival_rows(found: Mapping[str, Arrivals], devices: int) -> list[Row]:
    """The rows of (e)."""
    without = {title: each.without.p95 for title, each in found.items()}
    with_them = {title: each.with_them.p95 for title, each in found.items()}
    grown = {title: with_them[title] / without[title] for title in found}
    slowest = {title: max(each.newcomers) for title, each in found.items()}
    return [
        Row(part="e", what="others' p95, nobody comes", unit="s", values=without),
        Row(part="e", what=f"others' p95, newcomers to {devices} devices", unit="s", values=with_them),
        Row(
            part="e",
            what="grown by a factor of",
            unit="×",
            values=grown,
            target=f"at most {_MOST:.0f}",
            met=grown[KITHROOM] <= _MOST,
        ),
        Row(part="e", what="slowest newcomer: invitation to readable answer", unit="s", values=slowest),
        Row(
            part="e",
            what="others' questions unanswered, of all",
            unit="",
            values={title: float(each.with_them.asked - each.with_them.answered) for title, each in found.items()},
        ),
    ]


def admission_rows(found: Mapping[str, Sequence[float]], people: int, devices: int, reference: str) -> list[Row]:
    """The rows of (i). The first to come finds a bot that has to make the acquaintance of all of those devices."""
    where = f"{people} people with {people * devices} devices"
    first = {title: took[0] for title, took in found.items()}
    later = {title: max(took[1:]) for title, took in found.items() if took[1:]}
    return [
        Row(part="i", what=f"the first newcomer to {where}", unit="s", values=first, reference=reference),
        *(
            [Row(part="i", what="the slowest of the next", unit="s", values=later, reference=reference)]
            if later
            else []
        ),
    ]
