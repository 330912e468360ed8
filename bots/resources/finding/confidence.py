# SPDX-License-Identifier: Apache-2.0
"""Whether a question is about what the library is about, by comparison with chat that certainly is not.

Scores of two libraries can't be compared: a large one has something near everything. So each index measures itself
when it is made: how near does everyday chat come to it (`off_topic/`), and how near do its own entries' titles?
What a question is then given is its distance from the chat. This tells off-topic from on-topic, and nothing else:
no score tells "we have it" from "we have something near it".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

# The share of everyday chat that may be taken for a question, at most …
_CHAT_TAKEN_FOR_A_QUESTION = 0.15
# … if that turns away no more of the entries' own titles than this.
_TITLES_TURNED_AWAY = 0.02
# A question is less near to an entry than the entry's own title is: from this share of the way on there, it is sure.
_SURE = 0.25

# By words alone: below this share of the question's weight found, it is a coincidence and not an answer.
_LEAST_COVERED = 0.34
# From this share on it is a good one.
_WELL_COVERED = 0.6


@dataclass(frozen=True, slots=True)
class Measure:
    """How near chat comes: the mean and the spread of each sign.

    Something fits from the confidence `least` on; below `sure`, it is a weak match.
    """

    chat: Mapping[str, tuple[float, float]]
    least: float
    sure: float

    @classmethod
    def from_json(cls, value: object) -> Measure | None:
        """What `to_json` gave; None for anything else."""
        match value:
            case {"chat": dict(chat), "least": float(least), "sure": float(sure)}:
                return cls({name: (float(mean), float(spread)) for name, (mean, spread) in chat.items()}, least, sure)
            case _:
                return None

    def to_json(self) -> dict[str, object]:
        """To be kept."""
        return {"chat": {name: list(both) for name, both in self.chat.items()}, "least": self.least, "sure": self.sure}

    def confidence(self, signs: Mapping[str, float]) -> float:
        """How much nearer than chat, in spreads of it, on the average of the signs."""
        if not signs:
            return -math.inf
        return float(np.mean([(signs[name] - mean) / spread for name, (mean, spread) in self.chat.items()]))


def by_words() -> Measure:
    """Where only words are compared: how much of the question's weight the best entry has."""
    return Measure({"covered": (0.0, 1.0)}, _LEAST_COVERED, _WELL_COVERED)


def measured(chat: Sequence[Mapping[str, float]], titles: Sequence[Mapping[str, float]]) -> Measure:
    """From the signs of chat, and of the entries' own titles."""
    names = chat[0] if chat else {}
    of_chat = {name: [signs[name] for signs in chat] for name in names}
    measure = Measure(
        {name: (float(np.mean(all_)), float(np.std(all_)) or 1.0) for name, all_ in of_chat.items()}, 0, 0
    )
    far = float(np.quantile([measure.confidence(signs) for signs in chat], 1 - _CHAT_TAKEN_FOR_A_QUESTION))
    near = [measure.confidence(signs) for signs in titles]
    least = min(far, float(np.quantile(near, _TITLES_TURNED_AWAY))) if near else far
    return Measure(measure.chat, least, least + _SURE * max(0.0, float(np.median(near)) - least) if near else least)


@cache
def off_topic() -> tuple[str, ...]:
    """Lines of everyday chat about other things, as they are shipped."""
    file = resources.files("bots.resources.finding") / "off_topic" / "en.txt"
    return tuple(line for line in file.read_text("utf-8").splitlines() if line)
