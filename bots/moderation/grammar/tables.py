# SPDX-License-Identifier: Apache-2.0
"""The tables, read once: classes of words and rules for one language and purpose.

A table has three parts, each of which may be missing:

- `words`: a class and its phrases, parted by commas. A phrase may name another class in pointed brackets
  (`be <dead>`): it stands for each of that class's phrases. `#` is any number (in a row: `<#>`).
  What is in `tables/<language>.yaml` beside this file belongs to every table of the language: `i`, `no` …, and how
  words are also written (`respelt`).
- `idioms`: rows that only sound like something. What overlaps them is not seen.
- `rules`: an id, and what it `marks`; how `sure` that is; what may stand around it (see `Rule`); `say` are its rows.
  In a row `<want>` is one of the class, `<want|hope>` one of either, `go/going` one of these words,
  `word?` may be missing, `..` lets up to three other words stand there and `...` up to six.
  Words that say little (the class `light`) may stand anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import product
from typing import Any, cast

import yaml

from bots.moderation.detectors.folding import fold
from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.reading import NUMBER, Reading
from bots.moderation.grammar.rules import Item, Row, Rule
from bots.moderation.grammar.spelling import Spelling
from bots.moderation.grammar.trie import Trie

LANGUAGES = ("en", "es", "fr", "de", "pt")
_GAPS = {"..": 3, "...": 6}
_REFERENCE = re.compile(r"<([^<>]+)>")
_APART = re.compile(r"[-\s]+")
# Shorter messages are read in every language of the room: they have too few words to tell by.
_FEW_WORDS = 4
_IDIOM = Rule("idiom", "", 1.0)
# A class that stands for more phrases than this was not meant.
_MOST_PHRASES = 20_000
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Grammar:
    """One table with its language's shared words, ready to read with."""

    def __init__(self, shared: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        self._phrases: dict[str, tuple[str, ...]] = {}
        self._respelt = {_plain(way): _plain(word) for word, ways in shared["respelt"].items() for way in _split(ways)}
        self._written: dict[str, str] = {**shared["words"], **own.get("words", {}), NUMBER: NUMBER}
        self._classes: dict[str, int] = {}
        self._shared = frozenset(shared["words"])
        self._trie = Trie()
        scopes = set(shared["words"])
        rows = [row for pattern in own.get("idioms", ()) for row in self._rows(pattern, _IDIOM)]
        for name, rule in own.get("rules", {}).items():
            around = {part: tuple(_split(rule.get(part, ""))) for part in ("unless", "only", "despite")}
            ways = frozenset(_split(rule.get("ways", "")))
            made = Rule(name, rule["marks"], float(rule.get("sure", "0.8")), ways, **around)
            scopes.update(*around.values())
            rows += [row for pattern in rule["say"] for row in self._rows(pattern, made)]
        self._by_key: dict[int, tuple[Row, ...]] = self._indexed(rows)
        # What is only asked for around a row: negation, others, the past …
        for name in sorted(scopes):
            self._class(name)
        self.light = frozenset(self._expanded("light"))
        self.classes: Mapping[str, int] = self._classes
        self._trie.light = self.light
        self._spelling = Spelling(self._trie.words, _split(own.get("ordinary", "")))

    def parse(self, reading: Reading) -> Parsed:
        """The reading with the classes that stand in it."""
        words = tuple(self._spelling.meant(self._respelt.get(word, word)) for word in reading.words)
        edges, found = self._trie.edges(words, reading.sentences)
        rows = [row for key in edges for row in self._by_key.get(key, ()) if row.needs & found == row.needs]
        return Parsed(reading, edges, rows, self)

    def phrases(self, name: str) -> tuple[str, ...]:
        """What a class stands for."""
        return self._expanded(name)

    def _indexed(self, rows: Sequence[Row]) -> dict[int, tuple[Row, ...]]:
        """Each row by the one of its classes that the fewest rows have: without that, nobody looks at it."""
        common = Counter(item.of for row in rows for item in row.items)
        shared = {self._classes[name] for name in self._shared if name in self._classes}
        by_key: dict[int, list[Row]] = {}
        for row in rows:
            key = min((item.of for item in row.items), key=lambda of: (of in shared, common[of]))
            by_key.setdefault(key, []).append(row)
        return {key: tuple(of_key) for key, of_key in by_key.items()}

    def _rows(self, pattern: str, rule: Rule) -> Iterable[Row]:
        """The rows that a pattern stands for: with and without each of what may be missing."""
        choices: list[list[tuple[Item, ...]]] = []
        gap = 0
        for part in pattern.split():
            if part in _GAPS:
                gap = _GAPS[part]
                continue
            item = (Item(self._class_of(part.removesuffix("?")), gap),)
            choices.append([item, ()] if part.endswith("?") else [item])
            gap = 0
        for chosen in product(*choices):
            items = tuple(item for choice in chosen for item in choice)
            needs = 0
            for place in items:
                needs |= 1 << place.of
            yield Row(rule, items, needs)

    def _class_of(self, part: str) -> int:
        reference = _REFERENCE.fullmatch(part)
        if reference:
            return self._class(reference.group(1))
        phrases = tuple(self._spelt(word) for word in part.split("/"))
        name = f"={'/'.join(phrases)}"
        self._phrases.setdefault(name, phrases)
        return self._class(name)

    def _class(self, name: str) -> int:
        if name not in self._classes:
            self._classes[name] = len(self._classes)
            for phrase in self._expanded(name):
                self._trie.add(phrase.split(), self._classes[name])
        return self._classes[name]

    def _expanded(self, name: str) -> tuple[str, ...]:
        if name not in self._phrases:
            phrases: dict[str, None] = {}
            for alternative in name.split("|"):
                for phrase in _split(self._written[alternative]):
                    phrases.update(dict.fromkeys(self._spelled_out(phrase)))
            if len(phrases) > _MOST_PHRASES:
                msg = f"<{name}> stands for {len(phrases)} phrases"
                raise ValueError(msg)
            self._phrases[name] = tuple(phrases)
        return self._phrases[name]

    def _spelt(self, words: str) -> str:
        return " ".join(self._respelt.get(word, word) for word in _plain(words).split())

    def _spelled_out(self, phrase: str) -> Iterable[str]:
        pieces = _REFERENCE.split(phrase)
        choices = [self._expanded(piece) if at % 2 else (self._spelt(piece),) for at, piece in enumerate(pieces)]
        return (" ".join(" ".join(chosen).split()) for chosen in product(*choices))


def _plain(words: str) -> str:
    """Words as a reading has them."""
    folded = fold(words)[0].replace("'", "")
    return _APART.sub(" ", folded).strip()


def _split(phrases: str) -> list[str]:
    return [phrase for written in phrases.split(",") if (phrase := " ".join(written.split()))]


@cache
def grammar(package: str, purpose: str, language: str) -> Grammar:
    """The packaged table of a purpose (`crisis`, `harm` …) in one language."""
    return Grammar(_table(__package__, language), _table(package, f"{purpose}.{language}"))


@cache
def _table(package: str, name: str) -> Mapping[str, Any]:
    text = (resources.files(package) / "tables" / f"{name}.yaml").read_text("utf-8")
    # A loader that makes nothing but text.
    return cast("Mapping[str, Any]", yaml.load(text, Loader=_LOADER))  # noqa: S506


@cache
def _common(language: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in _split(_table(__package__, language)["common"]))


def spoken(reading: Reading, likely: Sequence[str]) -> tuple[str, ...]:
    """The languages that a text may be in, the likeliest first: by its commonest words, and by where it was said."""
    here = tuple(dict.fromkeys(language for language in (*likely, "en") if language in LANGUAGES))
    if len(reading.words) < _FEW_WORDS:
        return here
    words = frozenset(reading.words)
    counts = {language: len(words & _common(language)) + (language in likely) for language in LANGUAGES}
    most = max(counts.values())
    if most <= 1:
        return here
    return tuple(sorted((of for of in counts if 3 * counts[of] >= 2 * most), key=lambda of: -counts[of]))
