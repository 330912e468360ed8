# SPDX-License-Identifier: Apache-2.0
"""The community's library as it is searched: `Resource`s in, `Resource`s out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bots.core.library import Resource
from bots.resources.finding import ANYBODY, MOST_RESULTS, Entry, For, open_index
from bots.resources.finding.encoders import installed_encoders
from bots.resources.finding.shelf import is_in_use
from bots.resources.finding.vectors import Encoder
from bots.resources.finding.words import as_written

WITHOUT_MODEL = "no package with a model is installed: the library is searched by words alone, and not by meaning"
MADE_ANEW = "the kept index of the library could not be read, and was made anew"
IN_USE = "another program has the kept index of the library, so this one is in memory and is not kept"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and the question's words that it is about, in the question's order (spelling mended).

    `score` is how well it fits (1 is as well as can be); `closest`: nothing is closer to the question itself.
    """

    resource: Resource
    because: tuple[str, ...]
    score: float = 1.0
    closest: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The closest entries, best first, and the telling words that no entry has.

    `weak`: it is not sure that the question is about anything of this library. `by_words_alone`: it was searched by
    words and not by meaning, for want of a model that carries it. `made_anew`: the kept index was found spoilt.
    """

    found: tuple[Found, ...]
    missing: tuple[str, ...]
    by_words_alone: bool = False
    weak: bool = False
    made_anew: bool = False


class Library:
    """Ready to be searched, from any thread. `notes` are what the operator is to know about how it was opened."""

    def __init__(
        self,
        resources: Iterable[Resource],
        called: Mapping[str, Sequence[str]],
        languages: Sequence[str] = ("en",),
        *,
        file: Path | None = None,
        encoders: Sequence[Encoder] | None = None,
    ) -> None:
        """`called` gives, per id of a condition or a topic, what members call it; its entries are found by that, too.

        `languages` are those in which people ask. The index is kept in `file`, if there is one. `encoders` are those
        that are installed, unless others are given.
        """
        self._resources = {resource.id: resource for resource in resources}
        self._called = called
        self._languages = tuple(languages)
        self._file = file
        self._encoders = installed_encoders() if encoders is None else tuple(encoders)
        self.notes: tuple[str, ...] = () if self._encoders else (WITHOUT_MODEL,)
        self._open()

    def get(self, resource_id: str) -> Resource | None:
        """The entry with this id, if it is still there."""
        return self._resources.get(resource_id)

    def search(self, question: str, wanted: For = ANYBODY, most: int = MOST_RESULTS) -> Answer:
        """The entries that are closest to the question; those that are for `wanted` come a little sooner."""
        made_anew = False
        try:
            answer = self._index.search(question, wanted, most)
        except sqlite3.DatabaseError as error:
            # The file was spoilt, or somebody else's, while it was in use. Everything in it is made from what is here.
            self._index.close()
            if self._file is not None and not is_in_use(error):
                self._file.unlink(missing_ok=True)
            self._open()
            made_anew = True
            answer = self._index.search(question, wanted, most)
        # Nobody reads their own words without the accents that they wrote.
        written = as_written(question)
        found = ((self._resources.get(match.id), match) for match in answer.matches)
        # What was taken out a moment ago is not shown.
        shown = tuple(
            Found(resource, tuple(written.get(word, word) for word in match.because), match.score, match.closest)
            for resource, match in found
            if resource is not None
        )
        missing = tuple(written.get(word, word) for word in answer.missing)
        return Answer(shown, missing, answer.by_words_alone, answer.weak, made_anew)

    def put(self, *resources: Resource) -> None:
        """New entries, or new versions of some: found from now on."""
        self._resources |= {resource.id: resource for resource in resources}
        self._index.put(*map(self._entry, resources))

    def take_out(self, *resource_ids: str) -> None:
        """Entries that are no more."""
        for resource_id in resource_ids:
            self._resources.pop(resource_id, None)
        self._index.take_out(*resource_ids)

    def named(self, words: str) -> Resource | None:
        """The entry that has this id, or else the one that is closest to these words."""
        if (resource := self._resources.get(words)) is not None:
            return resource
        found = self.search(words).found
        return found[0].resource if found else None

    def asks_something(self, text: str) -> bool:
        """Whether there is a telling word in it: "hello" and "thank you" ask for nothing."""
        return self._index.asks_something(text)

    def _open(self) -> None:
        self._index, opening = open_index(
            map(self._entry, self._resources.values()),
            file=self._file,
            encoders=self._encoders,
            languages=self._languages,
        )
        if opening.not_used == "unreadable":
            self.notes = (*self.notes, MADE_ANEW)
        elif opening.not_used == "in use":
            self.notes = (*self.notes, IN_USE)

    def _entry(self, resource: Resource) -> Entry:
        return entry_of(resource, self._called)


def entry_of(resource: Resource, called: Mapping[str, Sequence[str]]) -> Entry:
    """A resource as it is searched; `called` as `Library` takes it."""
    subjects = (*resource.conditions, *resource.topics)
    return Entry(
        id=resource.id,
        titles=_english_first(resource.title),
        synonyms=resource.keywords,
        called=tuple(name for subject in subjects for name in called.get(subject, ())),
        bodies=(
            *_english_first(resource.summary),
            *_english_first(resource.text),
            resource.kind,
            *_english_first(resource.source),
        ),
        languages=resource.languages,
        conditions=resource.conditions,
        countries=resource.countries,
        audience=resource.audience,
        tongues=max(map(len, (resource.title, resource.summary, resource.text))),
    )


def _english_first(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The models read the first one, and know English best."""
    return tuple(texts[language] for language in sorted(texts, key=lambda language: language != "en"))
