# SPDX-License-Identifier: Apache-2.0
"""The tree of phrases finds what looking for each phrase by itself would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bots.moderation.grammar.trie import Trie

_WORD = st.sampled_from("abcd")
_PHRASE = st.lists(_WORD, min_size=1, max_size=4).map(" ".join)
_PHRASES = st.dictionaries(_PHRASE, st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True), max_size=12)
_TEXT = st.lists(_WORD, max_size=12)


@given(_PHRASES, _TEXT)
def test_every_phrase_is_found_with_all_its_classes_and_no_other(phrases, text):
    hits, found = Trie(phrases, frozenset(), frozenset()).hits(text, [0] * len(text))

    places = [(start, end) for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    expected = {
        (start, end): sorted(phrases[phrase])
        for start, end in places
        if (phrase := " ".join(text[start:end])) in phrases
    }
    assert {(start, end): sorted(node.classes) for node, start, end in hits} == expected
    assert found == sum(1 << of for of in {of for classes in expected.values() for of in classes})
    assert all(node.bits == sum(1 << of for of in node.classes) for node, _, _ in hits)


@given(_PHRASES, st.frozensets(st.integers(0, 99)))
def test_each_phrase_says_which_of_its_classes_are_keys(phrases, keys):
    trie = Trie(phrases, frozenset(), keys)

    for phrase, classes in phrases.items():
        words = phrase.split()
        (whole,) = (node for node, *place in trie.hits(words, [0] * len(words))[0] if place == [0, len(words)])
        assert {*whole.keys} == keys.intersection(classes)


def test_no_phrase_goes_across_sentences():
    trie = Trie({"a b": [0]}, frozenset(), frozenset())

    assert trie.hits(["a", "b"], [0, 1]) == ([], 0)


def test_words_that_say_little_may_stand_inside():
    trie = Trie({"a b": [0]}, frozenset({"so", "very"}), frozenset())

    (hit,), _ = trie.hits(["a", "so", "very", "b"], [0] * 4)

    assert hit[1:] == (0, 4)
    assert trie.hits(["a", "so", "very", "so", "b"], [0] * 5) == ([], 0)


@given(st.lists(_PHRASE, min_size=2, max_size=6, unique=True))
def test_phrases_that_end_alike_share_their_nodes(ends):
    trie = Trie({f"{first} {end}": [1] for first in ("x", "y", "z") for end in ends}, frozenset(), frozenset())

    nodes = {id(hit[0]) for first in ("x", "y", "z") for end in ends for hit in _longest(trie, f"{first} {end}")}
    assert len(nodes) <= len(ends)


def _longest(trie, phrase):
    words = phrase.split()
    return [hit for hit in trie.hits(words, [0] * len(words))[0] if hit[1:] == (0, len(words))]
