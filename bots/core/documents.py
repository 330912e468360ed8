# SPDX-License-Identifier: Apache-2.0
"""YAML files whose every value knows its line, and the mistakes found in them.

A small, safe part of YAML: every scalar is text (so `no` stays a country and `112` a telephone number),
no tags, no anchors, no merge keys, no key twice, bounded size and depth.
What text means (a date, a number) is decided by whoever validates it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml
from rapidfuzz import fuzz, process

# All of MedlinePlus' topics, as entries of a library, are a file of 2 MB.
MAX_BYTES = 10_000_000
MAX_DEPTH = 20

Value = str | None | list["Value"] | dict[str, "Value"]
Location = tuple[str | int, ...]

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Mark(NamedTuple):
    """Where something begins; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right: where it is, what is wrong, and (`hint`) what was probably meant."""

    file: Path
    line: int
    column: int
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """One line that editors and terminals know how to open: `file:line:column: message hint`."""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{hint}"


class SettingsError(Exception):
    """The files can't be used as they are. `mistakes` are all that were found, in reading order, at least one."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes), key=lambda m: (str(m.file), m.line, m.column, m.message)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain values, with the place of every key and every value."""

    file: Path
    value: Value
    keys: dict[Location, Mark] = field(default_factory=dict)
    values: dict[Location, Mark] = field(default_factory=dict)

    def mistake(self, at: Location, message: str, hint: str | None = None, *, key: bool = False) -> Mistake:
        """A mistake at the value (or, with `key`, at the key) of `at`, or at the nearest thing around it."""
        marks = [self.keys, self.values] if key else [self.values, self.keys]
        for length in range(len(at), -1, -1):
            for known in marks:
                if mark := known.get(at[:length]):
                    return Mistake(self.file, mark.line, mark.column, message, hint)
        return Mistake(self.file, 1, 1, message, hint)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The one of `known` that somebody who wrote `word` probably meant, or None."""
    found = process.extractOne(word, known, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=60)
    return found[0] if found else None


def did_you_mean(word: str, known: Sequence[str]) -> str | None:
    """`nearest`, as a sentence."""
    meant = nearest(word, known)
    return f"Did you mean `{meant}`?" if meant else None


def read(file: Path, mistakes: list[Mistake], where_else: str | None = None) -> Document | None:
    """The document in `file`. What is wrong with it goes on `mistakes`; None if nothing of it can be used.

    `where_else` is said of a file that is not there.
    """
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        mistakes.append(Mistake(file, 1, 1, "There is no such file.", where_else))
        return None
    except OSError as error:
        mistakes.append(Mistake(file, 1, 1, f"This file can't be read: {error.strerror or 'unknown reason'}."))
        return None
    if len(raw) > MAX_BYTES:
        mistakes.append(Mistake(file, 1, 1, f"This file is larger than {MAX_BYTES // 1_000_000} MB.", "Split it."))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        mistakes.append(Mistake(file, 1, 1, "This file is not UTF-8 text.", "Save it again as UTF-8."))
        return None
    document = Document(file, None)
    try:
        events = iter(yaml.parse(text, Loader=_Loader))
        value = _Builder(document, mistakes).document(events)
    except _UnusableError as error:
        mistakes.append(Mistake(file, *error.mark, error.message))
        return None
    except yaml.MarkedYAMLError as error:
        mistakes.append(_not_yaml(file, text, error))
        return None
    except yaml.YAMLError:
        mistakes.append(Mistake(file, 1, 1, "This is not YAML: there are characters in it that are not text."))
        return None
    return Document(file, value, document.keys, document.values)


# What the parser says, as what the writer sees, and what to do about it.
_COLON = "Text with a colon in it needs quotation marks around it."
_INDENT = "What belongs together begins in the same column, indented by spaces."
_PROBLEMS = {
    "mapping values are not allowed in this context": ("There is a colon where none can be.", _COLON),
    "could not find expected ':'": ("Here a key without its colon ends.", "Write `key: text`."),
    "did not find expected key": ("This line is not indented like the ones above it.", _INDENT),
    "did not find expected '-' indicator": ("This line is not indented like the list above it.", _INDENT),
    "block sequence entries are not allowed in this context": ("There is a dash where no list can be.", _INDENT),
    "did not find expected ',' or ']'": ("A list that begins with `[` has no end.", "Put a `]` after its last entry."),
    "did not find expected node content": (
        "After `[`, `{` or a comma something is missing.",
        "Take out a comma too many, and put a `]` or `}` at the end.",
    ),
    "did not find expected ',' or '}'": ("What begins with `{` has no end.", "Put a `}` after its last entry."),
    "found unexpected end of stream": ("A quotation mark is not closed.", "Put another one at the end of the text."),
    "found unexpected document indicator": ("A quotation mark is not closed.", "Put another at the end of the text."),
    "found unknown escape character": ("A backslash in quotation marks begins a code.", "Write it twice: `\\\\`."),
    "did not find expected <document start>": ("There is something before the first key.", _INDENT),
}
_NO_BEGINNING = "found character that cannot start any token"
# Where the opening mark is, tells more than where its end was missed.
_FROM_ITS_BEGINNING = (
    "while parsing a flow sequence",
    "while parsing a flow mapping",
    "while scanning a quoted scalar",
)


def _not_yaml(file: Path, text: str, error: yaml.MarkedYAMLError) -> Mistake:
    """What the parser stumbled over, in plain words."""
    problem = error.problem or error.context or "it can't be read"
    mark = error.problem_mark or error.context_mark
    if error.context in _FROM_ITS_BEGINNING and problem in _PROBLEMS:
        mark = error.context_mark or mark
    if mark is None:
        return Mistake(file, 1, 1, f"This is not YAML: {problem}.")
    lines = text.splitlines()
    character = lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
    if "tab character" in problem or (problem == _NO_BEGINNING and character == "\t"):
        message, hint = "There is a tab here.", "Indent with spaces."
    elif problem == _NO_BEGINNING:
        message, hint = f"Text can't begin with `{character}`.", "Put quotation marks around it, or close those above."
    else:
        message, hint = _PROBLEMS.get(problem, (f"{problem}.", f"Indentation is spaces. {_COLON}"))
    return Mistake(file, mark.line + 1, mark.column + 1, f"This is not YAML: {message}", hint)


class _UnusableError(Exception):
    def __init__(self, mark: Mark, message: str) -> None:
        self.mark = mark
        self.message = message


class _Builder:
    """Values out of parser events, with their marks written down on the way."""

    def __init__(self, document: Document, mistakes: list[Mistake]) -> None:
        self._document = document
        self._mistakes = mistakes

    def document(self, events: Iterator[yaml.Event]) -> Value:
        """The first document's value; a file holds one."""
        value: Value = None
        started = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    self._mistake(event, "A second document starts here.", "Take the `---` out.")
                    break
                started = True
                value = self._value(next(events), events, ())
        return value

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], at: Location) -> Value:
        self._document.values[at] = _mark(event)
        if len(at) > MAX_DEPTH:
            raise _UnusableError(_mark(event), "This is nested too deeply.")
        if isinstance(event, yaml.AliasEvent):
            self._mistake(event, "Aliases (`*name`) are not used here.", "Write it out again, or quote it.")
            return None
        self._no_mark_is_swallowed(event)
        if isinstance(event, yaml.ScalarEvent):
            if not event.style and event.value in ("", "~", "null"):
                return None
            return str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, at)
        return self._mapping(events, at)

    def _no_mark_is_swallowed(self, event: yaml.Event) -> None:
        """`&word` and `!word` before a text would silently be missing from it."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        for mark in (f"&{anchor}" if anchor else None, tag):
            if mark is not None:
                self._mistake(
                    event, f"`{mark}` is a mark of YAML's, and not used here.", "If it is text, quote it all."
                )

    def _sequence(self, events: Iterator[yaml.Event], at: Location) -> list[Value]:
        items: list[Value] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, events, (*at, len(items))))
        return items

    def _mapping(self, events: Iterator[yaml.Event], at: Location) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise _UnusableError(_mark(event), "A key is text, not a list or an alias.")
            key = str(event.value)
            here = (*at, key)
            if key in mapping:
                first = self._document.keys[here]
                self._mistake(event, f"`{key}` is here twice; the first is in line {first.line}.", "Keep one of them.")
                self._value(next(events), events, (*at, key, "again"))
                continue
            self._document.keys[here] = _mark(event)
            mapping[key] = self._value(next(events), events, here)
        return mapping

    def _mistake(self, event: yaml.Event, message: str, hint: str) -> None:
        mark = _mark(event)
        self._mistakes.append(Mistake(self._document.file, mark.line, mark.column, message, hint))


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    assert mark is not None
    return Mark(mark.line + 1, mark.column + 1)
