# SPDX-License-Identifier: Apache-2.0
"""How near to danger a message sounds. Rules, not a judgement: it misses cries, and hears some that are none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bots.core.crisis.tiers import Assessment, Tier
from bots.moderation.crisis.surroundings import PURPOSE, heard, idle
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.harm import ABUSE, Harm
from bots.moderation.grammar import Match, Parsed, heavy, likeliest, understood, without
from bots.moderation.passages.passage import Field, Passage

# Whoever needs people comes first, and of them who needs them soonest.
_ORDER = (Tier.IMMEDIATE, Tier.MEDICAL, Tier.THOUGHTS, Tier.UNSAFE, Tier.ABOUT_ANOTHER, Tier.ABUSE, Tier.DISTRESS)
# Despair that is said in so many ways at once (worthless, alone, worn out …) is more than each of them;
# what a table calls "heavy" (a goodbye, wanting out …) counts as two.
_MANY_WAYS = 3
_SURE_OF_MANY = 0.5
_SURE_OF_WEIGHT = 0.5
# What words are weighed for where no row hears anything, and, where thoughts are heard, whether it is for now.
_WEIGHED = {"own": Tier.THOUGHTS, "medical": Tier.MEDICAL, "another": Tier.ABOUT_ANOTHER}
_NOW = "now"
# Where somebody laughs, sings, is well now or tells of back then, words do not weigh what they say.
_UNWEIGHED = ("laugh", "cited", "well", "then")
_HARM = Harm()
# What endangers whoever answers it outweighs what its author thinks of, though not what they are about to do.
_PACT = "harm.pact"
_NOTHING = Assessment(tier=Tier.NONE)
# Where no rule hears more than this, the words are weighed.
_LIGHT = frozenset({Tier.NONE, Tier.DISTRESS})
# No condition's slang takes these away: a body in danger, and what endangers who reads it.
_WHATEVER_THE_SLANG = frozenset({Tier.MEDICAL, Tier.UNSAFE})


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that was heard, and by which rule; `ways` is how much it counts among the ways of despair."""

    tier: Tier
    rule: str
    sure: float
    ways: int = 0


def assess(passages: Sequence[Passage], setting: Setting) -> Assessment:
    """The gravest that any of the message's parts sounds like, and every rule that says so.

    It takes time linear in the length of the message, and asks nobody.
    """
    told = [passage for passage in passages if passage.field is not Field.FILENAME]
    read = [(passage, understood(passage, setting.languages)) for passage in told]
    gravest = _gravest(said for passage, parses in read for said in _all(passage, parses, setting))
    if gravest.tier in {*_LIGHT, Tier.THOUGHTS}:
        return _weighed(gravest, {mark for _, parses in read for mark in _heavy(likeliest(parses), setting)})
    return gravest


def _weighed(gravest: Assessment, marks: Collection[str]) -> Assessment:
    """What the marks that the words weigh as much as make of what the rules heard."""
    mark = next((mark for mark in _WEIGHED if mark in marks), None)
    if gravest.tier in _LIGHT and mark is not None:
        gravest = Assessment(tier=_WEIGHED[mark], rules=(_weight(mark),), confidence=_SURE_OF_WEIGHT)
    if gravest.tier is Tier.THOUGHTS and _NOW in marks:
        gravest = replace(gravest, tier=Tier.IMMEDIATE, rules=(*gravest.rules, _weight(_NOW)))
    return gravest


def _weight(mark: str) -> str:
    """The rule that is none: the words are as heavy together as those of the mark."""
    return f"weight.{mark}"


def _gravest(found: Iterable[_Said]) -> Assessment:
    by_tier: dict[Tier, dict[str, float]] = {}
    ways: dict[str, int] = {}
    for said in found:
        of_tier = by_tier.setdefault(said.tier, {})
        of_tier[said.rule] = max(said.sure, of_tier.get(said.rule, 0.0))
        if said.tier is Tier.DISTRESS:
            ways[said.rule] = said.ways
    if sum(ways.values()) >= _MANY_WAYS:
        by_tier.setdefault(Tier.THOUGHTS, {})["many-ways"] = _SURE_OF_MANY
    gravest = next((tier for tier in _ORDER if tier in by_tier), None)
    if gravest is Tier.THOUGHTS and _PACT in by_tier.get(Tier.UNSAFE, ()):
        gravest = Tier.UNSAFE
    if gravest is None:
        return _NOTHING
    rules = by_tier[gravest]
    return Assessment(tier=gravest, rules=tuple(sorted(rules)), confidence=max(rules.values()))


def _all(passage: Passage, parses: Iterable[Parsed], setting: Setting) -> Iterator[_Said]:
    for parsed in parses:
        bare = without(parsed, setting.slang)
        for tier, match in heard(bare, bare.matches(PURPOSE)):
            yield _said(parsed, tier, match)
        if bare is not parsed:
            for tier, match in heard(parsed, parsed.matches(PURPOSE)):
                if tier in _WHATEVER_THE_SLANG:
                    yield _said(parsed, tier, match)
    for finding in _HARM.by_rule(passage, setting):
        abuse = finding.detector.removeprefix(f"{_HARM.name}.") in ABUSE
        yield _Said(Tier.ABUSE if abuse else Tier.UNSAFE, finding.detector, finding.confidence)


def _said(parsed: Parsed, tier: Tier, match: Match) -> _Said:
    rule = match.rule
    # A joke about death is no way of despair, though it is heard as distress.
    ways = 0 if rule.mark != Tier.DISTRESS else 2 if "heavy" in rule.ways else 1
    return _Said(tier, f"{parsed.language}.{rule.id}", rule.confidence, ways)


def _heavy(parsed: Parsed, setting: Setting) -> frozenset[str]:
    """What the words weigh as much as, if nobody laughs, sings, is well or tells of the past."""
    bare = without(parsed, setting.slang)
    marks = heavy(bare, PURPOSE, idle(bare))
    length = len(parsed.reading.words)
    return frozenset() if marks and any(parsed.has(name, 0, length) for name in _UNWEIGHED) else marks
