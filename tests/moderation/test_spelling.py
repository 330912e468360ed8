# SPDX-License-Identifier: Apache-2.0
"""A word that is one slip away from a table's is found among those that begin or end alike."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bots.moderation.grammar.spelling import SHORTEST, Spelling

_WORDS = st.text("abc", min_size=SHORTEST, max_size=10)


@st.composite
def _slips(draw) -> tuple[str, str]:
    """A word, and the same with a letter too many, missing, wrong, or in its neighbour's place; not the first."""
    word = draw(_WORDS)
    at = draw(st.integers(1, len(word) - 1))
    letter = draw(st.sampled_from("abcd"))
    before, after = word[:at], word[at:]
    swapped = f"{before}{after[1]}{after[0]}{after[2:]}" if len(after) > 1 else word
    return word, draw(
        st.sampled_from([f"{before}{letter}{after}", before + after[1:], before + letter + after[1:], swapped])
    )


@given(_slips())
@example(("abcab", "abab"))
@example(("abcabcab", "abccbcab"))
@example(("abcabca", "abacbca"))
def test_a_word_with_one_slip_is_meant(pair: tuple[str, str]) -> None:
    word, slip = pair
    # A word of four letters is only bent where two changed places: it is too near to too many others.
    assume(len(slip) >= SHORTEST)
    assume(slip == word or not _drawn_out(slip))

    assert Spelling([word]).meant(slip) == word


@given(st.sets(_WORDS, min_size=1, max_size=20), _WORDS)
def test_what_is_bent_is_bent_to_what_is_one_slip_away(known: set[str], word: str) -> None:
    meant = Spelling(known).meant(word)

    near = [one for one in known if one[0] == word[0] and OSA.distance(one, word) <= 1]
    swapped = {word[1] + word[0] + word[2:]} & known
    assume(not _drawn_out(word))
    assert meant in known or meant == word
    assert (meant == word) == (word in known or not (near or swapped))


def _drawn_out(word: str) -> bool:
    """With one letter three times in a row: read otherwise."""
    return any(word[at] == word[at + 1] == word[at + 2] for at in range(len(word) - 2))
