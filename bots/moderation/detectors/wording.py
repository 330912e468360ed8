# SPDX-License-Identifier: Apache-2.0
"""What is noticed by its wording: by a grammar's rules, each with the guideline that it watches for; or by weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bots.moderation.detectors.finding import Finding, Setting
from bots.moderation.grammar import Match, Parsed, heaviest, heavy, likeliest, understood
from bots.moderation.grammar.around import denied, quoted, told
from bots.moderation.passages.passage import Field, Passage

# Whoever is new and offers something is surer to be selling it.
NEW_HERE = 0.15
SUREST = 0.95
# Enough that moderators are told, and far from what is held.
SURE_OF_WEIGHT = 0.55
# Far more words than anybody writes at once. Each costs, and it is only told: of such a wall `noise` tells, too.
_MOST_WEIGHED = 4_000


class Worded:
    """A detector with a table for each language (`grammar/tables/<name>.<language>.yaml`).

    `guidelines` says for each mark of its rules and weights which guideline that is about. What is quoted, denied or
    told of somebody else is no finding, unless the rule's ways say "anyhow". Where no rule finds anything, the words
    are weighed, in a language in which somebody learned what they weigh. A file's name is read by rules alone, and not
    at all without `files`: leaflets are called after orders ("take with food").
    """

    def __init__(
        self, name: str, guidelines: Mapping[str, str], *, newcomers_weigh: bool = False, files: bool = True
    ) -> None:
        self._name = name
        self._guidelines = guidelines
        self._newcomers_weigh = newcomers_weigh
        self._files = files

    @property
    def name(self) -> str:
        """The first part of the names of its findings."""
        return self._name

    def find(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """What its rules see; where they see nothing, what the words weigh as much as."""
        return self.by_rule(passage, setting) or self.weighed(passage, setting)

    def by_rule(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """What its rules see, in the order of the text, each place once for each mark."""
        if passage.field is Field.FILENAME and not self._files:
            return ()
        found: dict[tuple[str, int], Finding] = {}
        for finding in self._all(passage, setting):
            key = (finding.detector, finding.start)
            if key not in found or found[key].confidence < finding.confidence:
                found[key] = finding
        return tuple(sorted(found.values(), key=lambda finding: (finding.start, finding.detector)))

    def weighed(
        self, passage: Passage, setting: Setting, without: Sequence[tuple[int, int]] = ()
    ) -> tuple[Finding, ...]:
        """What the words together weigh as much as, each at the sentence that weighs most; `without` some places."""
        if passage.field is Field.FILENAME:
            return ()
        # In another language than its own, a short text weighs anything.
        parsed = likeliest(understood(passage, setting.languages))
        if len(parsed.reading.words) > _MOST_WEIGHED:
            return ()
        found = []
        idle = _with(self.idle(parsed), parsed.reading.starts, without)
        for mark in sorted(heavy(parsed, self._name, idle)):
            start, end = heaviest(parsed, self._name, mark, idle)
            found.append(self._found(parsed, mark, start, end, passage.field, SURE_OF_WEIGHT, weighed=True))
        return tuple(found)

    def idle(self, parsed: Parsed) -> Sequence[bool]:
        """For each word whether it says nothing here: an idiom's, quoted, or of a match that is not meant."""
        void = [match for match in parsed.matches(self._name) if not self.counts(parsed, match)]
        if not void:
            return parsed.idle(self._name)
        idle = list(parsed.idle(self._name))
        for match in void:
            idle[match.start : match.end] = [True] * (match.end - match.start)
        return idle

    def _all(self, passage: Passage, setting: Setting) -> Iterator[Finding]:
        for parsed in understood(passage, setting.languages):
            for match in parsed.matches(self._name):
                if self.counts(parsed, match):
                    yield self._finding(parsed, match, passage.field, setting)

    def counts(self, parsed: Parsed, match: Match) -> bool:
        """Whether a match is meant."""
        ways = match.rule.ways
        if "anyhow" in ways:
            return True
        if "asked" not in ways and parsed.reading.sentences[match.start] in parsed.reading.asks:
            return False
        return not (quoted(parsed, match) or denied(parsed, match) or told(parsed, match))

    def _finding(self, parsed: Parsed, match: Match, field: Field, setting: Setting) -> Finding:
        sure = match.rule.confidence
        if self._newcomers_weigh and setting.new_here:
            sure = min(SUREST, sure + NEW_HERE)
        return self._found(parsed, match.rule.mark, match.start, match.end, field, sure)

    def _found(
        self, parsed: Parsed, mark: str, start: int, end: int, field: Field, sure: float, *, weighed: bool = False
    ) -> Finding:
        return Finding(
            detector=f"{self._name}.{mark}",
            guideline=self._guidelines[mark],
            start=parsed.reading.starts[start],
            end=parsed.reading.ends[end - 1],
            confidence=sure,
            field=field,
            weighed=weighed,
        )


def _with(idle: Sequence[bool], starts: Sequence[int], places: Sequence[tuple[int, int]]) -> Sequence[bool]:
    """The same with the words in some places, which are in order and apart, as well."""
    if not places:
        return idle
    more, ahead = list(idle), iter(places)
    first, last = next(ahead)
    for at, start in enumerate(starts):
        while start >= last:
            if (place := next(ahead, None)) is None:
                return more
            first, last = place
        more[at] = more[at] or first <= start
    return more
