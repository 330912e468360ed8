# SPDX-License-Identifier: Apache-2.0
"""A question that is taken back takes its answer with it: what somebody asked about their health goes whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bots.core.actions import Action, Forget, LabelRef, TakeBack
from bots.core.bot import Reader
from bots.core.events import Redaction
from bots.resources.asking.following_up import ANSWER, FURTHER
from bots.resources.records import Answered


@dataclass(frozen=True, slots=True)
class Facts:
    """What is left of the answer: the record of it, and whether there was one longer ago."""

    answered: Answered | None
    said: bool


async def gather(event: Redaction, reader: Reader) -> Facts:
    """Look for the answer."""
    answered = await reader.get(Answered, event.target)
    return Facts(answered, await reader.event_id(f"{ANSWER}:{event.target}") is not None)


def decide(event: Redaction, facts: Facts) -> tuple[Action, ...]:
    """Take it back, in the room that it was given in."""
    if facts.answered is not None and facts.answered.room_id == event.room_id:
        return tuple(taken_back(facts.answered))
    return (_back(event.room_id, f"{ANSWER}:{event.target}"),) if facts.said and facts.answered is None else ()


def taken_back(answered: Answered) -> Iterator[Action]:
    """All that was said to the question is taken back, and forgotten."""
    yield _back(answered.room_id, f"{ANSWER}:{answered.question}")
    yield from further_taken_back(answered)
    yield Forget(why="resources.taken_back", record=Answered, key=(answered.question,))


def further_taken_back(answered: Answered) -> Iterator[Action]:
    """What was shown after the first three is taken back."""
    for page in range(1, answered.pages):
        yield _back(answered.room_id, f"{FURTHER}:{answered.question}:{page}")


def _back(room_id: str, label: str) -> TakeBack:
    return TakeBack(why="resources.taken_back", room_id=room_id, target=LabelRef(label))
