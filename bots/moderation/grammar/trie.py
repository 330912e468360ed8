# SPDX-License-Identifier: Apache-2.0
"""All phrases of a table in one tree, so that a text is looked through once."""

from __future__ import annotations

from collections.abc import Sequence

# How many words that say little may stand inside one phrase ("kill my fucking self").
_MOST_FILLERS = 2


class _Node:
    __slots__ = ("classes", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.classes: list[int] = []


class Trie:
    """Phrases, each with the classes it belongs to."""

    def __init__(self) -> None:
        self._root = _Node()
        self.words: set[str] = set()
        self.light: frozenset[str] = frozenset()

    def add(self, phrase: Sequence[str], of: int) -> None:
        """Let a phrase belong to a class."""
        node = self._root
        for word in phrase:
            node = node.next.setdefault(word, _Node())
        if of not in node.classes:
            node.classes.append(of)
        self.words.update(phrase)

    def edges(self, words: Sequence[str], sentences: Sequence[int]) -> tuple[dict[int, dict[int, list[int]]], int]:
        """For each class that stands in the text, where it begins and ends; and those classes as bits."""
        edges: dict[int, dict[int, list[int]]] = {}
        found = 0
        first = self._root.next
        for start, word in enumerate(words):
            node = first.get(word)
            if node is None:
                continue
            end, fillers, sentence = start + 1, 0, sentences[start]
            while True:
                for of in node.classes:
                    edges.setdefault(of, {}).setdefault(start, []).append(end)
                    found |= 1 << of
                if not node.next or end >= len(words) or sentences[end] != sentence:
                    break
                onward = node.next.get(words[end])
                if onward is None:
                    if fillers == _MOST_FILLERS or words[end] not in self.light:
                        break
                    fillers += 1
                    # The phrase has not grown, only what stands between.
                    node = _passed(node)
                else:
                    node = onward
                end += 1
        return edges, found


def _passed(node: _Node) -> _Node:
    """The same node, without what ends there."""
    passed = _Node()
    passed.next = node.next
    return passed
