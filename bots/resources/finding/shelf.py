# SPDX-License-Identifier: Apache-2.0
"""Where an index is kept: one SQLite file with two full-text tables, the vectors, and which words there are.

What is in it is made from the library and can be made again, so nothing here is precious: a file that can't be read,
or that was made in another way, is thrown away and made anew. One that another program holds is left alone.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from bots.resources.finding.entry import Entry
from bots.resources.finding.words import words_of

# Another way to make the file: another number.
_FORMAT = 2
_TABLES = ("titles", "everything")
_TOKENIZE = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
_SCHEMA = f"""
    PRAGMA page_size = 16384;
    CREATE TABLE made (how TEXT NOT NULL);
    CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE entries (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest BLOB NOT NULL, name TEXT NOT NULL,
        facts TEXT NOT NULL, words BLOB NOT NULL, of_title INTEGER NOT NULL, of_all INTEGER NOT NULL,
        tongues INTEGER NOT NULL);
    CREATE INDEX lengths ON entries (tongues, of_title, of_all);
    CREATE TABLE vectors (row INTEGER NOT NULL, encoder TEXT NOT NULL, title BLOB NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (row, encoder));
    CREATE TABLE words (word TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE titles USING fts5(text, content='', tokenize="{_TOKENIZE}");
    CREATE VIRTUAL TABLE everything USING fts5(text, content='', tokenize="{_TOKENIZE}");
"""
# So many seconds another program may take with the file before it is given up.
_PATIENCE = 5.0
# More rows than anybody is shown, and enough that what is left out can't be among the best.
_MOST_ROWS = 1_000
# What FTS5's bm25() is made with.
_K1, _B = 1.2, 0.75
# A word that is as sure as that counts whole.
_SURE = 0.95
# After so many words, a table that was written in pieces is put in order: it is smaller, and quicker to search.
_MANY_WORDS = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as the file has it: what it is called, for whom it is, and the digest that says it is unchanged."""

    row: int
    entry_id: str
    digest: bytes
    name: str
    facts: dict[str, list[str]]


class Shelf:
    """The file. Not for two threads at once.

    `words` is each word that is in an entry, and in how many.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.words: Counter[str] = Counter(dict(db.execute("SELECT word, entries FROM words")))
        self._recounted: set[str] = set()
        self._longer: Mapping[str, Mapping[int, float]] | None = None

    @classmethod
    def open(cls, file: Path | None, how: str) -> tuple[Shelf, str | None]:
        """The file at `file` (None: in memory), if it was made as `how` says, or else an empty one.

        Gives the reason why an old one is not used, too: "unreadable" or "outdated" (it was thrown away), or "in use"
        (another program has it locked: it stays as it is, and this one is in memory).
        """
        if file is None:
            return cls._fresh(":memory:", how), None
        not_used = None
        if file.exists():
            try:
                return cls._as_it_was(file, how), None
            except _OutdatedError:
                not_used = "outdated"
            except (sqlite3.DatabaseError, ValueError, zlib.error) as error:
                if is_in_use(error):
                    return cls._fresh(":memory:", how), "in use"
                not_used = "unreadable"
            for name in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-journal")):
                name.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        return cls._fresh(str(file), how), not_used

    @classmethod
    def _fresh(cls, name: str, how: str) -> Shelf:
        db = _connect(name)
        db.executescript(_SCHEMA)
        db.execute("INSERT INTO made VALUES (?)", (_how(how),))
        db.commit()
        return cls(db)

    @classmethod
    def _as_it_was(cls, file: Path, how: str) -> Shelf:
        db = _connect(str(file))
        try:
            if [row for (row,) in db.execute("SELECT how FROM made")] != [_how(how)]:
                raise _OutdatedError
            if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError
            for table in _TABLES:
                db.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608
        except BaseException:
            db.close()
            raise
        return cls(db)

    def close(self) -> None:
        """No more."""
        self._db.close()

    def commit(self) -> None:
        """What was put and taken out is kept."""
        gone = [(word,) for word in self._recounted if word not in self.words]
        self._db.executemany("DELETE FROM words WHERE word = ?", gone)
        counts = [(word, self.words[word]) for word in self._recounted if word in self.words]
        self._db.executemany("INSERT OR REPLACE INTO words VALUES (?, ?)", counts)
        if len(self._recounted) > _MANY_WORDS:
            for table in _TABLES:
                self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
        self._recounted.clear()
        self._db.commit()

    def entries(self) -> list[Kept]:
        """All of them, oldest first."""
        rows = self._db.execute("SELECT row, id, digest, name, facts FROM entries ORDER BY row")
        return [Kept(row, entry_id, digest, name, json.loads(facts)) for row, entry_id, digest, name, facts in rows]

    def put(self, entry: Entry, title: str, body: str) -> Kept:
        """A new entry with these texts to search in."""
        of_title = words_of(title)
        words = [*of_title, *words_of(body)]
        facts = {name: list(getattr(entry, name)) for name in ("languages", "conditions", "countries", "audience")}
        digest, name = digest_of(entry), entry.titles[0] if entry.titles else ""
        row = self._db.execute(
            "INSERT INTO entries (id, digest, name, facts, words, of_title, of_all, tongues)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.id,
                digest,
                name,
                json.dumps(facts),
                zlib.compress(" ".join(words).encode()),
                len(of_title),
                len(words),
                entry.tongues,
            ),
        ).lastrowid
        assert row is not None
        for table, text in zip(_TABLES, (of_title, words), strict=True):
            self._db.execute(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", (row, " ".join(text)))  # noqa: S608
        self._count(set(words), 1)
        return Kept(row, entry.id, digest, name, facts)

    def take_out(self, row: int) -> None:
        """An entry that is no more."""
        for table, text in zip(_TABLES, self._texts(row), strict=True):
            self._db.execute(
                f"INSERT INTO {table} ({table}, rowid, text) VALUES ('delete', ?, ?)",  # noqa: S608
                (row, " ".join(text)),
            )
        self._count(set(self._texts(row)[1]), -1)
        self._db.execute("DELETE FROM vectors WHERE row = ?", (row,))
        self._db.execute("DELETE FROM entries WHERE row = ?", (row,))

    def _texts(self, row: int) -> tuple[list[str], list[str]]:
        found = self._db.execute("SELECT words, of_title FROM entries WHERE row = ?", (row,)).fetchone()
        words = zlib.decompress(found[0]).decode().split()
        return words[: found[1]], words

    def _count(self, words: Iterable[str], change: int) -> None:
        self._longer = None
        for word in words:
            self.words[word] += change
            if not self.words[word]:
                del self.words[word]
            self._recounted.add(word)

    def put_vectors(self, encoder: str, vectors: Iterable[tuple[int, bytes, bytes]]) -> None:
        """The vectors of entries' titles and bodies, by row."""
        self._db.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
            [(row, encoder, title, body) for row, title, body in vectors],
        )

    def vectors(self, encoder: str) -> Iterator[tuple[int, bytes, bytes]]:
        """What `put_vectors` put."""
        return self._db.execute("SELECT row, title, body FROM vectors WHERE encoder = ? ORDER BY row", (encoder,))

    def note(self, name: str) -> object:
        """What was noted under this name; None if nothing was."""
        found = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else None

    def put_note(self, name: str, value: object) -> None:
        """Something small to be found again, as JSON."""
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, json.dumps(value)))

    def count(self, word: str) -> int:
        """How many entries have `word`, or another form of it."""
        found = self._db.execute("SELECT count(*) FROM everything WHERE everything MATCH ?", (_quoted(word),))
        return int(found.fetchone()[0])

    def together(self, left: str, right: str) -> int:
        """In how many entries the one stands right before the other."""
        found = self._db.execute(
            "SELECT count(*) FROM everything WHERE everything MATCH ?", (_quoted(f"{left} {right}"),)
        )
        return int(found.fetchone()[0])

    def has(self, row: int, word: str) -> bool:
        """Whether the entry in `row` has `word`, or another form of it."""
        found = self._db.execute(
            "SELECT 1 FROM everything WHERE everything MATCH ? AND rowid = ?", (_quoted(word), row)
        )
        return found.fetchone() is not None

    def scores(self, words: Mapping[str, float]) -> Iterator[tuple[int, float]]:
        """BM25 by row, several times for each, to be added up; a word counts as much as is said of it, 1 at most.

        A table of titles beside the one of everything is the largest single gain there was (+.05 to +.24 nDCG@10):
        each has its own idea of which words are rare and which texts are long. A text in five languages is as long as
        one of them: else whoever translates an entry would lose it among the others.
        """
        doubtful = {word: share for word, share in words.items() if share < _SURE}
        queries = [(" OR ".join(_quoted(word) for word in words if word not in doubtful), 1.0)]
        queries += [(_quoted(word), share) for word, share in doubtful.items()]
        for query, share in queries:
            for table in _TABLES if query else ():
                found = self._db.execute(
                    f"SELECT rowid, -rank * ? FROM {table} WHERE {table} MATCH ? ORDER BY rank LIMIT {_MOST_ROWS}",  # noqa: S608
                    (share, query),
                )
                longer = self._made_up_for[table]
                yield from ((row, score * longer.get(row, 1.0)) for row, score in found)

    @property
    def _made_up_for(self) -> Mapping[str, Mapping[int, float]]:
        """By table and row, what BM25 took from a word that is there once, in a text that is in several languages."""
        if self._longer is None:
            of_title, of_all = self._db.execute("SELECT avg(of_title), avg(of_all) FROM entries").fetchone()
            several = self._db.execute(
                "SELECT row, of_title, of_all, tongues FROM entries WHERE tongues > 1"
            ).fetchall()
            self._longer = {
                "titles": {row: _taken(length / max(of_title, 1), tongues) for row, length, _, tongues in several},
                "everything": {row: _taken(length / max(of_all, 1), tongues) for row, _, length, tongues in several},
            }
        return self._longer

    @property
    def size(self) -> int:
        """In bytes."""
        (pages,), (page,) = (self._db.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size"))
        return int(pages) * int(page)


class _OutdatedError(Exception):
    """The file was made in another way."""


def _taken(length: float, tongues: int) -> float:
    """How much more a word would have counted in a text that is as long as it is in one language.

    `length` is that of the whole text beside the mean of all.
    """
    whole, one = (1 + _K1 * (1 - _B + _B * each) for each in (length, length / tongues))
    return whole / one


def digest_of(entry: Entry) -> bytes:
    """The same for the same entry."""
    # Texts and tuples of texts: how they are written out is the same everywhere.
    return blake2b(repr(entry).encode(errors="surrogatepass"), digest_size=16).digest()


def _how(how: str) -> str:
    return f"{_FORMAT} {how}"


def is_in_use(error: Exception) -> bool:
    """Whether a file could not be read because another program has it, and for no fault of its own."""
    # The last byte is the kind; what is above it says more.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _connect(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, timeout=_PATIENCE, check_same_thread=False)


def _quoted(word: str) -> str:
    return f'"{word}"'
