# SPDX-License-Identifier: Apache-2.0
"""All phrases of a language in one tree, so that a text is looked through once."""

from __future__ import annotations

from collections.abc import Sequence

# How many words that say little may stand inside one phrase ("kill my fucking self").
_MOST_FILLERS = 2


class Node:
    """A word of a phrase: those that may follow, and the classes of the phrases that end with it, also as bits."""

    __slots__ = ("bits", "classes", "next")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.classes: list[int] = []
        self.bits = 0


Hit = tuple[Node, int, int]
"""A phrase that was found: its last word's node, and the words where it begins and before which it ends."""


class Trie:
    """Phrases, each with the classes it belongs to. `light` are words that may stand inside a phrase."""

    def __init__(self, light: frozenset[str]) -> None:
        self._root = Node()
        self._light = light
        self.words: set[str] = set()

    def add(self, phrase: Sequence[str], of: int) -> None:
        """Let a phrase belong to a class."""
        node = self._root
        for word in phrase:
            node = node.next.setdefault(word, Node())
        if of not in node.classes:
            node.classes.append(of)
            node.bits |= 1 << of
        self.words.update(phrase)

    def hits(self, words: Sequence[str], sentences: Sequence[int]) -> tuple[list[Hit], int]:
        """Every phrase in the text, none across sentences; and all their classes as bits."""
        hits: list[Hit] = []
        found = 0
        first, light, length = self._root.next, self._light, len(words)
        for start, word in enumerate(words):
            node = first.get(word)
            end, fillers = start + 1, 0
            while node is not None:
                if node.bits:
                    hits.append((node, start, end))
                    found |= node.bits
                onward = None
                while end < length and node.next and sentences[end] == sentences[start]:
                    onward = node.next.get(words[end])
                    if onward is not None or fillers == _MOST_FILLERS or words[end] not in light:
                        break
                    # The phrase has not grown, only what stands between.
                    fillers += 1
                    end += 1
                node = onward
                end += 1
        return hits, found
