# SPDX-License-Identifier: Apache-2.0
"""The tables, read once: classes of words and rules for one language and purpose.

`tables/<purpose>.<language>.yaml` has three parts, each of which may be missing:

- `words`: a class and its phrases, parted by commas. A phrase may name another class in pointed brackets
  (`be <dead>`): it stands for each of that class's phrases. `#` is any number (in a row: `<#>`),
  `#many` one from ten on, `#huge` one from a hundred on.
  What is in `shared.<language>.yaml` belongs to every table of the language: `i`, `no` …, and how
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
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, product
from typing import Any, cast

import yaml

from bots.moderation.grammar.parsed import Parsed
from bots.moderation.grammar.reading import NUMBER, NUMBERS, Reading, read
from bots.moderation.grammar.rules import IDIOM, Item, Row, Rule
from bots.moderation.grammar.spelling import Spelling
from bots.moderation.grammar.trie import Trie
from bots.moderation.passages.folding import fold
from bots.moderation.passages.passage import Passage

PURPOSES = ("crisis", "harm", "instructing", "selling")
LANGUAGES = ("en", "es", "fr", "de", "pt")
_GAPS = {"..": 3, "...": 6}
_REFERENCE = re.compile(r"<([^<>]+)>")
_ANY_NUMBER = re.compile(rf"(?<!\S){NUMBER}(?!\S)")
_APART = re.compile(r"[-\s]+")
# Shorter messages are read in every language of the room: they have too few words to tell by.
_FEW_WORDS = 4
# More words than a message has bytes, in bits: so wide is a language's lane in a number that counts for all of them.
_LANE = 20
_ONE_LANE = (1 << _LANE) - 1
_LANES = [(language, at * _LANE) for at, language in enumerate(LANGUAGES)]
# A class that stands for more phrases than this was not meant.
_MOST_PHRASES = 20_000
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Grammar:
    """A language's tables, all in one, ready to read with."""

    def __init__(self, language: str, shared: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.language = language
        self._phrases: dict[str, tuple[str, ...]] = {}
        self._respelt = {plain(way): plain(word) for word, ways in shared["respelt"].items() for way in _split(ways)}
        self._written: dict[str, str] = dict(shared["words"])
        self._phrases |= {NUMBER: NUMBERS, **{of: NUMBERS[at:] for at, of in enumerate(NUMBERS) if at}}
        for purpose, table in tables.items():
            self._written |= {f"{purpose}:{name}": phrases for name, phrases in table.get("words", {}).items()}
        self.often = frozenset(map(plain, _split(shared["common"])))
        self._classes: dict[str, int] = {}
        self._classes_of: dict[str, list[int]] = {}
        self.light = frozenset(self._expanded("light"))
        rules = [
            (purpose, self._rule(purpose, name, written), written["say"])
            for purpose, table in tables.items()
            for name, written in table.get("rules", {}).items()
        ]
        # What is asked for around a row: negation, others, the past … It is asked for most often, and a bit that stands
        # first is found the soonest.
        for name in sorted({*shared["words"], *(name for _, rule, _ in rules for name in rule.around)}):
            self._class(name)
        idioms = [(purpose, IDIOM, table.get("idioms", ())) for purpose, table in tables.items()]
        rows = [
            row
            for purpose, rule, patterns in (*idioms, *rules)
            for pattern in patterns
            for row in self._rows(purpose, pattern, rule)
        ]
        self.rows = tuple(rows)
        self._by_key = self._indexed(rows)
        self.classes: Mapping[str, int] = self._classes
        self._trie = Trie(self._classes_of, self.light, frozenset(self._by_key))
        ordinary = (word for table in tables.values() for word in _split(table.get("ordinary", "")))
        self._spelling = Spelling(self._trie.words, ordinary)
        # All phrases are in the tree now. Spelt out, those of five languages would take ten megabytes more in each bot.
        self._phrases.clear()
        self._classes_of.clear()
        self._written.clear()

    def parse(self, reading: Reading) -> Parsed:
        """The reading with the phrases that stand in it, and the rows that may match."""
        known = self._spelling.known
        words = tuple([word if word in known else self.meant(word) for word in reading.words])
        hits, found = self._trie.hits(words, reading.sentences)
        keys = set(chain.from_iterable([node.keys for node, _, _ in hits]))
        # A look at one byte is enough for most: what a row needs are hundreds of them.
        bits = found.to_bytes(len(self._classes) // 8 + 1, "little")
        numbers = [
            number
            for key in keys
            for at, bit, needs, alike in self._by_key[key]
            if bits[at] & bit and needs & found == needs
            for number in alike
        ]
        rows = [self.rows[number] for number in sorted(numbers)]
        return Parsed(reading, words, hits, rows, language=self.language, classes=self.classes, light=self.light)

    def meant(self, word: str) -> str:
        """The word of a table that this one is a way or a slip of; else the word itself."""
        return self._spelling.meant(self._respelt.get(word, word))

    def knows(self, word: str) -> bool:
        """Whether the word stands in a table, or is one of the commonest."""
        return word in self._spelling.known or word in self.often

    def words_of(self, purpose: str) -> frozenset[str]:
        """Every word of which the rules of a purpose are made, and what must stand around them; and the commonest.

        What silences a rule ("unless") is none of them: no cry is made of it.
        """
        rows = [row for row in self.rows if row.purpose == purpose and row.rule is not IDIOM]
        around = {name for row in rows for name in (*row.rule.only, *row.rule.despite)}
        shared = {name for name in self._classes if name[0] != "=" and ":" not in name}
        of = {item.of for row in rows for item in row.items} | {self._classes[name] for name in around | shared}
        return self._trie.words_of(of) | self.light | self.often

    def _rule(self, purpose: str, name: str, written: Mapping[str, str]) -> Rule:
        unless, only, despite = (
            tuple(self._name(purpose, scope) for scope in _split(written.get(part, "")))
            for part in ("unless", "only", "despite")
        )
        ways = frozenset(_split(written.get("ways", "")))
        return Rule(name, written["marks"], float(written.get("sure", "0.8")), ways, unless, only, despite)

    def _name(self, purpose: str, name: str) -> str:
        """A class as it is known here: a table's own goes before the shared one of the same name."""
        own = f"{purpose}:{name}"
        return own if own in self._written else name

    def _indexed(self, rows: Sequence[Row]) -> dict[int, tuple[tuple[int, int, int, tuple[int, ...]], ...]]:
        """Each row's number by the rarest of its classes; with it the byte and the bit of the next, and what it needs.

        Without the first, nobody looks at it, and without the next, no further. Rarer is what has fewer of the
        commonest words, and then what few rows have.
        """
        rows_with = Counter(item.of for row in rows for item in row.items)
        usual = {of: len(self.often.intersection(self._expanded(name))) for name, of in self._classes.items()}
        by_key: dict[int, dict[tuple[int, int], list[int]]] = {}
        for number, row in enumerate(rows):
            key, *others = sorted({item.of for item in row.items}, key=lambda of: (usual[of], rows_with[of], of))
            also = others[0] if others else key
            by_key.setdefault(key, {}).setdefault((also, row.needs), []).append(number)
        return {
            key: tuple((also // 8, 1 << also % 8, needs, tuple(alike)) for (also, needs), alike in of_key.items())
            for key, of_key in by_key.items()
        }

    def _rows(self, purpose: str, pattern: str, rule: Rule) -> Iterable[Row]:
        """The rows that a pattern stands for: with and without each of what may be missing."""
        choices: list[list[tuple[Item, ...]]] = []
        gap = 0
        for part in pattern.split():
            if part in _GAPS:
                gap = _GAPS[part]
                continue
            item = (Item(self._class_of(purpose, part.removesuffix("?")), gap),)
            choices.append([item, ()] if part.endswith("?") else [item])
            gap = 0
        for chosen in product(*choices):
            items = tuple(item for choice in chosen for item in choice)
            needs = 0
            for place in items:
                needs |= 1 << place.of
            yield Row(purpose, rule, items, needs)

    def _class_of(self, purpose: str, part: str) -> int:
        reference = _REFERENCE.fullmatch(part)
        if reference:
            return self._class("|".join(self._name(purpose, name) for name in reference.group(1).split("|")))
        phrases = tuple(self._spelt(word) for word in part.split("/"))
        name = f"={'/'.join(phrases)}"
        self._phrases.setdefault(name, phrases)
        return self._class(name)

    def _class(self, name: str) -> int:
        if name not in self._classes:
            self._classes[name] = len(self._classes)
            for phrase in dict.fromkeys(self._expanded(name)):
                self._classes_of.setdefault(phrase, []).append(self._classes[name])
        return self._classes[name]

    def _expanded(self, name: str) -> tuple[str, ...]:
        if name not in self._phrases:
            purpose, several = name.partition(":")[0], name.split("|")
            if len(several) > 1:
                # The very same strings: <die|want> and <die|hope> would else take ten megabytes until all is read.
                found = chain.from_iterable(map(self._expanded, several))
            else:
                found = chain.from_iterable(self._spelled_out(purpose, it) for it in _split(self._written[name]))
            phrases = dict.fromkeys(found)
            if len(phrases) > _MOST_PHRASES:
                msg = f"<{name}> stands for {len(phrases)} phrases"
                raise ValueError(msg)
            self._phrases[name] = tuple(phrases)
        return self._phrases[name]

    def _spelt(self, words: str) -> str:
        return " ".join(self._respelt.get(word, word) for word in plain(words).split())

    def _spelled_out(self, purpose: str, phrase: str) -> Iterable[str]:
        pieces = _REFERENCE.split(_ANY_NUMBER.sub(f"<{NUMBER}>", phrase))
        choices = [
            self._expanded(self._name(purpose, piece)) if at % 2 else (self._spelt(piece),)
            for at, piece in enumerate(pieces)
        ]
        return (" ".join(" ".join(chosen).split()) for chosen in product(*choices))


def plain(words: str) -> str:
    """Words as a reading has them."""
    folded = fold(words)[0].replace("'", "")
    return _APART.sub(" ", folded).strip()


def _split(phrases: str) -> list[str]:
    return [phrase for written in phrases.split(",") if (phrase := " ".join(written.split()))]


@cache
def grammar(language: str) -> Grammar:
    """The packaged tables of a language; the first time it takes up to a second."""
    return Grammar(language, _table("shared", language), {purpose: _table(purpose, language) for purpose in PURPOSES})


def _table(purpose: str, language: str) -> Mapping[str, Any]:
    text = (resources.files(__package__) / "tables" / f"{purpose}.{language}.yaml").read_text("utf-8")
    # A loader that makes nothing but text.
    return cast("Mapping[str, Any]", yaml.load(text, Loader=_LOADER))  # noqa: S506


def learn(languages: Iterable[str]) -> None:
    """Read the tables of these languages, and English, now and not with the first message."""
    for language in {*languages, "en"} & {*LANGUAGES}:
        grammar(language)


# Several ask about the same passage, one after the other.
@lru_cache(maxsize=1)
def understood(passage: Passage, likely: tuple[str, ...]) -> tuple[Parsed, ...]:
    """The passage in each language that it may be in; `likely` are those that are spoken where it was said."""
    reading = read(passage)
    return tuple(grammar(language).parse(reading) for language in spoken(reading, likely))


def likeliest(parses: Sequence[Parsed]) -> Parsed:
    """Of a passage in several languages, the one in which most of its words are a table's; else the first."""
    if len(parses) == 1:
        return parses[0]
    return max(parses, key=lambda parsed: sum(map(grammar(parsed.language).knows, parsed.meant)))


@cache
def _common() -> Mapping[str, int]:
    """The commonest words of all languages, each with a one in the lane of every language that it is common in."""
    lanes: dict[str, int] = {}
    for language, lane in _LANES:
        for word in frozenset(map(plain, _split(_table("shared", language)["common"]))):
            lanes[word] = lanes.get(word, 0) + (1 << lane)
    return lanes


def spoken(reading: Reading, likely: tuple[str, ...]) -> tuple[str, ...]:
    """The languages that a text may be in, the likeliest first: by its commonest words, and by where it was said."""
    if len(reading.words) < _FEW_WORDS:
        return _here(likely)
    common = sum(filter(None, map(_common().get, {*reading.words})))
    counts = [(common >> lane & _ONE_LANE) + (language in likely) for language, lane in _LANES]
    most = max(counts)
    if most <= 1:
        return _here(likely)
    near = [(-count, at) for at, count in enumerate(counts) if 4 * count >= 3 * most]
    return tuple([LANGUAGES[at] for _, at in sorted(near)])


@lru_cache(maxsize=64)
def _here(likely: tuple[str, ...]) -> tuple[str, ...]:
    """The languages that are spoken where something was said, and English."""
    return tuple(dict.fromkeys(language for language in (*likely, "en") if language in LANGUAGES))
