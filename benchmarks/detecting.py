# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.detecting`: how many messages are looked at in a second, and how well.

One core, no homeserver and no database: reading, every detector, assessing and responding, which is what deciding on a
message takes. The texts are the suites' and a thousand harmless ones (`PYTHONPATH=tests`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bots.core.community import Community
from bots.core.crisis.tiers import CRIES, URGENT, Tier
from bots.core.events import Message
from bots.core.settings import load_community
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Finding, Setting
from bots.moderation.detectors.noise import in_message
from bots.moderation.detectors.own_words import OwnWords
from bots.moderation.detectors.registry import DETECTORS
from bots.moderation.passages.reading import passage, passages
from bots.moderation.watching.known import known_of
from bots.moderation.watching.respond import TOLD_FROM, Author, Response, respond
from fakes import suites
from fakes.harmless import messages

SUITES = (
    "identity",
    "identity_unseen",
    "crisis",
    "crisis_voices",
    "crisis_languages",
    "crisis_veiled",
    "crisis_unseen",
    "worded",
    "worded_languages",
)
ROUNDS = 5
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CONFIG = Path(__file__).parents[1] / "config"


def deciding(community: Community, regions: tuple[str, ...]) -> Callable[[str], tuple[list[Finding], Response]]:
    """What is found in a text, and what is done about it, if somebody new writes it."""
    own, known = OwnWords.of(community.guidelines), known_of(community)
    setting = Setting(now=NOW, languages=community.languages, regions=regions, known=known, new_here=True)

    def decide(text: str) -> tuple[list[Finding], Response]:
        message = Message(room_id="!r:a", event_id="$e", sender="@a:a", sent_at=NOW, text=text)
        said = passages(message)
        tier = assess(said, setting).tier
        found = [each for detector in (*DETECTORS, own) for part in said for each in detector.find(part, setting)]
        author = Author(spared=False, new_here=True, cry=tier in CRIES)
        return found, respond([*found, *in_message(message)], community.guidelines, author)

    return decide


def speed(decide: Callable[[str], object], texts: list[str]) -> float:
    """Messages in a second of one core: the best of some rounds, since others use the machine, too."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            decide(text)
        best = max(best, len(texts) / (time.process_time() - began))
    return best


def main() -> None:
    """Measure, and print the tables."""
    console = Console(highlight=False)
    community = load_community(CONFIG)
    harmless = messages()
    everywhere = deciding(community, community.regions_in(None))
    console.print(f"Decided in a second on one core: {speed(everywhere, harmless):,.0f} harmless messages", end="")
    texts = [str(text) for name in SUITES for each in suites.load(name)["functions"] for text in each["find"]]
    console.print(f", {speed(everywhere, texts):,.0f} of what the suites want found.")
    told, held, by = 0, 0, Counter[str]()
    for text in harmless:
        _, response = everywhere(text)
        told, held = told + bool(response.tell), held + bool(response.hold)
        by.update({each.detector for each in response.tell})
    counted = ", ".join(f"{name} {count}" for name, count in by.most_common())
    console.print(f"Of {len(harmless)} harmless messages, {told} are told to moderators, {held} held. {counted}")
    console.print(_ordinary(community))
    for name in SUITES:
        console.print(_table(name, community))


def _ordinary(community: Community) -> Table:
    """What of ordinary talk that nobody learned from is taken for something."""
    table = Table(title="ordinary_unseen.yaml", title_justify="left")
    for column in ("language", "messages", "taken for a cry", "for an urgent one", "told"):
        table.add_column(column)
    for language, kinds in suites.load("ordinary_unseen")["leave"].items():
        here = replace(community, languages=tuple(dict.fromkeys(("en", language))))
        decide, setting = deciding(here, community.regions_in(None)), Setting(now=NOW, languages=here.languages)
        texts = [str(text) for texts_of in kinds.values() for text in texts_of]
        tiers = [assess((passage(text),), setting).tier for text in texts]
        cries, urgent = (sum(tier in some for tier in tiers) for some in (CRIES - {Tier.DISTRESS}, URGENT))
        told = sum(bool(decide(text)[1].tell) for text in texts)
        table.add_row(language, *map(str, (len(texts), cries, urgent, told)))
    return table


def _table(name: str, community: Community) -> Table:
    suite = suites.load(name)
    decide = deciding(community, tuple(suite.get("regions", ())))
    setting = Setting(now=NOW, languages=community.languages)
    table = Table(title=f"{name}.yaml", title_justify="left")
    for column in ("function", "cases", "precision", "recall"):
        table.add_column(column)
    watched = {function["detector"].partition(".")[0] for function in suite["functions"]}

    def seen(text: str) -> set[str]:
        if name.startswith("crisis"):
            return suites.sounds(assess((passage(text),), setting).tier)
        found = (each for each in decide(text)[0] if each.confidence >= TOLD_FROM)
        return {each.detector for each in found if each.detector.partition(".")[0] in watched}

    cases = list(suites.run(suite, seen))
    for function, theirs in groupby(cases, key=lambda case: case.function):
        some = list(theirs)
        score = suites.score(some)
        table.add_row(function, str(len(some)), f"{score.precision:.2f}", f"{score.recall:.2f}")
    score = suites.score(cases)
    table.add_row(f"all (F1 {score.f1:.2f})", str(len(cases)), f"{score.precision:.2f}", f"{score.recall:.2f}")
    return table


if __name__ == "__main__":
    main()
