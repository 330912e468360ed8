# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.lists`: a policy list of 50 000 rules held against 2 000 people, on one core.

It times the deciding alone, in time on the processor: reading the rules out of their state events, the first look at
everybody, one rule more and a look at everybody again, and one person who comes.
It says nothing about a homeserver, or about doing anything.
The rules are made up, in the proportions that such lists have: most are names, some are globs or about homeservers.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click
from rich.console import Console
from rich.table import Table

from bots.core.matrix.state import view_from_state, with_state
from bots.core.rooms import RoomView
from bots.moderation.policy_lists.index import Index

_USER, _SERVER = "m.policy.rule.user", "m.policy.rule.server"
_GLOBS = ("@spam{}*:*", "@*bad{}*:*", "@a?b{}*:x.example", "@*:evil{}.example")


def _rule(kind: str, entity: str) -> dict[str, object]:
    content = {"entity": entity, "recommendation": "m.ban", "reason": "spam"}
    return {"type": kind, "state_key": f"rule:{entity}", "content": content}


def _rules(count: int, chance: random.Random) -> list[dict[str, object]]:
    made = []
    for number in range(count):
        if number % 50 == 0:
            made.append(_rule(_USER, chance.choice(_GLOBS).format(number)))
        elif number % 50 == 1:
            made.append(_rule(_SERVER, f"s{number}.example"))
        else:
            made.append(_rule(_USER, f"@{chance.getrandbits(60):x}:h{chance.randrange(500)}.example"))
    return made


@dataclass
class Round:
    """One time through: a list that grows by a rule, and the index that is kept of it."""

    events: list[dict[str, object]]
    names: list[str]
    view: RoomView = field(default_factory=lambda: RoomView(room_id="!list"))
    index: Index = field(default_factory=Index)

    def read(self) -> None:
        self.view = view_from_state("!list", self.events)

    def read_one_more(self) -> None:
        self.view = with_state(self.view, [_rule(_USER, self.names[0])])

    def look(self) -> None:
        self.index.update(self.view.policies)
        for name in self.names:
            self.index.of(name)

    def one_comes(self) -> None:
        self.index.of(self.names[1])

    def steps(self) -> dict[str, Callable[[], None]]:
        return {
            "rules read from state events": self.read,
            "first look at everybody": self.look,
            "one rule more, read": self.read_one_more,
            "and everybody looked at again": self.look,
            "one person who comes": self.one_comes,
        }


@click.command()
@click.option("--rules", default=50_000, show_default=True)
@click.option("--people", default=2_000, show_default=True)
@click.option("--times", default=5, show_default=True)
def main(rules: int, people: int, times: int) -> None:
    """Time it a few times, and print the medians."""
    chance = random.Random(7)
    events = _rules(rules, chance)
    names = [f"@{chance.getrandbits(60):x}:h{chance.randrange(500)}.example" for _ in range(people)]
    found: dict[str, list[float]] = {}
    for _ in range(times):
        for what, step in Round(events, names).steps().items():
            began = time.process_time()
            step()
            found.setdefault(what, []).append(time.process_time() - began)
    title = f"{rules} rules, {people} people: median of {times}, in ms on the processor"
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    table.add_column("ms", justify="right")
    for what, seconds in found.items():
        table.add_row(what, f"{1000 * statistics.median(seconds):.2f}")
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
