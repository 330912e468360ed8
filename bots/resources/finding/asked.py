# SPDX-License-Identifier: Apache-2.0
"""What somebody asks, as words to look for: those that tell something, as the library spells them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bots.resources.finding.beside import Pairs, in_their_place
from bots.resources.finding.everyday import NONE, Everyday
from bots.resources.finding.spelling import Spelling
from bots.resources.finding.words import words_of

# A longer question is a story, or somebody who wants the bot to have no time for others: its beginning is looked up.
LONGEST = 4_000
# A story of 300 words holds the same few telling ones: the rarest are enough, and keep long questions fast.
_MOST_WORDS = 16
# By meaning, what is so much as likely as the likeliest is read beside it.
_CLOSE = 0.5
# No entry has the word as it is written, but another form of it: then it is that much more likely a slip.
_OTHER_FORM = 0.3
# Mending is what takes time: so many of the words that the fewest entries have.
_MOST_MENDED = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read.

    `words` are its telling words that entries have, in its order, each with the number of entries; `sure` is how likely
    it is that each was meant, beside the likeliest in its place; `missing` are those that none has. `text` is all of
    it, spelling mended; `telling` the same without the words that say nothing.
    """

    words: Mapping[str, int]
    sure: Mapping[str, float]
    missing: tuple[str, ...]
    text: str
    telling: str


def read(
    question: str,
    vocabulary: Mapping[str, int],
    spelling: Spelling,
    entries_with: Callable[[str], int],
    say_nothing: Collection[str],
    everyday: Everyday = NONE,
    together: Callable[[str, str], int] = lambda _left, _right: 0,
) -> Asked:
    """`entries_with` counts the entries that have another form of a word that is not itself in `vocabulary`.

    `together` counts those in which one word stands right before the other. `everyday` is what is known of the
    language in which the question is.
    """
    known: dict[str, int] = {}
    sure: dict[str, float] = {}
    missing: dict[str, None] = {}
    as_meant: dict[str, str] = {}
    words = words_of(question[:LONGEST])
    readings = _readings(words, vocabulary, spelling, entries_with, say_nothing, everyday)
    pairs = Pairs(vocabulary, lambda word: spelling.often(word, everyday), spelling.whole, together)
    placed = in_their_place(words, readings, pairs)
    for word in dict.fromkeys(words):
        if word in say_nothing or len(word) < 2:
            continue
        meant = _no_form_twice(spelling.meant(placed.get(word, {}), everyday)) or ((word, 1.0),)
        as_meant[word] = " ".join(each for each, likely in meant if likely >= meant[0][1] * _CLOSE)
        telling = {each: likely / meant[0][1] for each, likely in meant if each not in say_nothing}
        there = {each: many for each in telling if (many := vocabulary.get(each) or entries_with(each))}
        known |= there
        sure |= {each: max(telling[each], sure.get(each, 0.0)) for each in there}
        if len(telling) == len(meant) and not there:
            missing[word] = None
    rarest = set(sorted(known, key=known.__getitem__)[:_MOST_WORDS])
    mended = [as_meant.get(word, word) for word in words]
    text = " ".join(mended)
    return Asked(
        words={word: entries for word, entries in known.items() if word in rarest},
        sure=sure,
        missing=tuple(missing),
        text=text,
        telling=" ".join(word for word in mended if word not in say_nothing) or text,
    )


def _no_form_twice(meant: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Without another form of a likelier word ("lights" and "light"): the full-text tables take both for one."""
    kept: list[tuple[str, float]] = []
    for word, likely in meant:
        if not any(word.startswith(other) or other.startswith(word) for other, _ in kept):
            kept.append((word, likely))
    return tuple(kept)


def _readings(
    words: Sequence[str],
    vocabulary: Mapping[str, int],
    spelling: Spelling,
    entries_with: Callable[[str], int],
    say_nothing: Collection[str],
    everyday: Everyday,
) -> dict[str, dict[str, float]]:
    """Of the rarest of the telling words: what may be meant by each."""
    telling = [word for word in dict.fromkeys(words) if word not in say_nothing and len(word) > 1]
    rarest = set(sorted(telling, key=lambda word: vocabulary.get(word, 0))[:_MOST_MENDED])
    entries = {word: vocabulary.get(word) or entries_with(word) * _OTHER_FORM for word in telling if word in rarest}
    read = {word: spelling.readings(word, many, everyday) for word, many in entries.items()}
    return {word: likely for word, likely in read.items() if likely}
