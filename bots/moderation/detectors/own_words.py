# SPDX-License-Identifier: Apache-2.0
"""What an organiser wants to be told of: their own words and patterns, guideline by guideline.

Everything is matched by RE2, in time linear in the message and within bounded memory, whatever they wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import re2

from bots.core.community import Guidelines
from bots.moderation.detectors.finding import Finding, Setting
from bots.moderation.passages.folding import fold
from bots.moderation.passages.passage import Passage, View

_MEMORY = 8 << 20
# It is a list of somebody's own: that it fits is certain, what it means is not.
_CONFIDENCE = 0.6
_MOST = 20


@dataclass(frozen=True)
class OwnWords:
    """The detector of one room's own words and patterns."""

    words: tuple[tuple[str, re2._Regexp], ...] = ()
    patterns: tuple[tuple[str, re2._Regexp], ...] = ()
    name: str = field(default="words", init=False)

    @classmethod
    def of(cls, rules: Guidelines) -> OwnWords:
        """The detector for these guidelines."""
        words = [(item.id, _words(item.words)) for item in rules.items if item.words]
        patterns = [(item.id, _compiled(pattern)) for item in rules.items for pattern in item.patterns]
        return cls(tuple(words), tuple(patterns))

    def find(self, passage: Passage, _setting: Setting) -> tuple[Finding, ...]:
        """Words in each reading of the passage, patterns in what is written and in the plain reading."""
        if not (self.words or self.patterns):
            return ()
        found: list[Finding] = []
        for view in passage.views():
            for rule, words in self.words:
                found += _places(rule, words, view, passage, group=1)
        written = View(passage.text, range(len(passage.text)))
        for view in (written, passage.views()[0]):
            for rule, pattern in self.patterns:
                found += _places(rule, pattern, view, passage)
        return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.start, each.end)))


def _places(rule: str, pattern: re2._Regexp, view: View, passage: Passage, group: int = 0) -> list[Finding]:
    found = []
    for match in pattern.finditer(view.folded):
        first, last = match.span(group)
        if last > first >= 0:
            start, end = view.place(first, last)
            found.append(
                Finding(
                    detector=f"words.{rule}",
                    guideline=rule,
                    start=start,
                    end=end,
                    confidence=_CONFIDENCE,
                    field=passage.field,
                )
            )
        if len(found) >= _MOST:
            break
    return found


def _words(words: tuple[str, ...]) -> re2._Regexp:
    """One pattern for all of them, as whole words, with any spaces between the words of a phrase."""
    alternatives = (r"\s+".join(map(re2.escape, fold(word)[0].split())) for word in words)
    return _compiled(rf"(?:^|[^\pL\pN])({'|'.join(filter(None, alternatives))})(?:[^\pL\pN]|$)")


def _compiled(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = _MEMORY, False, False
    return re2.compile(pattern, options)
