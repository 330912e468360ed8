# SPDX-License-Identifier: Apache-2.0
"""All phrases of a language in one tree, so that a text is looked through once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

# How many words that say little may stand inside one phrase ("kill my fucking self").
_MOST_FILLERS = 2


class Node:
    """A word of a phrase: those that may follow, and the classes of the phrases that end with it, also as bits.

    `keys` are those of the classes that are keys: few of them.
    """

    __slots__ = ("bits", "classes", "keys", "next")

    def __init__(
        self, classes: tuple[int, ...], bits: int, keys: tuple[int, ...], following: Mapping[str, Node]
    ) -> None:
        self.classes = classes
        self.bits = bits
        self.keys = keys
        self.next = following


_NOTHING: Mapping[str, Node] = {}

Hit = tuple[Node, int, int]
"""A phrase that was found: its last word's node, and the words where it begins and before which it ends."""


class Trie:
    """Phrases, each with the classes it belongs to (none of them twice). `light` are words that may stand inside one.

    `keys` are the classes that whoever asks for hits looks at first.

    Phrases that end alike share their nodes: there are a quarter as many as without.
    """

    def __init__(self, phrases: Mapping[str, Sequence[int]], light: frozenset[str], keys: frozenset[int]) -> None:
        self._light = light
        self.words = frozenset(word for phrase in phrases for word in phrase.split())
        one_of = {word: word for word in self.words}
        nodes: dict[tuple[object, ...], Node] = {}
        # Every node has these, and many have the same.
        of_some: dict[tuple[int, ...], tuple[tuple[int, ...], int, tuple[int, ...]]] = {}

        def node(alike: list[tuple[list[str], Sequence[int]]], depth: int) -> Node:
            """The node after `depth` words, in which these phrases are alike; they are in order."""
            ends = alike[0][1] if alike and len(alike[0][0]) == depth else ()
            following = {
                word: node([*longer], depth + 1)
                for word, longer in groupby(alike[bool(ends) :], lambda phrase: phrase[0][depth])
            }
            key = (*ends, None, *((word, id(after)) for word, after in following.items()))
            if key not in nodes:
                classes = tuple(ends)
                if classes not in of_some:
                    bits = sum(1 << of for of in classes)
                    of_some[classes] = (classes, bits, tuple(of for of in classes if of in keys))
                nodes[key] = Node(*of_some[classes], following or _NOTHING)
            return nodes[key]

        in_order = [([one_of[word] for word in phrase.split()], of) for phrase, of in phrases.items()]
        in_order.sort(key=itemgetter(0))
        self._root = node(in_order, 0)

    def words_of(self, classes: Collection[int]) -> frozenset[str]:
        """Every word of the phrases that belong to any of the classes."""
        words: set[str] = set()
        leads: dict[int, bool] = {}

        def walk(node: Node) -> bool:
            """Whether a phrase of theirs ends here or further on."""
            if id(node) not in leads:
                onward = [word for word, after in node.next.items() if walk(after)]
                words.update(onward)
                leads[id(node)] = bool(onward) or any(of in classes for of in node.classes)
            return leads[id(node)]

        walk(self._root)
        return frozenset(words)

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
                onward, following = None, node.next
                while following and end < length and sentences[end] == sentences[start]:
                    onward = following.get(words[end])
                    if onward is not None or fillers == _MOST_FILLERS or words[end] not in light:
                        break
                    # The phrase has not grown, only what stands between.
                    fillers += 1
                    end += 1
                node = onward
                end += 1
        return hits, found
