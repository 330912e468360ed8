# SPDX-License-Identifier: Apache-2.0
"""What somebody asks, as words to look for: those that tell something, as the library spells them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bots.resources.finding.spelling import Spelling
from bots.resources.finding.words import words_of

# A longer question is a story, or somebody who wants the bot to have no time for others: its beginning is looked up.
LONGEST = 4_000
# A story of 300 words holds the same few telling ones: the rarest are enough, and keep long questions fast.
_MOST_WORDS = 16
# A word that so few entries have may be a slip of another: then that one is looked up, too. If that says nothing, the
# word is let go where there are enough others.
_FEW = 5
_ENOUGH = 4
# No entry has the word as it is written, but another form of it: then it is that much more likely a slip.
_OTHER_FORM = 0.3
# Mending is what takes time; a text with more words that hardly anybody knows is no question.
_MOST_MENDED = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read.

    `words` are its telling words that entries have, in its order, each with the number of entries; `missing` those
    that none has. `text` is all of it, spelling mended; `telling` the same without the words that say nothing.
    """

    words: Mapping[str, int]
    missing: tuple[str, ...]
    text: str
    telling: str


def read(
    question: str,
    vocabulary: Mapping[str, int],
    spelling: Spelling,
    entries_with: Callable[[str], int],
    say_nothing: Collection[str],
) -> Asked:
    """`entries_with` counts the entries that have another form of a word that is not itself in `vocabulary`."""
    known: dict[str, int] = {}
    missing: dict[str, None] = {}
    as_meant: dict[str, str] = {}
    slips: list[str] = []
    weighed = 0
    words = words_of(question[:LONGEST])
    for word in dict.fromkeys(words):
        if word in say_nothing or len(word) < 2:
            continue
        written = vocabulary.get(word, 0)
        entries = written or entries_with(word)
        meant: tuple[str, ...] = ()
        if written <= _FEW and weighed < _MOST_MENDED:
            weighed += 1
            rarity = written or entries * _OTHER_FORM
            meant = spelling.rather(word, rarity) if entries else spelling.mended(word)
        if not meant and not entries:
            missing[word] = None
            continue
        if not meant or written:
            known.setdefault(word, entries)
        else:
            as_meant[word] = " ".join(meant)
        known |= {each: vocabulary[each] for each in meant if each not in say_nothing}
        if written and any(each in say_nothing for each in meant):
            slips.append(word)
    if len(known) - len(slips) >= _ENOUGH:
        for word in slips:
            del known[word]
    rarest = set(sorted(known, key=known.__getitem__)[:_MOST_WORDS])
    mended = [as_meant.get(word, word) for word in words]
    telling = [word for word in mended if word not in say_nothing]
    return Asked(
        words={word: entries for word, entries in known.items() if word in rarest},
        missing=tuple(missing),
        text=" ".join(mended),
        telling=" ".join(telling or mended),
    )
