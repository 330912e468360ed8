# SPDX-License-Identifier: Apache-2.0
"""What is noticed by its wording: a grammar's rules, each with the guideline that it watches for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bots.moderation.detectors.finding import Finding, Setting
from bots.moderation.grammar import Match, Parsed, understood
from bots.moderation.grammar.around import denied, quoted, told
from bots.moderation.passages.passage import Field, Passage

# Whoever is new and offers something is surer to be selling it.
NEW_HERE = 0.15
SUREST = 0.95


class Worded:
    """A detector with a table for each language (`grammar/tables/<name>.<language>.yaml`).

    `guidelines` says for each mark of its rules which guideline that is about. What is quoted, denied or told of
    somebody else is no finding, unless the rule's ways say "anyhow".
    """

    def __init__(self, name: str, guidelines: Mapping[str, str], *, newcomers_weigh: bool = False) -> None:
        self._name = name
        self._guidelines = guidelines
        self._newcomers_weigh = newcomers_weigh

    @property
    def name(self) -> str:
        """The first part of the names of its findings."""
        return self._name

    def find(self, passage: Passage, setting: Setting) -> tuple[Finding, ...]:
        """What it sees, in the order of the text, each place once for each mark."""
        if passage.field is Field.FILENAME:
            return ()
        found: dict[tuple[str, int], Finding] = {}
        for finding in self._all(passage, setting):
            key = (finding.detector, finding.start)
            if key not in found or found[key].confidence < finding.confidence:
                found[key] = finding
        return tuple(sorted(found.values(), key=lambda finding: (finding.start, finding.detector)))

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
        return Finding(
            detector=f"{self._name}.{match.rule.mark}",
            guideline=self._guidelines[match.rule.mark],
            start=parsed.reading.starts[match.start],
            end=parsed.reading.ends[match.end - 1],
            confidence=sure,
            field=field,
        )
