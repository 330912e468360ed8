# SPDX-License-Identifier: Apache-2.0
"""The library, ready to be searched: `open_index`, then `put`, `take_out`, `search`.

The same question to the same library gives the same answer: no clock, no chance, and nothing leaves the machine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from pathlib import Path

import numpy as np

from bots.resources.finding.asked import Asked, read
from bots.resources.finding.confidence import Measure, by_words, measured, off_topic
from bots.resources.finding.entry import ANYBODY, Answer, Entry, For, Match
from bots.resources.finding.everyday import NONE, everyday_english
from bots.resources.finding.lay_words import LayWords, lay_words, said_of
from bots.resources.finding.meaning import Meaning
from bots.resources.finding.ranking import MOST_RESULTS, fit, fused, with_the_closest
from bots.resources.finding.shelf import Shelf, digest_of
from bots.resources.finding.spelling import Spelling
from bots.resources.finding.tongue import Tongue
from bots.resources.finding.vectors import Encoder, Vectors
from bots.resources.finding.words import stop_words, words_of

# An entry this much weaker than the best is not worth a tired person's time.
_LEAST_OF_BEST = 0.35
# Why an entry fits takes a look at each of the question's words: asked of those that may come to be shown first.
_EXPLAINED = 2 * MOST_RESULTS
# Who an entry is for is looked at among this many.
_CANDIDATES = 200
# A word that no entry has may be the heart of the question, or a filler: it counts half.
_WEIGHT_OF_MISSING = 0.5
_TITLES_MEASURED = 200
# When this share of the entries has changed, the index measures itself again.
_MEASURED_AGAIN = 0.1


@dataclass(frozen=True, slots=True)
class Opening:
    """What was done to open an index: entries put and taken out, and why the old file is not used (`Shelf.open`)."""

    put: int
    taken_out: int
    not_used: str | None


@dataclass(frozen=True, slots=True)
class _LookedUp:
    asked: Asked
    scores: Vectors
    signs: Mapping[str, float]
    by_words_alone: bool


class Index:
    """Made by `open_index`. May be asked from several threads; one question after the other is looked up."""

    def __init__(self, shelf: Shelf, encoders: Sequence[Encoder], languages: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._shelf = shelf
        self._meanings = [Meaning(encoder) for encoder in encoders]
        self._say_nothing = stop_words(languages)
        self._lay_words = lay_words(languages)
        self._tongue = Tongue(languages)
        self._kept = shelf.entries()
        for meaning in self._meanings:
            meaning.load((title, body) for _, title, body in shelf.vectors(meaning.encoder.name))
        self._words_changed()
        self._measure = Measure.from_json(shelf.note("measure"))

    def put(self, *entries: Entry) -> None:
        """Add entries, each in the place of the one with its id, if there is one. They are found from now on."""
        with self._lock:
            self.change(entries, [entry.id for entry in entries])

    def take_out(self, *entry_ids: str) -> None:
        """The entries are found no more. One that is not there is no mistake."""
        with self._lock:
            self.change([], entry_ids)

    def search(self, question: str, wanted: For = ANYBODY, most: int = MOST_RESULTS) -> Answer:
        """The `most` closest entries, best first; none when nothing fits.

        What is known of the person brings entries forward. The one that is closest to the question alone is always
        among the first `MOST_RESULTS`.
        """
        with self._lock:
            found = self._looked_up(question)
            measure = self._measure_for(found)
            confidence = measure.confidence(found.signs)
            answer = Answer((), found.asked.missing, confidence, by_words_alone=found.by_words_alone)
            if not found.scores.any() or confidence < measure.least:
                return answer
            order = np.argsort(-found.scores, kind="stable")[:_CANDIDATES]
            best = int(order[0])
            good = [int(at) for at in order if found.scores[at] >= _LEAST_OF_BEST * found.scores[best]]
            suits = {at: float(found.scores[at]) * fit(self._kept[at].facts, wanted) for at in good}
            chosen = with_the_closest(sorted(good, key=lambda at: -suits[at]), best, min(most, MOST_RESULTS))[:most]
            return Answer(
                tuple(
                    Match(
                        self._kept[at].entry_id,
                        suits[at],
                        self._because(at, found.asked) if place < _EXPLAINED else (),
                        at == best,
                    )
                    for place, at in enumerate(chosen)
                ),
                answer.missing,
                confidence,
                confidence < measure.sure,
                answer.by_words_alone,
            )

    def closest(self, question: str, most: int) -> tuple[tuple[tuple[str, float], ...], float]:
        """Ids and scores, best first, however little they fit, and the confidence: for measuring."""
        with self._lock:
            found = self._looked_up(question)
            order = np.argsort(-found.scores, kind="stable")[:most]
            ranked = tuple((self._kept[at].entry_id, float(found.scores[at])) for at in order if found.scores[at] > 0)
            return ranked, self._measure_for(found).confidence(found.signs)

    def asks_something(self, text: str) -> bool:
        """Whether there is a telling word in it: "hello" and "thank you" ask for nothing."""
        return any(word not in self._say_nothing and len(word) > 1 for word in words_of(text))

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """What is kept, in bytes."""
        return self._shelf.size

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._shelf.close()

    def change(self, new: Sequence[Entry], gone: Iterable[str]) -> None:
        """Take out what is gone, put in what is new, and keep that."""
        before = len(self._kept)
        taken = self._take_out(gone)
        self._put(new)
        if taken or new:
            self._words_changed()
        if self._measure is None or max(taken, len(new)) > _MEASURED_AGAIN * before:
            self._measure = self._measured()
            self._shelf.put_note("measure", self._measure.to_json())
        self._shelf.commit()

    def _take_out(self, gone: Iterable[str]) -> int:
        places = {kept.entry_id: at for at, kept in enumerate(self._kept)}
        positions = sorted({places[entry_id] for entry_id in gone if entry_id in places})
        for at in positions:
            self._shelf.take_out(self._kept[at].row)
        for meaning in self._meanings:
            meaning.take_out(positions)
        self._kept = [kept for at, kept in enumerate(self._kept) if at not in set(positions)]
        return len(positions)

    def _put(self, new: Sequence[Entry]) -> None:
        rows = []
        for entry in new:
            names = (*entry.titles, *entry.synonyms, *entry.called)
            title = " ".join((*names, *said_of(names, self._lay_words)))
            kept = self._shelf.put(entry, title, " ".join(entry.bodies))
            self._kept.append(kept)
            rows.append(kept.row)
        if not new:
            return
        titles = [" ".join((*entry.titles[:1], *entry.synonyms)) for entry in new]
        bodies = [" ".join((*entry.titles[:1], *entry.bodies[:1])) for entry in new]
        for meaning in self._meanings:
            vectors = meaning.put(titles, bodies)
            self._shelf.put_vectors(
                meaning.encoder.name, [(row, *pair) for row, pair in zip(rows, vectors, strict=True)]
            )

    def _words_changed(self) -> None:
        self._places = {kept.row: at for at, kept in enumerate(self._kept)}
        self._spelling = Spelling(self._shelf.words, self._say_nothing)

    def _looked_up(self, question: str) -> _LookedUp:
        carried = self._tongue.is_carried(question)
        everyday = everyday_english() if carried else NONE
        asked = read(
            question,
            self._shelf.words,
            self._spelling,
            self._shelf.count,
            self._say_nothing,
            everyday,
            self._shelf.together,
        )
        # A list: adding to one place after the other takes an array three times as long.
        added = [0.0] * len(self._kept)
        for row, score in self._shelf.scores({word: asked.sure[word] for word in asked.words}):
            added[self._places[row]] += score
        words = np.array(added, dtype=np.float32)
        near = [
            (meaning.encoder.weight, meaning.near(asked.text, asked.telling))
            for meaning in self._meanings
            if carried and asked.telling
        ]
        if not self._kept:
            return _LookedUp(asked, words, {}, not near)
        scores = fused(words, near)
        top = int(scores.argmax())
        signs = {"words": float(words.max()), "covered": self._covered(top, asked)}
        for number, (_, nearness) in enumerate(near):
            signs[f"title {number}"] = float(nearness.titles[top])
            signs[f"subject {number}"] = nearness.subject
        return _LookedUp(asked, scores, signs, not near)

    def _covered(self, at: int, asked: Asked) -> float:
        """The share of the question's weight that the entry has."""
        weights = {word: self._weight(entries) for word, entries in asked.words.items()}
        whole = sum(weights.values()) + len(asked.missing) * self._weight(0) * _WEIGHT_OF_MISSING
        return sum(weights[word] for word in self._because(at, asked)) / whole if whole else 0.0

    def _weight(self, entries: int) -> float:
        return log(1 + (len(self._kept) + 1) / (entries + 1))

    def _because(self, at: int, asked: Asked) -> tuple[str, ...]:
        return tuple(word for word in asked.words if self._shelf.has(self._kept[at].row, word))

    def _measure_for(self, found: _LookedUp) -> Measure:
        return by_words() if found.by_words_alone or self._measure is None else self._measure

    def _measured(self) -> Measure:
        if not self._meanings or not self._kept:
            return by_words()
        step = max(1, len(self._kept) // _TITLES_MEASURED)
        names = [kept.name for kept in self._kept[::step]]
        chat, own = ([self._looked_up(text) for text in texts] for texts in (off_topic(), names))
        return measured(*([found.signs for found in each if not found.by_words_alone] for each in (chat, own)))


def open_index(
    entries: Iterable[Entry],
    *,
    file: Path | None = None,
    encoders: Sequence[Encoder] = (),
    languages: Sequence[str] = ("en",),
) -> tuple[Index, Opening]:
    """An index of exactly these entries: what `file` has of them is used, the rest is made, and kept there.

    `languages` are those in which people ask. Without `file` it is in memory, and made from nothing.
    """
    shelf, not_used = Shelf.open(file, _how(encoders, languages, lay_words(languages)))
    index = Index(shelf, encoders, languages)
    wanted = {entry.id: entry for entry in entries}
    digests = {name: digest_of(entry) for name, entry in wanted.items()}
    kept = {each.entry_id: each.digest for each in shelf.entries()}
    gone = [name for name, digest in kept.items() if digests.get(name) != digest]
    new = [entry for name, entry in wanted.items() if kept.get(name) != digests[name]]
    index.change(new, gone)
    return index, Opening(len(new), len(gone), not_used)


def _how(encoders: Sequence[Encoder], languages: Sequence[str], table: Sequence[LayWords]) -> str:
    """What an index depends on besides its entries."""
    made_with = repr(([encoder.name for encoder in encoders], tuple(languages), table, off_topic()))
    return blake2b(made_with.encode(), digest_size=16).hexdigest()
