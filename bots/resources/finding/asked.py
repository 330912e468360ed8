# SPDX-License-Identifier: Apache-2.0
"""What somebody asks, as words to look for: those that tell something, as the library spells them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bots.resources.finding.everyday import NONE, Everyday
from bots.resources.finding.spelling import Spelling
from bots.resources.finding.words import words_of

# A longer question is a story, or somebody who wants the bot to have no time for others: its beginning is looked up.
LONGEST = 4_000
# A story of 300 words holds the same few telling ones: the rarest are enough, and keep long questions fast.
_MOST_WORDS = 16
# A word that so few entries have may be a slip of another: then that one is looked up, too.
_FEW = 5
# So large a share of all that is written (the ten thousand most frequent words have it) a word has that is no slip.
_OFTEN = 1e-5
# By meaning, what is so much as likely as the likeliest is read beside it.
_CLOSE = 0.25
# No entry has the word as it is written, but another form of it: then it is that much more likely a slip.
_OTHER_FORM = 0.3
# Mending is what takes time; a text with more words that hardly anybody knows is no question.
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
) -> Asked:
    """`entries_with` counts the entries that have another form of a word that is not itself in `vocabulary`.

    `everyday` is what is known of the language in which the question is.
    """
    known: dict[str, int] = {}
    sure: dict[str, float] = {}
    missing: dict[str, None] = {}
    as_meant: dict[str, str] = {}
    weighed = 0
    words = words_of(question[:LONGEST])
    for word in dict.fromkeys(words):
        if word in say_nothing or len(word) < 2:
            continue
        written = vocabulary.get(word, 0)
        entries = written or entries_with(word)
        meant: tuple[tuple[str, float], ...] = ((word, 1.0),)
        if written <= _FEW and weighed < _MOST_MENDED and everyday.share(word) < _OFTEN:
            weighed += 1
            meant = spelling.meant(word, written or entries * _OTHER_FORM, everyday) or meant
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
